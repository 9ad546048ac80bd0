"""The work phase of a view: exactly what the entry names is fetched and opened, under a grant.

INVARIANT: a grant is minted here only, from a committed entry; every set is opened under it or not at all.
INVARIANT: withheld ciphertext never leaves the database.
"""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from hub.domain.errors import SealBrokenError
from hub.domain.ids import AgencyId, EntryId, RecordId
from hub.gate import entering
from hub.gate._grant import EnteredGrant
from hub.gate.disclosure import Gap, ShownRecord, Withheld
from hub.gate.parts import Parts
from hub.gate.planning import Plan
from hub.gate.records import SEALED_TABLE
from hub.policy.decision import Level
from hub.store.sealed import records as rows
from hub.store.sealed.records import SealedSet
from hub.vault.sealing import Place, RecordCipher, open_set


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
        self._where = (parts.partnership, parts.synthetic, SEALED_TABLE)
        self._ciphers = {record: RecordCipher(key) for record, key in keys.items()}
        self._digests = {number: label.digest() for number, label in plan.ruling.labels.items()}
        self._grant = _grant(plan, entry, self._digests)
        self._broken: list[SealedSet] = []

    def records(self, sets: Iterable[SealedSet]) -> tuple[ShownRecord, ...]:
        """Return each planned record with its released fields, in the plan's order."""
        fields: dict[RecordId, dict[str, str]] = {outline.record: {} for outline in self._plan.outlines}
        numbers: dict[RecordId, tuple[int, ...]] = dict.fromkeys(fields, ())
        for sealed in sets:
            record = sealed.record
            if record in fields:
                opened = self._open(sealed)
                fields[record] = fields[record] | opened if fields[record] else opened
                numbers[record] += (sealed.label,)
        ruling, held = self._plan.ruling, self._plan.held_back()
        about = {number: ruling.persons_of(number) for number in ruling.labels}
        return tuple(
            ShownRecord(
                o.record,
                o.kind,
                o.event_date,
                o.recorded_at,
                o.owner,
                about[o.label],
                fields[o.record],
                numbers[o.record],
                held.get(o.record, ()),
            )
            for o in self._plan.outlines
        )

    def _open(self, sealed: SealedSet) -> dict[str, str]:
        record, label, owner, key_number, schema, revision, _, body = sealed
        cipher = self._ciphers.get(record)
        if cipher is None:
            return {}
        place = Place(*self._where, record, owner, key_number, schema, revision, self._digests[label])
        try:
            return open_set(cipher, place, body, self._grant)
        except SealBrokenError:
            self._broken.append(sealed)
            return {}

    def broken(self) -> tuple[Gap, ...]:
        """Say openly that something could not be trusted; enter it, because somebody must look at once."""
        if not self._broken and not self._plan.ruling.broken:
            return ()
        self._parts.book.append(entering.alarm(self._plan, self._broken))
        owners = sorted({sealed.owner for sealed in self._broken}) or [AgencyId("")]
        return tuple(Gap(Withheld(Level.ATTRIBUTED, "integrity_fault", "", owner)) for owner in owners)


def _grant(plan: Plan, entry: EntryId, digests: Mapping[int, str]) -> EnteredGrant:
    return EnteredGrant(
        entry=entry,
        actor=plan.view.account,
        recipient=plan.view.recipient or plan.view.account,
        records=frozenset(outline.record for outline in plan.outlines),
        decisions={digests[number]: decision for number, decision in plan.ruling.decisions.items()},
        items={(record, digests[number]): decision for (record, number), decision in plan.ruling.items.items()},
    )
