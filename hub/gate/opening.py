"""The work phase of a view: exactly what the entry names is fetched and opened, under a grant.

INVARIANT: a grant is minted here only, from a committed entry; every set is opened under it or not at all.
INVARIANT: withheld ciphertext never leaves the database.
"""

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection

from hub.domain.errors import SealBrokenError
from hub.domain.ids import AgencyId, EntryId, PersonId, RecordId
from hub.gate import entering
from hub.gate._grant import EnteredGrant
from hub.gate.disclosure import Gap, ShownRecord, Withheld
from hub.gate.parts import Parts
from hub.gate.planning import Plan
from hub.gate.records import SEALED_TABLE
from hub.gate.view import Ruling
from hub.policy.decision import Level
from hub.store.sealed import records as rows
from hub.store.sealed.records import Outline, SealedSet
from hub.vault.sealing import Opener, RecordCipher, framed


def released_sets(partnership: str, connection: Connection, plan: Plan) -> list[SealedSet]:
    """Fetch the ciphertexts of the visible labels in one query, and those of items decided one by one."""
    if not plan.outlines:
        return []
    visible, days = set(plan.ruling.visible()), (plan.outlines[0].event_day, plan.outlines[-1].event_day)
    items = {(record, number) for record, number in plan.ruling.items if number not in visible}
    return [
        *rows.sets_of(connection, partnership, plan.view.family, visible, days),
        *rows.sets_named(connection, partnership, plan.view.family, items),
    ]


class Opening:
    """Opens the sets of one plan under one grant, keeping apart what turned out broken."""

    def __init__(self, parts: Parts, plan: Plan, entry: EntryId, keys: Mapping[RecordId, bytes]) -> None:
        """Take the plan that the entry was made from, and the keys released for it."""
        self._parts, self._plan = parts, plan
        self._ciphers = {record: RecordCipher(key) for record, key in keys.items()}
        self._digests = plan.ruling.digests
        grant = _grant(plan, entry, self._digests)
        self._opener = Opener(parts.partnership, parts.synthetic, SEALED_TABLE, grant)
        self._frames = {outline.record: framed(outline.frame()) for outline in plan.outlines}
        self._verdicts = _Verdicts(self._digests, plan.ruling.visible())
        self._items: dict[RecordId, frozenset[int]] = {}
        for record, number in plan.ruling.items:
            self._items[record] = self._items.get(record, frozenset()) | {number}
        self._broken: dict[RecordId, AgencyId] = {}
        self._owed: set[AgencyId] = set()

    def records(self, sets: Iterable[SealedSet]) -> tuple[ShownRecord, ...]:
        """Return each planned record with its released fields, in the plan's order."""
        nothing: dict[str, str] = {}
        fields = dict.fromkeys(self._frames, nothing)
        numbers: dict[RecordId, tuple[int, ...]] = dict.fromkeys(fields, ())
        for sealed in sets:
            record, label = sealed[0], sealed[1]
            if record in fields and (opened := self._open(sealed)):
                if already := fields[record]:
                    already.update(opened)
                else:
                    fields[record] = opened
                numbers[record] += (label,)
        ruling, held = self._plan.ruling, self._plan.held_back()
        about = _Persons(ruling)
        return tuple(
            ShownRecord(
                o.record,
                o.kind,
                o.event_date,
                o.recorded,
                o.owner,
                about[numbers[o.record]],
                fields[o.record],
                numbers[o.record],
                held.get(o.record, ()),
            )
            for o in self._plan.outlines
            if self._sound(o, numbers[o.record])
        )

    def _sound(self, outline: Outline, opened: tuple[int, ...]) -> bool:
        """A record shows under its own outline label, when a field of its own opened; less or more is a fault.

        A record whose key was destroyed is gone, not broken.
        """
        if outline.record not in self._ciphers:
            return False
        shows, broken, owed = self._verdicts[outline.manifest, outline.label, opened, self._items.get(outline.record)]
        if broken:
            self._broken[outline.record] = outline.owner
        if owed:
            self._owed.add(outline.owner)
        return shows

    def _open(self, sealed: SealedSet) -> dict[str, str]:
        record, label, owner, key_number, schema, revision, _, body = sealed
        cipher = self._ciphers.get(record)
        if cipher is None:
            return {}
        digest, frame = self._digests[label], self._frames[record]
        try:
            return self._opener.open(cipher, record, owner, key_number, schema, revision, digest, frame, body)
        except SealBrokenError:
            self._broken[record] = owner
            return {}

    def broken(self) -> tuple[Gap, ...]:
        """Enter that something could not be trusted, always; say it openly only where that is no hint.

        It is none about what this reader was to see, nor to whoever works with the whole family.
        """
        if not self._broken and not self._plan.ruling.broken:
            return ()
        self._parts.book.append(entering.alarm(self._plan, self._broken))
        owners = self._owed
        if "allocated_to_family" in self._plan.ruling.circumstances.relationships:
            owners = set(self._broken.values()) or {AgencyId("")}
        return tuple(Gap(Withheld(Level.ATTRIBUTED, "integrity_fault", "", owner)) for owner in sorted(owners))


class _Verdicts(dict[tuple[str, int, tuple[int, ...], frozenset[int] | None], tuple[bool, bool, bool]]):
    """Whether a record shows, is broken, and is owed to the reader, by its manifest and what of it opened.

    What opened is compared with the manifest, which every field authenticates and whose first label is the outline's.
    A reader is owed word of what they were to see and did not; word of anything else would tell them that it exists.
    Worked out once for all records that are alike.
    """

    def __init__(self, digests: Mapping[int, str], visible: Collection[int]) -> None:
        super().__init__()
        self._numbers = {digest: number for number, digest in digests.items()}
        self._visible = frozenset(visible)

    def __missing__(self, asked: tuple[str, int, tuple[int, ...], frozenset[int] | None]) -> tuple[bool, bool, bool]:
        manifest, label, opened, items = asked
        named = [self._numbers.get(digest, 0) for digest in manifest.split()] or [label, *opened]
        due = (self._visible | (items or frozenset())).intersection(named)
        broken = named[0] != label or 0 in named or sorted(due) != sorted(opened)
        owed = broken and named[0] in due and not due.issubset(opened)
        self[asked] = verdict = named[0] == label and bool(opened), broken, owed
        return verdict


class _Persons(dict[tuple[int, ...], frozenset[PersonId]]):
    """Whom a record's open fields are about, worked out once per combination of labels."""

    def __init__(self, ruling: Ruling) -> None:
        super().__init__()
        self._ruling = ruling

    def __missing__(self, numbers: tuple[int, ...]) -> frozenset[PersonId]:
        self[numbers] = found = frozenset().union(*(self._ruling.persons_of(number) for number in numbers))
        return found


def _grant(plan: Plan, entry: EntryId, digests: Mapping[int, str]) -> EnteredGrant:
    return EnteredGrant(
        entry=entry,
        actor=plan.view.account,
        recipient=plan.view.receiver,
        records=frozenset(outline.record for outline in plan.outlines),
        shown=frozenset(digests[n] for n, decision in plan.ruling.decisions.items() if decision.level is Level.SHOW),
        items=frozenset(
            (r, digests[n]) for (r, n), decision in plan.ruling.items.items() if decision.level is Level.SHOW
        ),
    )
