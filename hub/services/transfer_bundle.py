"""What a bundle says of a family, from what may be given of it: ids that mean nothing outside it, no contact details.

INVARIANT: nothing that its sender limited, and nothing that a rule says goes no further.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hub.domain.fields import SHAPES, RecordKind
from hub.domain.ids import PersonId, RecordId
from hub.domain.labels import Audience, Handling, Sensitivity
from hub.gate.disclosure import Disclosure, ShownRecord
from hub.policy.decision import Level
from hub.services.carried_files import Carried
from hub.services.register import Register
from hub.services.transfer_sealing import in_pieces

_FREE: Final = frozenset({Handling.NONE, Handling.P})
_ASKED: Final = Handling.ASK_ORIGINATOR
_STAYS: Final = frozenset({"no_onward_banner", "no_new_use"})
_AS_SAID: Final[tuple[str, ...]] = ("birth_date", "expected_birth_date", "sex", "language", "nhs_number")


@dataclass(frozen=True, slots=True)
class Given:
    """People and entries with ids that mean nothing outside the bundle; `places` is entry -> its place."""

    people: list[dict[str, Any]]
    entries: list[dict[str, Any]]
    withheld: list[dict[str, str]]
    places: Mapping[RecordId, int]
    files: tuple[ShownRecord, ...]


def family_given(shown: Disclosure, register: Register) -> Given:
    """Return what may be given of a family, and openly what is held back."""
    ids = {person: f"p{number}" for number, person in enumerate(sorted(shown.persons), 1)}
    given = [record for record in shown.records if _stays(record, shown) is None]
    told = [record for record in given if SHAPES[record.kind].in_chronology]
    return Given(
        list(_people(ids, given, shown)),
        [_entry(r, ids, shown, register) for r in told],
        list(_withheld(shown, register)),
        {record.record: place for place, record in enumerate(told)},
        tuple(record for record in given if record.kind is RecordKind.ATTACHMENT),
    )


def files_given(
    files: Iterable[Carried], places: Mapping[RecordId, int], register: Register
) -> tuple[list[dict[str, Any]], list[dict[str, str]], list[bytes]]:
    """Return the files that go, what is said of those that stay, and the pieces of the first."""
    listed, left, pieces = list[dict[str, Any]](), list[dict[str, str]](), list[bytes]()
    for file in files:
        if file.left_out:
            left.append({"held_by": register.agency(file.owner), "category": "attachment", "reason": file.left_out})
        elif file.entry in places:
            cut = in_pieces(file.content)
            said = {"entry": places[file.entry], "title": file.title, "type": file.media_type, "parts": len(cut)}
            listed.append(said | {"sha256": hashlib.sha256(file.content).hexdigest()})
            pieces += cut
    return listed, left, pieces


def _withheld(shown: Disclosure, register: Register) -> Iterator[dict[str, str]]:
    """Yield what is held back openly, once each: by a rule, or because its sender's consent is asked first.

    What policy hides, what is for a named audience and what may not be told of at all leaves no line.
    """
    held = [gap.withheld for gap in shown.gaps] + [one for record in shown.records for one in record.withheld]
    lines = [(one.owner, one.category, one.reason) for one in held if one.level is Level.ATTRIBUTED]
    for record in shown.records:
        why = _stays(record, shown)
        if why and SHAPES[record.kind].in_chronology:
            lines += [(record.owner, shown.labels[number].category, why) for number in record.labels]
    for owner, category, reason in dict.fromkeys(lines):
        yield {"held_by": register.agency(owner), "category": category, "reason": reason}


def _stays(record: ShownRecord, shown: Disclosure) -> str | None:
    """Return None when a record may leave: its sender limited nothing, and no rule says that it goes no further.

    Else the reason, as far as it may be told; "" when not even that.
    """
    labels = [shown.labels[number] for number in record.labels]
    rules = [shown.decisions[number] for number in record.labels]
    if any(label.audience is not Audience.ANY or label.handling not in _FREE | {_ASKED} for label in labels):
        return ""
    if any(label.handling is _ASKED for label in labels):
        return "ask_originator"
    return "goes_no_further" if any(_STAYS & set(rule.obligations) for rule in rules) else None


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
