"""No date that a sender can write breaks a reader: it is read, or it is remarked on by code and place."""

import contextlib
import re
from datetime import date, datetime
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from connectors.forms import FormJson
from connectors.moments import UNKNOWN, version_at, version_at_dtm
from connectors.registry import CONNECTORS
from hub.domain.errors import InvalidRequestError, RejectedMessageError
from hub.domain.life import birthdays
from hub.domain.partial_date import PartialDate, Precision
from hub.domain.referral import Connector, Limits, Outcome, Parsed
from tests import forms
from tests.factories import FIXTURES

_WRITTEN: Final = re.compile(
    rb"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:[0-9]{2}))?"
    rb"|[0-9]{2}/[0-9]{2}/[0-9]{4}|(?<=[|])(?:19|20)[0-9]{6}(?:[0-9]{2,6}(?:[+-][0-9]{4})?)?(?=[|\r\n])"
)
"""Every date and instant of the fixtures, as ISO writes them, as a British spreadsheet does, and as HL7 v2 does."""
MESSAGES: Final = {
    "safeguarding_notice": "safeguarding_notice/domestic_abuse.json",
    "safeguarding_notice_xml": "safeguarding_notice/domestic_abuse.xml",
    "safeguarding_notice_csv": "safeguarding_notice/domestic_abuse.csv",
    "adult_with_children_json": "substance_misuse/adult_with_children.json",
    "adult_with_children_csv": "substance_misuse/adult_with_children.csv",
    "fhir_bars": "bars/mother_referral.json",
    "fhir_consent": "fhir_consent/agreed.json",
    "hl7v2": "hl7v2/child_referral.hl7",
    "ndtms_csv": "ndtms/cds_p.csv",
    "cin_census": "cin_census/CIN_Census_2024.xml",
    "case_system": "case_system/monday.csv",
}
YEARS: Final = st.sampled_from(["0000", "0001", "0002", "1582", "9998", "9999"])
DAYS: Final = st.sampled_from(["01-01", "02-29", "12-31"])
TIMES: Final = st.sampled_from(["00:00:00", "00:00:30", "23:59:59"])
OFFSETS: Final = st.sampled_from(["+00:00", "+14:00", "-14:00", "+23:59", "-23:59", "+00:01", "-00:01"])


def extreme(found: bytes, year: str, day: str, time: str, offset: str) -> bytes:
    """Write an extreme day or instant in the shape of the one that stands there."""
    if b"/" in found:
        return f"{day[3:]}/{day[:2]}/{year}".encode()
    if b"T" in found:
        return f"{year}-{day}T{time}{offset}".encode()
    if b"-" in found[:5]:
        return f"{year}-{day}".encode()
    whole = f"{year}-{day}".replace("-", "")
    clock = time.replace(":", "")[: max(0, len(found.split(b"+")[0].split(b"-")[0]) - 8)]
    return (whole + clock + (offset.replace(":", "") if clock else "")).encode()


def read(connector: Connector, body: bytes) -> list[Parsed]:
    """Read a message; a refusal of the whole of it is the one error that is ours."""
    try:
        return list(connector.parse(body, Limits()))
    except RejectedMessageError:
        return []


@settings(max_examples=40, deadline=None)
@given(year=YEARS, day=DAYS, time=TIMES, offset=OFFSETS, which=st.integers(0, 50))
@example(year="0001", day="01-01", time="00:00:00", offset="+14:00", which=0)
@example(year="9999", day="12-31", time="23:59:59", offset="-14:00", which=0)
@pytest.mark.parametrize("name", MESSAGES)
def test_no_reader_breaks_on_an_extreme_date(
    name: str, year: str, day: str, time: str, offset: str, which: int
) -> None:
    connector, body = CONNECTORS[name], (FIXTURES / MESSAGES[name]).read_bytes()
    dates = list(_WRITTEN.finditer(body))
    assert dates, "nothing to try"
    everywhere = _WRITTEN.sub(lambda found: extreme(found[0], year, day, time, offset), body)
    one = dates[which % len(dates)]
    here = body[: one.start()] + extreme(one[0], year, day, time, offset) + body[one.end() :]
    for found in (*read(connector, everywhere), *read(connector, here)):
        assert found.fault is None, found.fault
        assert found.outcome is Outcome.ACCEPTED or found.issues


@settings(max_examples=40, deadline=None)
@given(year=YEARS, day=DAYS, time=TIMES, offset=OFFSETS)
@pytest.mark.parametrize("name", forms.NAMES)
def test_no_form_breaks_on_an_extreme_date(name: str, year: str, day: str, time: str, offset: str) -> None:
    body = forms.batch(forms.FORMS[name], forms.referral(forms.FORMS[name]))
    everywhere = _WRITTEN.sub(lambda found: extreme(found[0], year, day, time, offset), body)
    assert all(one.fault is None for one in read(FormJson(forms.FORMS[name]), everywhere))


@given(moment=st.datetimes(), offset=st.integers(-23 * 60 - 59, 23 * 60 + 59))
@example(moment=datetime(1, 1, 1), offset=840)  # noqa: DTZ001  the offset is written beside it
@example(moment=datetime(9999, 12, 31, 23, 59, 59), offset=-840)  # noqa: DTZ001
def test_the_version_of_a_moment_is_its_instant_or_unknown(moment: datetime, offset: int) -> None:
    sign, (hours, minutes) = "-" if offset < 0 else "+", divmod(abs(offset), 60)
    written = f"{moment.isoformat(timespec='milliseconds')}{sign}{hours:02d}:{minutes:02d}"
    digits = re.sub("[^0-9]", "", moment.isoformat(timespec="milliseconds"))
    dtm = f"{digits[:14]}.{digits[14:]}{sign}{hours:02d}{minutes:02d}"
    assert version_at(written) == version_at_dtm(dtm)
    with contextlib.suppress(InvalidRequestError):
        PartialDate.of(datetime.fromisoformat(written))


def test_a_later_moment_has_a_higher_version_in_any_year() -> None:
    moments = ["0001-01-02T00:00:00Z", "0999-01-01T00:00:00Z", "1010-01-01T00:00:00Z", "2026-11-26T00:00:00+01:00"]
    versions = [version_at(one) for one in moments]
    assert versions == sorted(versions)
    assert versions[0] > UNKNOWN


@given(born=st.dates(), precision=st.sampled_from(Precision), about=st.booleans())
@example(born=date.min, precision=Precision.DAY, about=True)
@example(born=date.max, precision=Precision.DAY, about=False)
def test_every_day_of_birth_has_its_birthdays(born: date, precision: Precision, about: bool) -> None:  # noqa: FBT001
    assert birthdays([PartialDate(born, precision, about)])
