"""The cast of one family and its workers, and a machine that tells the hub and the naive one the same things."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from random import Random  # noqa: TID251  the seed is the point
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
)

from hub.domain.facts import (
    AGENCIES_CHAIN,
    Fact,
    FactKind,
    account_chain,
    family_chain,
    person_chain,
)
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, PersonId, RecordId, ReferenceId
from hub.domain.labels import Audience, Handling, Label, Sensitivity
from hub.policy.agreement import load_agreement, load_house_rules
from hub.policy.circumstances import Circumstances, Question, decide_label
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
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
    "id-neighbour": ("neighbour", "local_authority"),
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
PURPOSES = ["support_family", "protect_child", "front_door", "emergency"]
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
SPEAKING: list[dict[str, str]] = [
    {},
    {},
    {},
    {"given_by": "mother", "capacity": "parental_responsibility"},
    {"given_by": "father", "capacity": "parental_responsibility"},
    {"given_by": "mother", "capacity": "adult"},
    {"given_by": "maya", "capacity": "gillick"},
    {"given_by": "", "capacity": "unable"},
]
"""Who spoke and in which capacity; messages and old words say neither."""
LIVED = ["turns_16", "turns_18", "competent", "incapable", "spoken_for", "death"]
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
adults = st.sampled_from(["mother", "father"])


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


class FamilyMachine(RuleBasedStateMachine):
    """One family, told to both sides; after every step both are asked the same questions. The steps come below."""

    policy = POLICY

    @initialize(start=st.sampled_from(STARTS), seed=st.integers(0, 1_000_000))
    def begin(self, start: datetime, seed: int) -> None:
        self.now, self.rng, self.moments = start, Random(seed), [start]  # noqa: S311  made-up questions
        self.naive, self.facts = NaiveHub(AGENCIES), list[Fact]()
        self.rules_asked_of = [one for one in self.naive.spoken() if self.asks_of(one)]
        self.pinned: list[tuple[str, dict[str, Any]]] = []
        self.lately = "maya"
        for agency, (code, kind) in AGENCIES.items():
            self.tell("agency", AGENCIES_CHAIN, {"agency": agency, "code": code, "kind": kind})
        for account in STAFF:
            self.account(account, active="yes")
        for person, parts in PEOPLE.items():
            self.tell("membership", family_chain(FAMILY), {"person": person, "parts": parts})
        for reference in REFERENCES:
            self.link(reference, reference.partition("-")[2])
        self.allocated("sally", [], None, 0)
        self.allocated("rob", ["father"], None, 0)
        self.allocated("nina", ["mother"], None, 0)

    def tell(
        self,
        kind: str,
        chain: str,
        what: dict[str, Any],
        *,
        until: int | None = None,
        back: int = 0,
        by: str = "somebody",
        told: dict[str, Any] | None = None,
    ) -> None:
        """Record a fact on both sides; `told` is what the naive side is told where it has other words for it."""
        self.now += timedelta(seconds=1)
        number = len(self.facts) + 1
        start = self.now - timedelta(hours=back)
        end = None if until is None else start + timedelta(hours=until)
        id_ = FactId(f"fact-{number}")
        self.facts.append(Fact(id_, chain, number, FactKind(kind), what, start, end, self.now, AccountId(by)))
        self.naive.said.append(Said(id_, kind, told or what, start, end, self.now, by=by))
        self.moments.append(self.now)

    def account(self, account: str, active: str) -> None:
        agency, role = STAFF[account]
        body = {"account": account, "agency": agency, "role": role, "active": active}
        self.tell("account", account_chain(AccountId(account)), body)

    def link(self, reference: str, person: str) -> None:
        self.tell("identity", person_chain(PersonId(person)), {"reference": reference, "person": person})

    def allocated(
        self, account: str, works_with: list[str], until: int | None, back: int, capacity: str = "allocated"
    ) -> None:
        body = {"account": account, "capacity": capacity, "lead": "no", "works_with": works_with}
        self.tell("allocation", family_chain(FAMILY), body, until=until, back=back)

    def lives(self, event: str, person: str, holders: list[str], back: int) -> None:
        body = {"event": event, "person": person, "holders": holders}
        self.lately = person
        self.tell("life", person_chain(PersonId(person)), body, back=back)

    @invariant()
    def both_answer_alike(self) -> None:
        for _ in range(4):
            at, known = self.when()
            reader, purpose, label = self.question()
            met = frozenset(duty for duty in DUTIES if self.rng.random() < 0.7)
            circumstances = self.circumstances(reader, purpose, met, at, known)
            asked = [(self.rng.choice(["", *ITEMS]), label_) for label_ in (label, self.label())]
            for item, label_ in (*asked, *self.rng.sample(self.pinned, min(1, len(self.pinned)))):
                naive = self.naive.level(Asked(reader, purpose, met, at, known, item), label_)
                ours = decide_label(self.policy, circumstances, built(label_), RecordId(item) if item else None)
                assert ours.level.value == naive[0], (reader, purpose, label_, ours, naive)
                if len(label_["subjects"]) < 2:
                    assert ours.rule == naive[1], (reader, purpose, label_, ours, naive)

    def question(self) -> tuple[str, str, dict[str, Any]]:
        """Ask what a rule or a gap speaks of, so that more than faults and silence is compared."""
        spoken = self.rng.choice(self.rules_asked_of)
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

    def asks_of(self, rule: Mapping[str, Any]) -> bool:
        """Say whether a rule, or a gap, is one that questions are made of."""
        return bool(rule)

    def when(self) -> tuple[datetime, datetime]:
        """Now as a rule; sometimes an earlier moment, as known then or as known now."""
        dice = self.rng.random()
        earlier = self.rng.choice(self.moments)
        return (self.now, self.now) if dice < 0.6 else (earlier, earlier if dice < 0.8 else self.now)

    def label(self) -> dict[str, Any]:
        """Mostly about whoever something was said of lately, or about anybody, several or nobody."""
        several = self.rng.sample(REFERENCES, self.rng.choice([0, 1, 1, 1, 2, 3]))
        return {
            "category": self.rng.choice(CATEGORIES),
            "sensitivity": self.rng.choice(["personal", "sensitive", "sensitive", "restricted", "protected"]),
            "owner": self.rng.choice(sorted(AGENCIES)),
            "subjects": [f"police-{self.lately}"] if self.rng.random() < 0.4 else several,
            "handling": self.rng.choice(["none", "none", "none", "P", "C", "ask_originator", "prohibited"]),
            "audience": self.rng.choice(["any", "any", "any", "social_care", "originator"]),
        }

    def circumstances(
        self, reader: str, purpose: str, met: frozenset[str], at: datetime, known: datetime
    ) -> Circumstances:
        question = Question(AccountId(reader), FAMILY, purpose, met, at, known)
        return Circumstances(self.facts, question, self.policy)

    def questions(self) -> list[tuple[str, Label]]:
        return [(self.rng.choice(sorted(STAFF)), built(self.label())) for _ in range(8)]

    def levels(self, questions: list[tuple[str, Label]]) -> list[Level]:
        """What these readers may see of these labels at this moment."""
        met = frozenset(DUTIES)
        return [
            decide_label(self.policy, self.circumstances(reader, "protect_child", met, self.now, self.now), label).level
            for reader, label in questions
        ]


SETTINGS = settings(
    max_examples=RUNS,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    stateful_step_count=STEPS,
    deadline=None,
    derandomize=True,
)


def built(label: Mapping[str, Any]) -> Label:
    return Label(
        label["category"],
        Sensitivity(label["sensitivity"]),
        AgencyId(label["owner"]),
        frozenset(ReferenceId(reference) for reference in label["subjects"]),
        Handling(label["handling"]),
        Audience(label["audience"]),
    )
