"""Facts that policy reads, as dated rows: who may record them, about whom, from when, known since when.

INVARIANT: a fact is never changed. Ending it is a later fact that names it in `ends`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from hub.domain.ids import AccountId, FactId, FamilyId, PersonId


class FactKind(StrEnum):
    """What a fact says; `body` keys are given beside each."""

    AGENCY = "agency"  # code, kind
    ACCOUNT = "account"  # agency, role, active ("yes" | "no"); login: the account this person signs in with, if another
    MEMBERSHIP = "membership"  # person, parts [child | parent | ...], via_labels as for coverage
    IDENTITY = "identity"  # reference, person
    ALLOCATION = "allocation"  # account, capacity [allocated | co_allocated | covering], lead, works_with [person]
    HANDOVER = "handover"  # account, ends (allocation fact), gives (allocation body): an offer, until it is answered
    DUTY = "duty"  # account, desk; of a family: the desk has taken it up
    OPENING = "opening"  # opening, children [person], adults [person], items [record], recipient (agency or "")
    PIN = "pin"  # decision, items [record], owner, agency, reviewer_role, desk, note; the gate adds labels, persons
    CONSENT = "consent"  # status, categories, sources, recipients, purposes, reason, and `domain.consent.Asking`'s keys
    COVERAGE = "coverage"  # agency, state, via_labels [label number]; [] means a person's statement
    SHIELD = "shield"  # person, desk
    LIFE = "life"  # event (see hub.domain.life), person, holders [person] where the event names them
    SUSPENSION = "suspension"  # agreement, party, reason
    RECEIVED = "received"  # nothing: a referral waits at the front door, which may read this family until it is placed
    STEP = "step"  # step, party; a version's: agreement, version, ...; a roster's: agency_code, number, digest
    ROSTER = "roster"  # agency_code, number, previous, signatories; signed_by and signature, or confirmed_by
    PUBLISHED = "published"  # agreement, version, parties, sha256, text_sha256, checked_with, row, signatures
    CONFLICT = "conflict"  # account, tie [see TIES]: this worker reads nothing of the family
    RESTRICTED = "restricted"  # desk: only who is on duty there reads or enters the family
    ROUTE_ACCEPTED = "route_accepted"  # route, digest (of its text), reason: a named officer takes it for this hub


TIES = ("subject", "relative", "partner", "neighbour", "other")
"""How a worker can be tied to a family that they must not read."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One authenticated row. Valid from <= at < until (when not ended); known since `recorded_at`."""

    id: FactId
    chain: str
    number: int
    kind: FactKind
    body: Mapping[str, object]
    valid_from: datetime
    valid_until: datetime | None
    recorded_at: datetime
    recorded_by: AccountId
    ends: FactId | None = None


def family_chain(family: FamilyId) -> str:
    """Chain of the facts about a family as a case: members, allocations, openings, coverage."""
    return f"family:{family}"


def person_chain(person: PersonId) -> str:
    """Chain of the facts about one person: identity links, consents, shields."""
    return f"person:{person}"


def account_chain(account: AccountId) -> str:
    """Chain of the facts about one account: role, agency, duty."""
    return f"account:{account}"


AGENCIES_CHAIN = "agencies"
"""Chain of the facts about agencies: their kinds. One chain, because every decision needs them all."""

AGREEMENTS_CHAIN = "agreements"
"""Chain of what counts: published versions with their signatures, rosters, suspensions, routes accepted."""


def version_chain(version: str) -> str:
    """Chain of the steps of one version (`EFS-2026-04/1`) on its way to being published."""
    return f"agreement:{version}"


def roster_chain(agency_code: str) -> str:
    """Chain of the steps of an agency's rosters that wait to be confirmed."""
    return f"roster:{agency_code}"


def standing(facts: Iterable[Fact], *, at: datetime, known: datetime) -> tuple[Fact, ...]:
    """Return the facts in force at `at` as they were known at `known`, in order of recording.

    Shape: ended facts get the end that was recorded by `known`; endings themselves are not returned.
    """
    return tuple(fact for fact in dated(facts, known=known) if in_force(fact, at))


def dated(facts: Iterable[Fact], *, known: datetime) -> tuple[Fact, ...]:
    """Return the facts as they were known at `known`, each with the end that was recorded, whenever they stand."""
    seen = [fact for fact in facts if fact.recorded_at <= known]
    ended = {fact.ends: fact.valid_from for fact in seen if fact.ends}
    return tuple(_until(fact, ended) for fact in seen if fact.ends is None)


def in_force(fact: Fact, at: datetime) -> bool:
    """Say whether a dated fact stands at an instant."""
    return fact.valid_from <= at and (fact.valid_until is None or at < fact.valid_until)


def _until(fact: Fact, ended: Mapping[FactId, datetime]) -> Fact:
    end = ended.get(fact.id)
    if end is None or (fact.valid_until is not None and fact.valid_until <= end):
        return fact
    return replace(fact, valid_until=end)


def listed(value: object) -> list[str]:
    """Return the texts of a list in a body; anything else names nobody."""
    return [str(item) for item in value] if isinstance(value, list | tuple) else []
