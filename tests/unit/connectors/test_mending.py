import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.mending import Mending
from connectors.registry import CONNECTORS
from hub.domain.errors import InvalidRequestError
from hub.domain.referral import Limits
from tests.unit.connectors.test_the_connectors_contract import samples

MENDING = Mending()
BATCH = b'{"version": "1.0", "notices": [{"a": "x"}, {"a": "y", "risk": {"grade": "High"}}, {"a": "z"}]}'
ROWS = b"referral_ref,name,grade\n1,Ann,\n2,Bob,high\n1,Cat,\n,Dan,\n#rows=4\n"


def test_a_record_is_taken_out_of_its_batch_with_nothing_of_the_others() -> None:
    found = MENDING.apart(BATCH, ["/notices/1", "/notices/2"])
    assert json.loads(found["/notices/1"])["notices"] == [{"a": "y", "risk": {"grade": "High"}}]
    assert json.loads(found["/notices/2"]) == {"version": "1.0", "notices": [{"a": "z"}]}


def test_rows_of_one_reference_stay_together_and_a_row_without_one_stands_alone() -> None:
    found = MENDING.apart(ROWS, ["row 2", "row 3", "row 5"])
    assert found["row 2"] == b"referral_ref,name,grade\n1,Ann,\n1,Cat,\n#rows=2\n"
    assert found["row 3"] == b"referral_ref,name,grade\n2,Bob,high\n#rows=1\n"
    assert found["row 5"] == b"referral_ref,name,grade\n,Dan,\n#rows=1\n"


@pytest.mark.parametrize("body", [b"", b"<Notices/>", b"MSH|^~", b"{", b"[]", b'"x"', b'{"notices": 3}', b"\xff"])
def test_what_cannot_be_taken_apart_is_left_out_and_never_breaks(body: bytes) -> None:
    assert MENDING.apart(body, ["/notices/0", "/Notices/Notice[1]"]) == {}
    assert MENDING.apart(body, ["Bundle"]) == {}
    assert MENDING.lines(body, "/notices/0") == [] or body == b'"x"' or b"3" in body
    assert not MENDING.says_high(body)


def test_only_the_senders_own_high_counts_as_high() -> None:
    found = MENDING.apart(BATCH, ["/notices/0", "/notices/1"])
    assert [MENDING.says_high(found[one]) for one in ("/notices/0", "/notices/1")] == [False, True]
    assert MENDING.says_high(MENDING.apart(ROWS, ["row 3"])["row 3"])


@pytest.mark.parametrize(
    ("body", "high"),
    [
        (b'{"resourceType": "Bundle", "entry": [{"resource": {"priority": "urgent"}}]}', True),
        (b'{"resourceType": "Bundle", "entry": [{"resource": {"priority": "routine"}}]}', False),
        (b"MSH|^~\\&|A\rRF1|P|S^Stat", True),
        (b"MSH|^~\\&|A\rRF1|P|A", True),
        (b"MSH|^~\\&|A\rRF1|A^Accepted|R^Routine", False),
        (b"<a><risk><grade>High</grade></risk></a>", True),
        (b"<a><note>high</note></a>", False),
    ],
)
def test_each_format_says_high_in_its_own_words(body: bytes, *, high: bool) -> None:
    assert MENDING.says_high(body) is high


def test_values_are_put_where_the_remark_said_also_where_nothing_stood() -> None:
    mended = MENDING.mended(BATCH, {"/notices/0/people/0/name/full": "Ann", "/notices/2/a": "w"})
    said = json.loads(mended)["notices"]
    assert said[0]["people"] == [{"name": {"full": "Ann"}}]
    assert said[2] == {"a": "w"}
    typed = MENDING.mended(BATCH, {"/notices/0/n": "7", "/notices/0/b": "true"}, frozenset({"/notices/0/n"}))
    assert json.loads(typed)["notices"][0] == {"a": "x", "n": 7, "b": "true"}
    bundle = b'{"resourceType": "Bundle", "entry": [{"resource": {"id": "1"}}]}'
    fhir = MENDING.mended(bundle, {"Bundle.entry[0].resource.birthDate": "2016"})
    assert json.loads(fhir)["entry"][0]["resource"] == {"id": "1", "birthDate": "2016"}


def test_a_place_that_is_not_there_is_refused() -> None:
    for place in ("/notices/9/a", "/notices/0/a/b", "nowhere"):
        with pytest.raises(InvalidRequestError):
            MENDING.mended(BATCH, {place: "x"})
    with pytest.raises(InvalidRequestError):
        MENDING.mended(ROWS, {"row 99 col name": "x"})


@pytest.mark.parametrize("name", sorted(CONNECTORS))
def test_every_record_of_every_connector_means_the_same_by_itself(name: str) -> None:
    for body in samples(name):
        whole = list(CONNECTORS[name].parse(body, Limits()))
        apart = MENDING.apart(body, [one.pointer for one in whole])
        for one in whole:
            if len(whole) > 1:
                [alone] = CONNECTORS[name].parse(apart[one.pointer], Limits())
                assert (alone.outcome, alone.draft is None) == (one.outcome, one.draft is None)


@given(st.text(max_size=40), st.text(max_size=20))
def test_no_place_and_no_value_breaks_it(place: str, value: str) -> None:
    MENDING.places(BATCH, [place])
    with contextlib.suppress(InvalidRequestError):
        assert json.loads(MENDING.mended(BATCH, {place: value}))
