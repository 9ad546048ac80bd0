"""What each sender sent, by its own numbering: keyed hashes, ids and versions, so that it can amend and withdraw."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Index,
    LargeBinary,
    String,
    Table,
    bindparam,
    insert,
    select,
    update,
)

from hub.domain.ids import AgencyId, FamilyId, RecordId, ReferenceId, ReferralId
from hub.store.clear.cases import Referral, referral_of
from hub.store.clear.tables import metadata, person_reference, referral
from hub.store.clear.team_tables import correction
from hub.store.columns import Instant, id_column, id_key, in_partnership, partnership_key, refers

_HASH = 64

sent_message = Table(
    "sent_message",
    metadata,
    partnership_key(),
    id_key("agency_id"),
    Column("key_hash", String(_HASH), primary_key=True),
    id_column("referral_id"),
    Column("version", BigInteger, nullable=False),
    Column("content_hash", String(_HASH), nullable=False),
    Column("withdrawn_at", Instant),
    Column("why_withdrawn", LargeBinary),
    refers("agency_id", "agency"),
    refers("referral_id", "referral"),
    Index("ix_sent_message_referral", "partnership_id", "referral_id"),
)
"""(format family, the sender's id of the message) as a keyed hash -> the referral it made, and the newest version.

Why it was withdrawn is sealed.
"""

sent_person = Table(
    "sent_person",
    metadata,
    partnership_key(),
    id_key("referral_id"),
    Column("key_hash", String(_HASH), primary_key=True),
    id_column("reference_id"),
    Column("name_hash", String(_HASH), nullable=False),
    Column("birth_hash", String(_HASH), nullable=False),
    refers("referral_id", "referral"),
)
"""The sender's key of a person within one message; every hash is salted with that message, so none can be compared."""

sent_record = Table(
    "sent_record",
    metadata,
    partnership_key(),
    id_key("record_id"),
    id_column("referral_id"),
    id_column("first_id"),
    Column("line_hash", String(_HASH), nullable=False),
    refers("referral_id", "referral"),
    Index("ix_sent_record_referral", "partnership_id", "referral_id"),
)
"""The records that a message brought, besides its untouched original.

`line_hash` says of an entry what kind it is and about whom, so that the entry of a later version can continue it.
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """What stands of a message, where its referral lies now, and since when there has been one."""

    referral: ReferralId
    version: int
    content_hash: str
    withdrawn: bool
    family: FamilyId
    state: str
    since: datetime


@dataclass(frozen=True, slots=True)
class SentRecord:
    """A record of a message; an entry (`line_hash` not blank) continues others, of which `first` was the first."""

    record: RecordId
    first: RecordId
    line_hash: str


@dataclass(frozen=True, slots=True)
class SentPerson:
    """A person of a message; a blank hash says that nothing was given."""

    key_hash: str
    reference: ReferenceId
    name_hash: str
    birth_hash: str


_SENT = (
    select(sent_message, referral.c.family_id, referral.c.state, referral.c.received_at)
    .join(
        referral,
        (referral.c.partnership_id == sent_message.c.partnership_id) & (referral.c.id == sent_message.c.referral_id),
    )
    .where(
        sent_message.c.partnership_id == bindparam("partnership"),
        sent_message.c.agency_id == bindparam("agency"),
        sent_message.c.key_hash.in_(bindparam("keys", expanding=True)),
    )
)
"""Built once: everything that is received asks what was sent before."""


def find_sent(connection: Connection, partnership: str, agency: AgencyId, keys: Collection[str]) -> dict[str, Sent]:
    """Return key hash -> what stands of that message."""
    rows = connection.execute(_SENT, {"partnership": partnership, "agency": agency, "keys": sorted(keys)})
    return {
        row.key_hash: Sent(
            ReferralId(row.referral_id),
            row.version,
            row.content_hash,
            row.withdrawn_at is not None,
            FamilyId(row.family_id),
            row.state,
            row.received_at,
        )
        for row in rows
    }


def people_sent(connection: Connection, partnership: str, of: ReferralId) -> dict[str, SentPerson]:
    """Return key hash -> person of one message."""
    rows = connection.execute(
        select(sent_person).where(in_partnership(sent_person, partnership), sent_person.c.referral_id == of)
    )
    return {
        row.key_hash: SentPerson(row.key_hash, ReferenceId(row.reference_id), row.name_hash, row.birth_hash)
        for row in rows
    }


def standing_records(connection: Connection, partnership: str, of: ReferralId) -> list[SentRecord]:
    """Return the records of a message that nothing supersedes yet."""
    of_record = (correction.c.partnership_id == sent_record.c.partnership_id) & (
        correction.c.record_id == sent_record.c.record_id
    )
    rows = connection.execute(
        select(sent_record)
        .outerjoin(correction, of_record)
        .where(in_partnership(sent_record, partnership), sent_record.c.referral_id == of, correction.c.at.is_(None))
    )
    return [SentRecord(RecordId(row.record_id), RecordId(row.first_id), row.line_hash) for row in rows]


def add_sent(
    connection: Connection, partnership: str, agency: AgencyId, made: Sequence[tuple[str, ReferralId, int, str]]
) -> None:
    """Insert (key hash, referral, version, content hash) of new messages; IntegrityError when somebody was faster."""
    if made:
        connection.execute(
            insert(sent_message),
            [
                {
                    "partnership_id": partnership,
                    "agency_id": agency,
                    "key_hash": key,
                    "referral_id": of,
                    "version": version,
                    "content_hash": content,
                }
                for key, of, version, content in made
            ],
        )


def renew_sent(
    connection: Connection,
    partnership: str,
    before: Sent,
    now: tuple[int, str],
    withdrawn: tuple[datetime | None, bytes | None] = (None, None),
) -> int:
    """Note the newest (version, content hash), and when and why it was withdrawn; 0 when it is not as `before`.

    Once it is withdrawn, a decision that was still to be told is not told any more.
    """
    (version, content), (at, why) = now, withdrawn
    was = sent_message.c.withdrawn_at.is_not(None) if before.withdrawn else sent_message.c.withdrawn_at.is_(None)
    done = connection.execute(
        update(sent_message)
        .where(
            in_partnership(sent_message, partnership),
            sent_message.c.referral_id == before.referral,
            sent_message.c.version == before.version,
            was,
        )
        .values(version=version, content_hash=content, withdrawn_at=at, why_withdrawn=why)
    )
    if done.rowcount and at is not None:
        connection.execute(
            update(referral)
            .where(in_partnership(referral, partnership), referral.c.id == before.referral, referral.c.told_at > at)
            .values(told_at=None)
        )
    return done.rowcount


def add_people(connection: Connection, partnership: str, people: Sequence[tuple[ReferralId, SentPerson]]) -> None:
    """Insert the people of messages."""
    if people:
        connection.execute(
            insert(sent_person),
            [
                {
                    "partnership_id": partnership,
                    "referral_id": of,
                    "key_hash": person.key_hash,
                    "reference_id": person.reference,
                    "name_hash": person.name_hash,
                    "birth_hash": person.birth_hash,
                }
                for of, person in people
            ],
        )


def renew_people(connection: Connection, partnership: str, of: ReferralId, people: Sequence[SentPerson]) -> None:
    """Note who a sender's keys name by now."""
    for person in people:
        done = connection.execute(
            update(sent_person)
            .where(
                in_partnership(sent_person, partnership),
                sent_person.c.referral_id == of,
                sent_person.c.key_hash == person.key_hash,
            )
            .values(reference_id=person.reference, name_hash=person.name_hash, birth_hash=person.birth_hash)
        )
        if not done.rowcount:
            add_people(connection, partnership, [(of, person)])


def add_records(connection: Connection, partnership: str, records: Sequence[tuple[ReferralId, SentRecord]]) -> None:
    """Insert the records that messages brought."""
    if records:
        connection.execute(
            insert(sent_record),
            [
                {
                    "partnership_id": partnership,
                    "record_id": one.record,
                    "referral_id": of,
                    "first_id": one.first,
                    "line_hash": one.line_hash,
                }
                for of, one in records
            ],
        )


def set_aside(
    connection: Connection, partnership: str, records: Collection[RecordId], by: RecordId, at: datetime
) -> None:
    """Let these records be superseded by what a later message says, or by its taking them back."""
    if records:
        connection.execute(
            insert(correction),
            [{"partnership_id": partnership, "record_id": r, "by_record_id": by, "at": at} for r in records],
        )


def say_again_who(connection: Connection, partnership: str, records: Mapping[ReferenceId, RecordId]) -> None:
    """Let references be described by newer records of theirs, for matching."""
    for reference, record in records.items():
        connection.execute(
            update(person_reference)
            .where(in_partnership(person_reference, partnership), person_reference.c.id == reference)
            .values(record_id=record)
        )


def note_state(connection: Connection, partnership: str, of: ReferralId, state: str) -> None:
    """Let a referral that waits be withdrawn, or wait again; telling its sender is the caller's."""
    connection.execute(
        update(referral).where(in_partnership(referral, partnership), referral.c.id == of).values(state=state)
    )


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """A message that its sender has withdrawn, with the referral it made; `sealed` says why, where that came."""

    referral: Referral
    at: datetime
    sealed: bytes | None


def withdrawn(connection: Connection, partnership: str, limit: int) -> Sequence[Withdrawn]:
    """Return what is withdrawn at this moment, newest first; what was sent again since is not."""
    rows = connection.execute(
        select(referral, sent_message.c.withdrawn_at, sent_message.c.why_withdrawn)
        .join(
            sent_message,
            (referral.c.partnership_id == sent_message.c.partnership_id)
            & (referral.c.id == sent_message.c.referral_id),
        )
        .where(in_partnership(sent_message, partnership), sent_message.c.withdrawn_at.is_not(None))
        .order_by(sent_message.c.withdrawn_at.desc(), sent_message.c.referral_id)
        .limit(limit)
    )
    return [Withdrawn(referral_of(row), row.withdrawn_at, row.why_withdrawn) for row in rows]
