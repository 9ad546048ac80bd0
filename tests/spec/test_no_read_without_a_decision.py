"""Nothing is opened that was not decided to show, by a grant that covers exactly that record and that label."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from hub.domain.errors import GrantMissingError
from hub.domain.ids import AccountId, AgencyId, EntryId, RecordId
from hub.gate._grant import EnteredGrant
from hub.gate.view import Ruling
from hub.policy.decision import Level
from hub.vault.sealing import Opener, Place, Sealer
from tests.factories import SmallWorld
from tests.opening import open_set
from tests.spec.helping import holds, raised

KEY, SYNTHETIC = bytes(32), True
RECORD, OTHER = RecordId("record-1"), RecordId("record-2")
PLACE = Place("p", SYNTHETIC, "sealed_fields", RECORD, AgencyId("a"), 1, 1, 1, "label-1")
PACKED = Sealer(bytes).seal_set(KEY, PLACE, {"text": "what was said"})

Open = Callable[[bytes, Place, bytes, EnteredGrant], Mapping[str, str]]


def grant(*records: RecordId, shown: str = "", item: tuple[RecordId, str] | None = None) -> EnteredGrant:
    items = frozenset({item} if item else ())
    who = AccountId("who")
    return EnteredGrant(EntryId("entry"), who, who, frozenset(records), frozenset({shown} - {""}), items)


COVERING = {"a label": grant(RECORD, shown="label-1"), "an item": grant(RECORD, item=(RECORD, "label-1"))}
NOT_COVERING = {
    "no record": grant(shown="label-1"),
    "another record": grant(OTHER, shown="label-1"),
    "another label": grant(RECORD, shown="label-2"),
    "no label": grant(RECORD),
    "another item": grant(RECORD, OTHER, item=(OTHER, "label-1")),
    "another label of the item": grant(RECORD, item=(RECORD, "label-2")),
    "an item that the entry does not name": grant(OTHER, item=(RECORD, "label-1")),
}


def opens_only_what_is_covered(open_one: Open) -> None:
    for words, covering in COVERING.items():
        assert open_one(KEY, PLACE, PACKED, covering) == {"text": "what was said"}, words
    for words, not_covering in NOT_COVERING.items():
        assert raised(lambda given=not_covering: open_one(KEY, PLACE, PACKED, given)) is GrantMissingError, words


def test_a_grant_that_does_not_cover_opens_nothing() -> None:
    opens_only_what_is_covered(open_set)


@pytest.mark.parametrize("forgotten", [{"records": frozenset({RECORD})}, {"shown": frozenset({"label-1"})}])
def test_opening_without_asking_the_grant_is_noticed(forgotten: dict[str, frozenset[str]]) -> None:
    def careless(key: bytes, place: Place, packed: bytes, given: EnteredGrant) -> Mapping[str, str]:
        return open_set(key, place, packed, replace(given, **forgotten))

    assert not holds(lambda: opens_only_what_is_covered(careless))


def opens_only_what_was_decided(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every set that is opened for any reader stands under a label that was decided SHOW for this reader."""
    opened: set[str] = set()
    open_one = Opener.open

    def spy(opener: Opener, *place: object) -> Mapping[str, str]:
        opened.update(digest for digest in place if digest in ruled)
        return open_one(opener, *place)

    for username in ("sally", "rob", "pete"):
        shown = world.view(username)
        ruled = {label.digest(): shown.decisions[number].level for number, label in shown.labels.items()}
        with monkeypatch.context() as watched:
            watched.setattr(Opener, "open", spy)
            world.view(username)
        assert opened
        assert {ruled[label] for label in opened} == {Level.SHOW}
        opened.clear()


def test_the_reader_opens_no_label_that_was_not_decided_to_show(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.open()
    opens_only_what_was_decided(case, monkeypatch)


def test_a_gate_that_forgets_the_decision_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Ruling, "visible", lambda self: list(self.labels))
    assert not holds(lambda: opens_only_what_was_decided(case, monkeypatch))
