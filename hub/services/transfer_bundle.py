"""What a bundle says of a family, from what may be given of it: ids that mean nothing outside it, no contact details.

INVARIANT: nothing that its sender limited, and nothing that a rule says goes no further.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from hub.domain.fields import SHAPES, RecordKind
from hub.domain.ids import PersonId
from hub.domain.labels import Audience, Handling, Sensitivity
from hub.gate.disclosure import Disclosure, ShownRecord
from hub.services.register import Register

_FREE: Final = frozenset({Handling.NONE, Handling.P})
_STAYS: Final = frozenset({"no_onward_banner", "no_new_use"})
_AS_SAID: Final[tuple[str, ...]] = ("birth_date", "expected_birth_date", "sex", "language", "nhs_number")


def family_given(shown: Disclosure, register: Register) -> dict[str, list[dict[str, Any]]]:
    """Return people and entries with ids that mean nothing outside the bundle."""
    ids = {person: f"p{number}" for number, person in enumerate(sorted(shown.persons), 1)}
    given = [record for record in shown.records if _goes_on(record, shown)]
    return {
        "people": list(_people(ids, given, shown)),
        "entries": [_entry(r, ids, shown, register) for r in given if SHAPES[r.kind].in_chronology],
    }


def _goes_on(record: ShownRecord, shown: Disclosure) -> bool:
    """Say whether a record may leave: its sender limited nothing, and no rule says that it goes no further."""
    labels = [shown.labels[number] for number in record.labels]
    rules = [shown.decisions[number] for number in record.labels]
    free = all(label.handling in _FREE and label.audience is Audience.ANY for label in labels)
    return free and not any(_STAYS & set(rule.obligations) for rule in rules)


def _people(ids: Mapping[PersonId, str], records: Iterable[ShownRecord], shown: Disclosure) -> Iterator[dict[str, Any]]:
    """Yield everybody of whom at least something may be given; of several senders' words the first counts."""
    found: dict[PersonId, dict[str, str]] = {}
    for record in records:
        if record.kind is RecordKind.PERSON:
            for person in record.persons:
                said = found.setdefault(person, {})
                for name, value in record.fields.items():
                    said.setdefault(name, value)
    for person, said in found.items():
        named = {"name": {"full": said["name"]}} if "name" in said else {}
        verified = {"nhs_number_verified": "yes"} if said.get("nhs_number_status") == "verified" else {}
        parts = sorted(shown.persons.get(person, ()))
        kept: dict[str, Any] = {name: said[name] for name in _AS_SAID if name in said}
        yield {"id": ids[person], "parts": parts, **named, **verified, **kept}


def _entry(record: ShownRecord, ids: Mapping[PersonId, str], shown: Disclosure, register: Register) -> dict[str, Any]:
    sensitivities = sorted({shown.labels[number].sensitivity for number in record.labels}, key=list(Sensitivity).index)
    return {
        "kind": record.kind.value,
        "occurred": record.event_date,
        "about": sorted(ids[person] for person in record.persons if person in ids),
        "held_by": register.agency(record.owner),
        "sensitivity": sensitivities[-1].value,
        "fields_said": [{"name": name, "value": value} for name, value in sorted(record.fields.items())],
    }
