"""How often what was said about a person was opened by an agency's workers, or handed to it: numbers, no names."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, insert, select, update

from hub.domain.ids import AgencyId, ReferenceId
from hub.store.clear.tables import released

Count = tuple[ReferenceId, AgencyId, bool]
"""About which reference, towards which agency, as a copy (else on screen)."""


def add(connection: Connection, partnership: str, counted: Mapping[Count, int]) -> None:
    """Add to the counts, in the transaction of whoever reads the log: one writer, the worker."""
    for (reference, agency, copy), times in sorted(counted.items()):
        key = {"reference_id": reference, "agency_id": agency, "copy": copy}
        here = [released.c.partnership_id == partnership, *(released.c[name] == value for name, value in key.items())]
        more = update(released).where(*here).values(times=released.c.times + times)
        if not connection.execute(more).rowcount:
            connection.execute(insert(released), {"partnership_id": partnership, **key, "times": times})


def counts(
    connection: Connection, partnership: str, references: Collection[ReferenceId]
) -> dict[AgencyId, tuple[int, int]]:
    """Return agency -> (times opened on screen, copies) about the person behind these references, at the least.

    One entry can name several of them, so the most about any one counts, not the sum.
    """
    query = select(released).where(
        released.c.partnership_id == partnership, released.c.reference_id.in_(sorted(references))
    )
    found: dict[AgencyId, tuple[int, int]] = {}
    for row in connection.execute(query):
        screen, copies = found.get(AgencyId(row.agency_id), (0, 0))
        new = (screen, max(copies, row.times)) if row.copy else (max(screen, row.times), copies)
        found[AgencyId(row.agency_id)] = new
    return found
