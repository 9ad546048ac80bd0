"""Nothing is opened that was not decided to show, by a grant that covers exactly that record and that label."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.domain.errors import GrantMissingError
from hub.domain.ids import AccountId, AgencyId, EntryId, RecordId
from hub.gate import opening
from hub.gate._grant import EnteredGrant
from hub.gate.view import Ruling
from hub.policy.decision import Decision, Level
from hub.vault import sealing
from hub.vault.sealing import Place, Sealer, open_set
from tests.factories import SmallWorld
from tests.spec.helping import holds, raised

KEY = bytes(32)
SHOWN = Decision(Level.SHOW, "permitted", rule="test")
RECORD, OTHER = RecordId("record-1"), RecordId("record-2")
SYNTHETIC = True
PLACE = Place("p", SYNTHETIC, "sealed_fields", RECORD, AgencyId("a"), 1, 1, 1, "label-1")
PACKED = Sealer(bytes).seal_set(KEY, PLACE, {"text": "what was said"})

Open = Callable[[bytes, Place, bytes, EnteredGrant], Mapping[str, str]]


def grant(*records: RecordId, label: str = "label-1", decision: Decision = SHOWN) -> EnteredGrant:
    decisions = MappingProxyType({label: decision})
    return EnteredGrant(EntryId("e"), AccountId("who"), AccountId("who"), frozenset(records), decisions)


NOT_COVERING = {
    "no record": grant(),
    "another record": grant(OTHER),
    "another label": grant(RECORD, label="label-2"),
    "held back openly": grant(RECORD, decision=Decision(Level.ATTRIBUTED, "no_rule")),
    "counted only": grant(RECORD, decision=Decision(Level.COUNT, "no_rule")),
    "hidden": grant(RECORD, decision=Decision(Level.HIDE, "prohibited")),
}


def opens_only_what_is_covered(open_one: Open) -> None:
    assert open_one(KEY, PLACE, PACKED, grant(RECORD)) == {"text": "what was said"}
    for words, not_covering in NOT_COVERING.items():
        assert raised(lambda given=not_covering: open_one(KEY, PLACE, PACKED, given)) is GrantMissingError, words


def test_a_grant_that_does_not_cover_opens_nothing() -> None:
    opens_only_what_is_covered(open_set)


def test_opening_without_asking_the_grant_is_noticed() -> None:
    def careless(key: bytes, place: Place, packed: bytes, _grant: EnteredGrant) -> Mapping[str, str]:
        return sealing._opened(AESGCM(key), place, packed)

    assert not holds(lambda: opens_only_what_is_covered(careless))


def opens_only_what_was_decided(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every set that is opened for any reader stands under a label that was decided SHOW for this reader."""
    opened: list[str] = []

    def spy(key: bytes, place: Place, packed: bytes, given: EnteredGrant) -> Mapping[str, str]:
        opened.append(place.label_digest)
        return open_set(key, place, packed, given)

    monkeypatch.setattr(opening, "open_set", spy)
    for username in ("sally", "rob", "pete"):
        opened.clear()
        world.view(username)
        ruled = decided(world, username)
        assert opened
        assert {ruled[label] for label in opened} == {Level.SHOW}


def decided(world: SmallWorld, username: str) -> dict[str, Level]:
    """Decide every label of the family for a reader once more, from the facts."""
    shown = world.view(username)
    return {shown.labels[number].digest(): decision.level for number, decision in shown.decisions.items()}


def test_the_reader_opens_no_label_that_was_not_decided_to_show(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.open()
    opens_only_what_was_decided(case, monkeypatch)


def test_a_reader_that_asks_for_every_label_is_stopped_by_the_grant(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ruling, "visible", lambda self: list(self.labels))
    assert raised(lambda: case.view("rob")) is GrantMissingError


def test_a_gate_that_forgets_the_decision_altogether_is_noticed(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Ruling, "visible", lambda self: list(self.labels))
    monkeypatch.setattr(EnteredGrant, "covers", lambda _self, _record, _label: True)
    assert not holds(lambda: opens_only_what_was_decided(case, monkeypatch))
