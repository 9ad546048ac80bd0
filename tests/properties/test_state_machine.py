"""Whatever is recorded, in whatever order, the hub decides as the naive one does, now and as of any earlier moment.

Source: T-D2 of the test plan: 200 runs of 50 steps.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random  # noqa: TID251  the seed is the point
from typing import Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from hub.domain.facts import (
    AGENCIES_CHAIN,
    AGREEMENTS_CHAIN,
    Fact,
    FactKind,
    account_chain,
    family_chain,
    person_chain,
    standing,
)
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, PersonId, RecordId, ReferenceId
from hub.domain.labels import Audience, Handling, Label, Sensitivity
from hub.policy import circumstances as circumstances_module
from hub.policy.agreement import load_agreement, load_house_rules
from hub.policy.circumstances import Circumstances, Question, decide_label
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.consent import consent_state
from hub.policy.decision import Level
from tests.bench.rules import POLICIES, words
from tests.properties.naive_hub import Asked, NaiveHub, Said

FAMILY = FamilyId("family")
AGENCIES = {
    "id-csc": ("csc", "local_authority"),
    "id-police": ("police", "police"),
    "id-mh": ("mh", "nhs_body"),
    "id-sm": ("sm", "contracted_provider"),
    "id-da": ("da", "charity"),
}
STAFF = {
    "sally": ("id-csc", "social_worker"),
    "manager": ("id-csc", "team_manager"),
    "fran": ("id-csc", "front_door_worker"),
    "edith": ("id-csc", "duty_worker"),
    "rob": ("id-sm", "recovery_worker"),
    "nina": ("id-mh", "mh_practitioner"),
    "pete": ("id-da", "perpetrator_worker"),
    "vera": ("id-da", "victim_worker"),
    "otto": ("id-police", "partner_referrer"),
}
PEOPLE = {
    "mother": ["parent", "victim"],
    "father": ["parent", "alleged_perpetrator"],
    "maya": ["child"],
    "theo": ["child", "sibling"],
    "unborn": ["unborn_child"],
}
REFERENCES = [f"{sender}-{person}" for sender in ("police", "sm") for person in PEOPLE]
CATEGORIES = ["identity", "contact", "safe_address", "police_incident", "risk_view", "attendance", "child_disclosure"]
CATEGORIES += ["substance_use_summary", "mental_health_summary", "crisis_history", "family_plan", "original"]
PURPOSES = ["support_family", "protect_child", "front_door"]
STATUSES = [
    "given",
    "given",
    "withdrawn",
    "given_with_conditions",
    "refused",
    "withdrawn",
    "not_sought",
    "unable",
    "expired",
]
OPENINGS = ["strategy_discussion", "s47_enquiry", "child_protection_plan", "pre_proceedings", "care_proceedings"]
ITEMS = ["item-1", "item-2"]
CAPACITIES = ["allocated", "co_allocated", "covering"]
DUTIES = ["state_purpose", "state_reason"]
STARTS = [
    datetime(2026, 3, 31, 20, tzinfo=UTC),
    datetime(2026, 11, 23, 9, tzinfo=UTC),
    datetime(2028, 3, 31, 12, tzinfo=UTC),
]
ENDING = {FactKind.ALLOCATION, FactKind.OPENING, FactKind.SUSPENSION, FactKind.IDENTITY, FactKind.RECEIVED}
RUNS, STEPS = 200, 50


def policy_in_force() -> PolicySet:
    vocabulary, gateways = words()
    house = load_house_rules((POLICIES / "house-rules.yaml").read_text(), "house-rules.yaml", vocabulary)
    texts = [(path.read_text(), path.name) for path in sorted(POLICIES.glob("agreements/*.yaml"))]
    found = [load_agreement(text, name, vocabulary, gateways) for text, name in texts]
    return compile_policy([SignedAgreement(one, frozenset(one.parties)) for one in found], gateways, house, vocabulary)


POLICY = policy_in_force()
people = st.sampled_from(sorted(PEOPLE))
some_people = st.lists(people, max_size=3, unique=True)
staff = st.sampled_from(sorted(STAFF))
hours = st.none() | st.integers(1, 400)
back = st.integers(0, 72)


def scope(values: list[str]) -> st.SearchStrategy[list[str]]:
    return (
        st.just(["*"])
        | st.just(["*"])
        | st.just(["*"])
        | st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True)
    )


FLOWS = {
    "categories": CATEGORIES,
    "sources": sorted(AGENCIES),
    "recipients": sorted(AGENCIES),
    "purposes": PURPOSES,
}


class Both(RuleBasedStateMachine):
    """Everything is told to both sides; after every step both are asked the same questions."""

    policy = POLICY

    @initialize(start=st.sampled_from(STARTS), seed=st.integers(0, 1_000_000))
    def begin(self, start: datetime, seed: int) -> None:
        self.now, self.rng, self.moments = start, Random(seed), [start]  # noqa: S311  made-up questions
        self.naive, self.facts = NaiveHub(AGENCIES), list[Fact]()
        for agency, (code, kind) in AGENCIES.items():
            self.tell("agency", AGENCIES_CHAIN, {"agency": agency, "code": code, "kind": kind})
        for account in STAFF:
            self.account(account, active="yes")
        for person, parts in PEOPLE.items():
            self.tell("membership", family_chain(FAMILY), {"person": person, "parts": parts})
        for reference in REFERENCES:
            self.link(reference, reference.partition("-")[2])
        self.a_worker_is_allocated("sally", [], None, 0)
        self.a_worker_is_allocated("rob", ["father"], None, 0)
        self.a_worker_is_allocated("nina", ["mother"], None, 0)

    def tell(self, kind: str, chain: str, what: dict[str, Any], *, until: int | None = None, back: int = 0) -> None:
        self.now += timedelta(seconds=1)
        number = len(self.facts) + 1
        start = self.now - timedelta(hours=back)
        end = None if until is None else start + timedelta(hours=until)
        id_, by = FactId(f"fact-{number}"), AccountId("somebody")
        self.facts.append(Fact(id_, chain, number, FactKind(kind), what, start, end, self.now, by))
        self.naive.said.append(Said(id_, kind, what, start, end, self.now))
        self.moments.append(self.now)

    def account(self, account: str, active: str) -> None:
        agency, role = STAFF[account]
        body = {"account": account, "agency": agency, "role": role, "active": active}
        self.tell("account", account_chain(AccountId(account)), body)

    def link(self, reference: str, person: str) -> None:
        self.tell("identity", person_chain(PersonId(person)), {"reference": reference, "person": person})

    @rule(
        person=people,
        status=st.sampled_from(STATUSES),
        scopes=st.fixed_dictionaries({key: scope(values) for key, values in FLOWS.items()}),
        until=hours,
        back=back,
        reason=st.sampled_from(["", "", "stated_by_sender"]),
    )
    def somebody_speaks(
        self, person: str, status: str, scopes: dict[str, Any], until: int | None, back: int, reason: str
    ) -> None:
        questions = self.questions() if status in {"refused", "withdrawn"} and not back else []
        before = self.levels(questions)
        body = {"person": person, "status": status, "kind": "confidentiality_agreement", "reason": reason, **scopes}
        self.tell("consent", person_chain(PersonId(person)), body, until=until, back=back)
        pairs = zip(before, self.levels(questions), strict=True)
        assert all(after.rank >= earlier.rank for earlier, after in pairs), "a no has shown more"

    @rule(account=staff, works_with=some_people, until=hours, back=back, capacity=st.sampled_from(CAPACITIES))
    def a_worker_is_allocated(
        self, account: str, works_with: list[str], until: int | None, back: int, capacity: str = "allocated"
    ) -> None:
        body = {"account": account, "capacity": capacity, "lead": "no", "works_with": works_with}
        self.tell("allocation", family_chain(FAMILY), body, until=until, back=back)

    @rule(opening=st.sampled_from(OPENINGS), children=some_people, adults=some_people, until=hours, back=back)
    def an_opening_fact_is_recorded(
        self, opening: str, children: list[str], adults: list[str], until: int | None, back: int
    ) -> None:
        body = {"opening": opening, "agency": "id-csc", "children": children, "adults": adults, "items": []}
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

    @rule(account=staff, active=st.sampled_from(["yes", "no"]))
    def an_account_is_stopped_or_started(self, account: str, active: str) -> None:
        self.account(account, active)

    @rule(reference=st.sampled_from(REFERENCES), person=people)
    def a_reference_turns_out_to_be_somebody(self, reference: str, person: str) -> None:
        self.link(reference, person)

    @rule(person=people, part=st.sampled_from(["carer", "witness", "victim", "alleged_perpetrator"]))
    def somebody_has_another_part(self, person: str, part: str) -> None:
        self.tell("membership", family_chain(FAMILY), {"person": person, "parts": [part]})

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

    @invariant()
    def both_answer_alike(self) -> None:
        for _ in range(4):
            at, known = self.when()
            reader, purpose, label = self.question()
            met = frozenset(duty for duty in DUTIES if self.rng.random() < 0.7)
            circumstances = self.circumstances(reader, purpose, met, at, known)
            for label_ in (label, self.label()):
                item = self.rng.choice(["", *ITEMS])
                naive = self.naive.level(Asked(reader, purpose, met, at, known, item), label_)
                ours = decide_label(self.policy, circumstances, built(label_), RecordId(item) if item else None)
                assert ours.level.value == naive[0], (reader, purpose, label_, ours, naive)
                if len(label_["subjects"]) < 2:
                    assert ours.rule == naive[1], (reader, purpose, label_, ours, naive)

    def question(self) -> tuple[str, str, dict[str, Any]]:
        """Ask what a rule or a gap speaks of, so that more than faults and silence is compared."""
        spoken = self.rng.choice(self.naive.spoken())
        readers = [
            name
            for name, (agency, role) in STAFF.items()
            if role in spoken["roles"] and AGENCIES[agency][0] in spoken["to"]
        ]
        label = self.label() | {
            "category": self.rng.choice(spoken["categories"]),
            "sensitivity": spoken["up_to"],
            "owner": f"id-{self.rng.choice(spoken['from'])}",
        }
        return self.rng.choice(readers or sorted(STAFF)), self.rng.choice(spoken["purposes"]), label

    def can_end(self) -> list[Fact]:
        ended = {fact.ends for fact in self.facts}
        return [fact for fact in self.facts if fact.kind in ENDING and fact.ends is None and fact.id not in ended]

    def when(self) -> tuple[datetime, datetime]:
        """Now as a rule; sometimes an earlier moment, as known then or as known now."""
        dice = self.rng.random()
        earlier = self.rng.choice(self.moments)
        return (self.now, self.now) if dice < 0.6 else (earlier, earlier if dice < 0.8 else self.now)

    def label(self) -> dict[str, Any]:
        return {
            "category": self.rng.choice(CATEGORIES),
            "sensitivity": self.rng.choice(["personal", "sensitive", "sensitive", "restricted", "protected"]),
            "owner": self.rng.choice(sorted(AGENCIES)),
            "subjects": self.rng.sample(REFERENCES, self.rng.choice([0, 1, 1, 1, 2, 3])),
            "handling": self.rng.choice(["none", "none", "none", "P", "C", "ask_originator", "prohibited"]),
            "audience": self.rng.choice(["any", "any", "any", "social_care", "originator"]),
        }

    def circumstances(
        self, reader: str, purpose: str, met: frozenset[str], at: datetime, known: datetime
    ) -> Circumstances:
        question = Question(AccountId(reader), FAMILY, purpose, met, at, known)
        return Circumstances.gather(self.facts, question, self.policy)

    def questions(self) -> list[tuple[str, Label]]:
        return [(self.rng.choice(sorted(STAFF)), built(self.label())) for _ in range(8)]

    def levels(self, questions: list[tuple[str, Label]]) -> list[Level]:
        """What these readers may see of these labels at this moment."""
        met = frozenset(DUTIES)
        return [
            decide_label(self.policy, self.circumstances(reader, "protect_child", met, self.now, self.now), label).level
            for reader, label in questions
        ]


def built(label: Mapping[str, Any]) -> Label:
    return Label(
        label["category"],
        Sensitivity(label["sensitivity"]),
        AgencyId(label["owner"]),
        frozenset(ReferenceId(reference) for reference in label["subjects"]),
        Handling(label["handling"]),
        Audience(label["audience"]),
    )


SETTINGS = settings(
    max_examples=RUNS,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=True,
)


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


def test_a_withdrawal_that_is_forgotten_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def deaf(facts: Iterable[Fact], **flow: str) -> tuple[str, str]:
        return consent_state([fact for fact in facts if fact.body["status"] != "withdrawn"], **flow)

    monkeypatch.setattr(circumstances_module, "consent_state", deaf)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Both, settings=SETTINGS)


def test_a_fact_that_is_used_before_it_was_known_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def hindsight(facts: Iterable[Fact], *, at: datetime, known: datetime) -> tuple[Fact, ...]:
        return standing(facts, at=at, known=max(known, *(fact.recorded_at for fact in facts)))

    monkeypatch.setattr(circumstances_module, "standing", hindsight)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(Both, settings=SETTINGS)
