"""The sequencer: gives committed entries their place in the tree and signs a checkpoint when the tree has grown.

INVARIANT: positions are contiguous from 0, and within a lane the numbers are contiguous from 1.
INVARIANT: entries and their checkpoint are published in one transaction; of two sequencers at once one publishes.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Engine, RowMapping, func, insert, select
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from hub.domain.clock import Clock, to_micros
from hub.domain.errors import LedgerBrokenError, LedgerUnavailableError
from hub.domain.ids import PartnershipId
from hub.ledger.checkpoint import Checkpoint, require_checkpoint, sign, verifier_key
from hub.ledger.lanes import START, LaneMac
from hub.ledger.merkle import EMPTY_ROOT, Frontier
from hub.ledger.tables import checkpoint, lane, sequenced, staged_entry

_BATCH = 1000


class Sequencer:
    """Publishes one partnership's log; sole user of the signing key."""

    def __init__(
        self,
        engine: Engine,
        partnership_id: PartnershipId,
        lane_key: bytes,
        signing_key: bytes,
        origin: str,
        clock: Clock,
    ) -> None:
        """Take the lane key, the raw Ed25519 signing key and the log's public name (`origin`, no spaces or plus)."""
        self._engine = engine
        self._partnership = partnership_id
        self._macs = LaneMac(partnership_id, lane_key)
        self._signing_key = signing_key
        self._origin = origin
        self._clock = clock
        public = Ed25519PrivateKey.from_private_bytes(signing_key).public_key().public_bytes_raw()
        self.verifier_key = verifier_key(origin, public)

    def run_once(self) -> int:
        """Publish up to 1,000 waiting entries; return how many (0 also when another sequencer was faster).

        Raises:
            LedgerBrokenError: a lane has a gap or a changed entry, or the last checkpoint does not fit.
            LedgerUnavailableError: the database refused; try again.
        """
        with self._engine.connect() as connection:
            frontier = self._frontier(connection)
            rows = self._verified(connection, self._waiting(connection))
        return self._publish(frontier, rows) if rows else 0

    def _frontier(self, connection: Connection) -> Frontier:
        mine = checkpoint.c.partnership_id == self._partnership
        newest = [
            select(column).where(mine).order_by(checkpoint.c.size.desc()).limit(1).scalar_subquery()
            for column in (checkpoint.c.size, checkpoint.c.frontier, checkpoint.c.note)
        ]
        top = select(func.max(sequenced.c.position)).where(sequenced.c.partnership_id == self._partnership)
        # One statement, so that all four come from one moment.
        size, edge, note, last = list(connection.execute(select(*newest, top.scalar_subquery())).one())
        edge = edge or b""
        frontier = Frontier(size or 0, [edge[start : start + 32] for start in range(0, len(edge), 32)])
        stated = require_checkpoint(note, self.verifier_key).root if note else EMPTY_ROOT
        if frontier.root() != stated or frontier.size != (0 if last is None else last + 1):
            raise LedgerBrokenError("checkpoint_does_not_fit", where=str(size))
        return frontier

    def _waiting(self, connection: Connection) -> list[RowMapping]:
        same = (sequenced.c.partnership_id == lane.c.partnership_id) & (sequenced.c.lane == lane.c.lane)
        done = func.coalesce(select(func.max(sequenced.c.seq)).where(same).scalar_subquery(), 0)
        staged = staged_entry.c
        here = (staged.partnership_id == lane.c.partnership_id) & (staged.lane == lane.c.lane)
        query = (
            select(staged_entry, done.label("done"))
            .select_from(lane.join(staged_entry, here & (staged.seq > done)))
            .where(lane.c.partnership_id == self._partnership)
            .order_by(staged.lane, staged.seq)
            .limit(_BATCH)
        )
        return list(connection.execute(query).mappings())

    def _verified(self, connection: Connection, rows: Iterable[RowMapping]) -> list[dict[str, Any]]:
        tips: dict[str, tuple[int, bytes]] = {}
        checked = []
        for row in rows:
            name = row["lane"]
            if name not in tips:
                tips[name] = row["done"], self._tip(connection, name, row["done"])
            seq, previous = tips[name]
            if (row["seq"], row["previous_mac"]) != (seq + 1, previous):
                raise LedgerBrokenError("lane_gap", where=f"{name}/{seq + 1}")
            header, hashed = self._macs.require(row)
            tips[name] = header.seq, row["mac"]
            checked.append({"lane": name, "seq": header.seq, "leaf_hash": hashed})
        return checked

    def _tip(self, connection: Connection, name: str, seq: int) -> bytes:
        if not seq:
            return START
        staged = staged_entry.c
        here = (staged.partnership_id == self._partnership, staged.lane == name, staged.seq == seq)
        return connection.scalars(select(staged.mac).where(*here)).first() or b""

    def _publish(self, frontier: Frontier, rows: Sequence[Mapping[str, Any]]) -> int:
        placed = []
        for row in rows:
            placed.append({**row, "partnership_id": self._partnership, "position": frontier.size})
            frontier.append(row["leaf_hash"])
        state = {
            "partnership_id": self._partnership,
            "size": frontier.size,
            "at": to_micros(self._clock()),
            "frontier": b"".join(frontier.hashes),
            "note": sign(Checkpoint(self._origin, frontier.size, frontier.root()), self._signing_key),
        }
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(sequenced), placed)
                connection.execute(insert(checkpoint), state)
        except IntegrityError:
            return 0
        except SQLAlchemyError:
            raise LedgerUnavailableError("not_sequenced") from None
        return len(rows)
