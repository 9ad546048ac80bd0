"""Whatever is sent on a form is accepted, quarantined or refused; nothing breaks, nothing comes back in a remark."""

import contextlib
import copy
import json
import time
from typing import Any

import pytest

from connectors.forms import FormCsv, FormJson
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Limits, Outcome
from tests.forms import FORMS, NAMES, as_csv, batch, referral
from tests.unit.connectors.bad_input import CANARY, MALFORMED_CSV, MALFORMED_JSON, places


@pytest.mark.parametrize("name", NAMES)
def test_what_cannot_be_read_is_refused_with_a_code(name: str) -> None:
    connectors = ((FormJson(FORMS[name]), MALFORMED_JSON), (FormCsv(FORMS[name]), MALFORMED_CSV))
    for connector, bodies in connectors:
        for body in bodies:
            began = time.monotonic()
            with pytest.raises(RejectedMessageError) as caught:
                list(connector.parse(body, Limits()))
            assert caught.value.code != "message_rejected"
            assert CANARY not in f"{caught.value.code} {caught.value.where}"
            assert time.monotonic() - began < 2


@pytest.mark.parametrize("odd", [None, CANARY, [None], {"odd": 1}, 7, True], ids=repr)
@pytest.mark.parametrize("name", ["marac", "public", "health_visiting"])
def test_an_odd_value_anywhere_never_breaks_and_is_never_repeated(name: str, odd: object) -> None:
    form = FORMS[name]
    original = json.loads(batch(form))
    for *way, last in places(original):
        changed: Any = copy.deepcopy(original)
        target = changed
        for step in way:
            target = target[step]
        target[last] = odd
        with contextlib.suppress(RejectedMessageError):
            for record in FormJson(form).parse(json.dumps(changed).encode(), Limits()):
                assert CANARY not in str(record.issues)


@pytest.mark.parametrize("name", ["marac", "public"])
def test_an_odd_cell_anywhere_never_breaks_and_is_never_repeated(name: str) -> None:
    form = FORMS[name]
    header, *rows, trailer = as_csv(form, referral(form)).decode().splitlines()
    for column in range(header.count(",") + 1):
        cells = [CANARY if place == column else "" for place in range(header.count(",") + 1)]
        body = "\n".join([header, ",".join(cells), "#rows=1"]).encode()
        (record,) = FormCsv(form).parse(body, Limits())
        assert record.outcome is Outcome.QUARANTINED
        assert CANARY not in str(record.issues)
    assert trailer == f"#rows={len(rows)}"


def test_a_text_that_is_too_long_is_named_by_place() -> None:
    said = referral(FORMS["gp"])
    said["answers"]["concern"] = "x" * 70_000
    (record,) = FormJson(FORMS["gp"]).parse(batch(FORMS["gp"], said), Limits())
    assert ("field_too_long", "/referrals/0/answers/concern") in [(i.code, i.location) for i in record.issues]
