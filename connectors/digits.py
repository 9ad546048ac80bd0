"""Numbers that people are known by are written in 0 to 9: other digits look alike on a page and match nothing."""

from collections.abc import Iterator
from typing import Final

from hub.domain.referral import Issue, PersonDraft, Severity

NUMBERED: Final = ("nhs_number", "other_identifiers", "age_estimate", "phone")


def has_foreign_digits(text: str) -> bool:
    """Say whether a digit of another script, or a full-width one, stands in a text."""
    return not text.isascii() and any(one.isdecimal() and not one.isascii() for one in text)


def foreign_digits(place: str) -> Issue:
    """Return the remark that refuses a number by name."""
    return Issue(Severity.ERROR, "non_ascii_digits", place)


def digit_issues(person: PersonDraft) -> Iterator[Issue]:
    """Yield an error for each number of a person that is not written in ASCII digits."""
    for held in (person.fields, person.contact):
        for name in NUMBERED:
            if name in held and has_foreign_digits(held[name].value):
                yield foreign_digits(held[name].pointer)
