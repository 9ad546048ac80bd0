"""Whether a text quotes where somebody lives, learns or is treated, or how to reach them. Pure.

A writer may have put an address into a sentence that speaks, by its label, of somebody else. What the maker of a copy
knows of such details is compared with the copy's words; what no reader here may open cannot be compared.
"""

import re
from collections.abc import Iterator
from typing import Final

from hub.domain.fields import SHAPES, RecordKind
from hub.domain.ids import PersonId
from hub.gate.disclosure import Disclosure
from hub.services.safe_contact import same

_CONTACTS: Final = (RecordKind.CONTACT_POINT, RecordKind.PROTECTED_CONTACT)
_POSTCODE: Final = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2}\b", re.IGNORECASE | re.ASCII)
_SHORTEST: Final = 6
"""Letters and digits below which a part of a detail says too little ("GP", "Flat 2") to be looked for."""


def quoted(text: str, seen: Disclosure, taker: PersonId) -> bool:
    """Say whether a text holds a detail of anybody but the taker; their own are no secret from them."""
    said = same(text)
    own = set(_details(seen, taker, own=True))
    return any(detail in said for detail in _details(seen, taker, own=False) if detail not in own)


def _details(seen: Disclosure, taker: PersonId, *, own: bool) -> Iterator[str]:
    for record in seen.records:
        if record.kind in _CONTACTS and (record.persons == frozenset({taker})) is own:
            for name in SHAPES[record.kind].fields:
                yield from _telling(record.fields.get(name, ""))


def _telling(detail: str) -> Iterator[str]:
    """Return what of a detail would tell where: all of it, its first line, postcodes, a number without its 0 or +44."""
    parts = [detail, re.split(r"[,\n;]", detail)[0], *_POSTCODE.findall(detail)]
    for part in map(same, parts):
        if len(part) >= _SHORTEST or _POSTCODE.fullmatch(part):
            yield part
    digits = "".join(letter for letter in detail if letter.isdigit())
    if len(digits) >= 9 and len(digits) * 2 >= len(same(detail)):  # noqa: PLR2004  a phone number without its prefix
        yield digits.removeprefix("44").removeprefix("0")
