"""Whatever is recorded, in whatever order, the hub decides as the naive one does, now and as of any earlier moment.

Source: T-D2 of the test plan: 200 runs of 50 steps.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    precondition,
    rule,
    run_state_machine_as_test,
)

from hub.domain.facts import (
    AGREEMENTS_CHAIN,
    Fact,
    account_chain,
    family_chain,
    person_chain,
    standing,
)
from hub.domain.ids import AccountId, FactId, PersonId
from hub.policy import circumstances as circumstances_module
from hub.policy.circumstances import Circumstances
from hub.policy.compile import SignedAgreement
from tests.properties.family_machine import (
    AGENCIES,
    CAPACITIES,
    ENDING,
    FAMILY,
    FLOWS,
    ITEMS,
    LIVED,
    OPENINGS,
    POLICY,
    REFERENCES,
    SETTINGS,
    SPEAKING,
    STAFF,
    STATUSES,
    FamilyMachine,
    adults,
    back,
    built,
    hours,
    people,
    scope,
    some_people,
    staff,
)


class Both(FamilyMachine):
    """Everything is told to both sides; after every step both are asked the same questions."""

    @rule(
        person=people,
        status=st.sampled_from(STATUSES),
        scopes=st.fixed_dictionaries({key: scope(values) for key, values in FLOWS.items()}),
        until=hours,
        back=back,
        reason=st.sampled_from(["", "", "stated_by_sender"]),
        how=st.sampled_from(SPEAKING),
    )
    def somebody_speaks(
        self,
        person: str,
        status: str,
        scopes: dict[str, Any],
        until: int | None,
        back: int,
        reason: str,
        how: dict[str, str],
    ) -> None:
        questions = self.questions() if status in {"refused", "withdrawn"} and not back else []
        before = self.levels(questions)
        body = {"person": person, "status": status, "kind": "confidentiality_agreement", "reason": reason, **scopes}
        body |= how
        self.lately = person
        self.tell("consent", person_chain(PersonId(person)), body, until=until, back=back)
        pairs = zip(before, self.levels(questions), strict=True)
        assert all(after.rank >= earlier.rank for earlier, after in pairs), "a no has shown more"

    @rule(account=staff, works_with=some_people, until=hours, back=back, capacity=st.sampled_from(CAPACITIES))
    def a_worker_is_allocated(
        self, account: str, works_with: list[str], until: int | None, back: int, capacity: str = "allocated"
    ) -> None:
        self.allocated(account, works_with, until, back, capacity)

    @rule(opening=st.sampled_from(OPENINGS), children=some_people, adults=some_people, until=hours, back=back)
    def an_opening_fact_is_recorded(
        self, opening: str, children: list[str], adults: list[str], until: int | None, back: int
    ) -> None:
        body = {"opening": opening, "agency": "id-csc", "children": children, "adults": adults, "items": []}
        self.lately = next(iter(children), self.lately)
        self.tell("opening", family_chain(FAMILY), body | {"recipient": "", "review": ""}, until=until, back=back)

    @rule(
        item=st.sampled_from(ITEMS), holder=st.sampled_from(sorted(AGENCIES)), taker=st.sampled_from(sorted(AGENCIES))
    )
    def a_holder_decides_to_share(self, item: str, holder: str, taker: str) -> None:
        body = {"opening": "holder_decision", "agency": holder, "children": [], "adults": [], "items": [item]}
        self.tell("opening", family_chain(FAMILY), body | {"recipient": taker, "review": ""})

    @rule(account=staff, desk=st.sampled_from(["front_door", "edt"]), until=st.integers(1, 24))
    def somebody_goes_on_duty(self, account: str, desk: str, until: int) -> None:
        self.tell("duty", account_chain(AccountId(account)), {"account": account, "desk": desk}, until=until)

    @rule(account=staff, until=st.integers(1, 24))
    def the_night_takes_the_family_up(self, account: str, until: int) -> None:
        body = {"account": account, "desk": "edt"}
        self.tell("duty", family_chain(FAMILY), body, until=until, told={"taken_up": "edt"})

    @rule(account=staff, active=st.sampled_from(["yes", "no"]))
    def an_account_is_stopped_or_started(self, account: str, active: str) -> None:
        self.account(account, active)

    @rule(reference=st.sampled_from(REFERENCES), person=people)
    def a_reference_turns_out_to_be_somebody(self, reference: str, person: str) -> None:
        self.link(reference, person)

    @rule(person=people, part=st.sampled_from(["carer", "witness", "victim", "alleged_perpetrator"]))
    def somebody_has_another_part(self, person: str, part: str) -> None:
        self.tell("membership", family_chain(FAMILY), {"person": person, "parts": [part]})

    @rule(account=staff, tie=st.sampled_from(["relative", "neighbour"]), until=st.integers(1, 6))
    def somebody_turns_out_to_be_tied_to_the_family(self, account: str, tie: str, until: int) -> None:
        self.tell("conflict", family_chain(FAMILY), {"account": account, "tie": tie}, until=until)

    @rule(desk=st.sampled_from(["front_door", "edt"]), until=st.integers(1, 3))
    def a_desk_holds_the_family(self, desk: str, until: int) -> None:
        self.tell("restricted", family_chain(FAMILY), {"desk": desk}, until=until)

    @rule(account=staff, children=some_people, adults=some_people, until=st.integers(1, 8))
    def somebody_opens_the_family_in_an_emergency(
        self, account: str, children: list[str], adults: list[str], until: int
    ) -> None:
        body = {"opening": "emergency", "agency": STAFF[account][0], "children": children, "adults": adults}
        body |= {"items": [], "recipient": "", "review": ""}
        self.tell("opening", family_chain(FAMILY), body, until=until, by=account)

    @rule(item=st.sampled_from(ITEMS), owner=staff, reviewer=staff, desk=st.sampled_from(["", "edt"]), until=hours)
    def a_decision_relies_on_an_item(self, item: str, owner: str, reviewer: str, desk: str, until: int | None) -> None:
        label = self.question()[2]
        agency, role = STAFF[reviewer]
        body = {"decision": "d", "items": [item], "owner": owner, "agency": agency, "reviewer_role": role}
        body |= {"desk": desk, "note": ""}
        labels = {"labels": [built(label).digest()], "persons": []}
        self.tell("pin", family_chain(FAMILY), body | labels, until=until, told=body | {"seen_by": [label]})
        self.pinned.append((item, label))

    @rule(person=people, holders=st.lists(adults, max_size=2, unique=True), back=back)
    def a_court_says_who_answers_for_a_child(self, person: str, holders: list[str], back: int) -> None:
        self.lives("order", person, holders, back)

    @rule(person=people, event=st.sampled_from(LIVED), holder=adults, back=st.integers(-48, 72))
    def something_happens_in_a_life(self, person: str, event: str, holder: str, back: int) -> None:
        self.lives(event, person, [holder], back)

    @rule(until=hours)
    def a_referral_waits(self, until: int | None) -> None:
        self.tell("received", family_chain(FAMILY), {}, until=until)

    @rule(signed=st.sampled_from(POLICY.agreements), whole=st.booleans())
    def a_party_suspends(self, signed: SignedAgreement, whole: bool) -> None:  # noqa: FBT001  drawn, not called
        name = signed.agreement.id if whole else signed.agreement.key
        self.tell("suspension", AGREEMENTS_CHAIN, {"agreement": name, "party": "mh"}, until=48)

    @precondition(lambda self: self.can_end())
    @rule(data=st.data())
    def something_ends(self, data: st.DataObject) -> None:
        found = data.draw(st.sampled_from(self.can_end()))
        self.now += timedelta(seconds=1)
        ending = replace(found, id=FactId(f"fact-{len(self.facts) + 1}"), number=len(self.facts) + 1, ends=found.id)
        self.facts.append(replace(ending, valid_from=self.now, valid_until=None, recorded_at=self.now))
        next(one for one in self.naive.said if one.id == found.id).ended.append((self.now, self.now))
        self.moments.append(self.now)

    @rule(later=st.sampled_from([1, 1, 5, 24, 24, 100, 1000, 8784]))
    def time_passes(self, later: int) -> None:
        self.now += timedelta(hours=later)

    def can_end(self) -> list[Fact]:
        ended = {fact.ends for fact in self.facts}
        return [fact for fact in self.facts if can_end(fact) and fact.ends is None and fact.id not in ended]


def can_end(fact: Fact) -> bool:
    """Say whether somebody can end it: of what happens in a life, only a court takes its word back."""
    return fact.kind in ENDING or fact.body.get("event") == "order"


def test_the_hub_decides_as_the_naive_one_after_every_step() -> None:
    run_state_machine_as_test(Both, settings=SETTINGS)


DEFECTS: dict[str, dict[str, Any]] = {
    "prohibitions skipped": {"nevers": 0},
    "openings not asked for": {"any_opening": -1},
    "blocking duties not asked for": {"blocking": ()},
    "gaps forgotten": {"gaps": 0},
    "suspension forgotten": {"suspension": dict.fromkeys(POLICY.tables.suspension, 0)},
}


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_found(defect: str) -> None:
    class Defective(Both):
        policy = replace(POLICY, tables=replace(POLICY.tables, **DEFECTS[defect]))

    with pytest.raises(AssertionError):
        run_state_machine_as_test(Defective, settings=settings(SETTINGS, max_examples=60, report_multiple_bugs=False))


FORGOTTEN: dict[str, tuple[type, str, Any]] = {
    "who is tied to the family, or not at the desk that holds it": (Circumstances, "_shut", frozenset),
    "whose emergency it is": (Circumstances, "_reaches", lambda: True),
    "what a decision relied on": (Circumstances, "_pinned", dict),
}


@pytest.mark.parametrize("what", FORGOTTEN)
def test_whatever_is_forgotten_of_a_case_is_found(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, name, instead = FORGOTTEN[what]
    monkeypatch.setattr(owner, name, lambda *_, **__: instead())
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Both, settings=settings(SETTINGS, max_examples=400))


def test_a_fact_that_is_used_before_it_was_known_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def hindsight(facts: Iterable[Fact], *, at: datetime, known: datetime) -> tuple[Fact, ...]:
        return standing(facts, at=at, known=max(known, *(fact.recorded_at for fact in facts)))

    monkeypatch.setattr(circumstances_module, "standing", hindsight)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Both, settings=SETTINGS)
