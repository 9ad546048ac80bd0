"""Who tells and who is spoken of in the messages one reader may see: a teller who is a party, claims both ways. Pure.

INVARIANT: nothing is looked at but what was disclosed to this reader, so a hidden record changes nothing.
INVARIANT: a remark is a count and its rule. Nobody is believed more or less: nothing else in the hub reads it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from hub.domain.clock import from_micros
from hub.domain.fields import RecordKind
from hub.domain.ids import AgencyId, FamilyId, PersonId
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import Disclosure, ShownRecord
from hub.matching.normalise import telling_parts
from hub.policy.signals import REFERRER_PARTY, TURNED_ROUND, SignalRules

Same = Mapping[PersonId, Collection[PersonId]]
"""A person of the message in hand -> whom matching proposes that they may be, as far as this reader may hear of it."""
_CONTACTS: Final = frozenset({RecordKind.CONTACT_POINT, RecordKind.PROTECTED_CONTACT})
_CHILDREN: Final = frozenset({"child", "unborn_child", "sibling"})
_TELLING: Final = frozenset({"victim", "reporter"})
_DIGITS: Final = 10
"""Of a telephone number, without +44 or the nought that stands for it; a shorter one says too little."""


@dataclass(frozen=True, slots=True)
class _Party:
    """Somebody named: their parts, and their names, numbers and e-mail addresses made comparable."""

    parts: frozenset[str]
    marks: frozenset[str]


@dataclass(frozen=True, slots=True)
class Message:
    """What one message says of who tells (`tellers`, comparable) and of who is named in it."""

    family: FamilyId
    day: date
    tellers: frozenset[str]
    parties: Mapping[PersonId, _Party]

    @property
    def telling(self) -> frozenset[PersonId]:
        """Return whose side it tells: who was harmed, who reported it, and who referred if they are named in it."""
        return frozenset(
            who for who, one in self.parties.items() if one.parts & _TELLING or not one.marks.isdisjoint(self.tellers)
        )

    @property
    def spoken_of(self) -> frozenset[PersonId]:
        """Return of whom it tells: who is said to have caused harm, or, where somebody refers, every other adult."""
        harming = {who for who, one in self.parties.items() if "alleged_perpetrator" in one.parts}
        adults = {who for who, one in self.parties.items() if self.tellers and not one.parts & _CHILDREN}
        return frozenset(harming or adults) - self.telling


@dataclass(frozen=True, slots=True)
class Claims:
    """The remarks, in the order of the rules, and the families of the messages that tell it the other way round."""

    remarks: tuple[str, ...] = ()
    other_way: tuple[FamilyId, ...] = ()


def messages(disclosure: Disclosure, hidden: Collection[PersonId]) -> tuple[Message, ...]:
    """Return the messages of one family as its records show them, without anybody `hidden` and what tells of them."""
    groups: dict[tuple[AgencyId, int], list[ShownRecord]] = {}
    for record in disclosure.records:
        groups.setdefault((record.owner, record.recorded), []).append(record)
    found = (_message(disclosure, records, hidden) for records in groups.values())
    return tuple(message for message in found if message.parties or message.tellers)


def claims(own: Iterable[Message], others: Iterable[Message], same: Same, today: date, rules: SignalRules) -> Claims:
    """Return what the rules of the desk remark on: `own` are the messages in hand, `others` all beside them."""
    mine = tuple(own)
    beside = [(one, other) for place, one in enumerate(mine) for other in (*mine[:place], *others)]
    turned = [(other.day, other.family) for one, other in beside if _turned(one, other, same)]
    parties = {who for one in mine for who, named in one.parties.items() if not named.marks.isdisjoint(one.tellers)}
    remarks: list[str] = []
    families: dict[FamilyId, None] = {}
    for rule in rules.desk.values():
        since = today - timedelta(days=rule.within_days)
        recent = [family for day, family in turned if day >= since]
        count = {REFERRER_PARTY: len(parties), TURNED_ROUND: len(recent)}[rule.count]
        if count >= rule.at_least:
            remarks.append(rule.say(count))
            families |= dict.fromkeys(recent) if rule.count == TURNED_ROUND else {}
    return Claims(tuple(remarks), tuple(families))


def _message(disclosure: Disclosure, records: Iterable[ShownRecord], hidden: Collection[PersonId]) -> Message:
    said = list(records)
    marks: dict[PersonId, set[str]] = {}
    for record in said:
        if record.kind is RecordKind.PERSON or record.kind in _CONTACTS:
            for person in record.persons:
                marks.setdefault(person, set()).update(_marks(record.fields))
    tellers = {mark for record in said if record.kind is RecordKind.REFERRER for mark in _marks(record.fields)}
    tellers -= {mark for person in hidden for mark in marks.get(person, ())}
    parties = {
        person: _Party(disclosure.persons.get(person, frozenset()), frozenset(found))
        for person, found in marks.items()
        if person not in hidden
    }
    day = PartialDate.of(from_micros(max(record.recorded for record in said))).first
    return Message(disclosure.family, day, frozenset(tellers), parties)


def _marks(fields: Mapping[str, str]) -> Iterator[str]:
    """Yield what tells somebody from others: a name of two parts or more in any order, a number, an e-mail address."""
    for name in f"{fields.get('name', '')};{fields.get('other_names', '')}".split(";"):
        parts = sorted(telling_parts(name))
        if len(parts) > 1:
            yield " ".join(parts)
    for number in fields.get("phone", "").split(";"):
        digits = "".join(c for c in number if c.isascii() and c.isdigit())
        if len(digits) >= _DIGITS:
            yield digits[-_DIGITS:]
    for address in fields.get("email", "").split(";"):
        if "@" in address:
            yield address.strip().casefold()


def _turned(one: Message, other: Message, same: Same) -> bool:
    """Say whether each tells of somebody who tells in the other; `one` is in hand, so `same` speaks of its people."""
    theirs = any(_tells_here(one, who, other.parties[who], same) for who in other.spoken_of)
    ours = any(
        not one.parties[who].marks.isdisjoint(other.tellers) or not other.telling.isdisjoint({who, *same.get(who, ())})
        for who in one.spoken_of
    )
    return theirs and ours


def _tells_here(one: Message, who: PersonId, named: _Party, same: Same) -> bool:
    known = any(who in {mine, *same.get(mine, ())} for mine in one.telling)
    return known or not named.marks.isdisjoint(one.tellers)
