"""Everything that is ever shown passes here: facts -> decision -> durable entry -> open released fields only.

INVARIANT: nothing is opened without a grant; a grant is minted only from a committed entry.
INVARIANT: three phases, never mixed: facts (a read transaction, ended), entry (its own), work (one transaction).
INVARIANT: if the facts moved between deciding and opening, everything is decided again under a new entry.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from hub.domain.access import Operation
from hub.domain.errors import AccessRefusedError, SealBrokenError, StaleFactsError
from hub.domain.fields import RecordKind
from hub.domain.ids import AgencyId, EntryId, RecordId
from hub.gate import factbook, surroundings
from hub.gate._grant import EnteredGrant
from hub.gate.disclosure import Disclosure, Gap, ShownRecord, Withheld
from hub.gate.parts import Parts
from hub.gate.view import Ruling, View, rule_on
from hub.ledger.entries import Entry
from hub.policy.decision import Decision, Level
from hub.store.sealed import records as rows
from hub.store.sealed.records import Outline, SealedSet
from hub.vault.sealing import Place, open_set

ATTEMPTS = 3
SEALED_TABLE = "sealed_fields"
_PEOPLE = frozenset({RecordKind.PERSON, RecordKind.CONTACT_POINT, RecordKind.PROTECTED_CONTACT})


@dataclass(frozen=True, slots=True)
class _Plan:
    """What a view will show, fixed before the entry: the outlines, and what stands at a gap's level."""

    view: View
    ruling: Ruling
    outlines: tuple[Outline, ...]
    held_back: tuple[tuple[RecordId, int], ...]
    counts: Mapping[int, int]
    more: bool


class Reader:
    """Discloses. Built once by wiring."""

    def __init__(self, parts: Parts) -> None:
        """Take what the gate holds."""
        self._parts = parts

    def disclose(self, view: View) -> Disclosure:
        """Return what this reader may see, after entering it in the log; an entered refusal raises.

        Raises:
            AccessRefusedError: nobody allowed this reader anything here (answered like 'not found').
            LedgerUnavailableError: the log could not be written; nothing was opened.
            StaleFactsError: facts kept moving; ask again.
        """
        for _ in range(ATTEMPTS):
            with self._parts.rows.read() as connection:
                plan = self._plan(connection, view)
            refused = not plan.ruling.may_enter()
            entry = self._parts.book.append(_entry(plan, refused=refused))
            if refused:
                raise AccessRefusedError("no_relationship", where=view.family)
            opened = self._open(plan, entry.id)
            if opened is not None:
                return opened
        raise StaleFactsError(where=view.family, next_step="ask_again")

    def _plan(self, connection: Connection, view: View) -> _Plan:
        ruling = rule_on(self._parts, connection, view)
        partnership, family = self._parts.partnership, view.family
        outlines, more = self._outlines(connection, view, ruling)
        attributed, counted = ruling.at_level(Level.ATTRIBUTED), ruling.at_level(Level.COUNT)
        placed = rows.placed_labels(connection, partnership, family, attributed + counted)
        counts = rows.counts_by_label(connection, partnership, family, counted)
        return _Plan(view, ruling, outlines, tuple(placed), counts, more)

    def _outlines(self, connection: Connection, view: View, ruling: Ruling) -> tuple[tuple[Outline, ...], bool]:
        """Choose the records: all about people, then a page of the chronology; named items come on top."""
        partnership, visible = self._parts.partnership, ruling.visible()
        people = rows.outlines_of(connection, partnership, view.family, visible, view.kinds & _PEOPLE, limit=10_000)
        after = _cursor(view.cursor)
        page = rows.outlines_of(
            connection, partnership, view.family, visible, view.kinds - _PEOPLE, limit=view.limit + 1, after=after
        )
        more = len(page) > view.limit
        chosen = {o.record: o for o in (*people, *page[: view.limit])}
        named = rows.outlines_named(connection, partnership, {record for record, _ in ruling.items})
        chosen |= {o.record: o for o in named if (o.record, o.label) in ruling.items and o.kind in view.kinds}
        return tuple(sorted(chosen.values(), key=lambda o: (o.event_day, o.record))), more

    def _open(self, plan: _Plan, entry: EntryId) -> Disclosure | None:
        """Open exactly what the entry names; None when the facts moved since they were read."""
        parts, view = self._parts, plan.view
        keys = parts.keys.release(entry, [outline.record for outline in plan.outlines])
        with parts.rows.read() as connection:
            if factbook.watermark(parts, connection, plan.ruling.gathered.chains) != plan.ruling.gathered.watermark:
                return None
            sets = self._sets(connection, plan)
        opened = _Opened(parts, plan, _grant(plan, entry), keys)
        shown = tuple(opened.records(sets))
        last = shown[-1] if plan.more and shown else None
        return Disclosure(
            entry=entry,
            family=view.family,
            at=view.at,
            records=shown,
            gaps=_gaps(plan, shown) + opened.broken(),
            involved=surroundings.involved(plan.ruling),
            coverage=surroundings.coverage(plan.ruling, shown),
            openings=surroundings.openings(plan.ruling),
            persons=plan.ruling.circumstances.persons,
            labels=plan.ruling.labels,
            decisions=plan.ruling.decisions,
            cursor="" if last is None else f"{plan.outlines[-1].event_day}.{last.record}",
        )

    def _sets(self, connection: Connection, plan: _Plan) -> list[SealedSet]:
        """Fetch the released ciphertexts in one query over the visible labels; withheld ones never leave."""
        days = [outline.event_day for outline in plan.outlines]
        numbers = {*plan.ruling.visible(), *(number for _, number in plan.ruling.items)}
        if not days or not numbers:
            return []
        partnership, family = self._parts.partnership, plan.view.family
        return rows.sets_of(connection, partnership, family, numbers, (min(days), max(days)))


class _Opened:
    """Opens the sets of one plan under one grant, keeping apart what turned out broken."""

    def __init__(self, parts: Parts, plan: _Plan, grant: EnteredGrant, keys: Mapping[RecordId, bytes]) -> None:
        self._parts, self._plan, self._grant, self._keys = parts, plan, grant, keys
        self._digests = {number: label.digest() for number, label in plan.ruling.labels.items()}
        self._broken: list[SealedSet] = []

    def records(self, sets: Iterable[SealedSet]) -> Iterable[ShownRecord]:
        """Yield each planned record with its released fields, in the plan's order."""
        fields: dict[RecordId, dict[str, str]] = {outline.record: {} for outline in self._plan.outlines}
        numbers: dict[RecordId, list[int]] = {record: [] for record in fields}
        for sealed in sets:
            if sealed.record in fields and self._covered(sealed):
                fields[sealed.record] |= self._open_one(sealed)
                numbers[sealed.record].append(sealed.label)
        held = _held_back(self._plan)
        about = {number: self._plan.ruling.persons_of(number) for number in self._plan.ruling.labels}
        for o in self._plan.outlines:
            yield ShownRecord(
                o.record,
                o.kind,
                o.event_date,
                o.recorded_at,
                o.owner,
                about[o.label],
                fields[o.record],
                tuple(numbers[o.record]),
                held.get(o.record, ()),
            )

    def _covered(self, sealed: SealedSet) -> bool:
        decided = self._plan.ruling
        named = (sealed.record, sealed.label) in decided.items
        return named or decided.decisions[sealed.label].level is Level.SHOW

    def _open_one(self, sealed: SealedSet) -> Mapping[str, str]:
        key = self._keys.get(sealed.record)
        if key is None:
            return {}
        place = Place(
            self._parts.partnership,
            self._parts.synthetic,
            SEALED_TABLE,
            sealed.record,
            sealed.owner,
            sealed.key_number,
            sealed.schema,
            sealed.revision,
            self._digests[sealed.label],
        )
        try:
            return open_set(key, place, sealed.body, self._grant)
        except SealBrokenError:
            self._broken.append(sealed)
            return {}

    def broken(self) -> tuple[Gap, ...]:
        """Say openly that something could not be trusted; enter it, because somebody must look at once."""
        if not self._broken and not self._plan.ruling.broken:
            return ()
        self._parts.book.append(_alarm(self._plan, self._broken))
        owners = sorted({sealed.owner for sealed in self._broken}) or [AgencyId("")]
        return tuple(Gap(Withheld(Level.ATTRIBUTED, "integrity_fault", "", owner)) for owner in owners)


def _grant(plan: _Plan, entry: EntryId) -> EnteredGrant:
    labels = plan.ruling.labels
    return EnteredGrant(
        entry=entry,
        actor=plan.view.account,
        recipient=plan.view.recipient or plan.view.account,
        records=frozenset(outline.record for outline in plan.outlines),
        decisions={labels[number].digest(): decision for number, decision in plan.ruling.decisions.items()},
        items={(record, labels[n].digest()): decision for (record, n), decision in plan.ruling.items.items()},
    )


def _entry(plan: _Plan, *, refused: bool) -> Entry:
    """Say who is about to see what, why and on what grounds. Never content, and never what was withheld."""
    view, ruling = plan.view, plan.ruling
    shown = [ruling.decisions[number] for number in ruling.visible()] + list(ruling.items.values())
    released = {o.label for o in plan.outlines}
    return Entry(
        operation=Operation.DENIAL if refused else Operation.CONSULTATION,
        act=view.act.value,
        actor=view.account,
        actor_role=ruling.circumstances.viewer_role,
        agency=ruling.circumstances.viewer_agency,
        recipient=view.recipient or view.account,
        purpose=view.purpose,
        justification=view.justification,
        family=view.family,
        subjects=tuple(sorted({s for number in released for s in ruling.labels[number].subjects})),
        selection={
            "kinds": sorted(kind.value for kind in view.kinds),
            "at": view.at.isoformat(),
            "known": view.known.isoformat(),
            "labels": [] if refused else sorted(ruling.visible()),
            "items": sorted({record for record, _ in ruling.items}),
        },
        records=() if refused else tuple(outline.record for outline in plan.outlines),
        fields=() if refused else tuple(sorted({ruling.labels[number].category for number in ruling.visible()})),
        rules=_rules(shown),
        obligations=tuple(sorted({f"{d.rule}:{word}" for d in shown for word in d.obligations})),
        policy_digest=ruling.policy.digest,
        watermark=ruling.gathered.watermark,
        outcome="refused" if refused else "released",
        detail={"faults": " ".join(ruling.faults())},
    )


def _alarm(plan: _Plan, broken: Iterable[SealedSet]) -> Entry:
    view = plan.view
    return Entry(
        operation=Operation.DENIAL,
        act=view.act.value,
        actor=view.account,
        actor_role=plan.ruling.circumstances.viewer_role,
        agency=plan.ruling.circumstances.viewer_agency,
        purpose=view.purpose,
        family=view.family,
        policy_digest=plan.ruling.policy.digest,
        watermark=plan.ruling.gathered.watermark,
        outcome="integrity_fault",
        detail={
            "records": " ".join(sorted(sealed.record for sealed in broken)),
            "labels": " ".join(str(number) for number in plan.ruling.broken),
        },
    )


def _rules(decisions: Iterable[Decision]) -> tuple[str, ...]:
    return tuple(sorted({decision.rule for decision in decisions if decision.rule}))


def _held_back(plan: _Plan) -> dict[RecordId, tuple[Withheld, ...]]:
    """Group what is withheld inside records that do show, at the level the decision gives."""
    shown = {outline.record for outline in plan.outlines}
    held: dict[RecordId, dict[tuple[str, str], Withheld]] = {}
    for record, number in plan.held_back:
        if record in shown and (record, number) not in plan.ruling.items:
            withheld = _withheld(plan.ruling, number)
            held.setdefault(record, {})[withheld.category, withheld.owner] = withheld
    return {record: tuple(parts.values()) for record, parts in held.items()}


def _gaps(plan: _Plan, shown: Iterable[ShownRecord]) -> tuple[Gap, ...]:
    """Say once per agency and category what is held beyond the records shown; counts only at level count."""
    inside = {record.record for record in shown}
    outside = {number for record, number in plan.held_back if record not in inside}
    gaps: dict[tuple[str, str, str], Gap] = {}
    for number in sorted(outside):
        withheld = _withheld(plan.ruling, number)
        key = (withheld.owner, withheld.category, withheld.level.value)
        counted = plan.counts.get(number)
        before = gaps.get(key)
        total = counted if before is None or before.count is None else before.count + (counted or 0)
        gaps[key] = Gap(withheld, total)
    return tuple(gaps.values())


def _withheld(ruling: Ruling, number: int) -> Withheld:
    decision, label = ruling.decisions[number], ruling.labels[number]
    return Withheld(decision.level, decision.reason, label.category, label.owner, decision.missing)


def _cursor(text: str) -> tuple[int, str] | None:
    """Read `event day.record`; a cursor holds no verdict, each page decides again."""
    day, _, record = text.partition(".")
    return (int(day), record) if day.lstrip("-").isdecimal() and record else None
