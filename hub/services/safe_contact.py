"""Where something may be sent to a member of the family without telling somebody else where they are.

INVARIANT: an address is used only if the person chose that channel, no shield stands and no protected contact details
are held of them, exactly one such detail is known, it was learned of lately, and no other grown-up shares it.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Final

from hub.domain.consent import Channel
from hub.domain.fields import RecordKind
from hub.domain.ids import PersonId
from hub.gate.disclosure import Disclosure, ShownRecord

DETAIL: Final[Mapping[Channel, str]] = MappingProxyType(
    {Channel.SAFE_POST: "address", Channel.SAFE_EMAIL: "email", Channel.SAFE_PHONE: "phone"}
)
CONTACT_KINDS: Final = frozenset({RecordKind.PERSON, RecordKind.CONTACT_POINT, RecordKind.PROTECTED_CONTACT})
"""What a worker has to open to know where something may be sent."""
GOOD_FOR: Final = timedelta(days=90)
"""How long after the hub learned of it a detail is trusted: families move, and so do those they fled from."""
_CHILDREN: Final = frozenset({"child", "unborn_child", "sibling"})
_CONTACTS: Final = frozenset({RecordKind.CONTACT_POINT, RecordKind.PROTECTED_CONTACT})


def safe_detail(channel: Channel, chosen: Channel, taker: PersonId, seen: Disclosure) -> str | None:
    """Return where it goes ("" in person); None when that way is not the chosen one, or not safe."""
    if channel is Channel.IN_PERSON:
        return ""
    if channel is not chosen or channel not in DETAIL or taker in seen.kept_safe:
        return None
    name = DETAIL[channel]
    own = [record for record in own_records(taker, seen) if record.kind is RecordKind.CONTACT_POINT]
    details = {same(record.fields[name]): record for record in own if record.fields.get(name)}
    if len(details) != 1:
        return None
    ((key, record),) = details.items()
    learned = max(other.recorded_at for other in own if same(other.fields.get(name, "")) == key)
    if seen.at - learned > GOOD_FOR or key in _of_others(name, taker, seen):
        return None
    return record.fields[name]


def own_records(taker: PersonId, seen: Disclosure) -> list[ShownRecord]:
    """Return the records that speak of this person alone."""
    return [record for record in seen.records if record.persons == frozenset({taker})]


def name_of(taker: PersonId, seen: Disclosure) -> str:
    """Return a person's name as the records about them alone give it, or ""."""
    names = [r.fields.get("name", "") for r in own_records(taker, seen) if r.kind is RecordKind.PERSON]
    return next((name for name in names if name), "")


def same(detail: str) -> str:
    """Return what two ways of writing one address, number or place have in common."""
    return "".join(letter for letter in detail.casefold() if letter.isalnum())


def _of_others(name: str, taker: PersonId, seen: Disclosure) -> set[str]:
    """Return the details of every other grown-up; whose part is not known counts as one."""
    return {
        same(record.fields[name])
        for record in seen.records
        if record.kind in _CONTACTS and record.fields.get(name) and _grown(record.persons - {taker}, seen)
    }


def _grown(persons: Iterable[PersonId], seen: Disclosure) -> bool:
    return any(not seen.persons.get(person, frozenset()) & _CHILDREN for person in persons)
