"""From recorded facts to cases: who is asking, who is in the family, what stands at that instant.

INVARIANT: a fact that is missing or makes no sense gives a Case with `fault` set, never a Case without it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from hub.domain.consent import Asking
from hub.domain.facts import Fact, FactKind, account_chain, dated, family_chain, person_chain, standing
from hub.domain.ids import AccountId, AgencyId, FamilyId, PersonId, RecordId, ReferenceId
from hub.domain.labels import Label
from hub.domain.speaking import Lives
from hub.policy.case import Case
from hub.policy.compile import PolicySet
from hub.policy.consent import consent_state, text_of, words_of
from hub.policy.decide import decide
from hub.policy.decision import Decision, Level, strictest
from hub.policy.terms import Rule

_AT_FRONT_DOOR = frozenset({"front_door_staff", "on_duty_front_door"})
AT_NIGHT = frozenset({"on_duty_edt", "on_duty_on_call_manager"})
"""Desks that open a family by its reference: that they took it up is a fact of the family, until the shift ends."""
PROGRAMS = frozenset({"system", "matcher"})
_BY_ROLE = {"front_door_worker": "front_door_staff", "matcher": "matching_program"}
EMERGENCY = "emergency"
_CHOSEN = frozenset({"holder_decision"})
"""The opening that is a relationship too: its item was shared with the reader's agency, and with nobody else."""
CAPACITIES = {"allocated": "allocated_in_own_right", "co_allocated": "co_allocated", "covering": "covering"}
"""The relationship that each capacity is; beside it every capacity works with the family or its named people."""


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks about which family, for what purpose, as of when (`at`) and as known when (`known`).

    `recipient` is set when what is opened goes to another agency: then both must be allowed.
    """

    account: AccountId
    family: FamilyId
    purpose: str
    satisfied: frozenset[str]
    at: datetime
    known: datetime
    recipient: AgencyId | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One case, and the ids of the facts that a decision on it may name (opening word -> fact id)."""

    case: Case
    openings: Mapping[str, str]
    consent: str


class Circumstances:
    """Everything that the facts say, looked up once, for as many labels as a page needs."""

    def __init__(self, facts: Collection[Fact], question: Question, policy: PolicySet) -> None:
        """Take the chains of the account, the family, its persons and all agencies, and the suspensions.

        A fact without its keys gives a fault on every case.
        """
        self.viewer_role = ""
        self.viewer_agency = AgencyId("")
        self.persons: dict[PersonId, frozenset[str]] = {}
        self.reference_to_person: dict[ReferenceId, PersonId] = {}
        self._question = question
        self.agencies: dict[AgencyId, tuple[str, str]] = {}
        self._consents: dict[str, list[Fact]] = {}
        self._openings: list[Fact] = []
        self._pins: list[Fact] = []
        self._works_with: list[frozenset[str]] = []
        self._desks: set[str] = set()
        self._capacities: set[str] = set()
        self._given: dict[str, datetime] = {}
        self._suspended: set[str] = set()
        self.login = question.account
        self._tied, self._held_by = set[str](), set[str]()
        self._handled: set[str] = set()
        self.shut: frozenset[str] = frozenset()
        self.relationships: frozenset[str] = frozenset()
        self._fault = "account_inactive"
        current = standing(facts, at=question.at, known=question.known)
        self.standing = tuple(sorted(current, key=lambda f: (f.recorded_at, f.number)))
        try:
            self._lives = Lives(dated(facts, known=question.known))
            for fact in self.standing:
                self._take(fact)
            self._suspended = {name for name in self._suspended if _concerns(policy, name)}
            self._relate()
        except (KeyError, TypeError, ValueError):
            self._fault = "broken_fact"

    @property
    def fault(self) -> str:
        """Why nothing this account asks can be answered ("" when it can): not active, or a fact that makes no sense."""
        return self._fault

    @property
    def account(self) -> AccountId:
        """Who asks."""
        return self._question.account

    @property
    def viewer_kind(self) -> str:
        """The kind of the agency of whoever asks."""
        return self.agencies.get(self.viewer_agency, ("", ""))[1]

    def works_with(self, person: str) -> bool:
        """Say whether whoever asks is allocated to this person, or to the whole family."""
        return not self.shut and self._allocated_to(person)

    def _allocated_to(self, person: str) -> bool:
        return "allocated_to_family" in self.relationships or any(person in people for people in self._works_with)

    @property
    def may_enter(self) -> bool:
        """Say whether this reader has any business with the family: an active account and a relationship."""
        return not self._fault and bool(self.relationships)

    def cases(self, label: Label, item: RecordId | None = None) -> tuple[Case, ...]:
        """Return one case per subject (per recipient, when there are two); a label about nobody is about the family."""
        return tuple(asked.case for asked in self.asked(label, item))

    def asked(self, label: Label, item: RecordId | None = None) -> tuple[Asked, ...]:
        """Return the cases with the facts behind them."""
        recipients = dict.fromkeys((self.viewer_agency, self._question.recipient or self.viewer_agency))
        subjects: list[ReferenceId | None] = [*sorted(label.subjects)] or [None]
        return tuple(self._ask(label, item, subject, taker) for subject in subjects for taker in recipients)

    def _take(self, fact: Fact) -> None:
        """Sort one standing fact in; facts come in order of recording, so a later one replaces an earlier one."""
        body, mine = fact.body, fact.chain == account_chain(self._question.account)
        match fact.kind:
            case FactKind.AGENCY:
                code = text_of(body["code"])
                self.agencies[AgencyId(text_of(body.get("agency", code)))] = code, text_of(body["kind"])
            case FactKind.ACCOUNT if mine:
                self.viewer_role, self.viewer_agency = text_of(body["role"]), AgencyId(text_of(body["agency"]))
                self._fault = "" if body["active"] == "yes" else "account_inactive"
                self.login = AccountId(text_of(body.get("login", self.account)))
            case FactKind.DUTY if mine:
                self._desks.add(text_of(body["desk"]))
            case FactKind.IDENTITY:
                self.reference_to_person[ReferenceId(text_of(body["reference"]))] = PersonId(text_of(body["person"]))
            case FactKind.CONSENT:
                Asking.of(body)
                self._consents.setdefault(fact.chain, []).append(fact)
                self._given[fact.id] = fact.valid_from
            case FactKind.SUSPENSION:
                self._suspended.add(text_of(body["agreement"]))
            case _ if fact.chain == family_chain(self._question.family):
                self._take_of_family(fact)

    def _take_of_family(self, fact: Fact) -> None:
        body = fact.body
        if fact.kind is FactKind.MEMBERSHIP:
            person = PersonId(text_of(body["person"]))
            self.persons[person] = self.persons.get(person, frozenset()) | words_of(body["parts"])
        elif fact.kind is FactKind.RECEIVED:
            self._handled |= _AT_FRONT_DOOR
        elif fact.kind is FactKind.ALLOCATION and body["account"] == self._question.account:
            self._capacities.add(CAPACITIES[text_of(body["capacity"])])
            self._works_with.append(words_of(body["works_with"]))
        elif fact.kind is FactKind.OPENING and self._reaches(fact):
            self._openings.append(fact)
        elif fact.kind is FactKind.PIN:
            self._pins.append(fact)
        elif fact.kind is FactKind.DUTY:
            self._handled.add(f"on_duty_{text_of(body['desk'])}")
        elif fact.kind is FactKind.CONFLICT:
            self._tied.add(text_of(body["account"]))
        elif fact.kind is FactKind.RESTRICTED:
            self._held_by.add(text_of(body["desk"]))

    def _reaches(self, fact: Fact) -> bool:
        """An emergency opens to whoever recorded it, and to nobody else."""
        return fact.body["opening"] != EMERGENCY or fact.recorded_by == self._question.account

    def _relate(self) -> None:
        """Work out the relationships that do not depend on the label.

        The front door reads a family only while a referral waits there: afterwards it is the team's. A desk of the
        night reads those it has taken up.
        """
        found = self._capacities | {f"on_duty_{desk}" for desk in self._desks}
        found |= {_BY_ROLE[self.viewer_role]} if self.viewer_role in _BY_ROLE else set()
        if self._question.family:
            found -= (_AT_FRONT_DOOR | AT_NIGHT) - self._handled
        if any(fact.body["opening"] == EMERGENCY for fact in self._openings):
            found.add("emergency_reader")
        for people in self._works_with:
            found.add("allocated_to_adult" if people else "allocated_to_family")
            for person in people:
                parts = self.persons[PersonId(person)]
                found |= {f"allocated_to_{part}" for part in ("alleged_perpetrator", "victim") if part in parts}
        self.shut = self._shut()
        self.relationships = frozenset() if self.shut else frozenset(found)
        for chain, facts in self._consents.items():
            self._consents[chain] = [self._in_codes(f) for f in facts if self._lives.counts(f, self._question.at)]

    def _shut(self) -> frozenset[str]:
        """Say why the family does not exist for this reader; the hub's own programs are not shut out by a desk."""
        outside = not self._held_by <= self._desks and self.viewer_role not in PROGRAMS
        conflicted = not self._tied.isdisjoint({self.account, self.login})
        ties = (("conflict_of_interest", conflicted), ("outside_restricted_desk", outside))
        return frozenset(word for word, so in ties if so)

    def _ask(self, label: Label, item: RecordId | None, subject: ReferenceId | None, taker: AgencyId) -> Asked:
        source, source_kind = self.agencies.get(label.owner, ("", ""))
        recipient, recipient_kind = self.agencies.get(taker, ("", ""))
        person = self.reference_to_person.get(subject) if subject else None
        parts = self.persons.get(person, frozenset()) if person else frozenset({"family"} if not subject else ())
        fault = self._doubt(source, recipient, subject, person)
        openings, pinned = dict[str, str](), dict[str, str]()
        state, consent = "not_sought", ""
        if not fault:
            try:
                openings = {
                    text_of(f.body["opening"]): f.id
                    for f in self._openings
                    if self._opens(f, label, item, person, recipient)
                }
                pinned = self._pinned(label, item)
                openings |= dict.fromkeys(("pinned",) if pinned else (), min(pinned.values(), default=""))
                state, consent = self._consent(person, label, source, recipient)
            except (KeyError, TypeError, ValueError):
                fault = "broken_fact"
        case = Case(
            source=source,
            source_kind=source_kind,
            recipient=recipient,
            recipient_kind=recipient_kind,
            role=self.viewer_role,
            purpose=self._question.purpose,
            category=label.category,
            sensitivity=label.sensitivity,
            parts=parts,
            relationships=self._related(own=label.owner == taker, person=person).union(pinned, _CHOSEN & {*openings}),
            consent=state,
            consented_at=self._given.get(consent),
            openings=frozenset(openings),
            handling=label.handling,
            audience=label.audience,
            satisfied=self._question.satisfied,
            at=self._question.at,
            suspended=frozenset(self._suspended),
            fault=fault,
        )
        return Asked(case, openings, consent)

    def _doubt(self, source: str, recipient: str, subject: ReferenceId | None, person: PersonId | None) -> str:
        if self._fault or not source or not recipient:
            return self._fault or "unknown_agency"
        if subject is None:
            return ""
        return "identity_missing" if person is None else "" if person in self.persons else "not_a_member"

    def _related(self, *, own: bool, person: PersonId | None) -> frozenset[str]:
        near = {"own_agency"} if own else set()
        if self.shut:
            return self.shut | near
        if person and any(person in people for people in self._works_with):
            near.add("allocated_to_subject")
        return self.relationships | near

    def _pinned(self, label: Label, item: RecordId | None) -> dict[str, str]:
        """Return relationship word -> pin: what a recorded decision relied on stays with its owner and its reviewers.

        It stays with them while they work with the family, under the labels they saw it by, and is passed to nobody.
        """
        found: dict[str, str] = {}
        for fact in self._pins if self.relationships and self._question.recipient is None else ():
            body = fact.body
            if item in words_of(body["items"]) and label.digest() in words_of(body["labels"]):
                colleague = (text_of(body["agency"]), text_of(body["reviewer_role"]))
                reviews = colleague == (self.viewer_agency, self.viewer_role) or text_of(body["desk"]) in self._desks
                found |= {"pin_owner": fact.id} if text_of(body["owner"]) == self.account else {}
                found |= {"pin_reviewer": fact.id} if reviews else {}
        return found

    def _opens(self, fact: Fact, label: Label, item: RecordId | None, person: PersonId | None, recipient: str) -> bool:
        """Say whether an opening fact speaks of this subject; a sibling who is not named is not opened.

        A holder's decision (Children Act 2004 s16LA) speaks of its items, to one recipient, from their holder only.
        """
        body = fact.body
        if body["opening"] != "holder_decision":
            as_child = self._lives.opens(text_of(body["opening"]), person, self._question.at) if person else False
            return person in words_of(body["adults"]) | (words_of(body["children"]) if as_child else frozenset())
        named = item is not None and item in words_of(body["items"])
        taker, holder = text_of(body["recipient"]), text_of(body["agency"])
        return named and self._code(taker) == recipient and self._code(holder) == self._code(label.owner)

    def _code(self, agency: str) -> str:
        return self.agencies.get(AgencyId(agency), (agency, ""))[0]

    def _consent(self, person: PersonId | None, label: Label, source: str, recipient: str) -> tuple[str, str]:
        if person is None:
            return "not_sought", ""
        facts = self._consents.get(person_chain(person), ())
        flow = {"category": label.category, "purpose": self._question.purpose}
        return consent_state(facts, source=source, recipient=recipient, **flow)

    def _in_codes(self, fact: Fact) -> Fact:
        codes = {key: [self._code(agency) for agency in words_of(fact.body[key])] for key in ("sources", "recipients")}
        return replace(fact, body={**fact.body, **codes})


def decide_label(
    policy: PolicySet, circumstances: Circumstances, label: Label, item: RecordId | None = None
) -> Decision:
    """Decide one label: the strictest verdict of its subjects, naming the opening and consent facts it rests on."""
    return strictest(_named(policy, asked) for asked in circumstances.asked(label, item))


def _named(policy: PolicySet, asked: Asked) -> Decision:
    decision = decide(asked.case, policy)
    entry = policy.entry(decision.rule) if decision.level is Level.SHOW else None
    if entry is None or not isinstance(entry.rule, Rule):
        return decision
    term = entry.rule.consent
    opening = next((asked.openings[name] for name in sorted(term.openings & asked.case.openings)), "")
    return replace(decision, opening=opening, consent="" if term.need == "not_engaged" else asked.consent)


def _concerns(policy: PolicySet, suspended: str) -> bool:
    """A version that is no longer in the set concerns nothing here; an agreement nobody knows is left to be a fault."""
    known = policy.tables.suspension
    return suspended in known or suspended.partition("/")[0] not in known
