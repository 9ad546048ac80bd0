"""The data types that are read: names, addresses, telephone numbers, identifiers, dates, coded values (chapter 2A)."""

import re
from collections.abc import Iterable

from connectors.hl7v2.segments import Value
from connectors.schema_fields import read_date
from hub.domain.partial_date import PartialDate

_TIME = re.compile(
    r"([0-9]{4})(?:([0-9]{2})(?:([0-9]{2})(?:[0-9]{2}){0,3}(?:\.[0-9]{1,4})?)?)?([+-][0-9]{4})?", re.ASCII
)
_NHS_TYPES, _NHS_AUTHORITIES = frozenset({"NH", "NHS"}), frozenset({"NHS", "NHSNBR", "2.16.840.1.113883.2.1.4.1"})
_EMAIL_SYSTEMS = frozenset({"INTERNET", "X.400"})


def joined(parts: Iterable[str], by: str = " ") -> str:
    """Return what is not empty in one text."""
    return by.join(part for part in parts if part)


def name_words(name: Value) -> str:
    """Return an XPN as people write it: prefix, given names, surname, suffix."""
    return joined((name.text(5), given_words(name), name.text(1), name.text(4)))


def given_words(name: Value) -> str:
    """Return the given names of an XPN."""
    return joined((name.text(2), name.text(3)))


def address_words(address: Value) -> str:
    """Return an XAD in one line: street or house name, locality, town, county, postcode, country."""
    street = joined((address.text(1), address.text(1, 3), address.text(1, 2)))
    return joined((street, *(address.text(place) for place in (2, 3, 4, 5, 6))), ", ")


def is_email(contact: Value) -> bool:
    """Say whether an XTN is an e-mail address."""
    return contact.text(3).upper() in _EMAIL_SYSTEMS or bool(contact.text(4) and "@" in contact.text(4))


def contact_words(contact: Value) -> str:
    """Return the number or address of an XTN, in whichever of its three places the sender wrote it."""
    if is_email(contact):
        return contact.text(4) or contact.text(1)
    numbered = joined(contact.text(place) for place in (5, 6, 7))
    return contact.text(1) or contact.text(12) or numbered


def is_nhs_number(identifier: Value) -> bool:
    """Say whether a CX is an NHS number, by its type or by who assigns it."""
    authority = {identifier.text(4).upper(), identifier.text(4, 2)}
    return identifier.text(5).upper() in _NHS_TYPES or bool(authority & _NHS_AUTHORITIES)


def identifier_words(identifier: Value) -> str:
    """Return a CX as `who assigns it, of which type: number`."""
    about = joined((identifier.text(4), identifier.text(5)))
    return f"{about}: {identifier.text(1)}" if about else identifier.text(1)


def coded_words(code: Value) -> str:
    """Return the words of a CWE: its own text, else the display, else the code."""
    return code.text(9) or code.text(2) or code.text(1)


def coded_evidence(code: Value) -> str:
    """Return a CWE as `system|code display`, as sent."""
    return f"{code.text(3)}|{code.text(1)} {code.text(2)}".strip() if code.text(1) else ""


def read_time(written: str) -> PartialDate | None:
    """Return the day, month or year of a DTM (`1961`, `196106`, `19610615`, `202201251620+0000`); None for no date.

    The local day of a time with an offset is the day that was written down: the offset is the sender's own.
    """
    found = _TIME.fullmatch(written)
    if found is None:
        return None
    year, month, day, _ = found.groups()
    return read_date(joined((year, month, day), "-"))
