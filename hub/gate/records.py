"""New records as the gate takes them: fields grouped by label, sealed under a key of their own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from hub.domain.clock import to_micros
from hub.domain.fields import SHAPES, RecordKind, category_of
from hub.domain.ids import AgencyId, RecordId, ReferenceId
from hub.domain.labels import Audience, Handling, Label, Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate.parts import SCHEMA_VERSION, Parts
from hub.store.sealed.records import Outline, SealedSet
from hub.vault.sealing import Place

SEALED_TABLE = "sealed_fields"


@dataclass(frozen=True, slots=True)
class NewRecord:
    """One record in plain text, on its way to being sealed.

    `about` are all its subjects; `narrowed` maps a field to the fewer subjects it speaks of (design section 4.5).
    """

    id: RecordId
    kind: RecordKind
    owner: AgencyId
    occurred: PartialDate
    about: frozenset[ReferenceId]
    fields: Mapping[str, str]
    sensitivity: Sensitivity
    narrowed: Mapping[str, frozenset[ReferenceId]] = field(default_factory=dict)
    handling: Handling = Handling.NONE
    audience: Audience = Audience.ANY
    referral: str | None = None

    def outline_label(self) -> Label:
        """Return the label that decides whether the record shows at all.

        It is the narrowest label of the record's main category: who may read that field knows that the record exists.
        A record without such a field takes the widest label it has. Either way the outline's label is a label of one
        of its own fields: an outline under any other was moved there, and is a fault.
        """
        main = SHAPES[self.kind].outline
        own = self.by_label()
        narrowed = [label for label in own if label.category == main]
        if narrowed:
            return min(narrowed, key=lambda label: (len(label.subjects), sorted(label.subjects)))
        return max(own, key=lambda label: (len(label.subjects), label.category))

    def by_label(self) -> dict[Label, dict[str, str]]:
        """Return the fields grouped by label: each group becomes one sealed set."""
        groups: dict[tuple[str, frozenset[ReferenceId]], dict[str, str]] = {}
        for name, value in self.fields.items():
            if value:
                place = category_of(self.kind, name), self.narrowed.get(name, self.about)
                groups.setdefault(place, {})[name] = value
        said = self.handling, self.audience
        return {Label(what, self.sensitivity, self.owner, who, *said): group for (what, who), group in groups.items()}

    def __repr__(self) -> str:
        """Never show a value: this may reach a log."""
        return f"<NewRecord {self.kind.value} {self.id}>"


@dataclass(frozen=True, slots=True)
class SealedRecord:
    """The same record sealed: outline and sets wait for the numbers of their labels."""

    outline: tuple[Label, Outline]
    sets: tuple[tuple[Label, SealedSet], ...]

    def labels(self) -> set[Label]:
        """Return every label this record needs."""
        return {self.outline[0], *(label for label, _ in self.sets)}


def seal(parts: Parts, records: Iterable[NewRecord], at: datetime) -> list[SealedRecord]:
    """Make the records' keys (committed before this returns) and seal every field under its label."""
    by_owner: dict[AgencyId, list[NewRecord]] = {}
    for record in records:
        if any(record.fields.values()):
            by_owner.setdefault(record.owner, []).append(record)
    sealed = []
    for owner, group in by_owner.items():
        keys = parts.keys.new_keys(owner, [record.id for record in group])
        sealed += [_seal_one(parts, record, keys[record.id], at) for record in group]
    return sealed


def _seal_one(parts: Parts, record: NewRecord, key: tuple[int, bytes], at: datetime) -> SealedRecord:
    day, own, groups = record.occurred.first.toordinal(), record.outline_label(), record.by_label()
    manifest = " ".join((own.digest(), *sorted(label.digest() for label in groups if label != own)))
    outline = Outline(
        record.id, record.kind, day, str(record.occurred), to_micros(at), record.owner, record.referral, 0, manifest
    )
    sets = tuple((label, _seal_set(parts, outline, label, fields, key)) for label, fields in groups.items())
    return SealedRecord((own, outline), sets)


def _seal_set(
    parts: Parts, outline: Outline, label: Label, fields: Mapping[str, str], key: tuple[int, bytes]
) -> SealedSet:
    number, secret = key
    revision = 1
    place = Place(
        parts.partnership,
        parts.synthetic,
        SEALED_TABLE,
        outline.record,
        outline.owner,
        number,
        SCHEMA_VERSION,
        revision,
        label.digest(),
        outline.frame(),
    )
    body = parts.sealer.seal_set(secret, place, fields)
    return SealedSet(outline.record, 0, outline.owner, number, SCHEMA_VERSION, revision, outline.event_day, body)
