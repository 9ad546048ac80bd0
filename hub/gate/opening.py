"""The work phase of a view: exactly what the entry names is fetched and opened, under a grant.

INVARIANT: a grant is minted here only, from a committed entry; every set is opened under it or not at all.
INVARIANT: withheld ciphertext never leaves the database.
"""

from collections.abc import Iterable, Mapping

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
from hub.vault.sealing import Opener, RecordCipher


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
        self._frames = {outline.record: outline.frame() for outline in plan.outlines}
        self._broken: dict[RecordId, AgencyId] = {}

    def records(self, sets: Iterable[SealedSet]) -> tuple[ShownRecord, ...]:
        """Return each planned record with its released fields, in the plan's order."""
        nothing: dict[str, str] = {}
        fields = dict.fromkeys(self._frames, nothing)
        numbers: dict[RecordId, tuple[int, ...]] = dict.fromkeys(fields, ())
        for sealed in sets:
            record, label = sealed[0], sealed[1]
            if record in fields:
                opened = self._open(sealed)
                fields[record] = fields[record] | opened if fields[record] else opened
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
            if self._sound(o, fields[o.record])
        )

    def _sound(self, outline: Outline, opened: Mapping[str, str]) -> bool:
        """An outline shows because of a field of its own: one that opens none was moved or changed, and is a fault.

        A record whose key was destroyed is gone, not broken.
        """
        if not opened and outline.record in self._ciphers:
            self._broken[outline.record] = outline.owner
        return bool(opened)

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
        """Say openly that something could not be trusted; enter it, because somebody must look at once."""
        if not self._broken and not self._plan.ruling.broken:
            return ()
        self._parts.book.append(entering.alarm(self._plan, self._broken))
        owners = sorted(set(self._broken.values())) or [AgencyId("")]
        return tuple(Gap(Withheld(Level.ATTRIBUTED, "integrity_fault", "", owner)) for owner in owners)


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
