"""Turns one translated record of a message into what the gate stores: people, records, facts. Pure.

Identity is kept per sender: every person of every message gets a reference of its own, linked to a person by a dated
fact, so that merging and un-merging re-seal nothing.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from hub.domain.facts import Fact, FactKind, family_chain, person_chain
from hub.domain.fields import SHAPES, VERSIONS, RecordKind
from hub.domain.ids import (
    AccountId,
    AgencyId,
    FactId,
    FamilyId,
    PersonId,
    RecordId,
    ReferenceId,
    ReferralId,
)
from hub.domain.labels import Handling, Sensitivity
from hub.domain.partial_date import PartialDate
from hub.domain.referral import ConsentDraft, ConsentScope, ConsentWord, EntryDraft, PersonDraft, ReferralDraft
from hub.gate.records import NewRecord
from hub.policy.consent import BY_SENDER

_CONSENT_STATES = {
    ConsentWord.GIVEN: "given",
    ConsentWord.REFUSED: "refused",
    ConsentWord.NOT_SOUGHT: "not_sought",
    ConsentWord.WITHDRAWN: "withdrawn",
    ConsentWord.EXPIRED: "expired",
}

SAID_IN = "referral"
"""Key of a fact's body: the referral whose message states it."""
_BINDS_ALL = (Handling.PROHIBITED, Handling.C, Handling.ASK_ORIGINATOR)
"""Strictest first; `P` leaves an item to the agreements and binds nothing else."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent it (from the credential, never from the payload), and when it arrived."""

    agency: AgencyId
    account: AccountId
    at: datetime


@dataclass(frozen=True, slots=True)
class Composed:
    """Everything one referral brings: `people` maps the message's keys to (reference, person, person record).

    `named_first` are those of the people whom no earlier version of the message named; `entries` are among `records`.
    """

    referral: ReferralId
    family: FamilyId
    people: Mapping[str, tuple[ReferenceId, PersonId, RecordId]]
    named_first: tuple[tuple[ReferenceId, RecordId], ...]
    records: tuple[NewRecord, ...]
    entries: tuple[NewRecord, ...]
    facts: tuple[Fact, ...]
    refused: tuple[RecordId, ...]
    coverage: Fact
    handling: Handling


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an amended referral lies, and who its people are: the message's key -> (reference, person)."""

    referral: ReferralId
    family: FamilyId
    people: Mapping[str, tuple[ReferenceId, PersonId]]


def compose(
    draft: ReferralDraft, sender: Sender, new_id: Callable[[], str], standing: Standing | None = None
) -> Composed:
    """Compose one accepted referral, a new one or again what stands. `refused` are records of who refused sharing."""
    to = standing or Standing(ReferralId(new_id()), FamilyId(new_id()), {})
    referral, family = to.referral, to.family
    people = {
        p.key: (*(to.people.get(p.key) or (ReferenceId(new_id()), PersonId(new_id()))), RecordId(new_id()))
        for p in draft.people
    }
    records: list[NewRecord] = []
    handling = handling_of(draft)
    for person in draft.people:
        found = _person_records(person, people[person.key], sender, referral, new_id)
        records += [replace(record, handling=handling) for record in found]
    entries = [_entry_record(entry, people, sender, referral, new_id) for entry in draft.entries]
    refusing = {
        people[c.about][0]
        for c in draft.consents
        if c.scope is ConsentScope.HUB_SHARING and c.word is ConsentWord.REFUSED
    }
    return Composed(
        referral,
        family,
        people,
        tuple((who, record) for key, (who, _, record) in people.items() if key not in to.people),
        (*records, *entries),
        tuple(entries),
        tuple(_facts(draft, people, to, sender, new_id))
        if standing
        else (received(family, sender, new_id), *_facts(draft, people, to, sender, new_id)),
        tuple(entry.id for entry in entries if entry.about & refusing),
        _coverage(family, sender, new_id),
        handling,
    )


def continued(composed: Composed, earlier: Mapping[RecordId, tuple[RecordId, RecordId]], since: str) -> Composed:
    """Let entries say which ones they stand in the place of: entry -> (the one before, the first of them).

    It stands under the label that shows the entry at all; what is said beside the first then stands beside this one.
    """
    again = {
        entry.id: _continuing(entry, *earlier[entry.id], since) for entry in composed.entries if entry.id in earlier
    }
    records = tuple(again.get(record.id, record) for record in composed.records)
    return replace(composed, records=records, entries=tuple(again.get(e.id, e) for e in composed.entries))


def _continuing(entry: NewRecord, before: RecordId, first: RecordId, since: str) -> NewRecord:
    own, kept_under = entry.outline_label(), {SHAPES[entry.kind].fields.get(name) for name in VERSIONS}
    if kept_under != {own.category}:  # no room for it under the label that shows the entry
        return entry
    said = dict(zip(VERSIONS, (before, first, since), strict=True))
    return replace(
        entry, fields={**entry.fields, **said}, narrowed={**entry.narrowed, **dict.fromkeys(said, own.subjects)}
    )


def handling_of(draft: ReferralDraft) -> Handling:
    """Return what binds all a message brings: who is in it is as confidential as the strictest of its entries."""
    said = {entry.handling for entry in draft.entries}
    return next((strict for strict in _BINDS_ALL if strict in said), Handling.NONE)


def received(family: FamilyId, sender: Sender, new_id: Callable[[], str]) -> Fact:
    """Say that a referral waits at the front door, which may read this family until it is placed."""
    kind, at = FactKind.RECEIVED, sender.at
    return Fact(FactId(new_id()), family_chain(family), 0, kind, {}, at, None, at, sender.account)


def _coverage(family: FamilyId, sender: Sender, new_id: Callable[[], str]) -> Fact:
    """Say that the sender has looked: it sent something."""
    body = {"agency": sender.agency, "state": "checked", "via_labels": []}
    kind, at = FactKind.COVERAGE, sender.at
    return Fact(FactId(new_id()), family_chain(family), 0, kind, body, at, None, at, sender.account)


def _person_records(
    draft: PersonDraft,
    ids: tuple[ReferenceId, PersonId, RecordId],
    sender: Sender,
    referral: ReferralId,
    new_id: Callable[[], str],
) -> list[NewRecord]:
    reference, _, record = ids
    arrived = PartialDate.of(sender.at)
    about = frozenset({reference})
    fields = {name: sourced.value for name, sourced in draft.fields.items()}
    found = [
        NewRecord(
            record, RecordKind.PERSON, sender.agency, arrived, about, fields, Sensitivity.PERSONAL, referral=referral
        )
    ]
    contact = {name: sourced.value for name, sourced in draft.contact.items()}
    if contact:
        kind = RecordKind.PROTECTED_CONTACT if draft.restricted else RecordKind.CONTACT_POINT
        sensitivity = Sensitivity.PROTECTED if draft.restricted else Sensitivity.PERSONAL
        place = RecordId(new_id())
        found.append(NewRecord(place, kind, sender.agency, arrived, about, contact, sensitivity, referral=referral))
    return found


def _entry_record(
    draft: EntryDraft,
    people: Mapping[str, tuple[ReferenceId, PersonId, RecordId]],
    sender: Sender,
    referral: ReferralId,
    new_id: Callable[[], str],
) -> NewRecord:
    def references(keys: Iterable[str]) -> frozenset[ReferenceId]:
        return frozenset(people[key][0] for key in keys)

    return NewRecord(
        RecordId(new_id()),
        draft.kind,
        sender.agency,
        draft.occurred,
        references(draft.about),
        {name: sourced.value for name, sourced in draft.fields.items()},
        draft.sensitivity,
        {name: references(keys) for name, keys in draft.narrowed.items()},
        draft.handling,
        draft.audience,
        referral,
    )


def _facts(
    draft: ReferralDraft,
    people: Mapping[str, tuple[ReferenceId, PersonId, RecordId]],
    to: Standing,
    sender: Sender,
    new_id: Callable[[], str],
) -> Iterable[Fact]:
    """Say who is who, and what was said; what a later version of the message replaces names its referral."""

    def fact(chain: str, kind: FactKind, body: Mapping[str, object]) -> Fact:
        return Fact(FactId(new_id()), chain, 0, kind, body, sender.at, None, sender.at, sender.account)

    for person in draft.people:
        reference, who, _ = people[person.key]
        parts = sorted(part.value for part in person.parts) or ["other"]
        if person.key not in to.people:
            yield fact(person_chain(who), FactKind.IDENTITY, {"reference": reference, "person": who})
        member = {"person": who, "parts": parts, SAID_IN: to.referral}
        yield fact(family_chain(to.family), FactKind.MEMBERSHIP, member)
    for consent in draft.consents:
        status = _CONSENT_STATES.get(consent.word)
        if consent.scope is ConsentScope.HUB_SHARING and status:
            body = {**_consent_body(consent, status, sender), SAID_IN: to.referral}
            said = fact(person_chain(people[consent.about][1]), FactKind.CONSENT, body)
            yield replace(said, valid_from=consent.starts or sender.at, valid_until=consent.ends)


def _consent_body(consent: ConsentDraft, status: str, sender: Sender) -> dict[str, object]:
    """Return the body of a consent that a message states: only ever about what its sender holds."""
    return {
        "status": status,
        "kind": consent.kind,
        "categories": list(consent.categories),
        "sources": [sender.agency],
        "recipients": list(consent.recipients),
        "purposes": list(consent.purposes),
        "reason": BY_SENDER,
    }
