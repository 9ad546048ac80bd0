"""One record taken out of its message reads as it did there."""

import pytest

from connectors.alone import Alone
from connectors.registry import CONNECTORS
from hub.domain.referral import Limits, Outcome, Parsed
from tests.factories import FIXTURES
from tests.unit.connectors.test_every_connector import MESSAGES

TAKEN = [pair for pair in MESSAGES if not pair[0].startswith("fhir_")]


def parse(name: str, body: bytes) -> list[Parsed]:
    return list(CONNECTORS[name].parse(body, Limits()))


@pytest.mark.parametrize(("name", "path"), TAKEN, ids=[path for _, path in TAKEN])
def test_a_record_taken_out_has_the_same_outcome_and_people(name: str, path: str) -> None:
    body = (FIXTURES / path).read_bytes()
    taken = Alone(body)
    for one in parse(name, body):
        (again,) = parse(name, taken(one.pointer))
        assert again.outcome is one.outcome
        errors = {i.code for i in one.issues if i.severity.value == "error"}
        assert {i.code for i in again.issues if i.severity.value == "error"} == errors
        if one.outcome is Outcome.ACCEPTED:
            assert [p.fields.keys() for p in again.draft.people] == [p.fields.keys() for p in one.draft.people]


@pytest.mark.parametrize("pointer", ["row 99", "/nowhere/0", "/notices/99", "/Message/Children/Child[99]", "anything"])
@pytest.mark.parametrize("body", [b"a,b\n1,2\n", b'{"notices": []}', b"<Message/>", b"\x00"])
def test_what_cannot_be_taken_apart_stays_whole(pointer: str, body: bytes) -> None:
    assert Alone(body)(pointer) == body
