"""Whoever is refused gets the same answer as for nothing at all, and the refusal stands in the log."""

from collections.abc import Callable

import pytest

from hub.domain.access import Operation
from hub.domain.errors import AccessRefusedError
from hub.domain.ids import FamilyId
from hub.ledger.book import Book, Committed
from hub.ledger.entries import Entry
from hub.services.recording import Opening, Period
from hub.wiring import web_app
from tests.factories import SmallWorld
from tests.journeys.readers import Reader, bare
from tests.spec.helping import holds, since

NOWHERE = FamilyId("01900000-0000-7000-8000-000000000000")


def act(world: SmallWorld, name: str) -> Callable[[], object]:
    """Return something that this person may not do."""
    hub, staff = world.hub, world.accounts
    opening = Opening("s47_enquiry", world.agencies["csc"], ["anybody"], evidence="none")
    return {
        "a stranger opens a family": lambda: world.view("nina"),
        "a social worker opens the front door's list": lambda: hub.front_door.waiting(staff["sally"]),
        "a social worker opens the log": lambda: hub.governance.log(staff["sally"]),
        "a social worker records an enquiry": lambda: hub.recording.open(
            staff["sally"], world.family, opening, Period(world.clock())
        ),
        "a partner allocates": lambda: hub.recording.allocate(
            staff["rob"], world.family, staff["nina"], Period(world.clock())
        ),
        "an officer of no party's standing suspends": lambda: hub.signing.suspend(
            staff["sally"], "EFS-2026-04/1", "incident", "a test"
        ),
    }[name]


NAMES = (
    "a stranger opens a family",
    "a social worker opens the front door's list",
    "a social worker opens the log",
    "a social worker records an enquiry",
    "a partner allocates",
    "an officer of no party's standing suspends",
)


def refused_and_entered(world: SmallWorld, name: str) -> None:
    before = world.entries()
    with pytest.raises(AccessRefusedError):
        act(world, name)()
    assert [entered.entry.operation for entered in since(world, before)] == [Operation.DENIAL]


@pytest.mark.parametrize("name", NAMES)
def test_a_refusal_is_raised_and_entered(case: SmallWorld, name: str) -> None:
    refused_and_entered(case, name)


def test_a_refusal_is_entered_on_both_databases(world: SmallWorld) -> None:
    world.police_notice()
    refused_and_entered(world, NAMES[0])


def test_a_gate_that_refuses_silently_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    append = Book.append

    def silent(book: Book, entry: Entry, *heads: object) -> Committed | None:
        return None if entry.operation is Operation.DENIAL else append(book, entry, *heads)

    monkeypatch.setattr(Book, "append", silent)
    for name in NAMES:
        assert not holds(lambda name=name: refused_and_entered(case, name))


def test_a_family_that_does_not_exist_reads_like_one_that_is_not_yours(case: SmallWorld) -> None:
    reader, real, answers = Reader(web_app(case.hub), "nina"), case.family, []
    reader.get("/")
    for family in (real, NOWHERE):
        before = case.entries()
        answer = reader.get(f"/families/{family}")
        entered = [(new.entry.operation, new.entry.family) for new in since(case, before)]
        assert entered == [(Operation.DENIAL, family)]
        answers.append((answer.status_code, bare(answer), dict(answer.headers)))
    assert answers[0] == answers[1]
    assert answers[0][0] == 404


def test_the_refusal_says_the_same_for_both(case: SmallWorld) -> None:
    codes = []
    for family in (case.family, NOWHERE):
        case.family = family
        with pytest.raises(AccessRefusedError) as refusal:
            case.view("nina")
        codes.append((refusal.value.code, refusal.value.next_step))
    assert codes[0] == codes[1]
