"""Files beside entries: ids, times and ciphertext. What opens them lies sealed in their records."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Index, Integer, LargeBinary, Row, String, Table, insert, select, update

from hub.domain.ids import AccountId, RecordId
from hub.store.clear.tables import metadata
from hub.store.columns import Instant, id_column, id_key, partnership_key, refers

CLEAN, QUARANTINED = "clean", "quarantined"

attachment = Table(
    "attachment",
    metadata,
    partnership_key(),
    id_key("id"),
    id_column("entry_id"),
    Column("chunks", Integer, nullable=False),
    Column("state", String(20), nullable=False),
    Column("added_at", Instant, nullable=False),
    id_column("added_by"),
    Index("ix_attachment_entry", "partnership_id", "entry_id"),
)

attachment_chunk = Table(
    "attachment_chunk",
    metadata,
    partnership_key(),
    id_key("attachment_id"),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("body", LargeBinary, nullable=False),
    refers("attachment_id", "attachment"),
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """One file; `id` is its record's. `chunks` counts the heading too."""

    id: RecordId
    entry: RecordId
    chunks: int
    state: str
    added_at: datetime
    added_by: AccountId


def add(connection: Connection, partnership: str, value: Attachment, chunks: Sequence[bytes]) -> None:
    """Insert a file with its chunks."""
    connection.execute(
        insert(attachment),
        {
            "partnership_id": partnership,
            "id": value.id,
            "entry_id": value.entry,
            "chunks": value.chunks,
            "state": value.state,
            "added_at": value.added_at,
            "added_by": value.added_by,
        },
    )
    connection.execute(
        insert(attachment_chunk),
        [
            {"partnership_id": partnership, "attachment_id": value.id, "number": number, "body": body}
            for number, body in enumerate(chunks)
        ],
    )


def release(connection: Connection, partnership: str, id_: RecordId) -> None:
    """Note that a file in quarantine was found clean."""
    connection.execute(
        update(attachment).where(attachment.c.partnership_id == partnership, attachment.c.id == id_).values(state=CLEAN)
    )


def of_entry(connection: Connection, partnership: str, entry: RecordId) -> list[Attachment]:
    """Return the files of an entry, oldest first."""
    rows = connection.execute(
        select(attachment)
        .where(attachment.c.partnership_id == partnership, attachment.c.entry_id == entry)
        .order_by(attachment.c.added_at, attachment.c.id)
    )
    return [_of(row) for row in rows]


def headings(connection: Connection, partnership: str, ids: Collection[RecordId]) -> list[tuple[Attachment, bytes]]:
    """Return these files with the chunk that holds their heading, oldest first."""
    if not ids:
        return []
    rows = connection.execute(
        select(attachment, attachment_chunk.c.body)
        .join(
            attachment_chunk,
            (attachment_chunk.c.partnership_id == attachment.c.partnership_id)
            & (attachment_chunk.c.attachment_id == attachment.c.id),
        )
        .where(
            attachment.c.partnership_id == partnership,
            attachment.c.id.in_(sorted(ids)),
            attachment_chunk.c.number == 0,
        )
        .order_by(attachment.c.added_at, attachment.c.id)
    )
    return [(_of(row), row.body) for row in rows]


def chunks_of(connection: Connection, partnership: str, id_: RecordId) -> list[bytes]:
    """Return the chunks of a file in their order."""
    return list(
        connection.scalars(
            select(attachment_chunk.c.body)
            .where(attachment_chunk.c.partnership_id == partnership, attachment_chunk.c.attachment_id == id_)
            .order_by(attachment_chunk.c.number)
        )
    )


def _of(row: Row[tuple[object, ...]]) -> Attachment:
    return Attachment(row.id, row.entry_id, row.chunks, row.state, row.added_at, row.added_by)
