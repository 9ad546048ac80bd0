"""The key store: wrapped keys only, in a database of their own with a shorter backup horizon than the data.

INVARIANT: every method that writes has committed when it returns.
INVARIANT: no key is stored under a KEK that is being retired; the row of the KEK decides, inside the transaction.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Select,
    String,
    Table,
    and_,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from hub.domain.clock import to_micros
from hub.domain.errors import ConflictError, KeyUnavailableError
from hub.domain.ids import AgencyId, PartnershipId, RecordId

CURRENT: Final = "current"
RETIRING: Final = "retiring"
LIVE: Final = "live"
DESTROYED: Final = "destroyed"

keys_metadata = MetaData()

kek = Table(
    "kek",
    keys_metadata,
    Column("partnership_id", String(36), primary_key=True),
    Column("owner_agency", String(64), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
)

record_key = Table(
    "record_key",
    keys_metadata,
    Column("partnership_id", String(36), primary_key=True),
    Column("record_id", String(36), primary_key=True),
    Column("owner_agency", String(64), nullable=False),
    Column("kek_version", Integer, nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("destroyed_at", BigInteger),
    ForeignKeyConstraint(
        ["partnership_id", "owner_agency", "kek_version"],
        ["kek.partnership_id", "kek.owner_agency", "kek.version"],
    ),
    Index("record_key_by_kek", "partnership_id", "owner_agency", "kek_version", "state"),
)

_UNDER_ITS_KEK = and_(
    kek.c.partnership_id == record_key.c.partnership_id,
    kek.c.owner_agency == record_key.c.owner_agency,
    kek.c.version == record_key.c.kek_version,
)


def _with_kek() -> Select[RecordId, AgencyId, int, bytes, bytes]:
    return select(
        record_key.c.record_id,
        record_key.c.owner_agency,
        record_key.c.kek_version,
        record_key.c.wrapped,
        kek.c.wrapped.label("kek_wrapped"),
    ).select_from(record_key.join(kek, _UNDER_ITS_KEK))


_OWN_KEK = and_(kek.c.partnership_id == bindparam("partnership"), kek.c.owner_agency == bindparam("owner"))
_CURRENT_KEK = (
    select(kek.c.version, kek.c.wrapped).where(_OWN_KEK, kek.c.state == CURRENT).order_by(kek.c.version.desc()).limit(1)
)
_STATE = select(kek.c.state).where(_OWN_KEK, kek.c.version == bindparam("version")).with_for_update(read=True)
_LIVE = _with_kek().where(
    record_key.c.partnership_id == bindparam("partnership"),
    record_key.c.record_id.in_(bindparam("records", expanding=True)),
    record_key.c.state == LIVE,
)
"""Built once: everything stored makes keys, everything opened finds them."""


class KeyStore:
    """One partnership's wrapped keys. Instants are stored as microseconds since 1970, UTC."""

    def __init__(self, engine: Engine, partnership_id: PartnershipId) -> None:
        """Take the engine of the key database (on SQLite with `secure_delete` and foreign keys on)."""
        self._engine = engine
        self._partnership = partnership_id

    def current_kek(self, owner: AgencyId) -> tuple[int, bytes] | None:
        """Return the newest KEK (version, wrapped), or None before the first."""
        with self._reading() as connection:
            row = connection.execute(_CURRENT_KEK, {"partnership": self._partnership, "owner": owner}).first()
        return (row.version, row.wrapped) if row else None

    def add_kek(self, owner: AgencyId, version: int, wrapped: bytes, at: datetime) -> None:
        """Make this the current KEK and set older ones to retiring; ConflictError if the version exists."""
        row = {"owner_agency": owner, "version": version, "wrapped": wrapped, "state": CURRENT}
        older = and_(self._of(kek, owner), kek.c.state == CURRENT, kek.c.version < version)
        with self._writing() as connection:
            connection.execute(insert(kek).values(partnership_id=self._partnership, created_at=to_micros(at), **row))
            connection.execute(update(kek).where(older).values(state=RETIRING))

    def add_keys(self, owner: AgencyId, version: int, wrapped: Mapping[RecordId, bytes], at: datetime) -> None:
        """Store new record keys; ConflictError if the KEK is no longer current or a record has a key."""
        if not wrapped:
            return
        common = {
            "partnership_id": self._partnership,
            "owner_agency": owner,
            "kek_version": version,
            "state": LIVE,
            "created_at": to_micros(at),
        }
        under = {"partnership": self._partnership, "owner": owner, "version": version}
        with self._writing() as connection:
            rows = [{**common, "record_id": record, "wrapped": blob} for record, blob in wrapped.items()]
            connection.execute(insert(record_key), rows)
            if connection.scalar(_STATE, under) != CURRENT:
                raise ConflictError("kek_not_current", where=owner)

    def find(self, records: Collection[RecordId]) -> Sequence[tuple[RecordId, AgencyId, int, bytes, bytes]]:
        """Return the live keys of these records in one query; destroyed and unknown ones are absent."""
        with self._reading() as connection:
            asked = {"partnership": self._partnership, "records": sorted(records)}
            return connection.execute(_LIVE, asked).all()

    def behind(self, owner: AgencyId, limit: int) -> Sequence[tuple[RecordId, AgencyId, int, bytes, bytes]]:
        """Return live keys that are still wrapped under a retiring KEK."""
        query = _with_kek().where(self._of(record_key, owner), record_key.c.state == LIVE, kek.c.state == RETIRING)
        with self._reading() as connection:
            return connection.execute(query.limit(limit)).all()

    def rewrap(self, version: int, moved: Sequence[tuple[RecordId, int, bytes]]) -> None:
        """Set (record, old version, new blob), only where the key is live and still under the old version."""
        change = (
            update(record_key)
            .where(
                record_key.c.partnership_id == self._partnership,
                record_key.c.record_id == bindparam("record"),
                record_key.c.kek_version == bindparam("old"),
                record_key.c.state == LIVE,
            )
            .values(kek_version=version, wrapped=bindparam("blob"))
        )
        rows = [{"record": record, "old": old, "blob": blob} for record, old, blob in moved]
        with self._writing() as connection:
            connection.execute(change, rows)

    def destroy_retiring(self, owner: AgencyId) -> None:
        """Destroy retiring KEKs of this owner under which no live key remains."""
        in_use = select(record_key.c.record_id).where(_UNDER_ITS_KEK, record_key.c.state == LIVE).exists()
        spent = and_(self._of(kek, owner), kek.c.state == RETIRING, ~in_use)
        with self._writing() as connection:
            connection.execute(update(kek).where(spent).values(state=DESTROYED, wrapped=b""))

    def made_before(self, at: datetime, after: RecordId, limit: int) -> Sequence[RecordId]:
        """Return records with a live key older than `at`, in order of their ids, after this one."""
        query = select(record_key.c.record_id).where(
            record_key.c.partnership_id == self._partnership,
            record_key.c.record_id > after,
            record_key.c.state == LIVE,
            record_key.c.created_at < to_micros(at),
        )
        with self._reading() as connection:
            return [RecordId(id_) for id_ in connection.scalars(query.order_by(record_key.c.record_id).limit(limit))]

    def erase(self, records: Collection[RecordId], at: datetime) -> Collection[AgencyId]:
        """Destroy record keys; return the owners concerned."""
        named = and_(record_key.c.partnership_id == self._partnership, record_key.c.record_id.in_(sorted(records)))
        gone = {"state": DESTROYED, "wrapped": b"", "destroyed_at": to_micros(at)}
        with self._writing() as connection:
            connection.execute(update(record_key).where(named, record_key.c.state == LIVE).values(gone))
            owners = connection.scalars(select(record_key.c.owner_agency).where(named).distinct())
            return sorted(AgencyId(owner) for owner in owners)

    def status(self) -> Sequence[tuple[AgencyId, int, str, int]]:
        """Return per KEK: owner, version, state, number of live record keys; ordered by owner and version."""
        live = func.count(record_key.c.record_id)
        query = (
            select(kek.c.owner_agency, kek.c.version, kek.c.state, live)
            .select_from(kek.outerjoin(record_key, and_(_UNDER_ITS_KEK, record_key.c.state == LIVE)))
            .where(kek.c.partnership_id == self._partnership)
            .group_by(kek.c.owner_agency, kek.c.version, kek.c.state)
            .order_by(kek.c.owner_agency, kek.c.version)
        )
        with self._reading() as connection:
            return connection.execute(query).all()

    def _of(self, table: Table, owner: AgencyId) -> Any:  # noqa: ANN401  SQLAlchemy's own clause type is not public
        return and_(table.c.partnership_id == self._partnership, table.c.owner_agency == owner)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError:
            raise KeyUnavailableError("key_store_unavailable") from None

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except IntegrityError:
            raise ConflictError("key_exists") from None
        except SQLAlchemyError:
            raise KeyUnavailableError("key_store_unavailable") from None
