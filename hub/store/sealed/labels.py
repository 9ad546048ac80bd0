"""Labels: insert-only definitions, numbered within the partnership, and which of them each family has."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, insert, select

from hub.domain.ids import FamilyId
from hub.domain.labels import Label
from hub.store.rows_by import portions
from hub.store.sealed.tables import family_label, label

_NUMBERS = select(label.c.digest, label.c.number).where(
    label.c.partnership_id == bindparam("partnership"), label.c.digest.in_(bindparam("digests", expanding=True))
)
_NOTED = select(family_label.c.family_id, family_label.c.label_number).where(
    family_label.c.partnership_id == bindparam("partnership"),
    family_label.c.family_id.in_(bindparam("families", expanding=True)),
)

_OF_FAMILY = (
    select(label.c.number, label.c.digest, label.c.definition)
    .join(
        family_label,
        (family_label.c.partnership_id == label.c.partnership_id) & (family_label.c.label_number == label.c.number),
    )
    .where(family_label.c.partnership_id == bindparam("partnership"), family_label.c.family_id == bindparam("family"))
    # Ordered by the family's own column: by the label's, SQLite would read every label of the partnership.
    .order_by(family_label.c.label_number)
)
_TOP = select(func.max(label.c.number)).where(label.c.partnership_id == bindparam("partnership"))


@dataclass(frozen=True, slots=True)
class StoredLabel:
    """A label as stored: `definition` is parsed only after its digest was compared."""

    number: int
    digest: str
    definition: str


def labels_of(connection: Connection, partnership: str, family: FamilyId) -> list[StoredLabel]:
    """Return the distinct labels of a family's records."""
    rows = connection.execute(_OF_FAMILY, {"partnership": partnership, "family": family})
    return [StoredLabel(*row) for row in rows.all()]


def label_numbers(connection: Connection, partnership: str, labels: Collection[Label]) -> dict[Label, int]:
    """Return the number of each label, giving new ones the next numbers (inside a write transaction)."""
    by_digest = {value.digest(): value for value in labels}
    known: dict[str, int] = {}
    for some in portions(by_digest):
        known |= {row[0]: row[1] for row in connection.execute(_NUMBERS, {"partnership": partnership, "digests": some})}
    fresh = [digest for digest in by_digest if digest not in known]
    if fresh:
        top = connection.scalar(_TOP, {"partnership": partnership}) or 0
        numbered = {digest: top + place for place, digest in enumerate(fresh, 1)}
        connection.execute(
            insert(label),
            [
                {
                    "partnership_id": partnership,
                    "number": number,
                    "digest": digest,
                    "definition": json.dumps(by_digest[digest].content(), sort_keys=True),
                }
                for digest, number in numbered.items()
            ],
        )
        known |= numbered
    return {by_digest[digest]: number for digest, number in known.items()}


def note_labels(connection: Connection, partnership: str, found: Mapping[FamilyId, Collection[int]]) -> None:
    """Remember under which labels each family has records."""
    families = sorted(found)
    known: set[tuple[FamilyId, int]] = set()
    for some in portions(families):
        known |= {
            (row[0], row[1]) for row in connection.execute(_NOTED, {"partnership": partnership, "families": some})
        }
    rows = [
        {"partnership_id": partnership, "family_id": family, "label_number": number}
        for family in families
        for number in sorted(found[family])
        if (family, number) not in known
    ]
    if rows:
        connection.execute(insert(family_label), rows)
