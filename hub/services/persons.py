"""The people of a family as one reader may know them: once each, however many senders spoke of them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from hub.domain.fields import SHAPES, RecordKind, words_for
from hub.domain.ids import PersonId
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import Disclosure, ShownRecord
from hub.services.register import Register

_CHILDREN = frozenset({"child", "unborn_child", "sibling"})
_PLAIN = frozenset({"address", "phone", "email"})
_CONTACTS = frozenset({RecordKind.CONTACT_POINT, RecordKind.PROTECTED_CONTACT})


@dataclass(frozen=True, slots=True)
class ContactLine:
    """How to reach somebody; `protected` details are never passed on."""

    words: str
    protected: bool


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person as far as this reader may know."""

    person: str
    name: str
    part_words: str
    born_words: str
    contact: tuple[ContactLine, ...]
    child: bool


def people(disclosure: Disclosure, register: Register) -> tuple[PersonLine, ...]:
    """Return the people this reader may know, children first, then by name."""
    lines = [
        _person(person, parts, [r for r in disclosure.records if person in r.persons], register)
        for person, parts in disclosure.persons.items()
    ]
    known = [line for line in lines if line is not None]
    return tuple(sorted(known, key=lambda line: (not line.child, line.name)))


def _person(
    person: PersonId, parts: frozenset[str], records: list[ShownRecord], register: Register
) -> PersonLine | None:
    own = [record.fields for record in records if record.kind is RecordKind.PERSON]
    names = dict.fromkeys(fields["name"] for fields in own if fields.get("name"))
    if not own:
        return None
    born = next((fields["birth_date"] for fields in own if fields.get("birth_date")), "")
    due = next((fields["expected_birth_date"] for fields in own if fields.get("expected_birth_date")), "")
    name = " / ".join(names) or ("Not yet named" if "unborn_child" in parts else "Name not given")
    words = f"born {PartialDate.parse(born).in_words()}" if born else ""
    words = words or (f"due {PartialDate.parse(due).in_words()}" if due else "")
    part_words = ", ".join(register.vocabulary.words(part) for part in sorted(parts))
    return PersonLine(person, name, part_words, words, _contact(records), bool(parts & _CHILDREN))


def _contact(records: Iterable[ShownRecord]) -> tuple[ContactLine, ...]:
    """Return a person's contact details, protected ones first, each value once however many senders gave it."""
    lines: list[ContactLine] = []
    said: set[str] = set()
    for record in sorted(records, key=lambda record: record.kind is not RecordKind.PROTECTED_CONTACT):
        if record.kind in _CONTACTS:
            given = [_said(name, record.fields.get(name, "")) for name in SHAPES[record.kind].fields]
            new = [words for words in given if words and words not in said]
            said |= set(new)
            if new:
                lines.append(ContactLine("; ".join(new), record.kind is RecordKind.PROTECTED_CONTACT))
    return tuple(lines)


def _said(name: str, value: str) -> str:
    """Write a contact detail; what is not plain from itself is named."""
    return value if not value or name in _PLAIN else f"{words_for(name)}: {value}"
