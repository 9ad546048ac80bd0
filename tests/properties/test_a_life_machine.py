"""What happens in the life of one child, asked only where somebody's word or an opening that names them decides.

The larger machine has these steps too, among so many others that a defect in them would seldom show.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import rule, run_state_machine_as_test

from hub.domain.facts import Fact, family_chain, person_chain
from hub.domain.ids import PersonId
from hub.domain.speaking import Lives
from hub.policy import circumstances as circumstances_module
from hub.policy.consent import consent_state
from tests.properties.family_machine import (
    FAMILY,
    LIVED,
    OPENINGS,
    SETTINGS,
    SPEAKING,
    FamilyMachine,
    adults,
)

CHILD = "maya"
WIDE = {"categories": ["*"], "sources": ["*"], "recipients": ["*"], "purposes": ["*"]}


class OneLife(FamilyMachine):
    """A child whom parents speak for, until a birthday, an order, a loss of capacity or a death says otherwise."""

    @rule(status=st.sampled_from(["given", "given", "given", "withdrawn"]), how=st.sampled_from(SPEAKING))
    def somebody_speaks_for_the_child(self, status: str, how: dict[str, str]) -> None:
        body = {"person": CHILD, "status": status, "kind": "confidentiality_agreement", "reason": ""}
        self.tell("consent", person_chain(PersonId(CHILD)), body | WIDE | how)

    @rule(opening=st.sampled_from(OPENINGS), until=st.integers(24, 400))
    def an_opening_names_the_child(self, opening: str, until: int) -> None:
        body = {"opening": opening, "agency": "id-csc", "children": [CHILD], "adults": [], "items": []}
        self.tell("opening", family_chain(FAMILY), body | {"recipient": "", "review": ""}, until=until)

    @rule(holders=st.lists(adults, max_size=2, unique=True))
    def a_court_says_who_answers_for_the_child(self, holders: list[str]) -> None:
        self.lives("order", CHILD, holders, 0)

    @rule(event=st.sampled_from(LIVED), holder=adults, back=st.integers(-48, 24))
    def something_happens_to_the_child(self, event: str, holder: str, back: int) -> None:
        self.lives(event, CHILD, [holder], back)

    @rule(parent=adults)
    def a_parent_dies(self, parent: str) -> None:
        self.lives("death", parent, [], 0)

    def asks_of(self, rule: Mapping[str, Any]) -> bool:
        """Say whether a rule wants a consent or an opening."""
        consent = rule.get("consent", {})
        return consent.get("need") == "given" or "openings" in consent

    def question(self) -> tuple[str, str, dict[str, Any]]:
        reader, purpose, label = super().question()
        return reader, purpose, label | {"subjects": [f"police-{CHILD}"], "handling": "none", "audience": "any"}


FEW = settings(SETTINGS, max_examples=40, stateful_step_count=20)


def test_a_life_decides_as_it_is_told() -> None:
    run_state_machine_as_test(OneLife, settings=FEW)


FORGOTTEN: dict[str, tuple[str, Any]] = {
    "who may still speak for whom": ("counts", True),
    "that an order names somebody else": ("_holds", True),
    "that a parent no longer speaks": ("_parent_speaks", True),
    "that somebody named as a child has grown up": ("opens", True),
}


@pytest.mark.parametrize("what", FORGOTTEN)
def test_whatever_is_forgotten_of_a_life_is_found(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    name, instead = FORGOTTEN[what]
    monkeypatch.setattr(Lives, name, lambda *_: instead)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(OneLife, settings=FEW)


def test_a_withdrawal_that_is_forgotten_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def deaf(facts: Iterable[Fact], **flow: str) -> tuple[str, str]:
        return consent_state([fact for fact in facts if fact.body["status"] != "withdrawn"], **flow)

    monkeypatch.setattr(circumstances_module, "consent_state", deaf)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(OneLife, settings=FEW)
