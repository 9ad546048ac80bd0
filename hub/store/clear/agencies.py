"""Agencies and their machine clients."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, insert

from hub.domain.ids import AgencyId
from hub.store.clear.tables import agency, agency_client
from hub.store.rows_by import rows_by


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency of the partnership; `contact_*` is its safeguarding lead, shown where a gap says whom to ask."""

    id: AgencyId
    code: str
    name: str
    contact_name: str
    contact_phone: str


@dataclass(frozen=True, slots=True)
class AgencyClient:
    """A machine client of an agency: one key, one algorithm."""

    client_id: str
    agency: AgencyId
    kid: str
    algorithm: str
    public_key: str
    active: bool


def all_agencies(connection: Connection, partnership: str) -> Sequence[Agency]:
    """Return the agencies of the partnership by name."""
    rows = rows_by(connection, agency, partnership, ordered=("name",))
    return [Agency(AgencyId(r.id), r.code, r.name, r.contact_name, r.contact_phone) for r in rows]


def add_agency(connection: Connection, partnership: str, value: Agency) -> None:
    """Insert an agency."""
    connection.execute(
        insert(agency),
        {
            "partnership_id": partnership,
            "id": value.id,
            "code": value.code,
            "name": value.name,
            "contact_name": value.contact_name,
            "contact_phone": value.contact_phone,
        },
    )


def add_client(connection: Connection, partnership: str, value: AgencyClient) -> None:
    """Register a machine client's public key."""
    connection.execute(
        insert(agency_client),
        {
            "partnership_id": partnership,
            "client_id": value.client_id,
            "agency_id": value.agency,
            "kid": value.kid,
            "algorithm": value.algorithm,
            "public_key": value.public_key,
            "active": value.active,
        },
    )


def find_client(connection: Connection, partnership: str, client_id: str) -> AgencyClient | None:
    """Return a machine client, active or not."""
    row = rows_by(connection, agency_client, partnership, client_id=client_id).one_or_none()
    if row is None:
        return None
    return AgencyClient(row.client_id, AgencyId(row.agency_id), row.kid, row.algorithm, row.public_key, row.active)
