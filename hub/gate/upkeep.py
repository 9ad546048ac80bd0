"""What a process that died in the middle left behind, set right by the worker.

INVARIANT: a key is destroyed only when its record was not stored and cannot be any more: the writer refuses to store a
record whose key is older than `KEYS_WAIT`, and no writer is between its rows and its commit while keys are swept.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from hub.domain.access import Act, Operation
from hub.domain.errors import FactBrokenError
from hub.domain.ids import RecordId, earliest_id
from hub.gate import factbook
from hub.gate.audit import Audit
from hub.gate.parts import Parts
from hub.ledger.entries import Entry
from hub.store.sealed.facts import chains_since, heads_of
from hub.store.sealed.records import stored_among

ORPHAN_AGE = timedelta(days=1)
LATE = timedelta(minutes=10)
"""A fact's id is made before its transaction commits: each round looks back this much further than the last began."""
_BATCH = 500


class Upkeep:
    """Heals and sweeps. Built once by wiring, for the worker."""

    def __init__(self, parts: Parts, audit: Audit) -> None:
        """Take what the gate holds, and who knows what must be there; all is remembered in this process only."""
        self._parts, self._audit = parts, audit
        self._facts_from = ""
        self._keys_after = RecordId("")
        self._suspect: set[str] = set()

    def heal(self) -> int:
        """Enter the newest fact of each chain that the ledger does not know yet; returns how many chains.

        A process can die between the two commits. The first round looks at every chain, the next ones at what is new.
        """
        begun = self._parts.clock()
        with self._parts.rows.read() as connection:
            chains = chains_since(connection, self._parts.partnership, self._facts_from)
        done = sum(self._heal(chains[start : start + _BATCH]) for start in range(0, len(chains), _BATCH))
        self._facts_from = earliest_id(begun - LATE)
        return done

    def sweep(self) -> int:
        """Destroy keys older than a day whose record was never stored; returns how many. The sweeping is entered.

        A record that was stored and is gone keeps its key, so that its row can be put back.
        """
        if not self._audit.whole:
            return 0
        parts, before = self._parts, self._parts.clock() - ORPHAN_AGE
        aged = parts.keys.made_before(before, after=self._keys_after, limit=_BATCH)
        orphans = self._orphans(aged)
        if orphans:
            swept = Entry(operation=Operation.KEY, act=Act.KEY_SWEEP.value, actor="system", records=tuple(orphans))
            parts.book.append(replace(swept, actor_role="system", outcome="destroyed"))
            with parts.rows.write() as connection:
                stored = stored_among(connection, parts.partnership, orphans)
                parts.keys.erase([record for record in orphans if record not in stored])
        self._keys_after = aged[-1] if aged else self._keys_after
        return len(orphans)

    def _heal(self, chains: Sequence[str]) -> int:
        parts, heads = self._parts, {}
        with parts.rows.read() as connection:
            stored, known = heads_of(connection, parts.partnership, chains), parts.book.heads(chains)
            for chain in sorted(stored.keys() - self._suspect):
                if stored[chain] > known.get(chain, (0, b""))[0]:
                    try:
                        heads[chain] = factbook.tail(parts, connection, chain)
                    except FactBrokenError:
                        self._suspect.add(chain)  # entered as an alarm, once; who reads it raises another
        factbook.anchor(parts, heads)
        return len(heads)

    def _orphans(self, aged: Sequence[RecordId]) -> list[RecordId]:
        if not aged:
            return []
        with self._parts.rows.read() as connection:
            stored = stored_among(connection, self._parts.partnership, aged)
        return [record for record in aged if record not in stored and not self._audit.misses(record)]
