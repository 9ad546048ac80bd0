"""The book: commits an entry durably, in a transaction of its own, before anything it speaks of is opened.

INVARIANT: when `append` returns, the entry is on disk; when it raises, nothing may be opened.
INVARIANT: a lane is never continued after a failed or ambiguous commit; a new lane begins.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from types import MappingProxyType

from sqlalchemy import Connection, Engine, RowMapping, bindparam, func, insert, select, tuple_
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from hub.domain.access import Operation
from hub.domain.clock import Clock, Randomness, to_micros
from hub.domain.errors import LedgerBrokenError, LedgerUnavailableError
from hub.domain.ids import EntryId, PartnershipId
from hub.ledger import tables
from hub.ledger.entries import Entry, EntrySeal, ReadEntry, broken, leaf
from hub.ledger.lanes import START, LaneMac
from hub.ledger.merkle import leaf_hash

_staged = tables.staged_entry
_ATTEMPTS = 3
START_OF_CHAIN = 0, b""
Heads = Mapping[str, tuple[int, bytes]]
"""The newest (number, code) of each fact chain."""

_FULL = 2  # SQLite's PRAGMA synchronous: 2 is FULL, 3 is EXTRA

_HEAD, _OTHER = tables.fact_head, tables.fact_head.alias()
_NEWEST = select(func.max(_OTHER.c.number)).where(
    _OTHER.c.partnership_id == _HEAD.c.partnership_id, _OTHER.c.chain == _HEAD.c.chain
)
_HEADS = select(_HEAD.c.chain, _HEAD.c.number, _HEAD.c.mac).where(
    _HEAD.c.partnership_id == bindparam("partnership"),
    _HEAD.c.chain.in_(bindparam("chains", expanding=True)),
    _HEAD.c.number == _NEWEST.scalar_subquery(),
)
_ENTRY = select(_staged).where(
    _staged.c.partnership_id == bindparam("partnership"), _staged.c.entry_id == bindparam("entry")
)
"""Built once: every decision reads heads, and building a statement costs more than running it."""


@dataclass(frozen=True, slots=True)
class Committed:
    """Where a committed entry stands; `seq` counts from 1 within its lane."""

    id: EntryId
    lane: str
    seq: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CommittedEntry:
    """What the key service checks; `own` says that this process wrote it on a lane of its own."""

    id: EntryId
    at: datetime
    lane: str
    own: bool
    operation: Operation
    records_digest: str


class Book:
    """One process's pen in one partnership's access log. Threads may share it; processes must not."""

    def __init__(
        self,
        engine: Engine,
        partnership_id: PartnershipId,
        lane_key: bytes,
        body_key: bytes,
        clock: Clock,
        new_id: Callable[[], str],
        randomness: Randomness,
    ) -> None:
        """Take the ledger's engine (SQLite: WAL, synchronous=FULL) and two 32-byte keys. Build it after a fork."""
        self._engine = engine
        self._partnership = partnership_id
        self._macs = LaneMac(partnership_id, lane_key)
        self._seal = EntrySeal(partnership_id, body_key, randomness)
        self._clock = clock
        self._new_id = new_id
        self._lock = Lock()
        self._own: set[str] = set()
        self._tip: tuple[str, int, bytes] | None = None
        self._newest: dict[str, tuple[int, bytes]] = {}

    def append(self, entry: Entry, heads: Heads = MappingProxyType({})) -> Committed:
        """Commit one entry durably and return its number; `heads` (see `record_heads`) are committed with it.

        Raises:
            LedgerUnavailableError: it may or may not have been written; open nothing. Also when one of the heads is
                there already: alone they are compared.
        """
        self._remember(heads)
        with self._lock:
            lane, seq, previous = self._tip or (self._new_id(), 0, START)
            self._tip = None  # set again only by a commit that is certain
            committed = Committed(EntryId(self._new_id()), lane, seq + 1, self._clock())
            row, mac = self._row(entry, committed, previous)
            try:
                with self._engine.begin() as connection:
                    if not seq:
                        self._open_lane(connection, lane, committed.at)
                    connection.execute(insert(_staged), row)
                    self._enter(connection, heads)
            except SQLAlchemyError:
                raise LedgerUnavailableError(where=lane) from None
            self._own.add(lane)
            self._tip = lane, committed.seq, mac
            return committed

    def find(self, entry: EntryId) -> CommittedEntry | None:
        """Return what the key service checks of a committed entry, or None.

        Raises:
            LedgerBrokenError: it was changed.
            LedgerUnavailableError: the log could not be read; this goes for everything here that reads.
        """
        with self._reading() as connection:
            row = connection.execute(_ENTRY, {"partnership": self._partnership, "entry": entry}).mappings().first()
        if row is None:
            return None
        header, _ = self._macs.require(row)
        operation = self._seal.open(row["header"], row["ciphertext"]).entry.operation
        own = header.lane in self._own
        return CommittedEntry(header.id, header.at, header.lane, own, operation, header.records_digest)

    def read(self, *, limit: int, newest_first: bool = True, before: EntryId | None = None) -> list[ReadEntry]:
        """Open up to `limit` entries in the order of their ids; `before` continues after the last one seen.

        For the gate's inspector only, which enters the reading itself. A row that is not as its worker wrote it comes
        as a `broken` entry, which names its place and nothing else.
        """
        key = _staged.c.entry_id
        query = select(_staged).where(_staged.c.partnership_id == self._partnership)
        if before is not None:
            query = query.where(key < before if newest_first else key > before)
        query = query.order_by(key.desc() if newest_first else key).limit(limit)
        with self._reading() as connection:
            return [self._opened(row) for row in connection.execute(query).mappings()]

    def read_sequenced(self, *, start: int, limit: int) -> list[tuple[int, ReadEntry]]:
        """Open up to `limit` sequenced entries from position `start`, each with its position; none is ever skipped.

        For whoever follows the log: ids can be committed out of order, positions cannot. Broken ones come as in `read`.
        """
        placed = tables.sequenced.c
        same = (placed.partnership_id == _staged.c.partnership_id) & (placed.lane == _staged.c.lane)
        query = (
            select(_staged, placed.position)
            .join(_staged, same & (placed.seq == _staged.c.seq))
            .where(placed.partnership_id == self._partnership, placed.position >= start)
            .order_by(placed.position)
            .limit(limit)
        )
        with self._reading() as connection:
            return [(row["position"], self._opened(row)) for row in connection.execute(query).mappings()]

    def record_heads(self, heads: Heads) -> None:
        """Commit the newest (number, code) of each fact chain; one already there must be the same.

        Raises:
            LedgerBrokenError: a chain already has another code under that number.
            LedgerUnavailableError: not written.
        """
        self._remember(heads)
        for attempt in range(_ATTEMPTS):  # they are new as a rule; only when one is refused is it compared
            fresh = self._unknown(heads) if attempt else heads
            try:
                with self._engine.begin() as connection:
                    self._enter(connection, fresh)
            except IntegrityError:
                continue  # somebody entered one of them at this moment: look again whether it is the same
            except SQLAlchemyError:
                raise LedgerUnavailableError from None
            return
        raise LedgerUnavailableError("heads_contested")

    def _enter(self, connection: Connection, heads: Heads) -> None:
        named, at = {"partnership_id": self._partnership}, to_micros(self._clock())
        rows = [named | {"chain": c, "number": n, "at": at, "mac": mac} for c, (n, mac) in sorted(heads.items())]
        if rows:
            connection.execute(insert(tables.fact_head), rows)

    def _unknown(self, heads: Heads) -> Heads:
        head = tables.fact_head.c
        numbers = [(chain, number) for chain, (number, _) in heads.items()]
        query = select(head.chain, head.mac).where(
            head.partnership_id == self._partnership, tuple_(head.chain, head.number).in_(numbers)
        )
        with self._reading() as connection:
            known = {row.chain: row.mac for row in connection.execute(query)}
        other = sorted(chain for chain, mac in known.items() if mac != heads[chain][1])
        if other:
            raise LedgerBrokenError("fact_head_taken", where=",".join(other))
        return {chain: heads[chain] for chain in heads.keys() - known}

    def heads(self, chains: Collection[str]) -> dict[str, tuple[int, bytes]]:
        """Return the newest (number, code) of each chain; a chain without facts is absent.

        One that this process has met is not forgotten: who removes a fact with its head is noticed at the next look.
        """
        asked = {"partnership": self._partnership, "chains": sorted(chains)}
        with self._reading() as connection:
            self._remember({row.chain: (row.number, row.mac) for row in connection.execute(_HEADS, asked)})
        return {chain: self._newest[chain] for chain in chains if chain in self._newest}

    def _remember(self, heads: Heads) -> None:
        for chain, head in heads.items():
            if head[0] > self._newest.get(chain, START_OF_CHAIN)[0]:
                self._newest[chain] = head

    def _opened(self, row: RowMapping) -> ReadEntry:
        try:
            self._macs.require(row)
            return self._seal.open(row["header"], row["ciphertext"])
        except LedgerBrokenError as fault:
            return broken(EntryId(row["entry_id"]), row["lane"], row["seq"], fault.code)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError:
            raise LedgerUnavailableError("log_unreadable") from None

    def _row(self, entry: Entry, place: Committed, previous: bytes) -> tuple[dict[str, object], bytes]:
        header, ciphertext = self._seal.seal(entry, (place.id, place.at, place.lane, place.seq))
        mac = self._macs.mac(place.lane, place.seq, previous, leaf_hash(leaf(header, ciphertext)))
        row = {"partnership_id": self._partnership, "lane": place.lane, "seq": place.seq, "entry_id": place.id}
        return row | {"header": header, "ciphertext": ciphertext, "previous_mac": previous, "mac": mac}, mac

    def _open_lane(self, connection: Connection, lane: str, at: datetime) -> None:
        _require_durable(connection)
        row = {"partnership_id": self._partnership, "lane": lane, "opened_at": to_micros(at)}
        connection.execute(insert(tables.lane), row)


def _require_durable(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        durable = (connection.exec_driver_sql("PRAGMA synchronous").scalar() or 0) >= _FULL
    else:
        durable = connection.exec_driver_sql("SHOW synchronous_commit").scalar() in {"on", "remote_apply"}
    if not durable:
        raise LedgerUnavailableError("commit_not_durable")
