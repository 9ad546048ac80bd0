"""The facts phase of a view: what it will show is decided and fixed before anything is entered or opened."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from operator import attrgetter

from sqlalchemy import Connection

from hub.domain.fields import RecordKind
from hub.domain.ids import RecordId
from hub.gate.disclosure import Gap, ShownRecord, Withheld
from hub.gate.parts import Parts
from hub.gate.view import Ruling, View, rule_on
from hub.policy.decision import Level
from hub.store.sealed import records as rows
from hub.store.sealed.records import Outline

_WHOLE = frozenset(
    RecordKind(kind) for kind in ("person", "contact_point", "protected_contact", "remark", "attachment")
)
"""What comes whole and takes no place on a page of the chronology, whoever may see only a part of it."""
_PLACE = attrgetter("event_day", "record")


@dataclass(frozen=True, slots=True)
class Plan:
    """The outlines a view shows, what stands at a gap's level, and where the next page begins ("" when it is the last).

    A cursor holds no verdict: each page decides again.
    """

    view: View
    ruling: Ruling
    outlines: tuple[Outline, ...]
    placed: tuple[tuple[RecordId, int], ...]
    counts: Mapping[int, int]
    cursor: str

    def held_back(self) -> dict[RecordId, tuple[Withheld, ...]]:
        """Group what is withheld inside records that do show, at the level the decision gives."""
        shown = {outline.record for outline in self.outlines}
        held: dict[RecordId, dict[tuple[str, str], Withheld]] = {}
        for record, number in self.placed:
            if record in shown and (record, number) not in self.ruling.items:
                withheld = _withheld(self.ruling, number)
                held.setdefault(record, {})[withheld.category, withheld.owner] = withheld
        return {record: tuple(parts.values()) for record, parts in held.items()}

    def gaps(self, shown: Iterable[ShownRecord]) -> tuple[Gap, ...]:
        """Say once per agency and category what is held beyond the records shown; counts only at level count."""
        inside = {record.record for record in shown}
        outside = {number for record, number in self.placed if record not in inside}
        gaps: dict[tuple[str, str, str], Gap] = {}
        for number in sorted(outside):
            withheld = _withheld(self.ruling, number)
            key = (withheld.owner, withheld.category, withheld.level.value)
            counted = self.counts.get(number)
            before = gaps.get(key)
            total = counted if before is None or before.count is None else before.count + (counted or 0)
            gaps[key] = Gap(withheld, total)
        return tuple(gaps.values())


def plan_view(parts: Parts, connection: Connection, view: View) -> Plan:
    """Gather facts, decide every label, choose the records."""
    ruling = rule_on(parts, connection, view)
    outlines, cursor = _outlines(parts.partnership, connection, view, ruling)
    attributed, counted = ruling.at_level(Level.ATTRIBUTED), ruling.at_level(Level.COUNT)
    placed = rows.placed_labels(connection, parts.partnership, view.family, attributed + counted)
    counts = rows.counts_by_label(connection, parts.partnership, view.family, counted)
    return Plan(view, ruling, outlines, tuple(placed), counts, cursor)


def _outlines(partnership: str, connection: Connection, view: View, ruling: Ruling) -> tuple[tuple[Outline, ...], str]:
    """Choose the records: all about people and all remarks, a page of the chronology; named items come on top."""
    family, visible = view.family, ruling.visible()
    people = rows.outlines_of(connection, partnership, family, visible, view.kinds & _WHOLE, limit=10_000)
    after, limit = _after(view.cursor), view.limit + 1
    found = rows.outlines_of(connection, partnership, family, visible, view.kinds - _WHOLE, limit=limit, after=after)
    page = found[: view.limit]
    cursor = f"{page[-1].event_day}.{page[-1].record}" if len(found) > len(page) else ""
    chosen = {o.record: o for o in (*people, *page)}
    named = rows.outlines_named(connection, partnership, family, {record for record, _ in ruling.items})
    chosen |= {o.record: o for o in named if (o.record, o.label) in ruling.items and o.kind in view.kinds}
    kept = [o for o in chosen.values() if view.only is None or o.record in view.only]
    return tuple(sorted(kept, key=_PLACE)), cursor


def _withheld(ruling: Ruling, number: int) -> Withheld:
    decision, label = ruling.decisions[number], ruling.labels[number]
    return Withheld(decision.level, decision.reason, label.category, label.owner, decision.missing)


def _after(text: str) -> tuple[int, str] | None:
    """Read a cursor: `event day.record`."""
    day, _, record = text.partition(".")
    return (int(day), record) if day.lstrip("-").isdecimal() and record else None
