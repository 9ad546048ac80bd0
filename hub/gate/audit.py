"""What the log says was stored, compared with what is there: facts, outlines, field sets and keys.

Each writing anchors in the log, after its commit, the newest code of its fact chains and the digest of each outline.
INVARIANT: nothing is opened and nothing decided here; what went or moved outside the hub raises an alarm, once.
INVARIANT: a fact that went is missed again by the ledger's heads, so whatever rests on its chain is refused until it
is put back.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hub.domain.access import Act, Operation
from hub.domain.canonical import digest
from hub.domain.errors import LedgerBrokenError
from hub.domain.ids import RecordId
from hub.gate.parts import Parts
from hub.ledger.entries import BROKEN, Entry, ReadEntry
from hub.store.sealed.facts import codes_at
from hub.store.sealed.records import Kept, kept

WHOLE = timedelta(days=1)
_BATCH = 200


class Audit:
    """Follows the log, and begins it again once a day. Built once by wiring, for the worker and `hub doctor`."""

    def __init__(self, parts: Parts) -> None:
        """Take what the gate holds; how far it came is remembered in this process only."""
        self._parts = parts
        self.whole = False
        self._told: set[str] = set()
        self._waited: frozenset[str] = frozenset()
        self._begin()

    def run_once(self) -> int:
        """Compare what is new; returns how many faults were entered.

        What is amiss is entered when it still is a round later: a move or an erasure may not be in its place yet.
        """
        if self._read_on():
            return 0
        amiss = self.amiss()
        due = {thing: code for thing, code in amiss.items() if thing in self._waited - self._told}
        self.whole, self._waited = True, frozenset(amiss)
        if due:
            self._alarm(due)
        if self._parts.clock() - self._begun >= WHOLE:
            self._begin()
        return len(due)

    def look(self) -> Mapping[str, str]:
        """Compare the whole log, and return what is amiss: what it is (ids) and a code. Nothing is entered."""
        self._begin()
        while self._read_on():
            pass
        self._read_on()
        return self.amiss()

    def amiss(self) -> dict[str, str]:
        """Return what is not as the log says, as far as it was read."""
        moved = {record: "record_moved" for (then, now), record in self._led.items() if not self._leads(then, now)}
        return self._amiss | moved

    def misses(self, record: RecordId) -> bool:
        """Say whether the log says that this record was stored, and it is not as it was."""
        return any(record in things for things in (self._amiss, self._waited, self._told))

    def _begin(self) -> None:
        self._begun, self._next = self._parts.clock(), 0
        self._amiss: dict[str, str] = {}
        self._lost: dict[str, tuple[int, bytes]] = {}
        self._moves: dict[str, str] = {}
        self._led: dict[tuple[str, str], str] = {}

    def _read_on(self) -> bool:
        """Compare the next entries; says whether there are more."""
        read, due = self._parts.book.read_sequenced(start=self._next, limit=_BATCH), self._next
        for position, line in read:
            if position != due or line.entry.act == BROKEN:
                self._amiss[f"entry:{due}"] = BROKEN
            due = position + 1
        self._compare([line for _, line in read])
        self._next = due
        return len(read) == _BATCH

    def _compare(self, read: Collection[ReadEntry]) -> None:
        anchors: list[Mapping[str, Any]] = [
            line.entry.selection for line in read if line.entry.operation is Operation.ANCHOR
        ]
        heads = {(chain, n): bytes.fromhex(mac) for said in anchors for chain, (n, mac) in said["heads"].items()}
        self._facts(heads)
        for said in anchors:
            self._moves |= said.get("moved", {})
            for family, frames in said.get("outlines", {}).items():
                self._records(family, frames)
        for line in read:
            if line.entry.operation is Operation.ERASURE:
                for record in _named(line.entry):
                    self._amiss.pop(record, None)

    def _facts(self, heads: Mapping[tuple[str, int], bytes]) -> None:
        with self._parts.rows.read() as connection:
            stored = codes_at(connection, self._parts.partnership, heads)
        for (chain, number), mac in heads.items():
            if stored.get((chain, number)) != mac:
                self._amiss[f"{chain}/{number}"] = "fact_missing"
                self._lost[chain] = max((number, mac), self._lost.get(chain, (0, b"")))

    def _records(self, family: str, frames: Mapping[str, str]) -> None:
        records = [RecordId(record) for record in frames]
        with self._parts.rows.read() as connection:
            found = kept(connection, self._parts.partnership, records)
        live = self._parts.keys.live(records)
        for record in records:
            code = _fault(found[record], frames[record], live=record in live)
            if code:
                self._amiss[record] = code
            elif found[record].outlines[0][0] != family:
                self._led[family, found[record].outlines[0][0]] = record

    def _leads(self, then: str, now: str) -> bool:
        """Say whether the families that were placed in one another lead from one to the other."""
        seen: set[str] = set()
        while then != now and then not in seen:
            seen.add(then)
            then = self._moves.get(then, then)
        return then == now

    def _alarm(self, due: Mapping[str, str]) -> None:
        """Enter what is amiss, and let the ledger miss the facts that went: who reads their chain is refused."""
        for chain, head in self._lost.items():
            with suppress(LedgerBrokenError):  # another fact stands in its place in the ledger too: the alarm says it
                self._parts.book.record_heads({chain: head})
        by_code = {code: [thing for thing in sorted(due) if due[thing] == code] for code in sorted(set(due.values()))}
        said = Entry(operation=Operation.ALARM, act=Act.ROWS_AUDIT.value, actor="system", outcome="integrity_fault")
        detail = {code: " ".join(things) for code, things in by_code.items()}
        self._parts.book.append(replace(said, actor_role="system", detail=detail))
        self._told |= due.keys()


def _fault(found: Kept, said: str, *, live: bool) -> str:
    """Return what is amiss with one record ("" when nothing is): its one outline, its sets by the manifest, its key."""
    if not found.outlines:
        return "outline_missing"
    family, label, outline = found.outlines[0]
    named = outline.manifest.split()
    if len(found.outlines) > 1 or digest(outline.frame()) != said or label != named[0]:
        return "outline_changed"
    if Counter(found.sets) != Counter((family, outline.event_day, one) for one in named):
        return "sets_changed"
    return "" if live else "key_missing"


def _named(entry: Entry) -> Iterable[str]:
    said = entry.selection.get("records")
    return [str(record) for record in said] if isinstance(said, list) else []
