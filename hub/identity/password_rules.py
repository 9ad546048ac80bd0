"""What a new password must be: long enough, and not what everybody tries first. No composition rules, no expiry.

Lengths: 15 characters, or 8 where a second factor stands behind it (checklist AU-3, after ASVS 6.2.1 and 6.2.9).
"""

from typing import Final

ALONE, WITH_FACTOR, LONGEST = 15, 8, 200
_TRIED_FIRST: Final = frozenset(
    {"password", "passw0rd", "qwerty", "qwertyuiop", "qwertzuiop", "letmein", "welcome", "iloveyou", "football"}
    | {"baseball", "superman", "sunshine", "princess", "trustno1", "starwars", "computer", "whatever", "liverpool"}
    | {"chelsea", "arsenal", "abc", "safeguarding", "children", "administrator", "changeme", "default", "secret"}
)
"""Beginnings that lists of stolen passwords begin with; digits and signs behind them help nobody."""


def fault_of(password: str, username: str, *, second_factor: bool) -> str:
    """Return the code of what is wrong with a new password, or ""."""
    plain = password.casefold()
    if len(password) < (WITH_FACTOR if second_factor else ALONE):
        return "password_too_short"
    if len(password) > LONGEST:
        return "password_too_long"
    core = plain.rstrip("0123456789!?.*#$%& ")
    if core in _TRIED_FIRST or plain in _TRIED_FIRST or len(set(plain)) < 5:  # noqa: PLR2004  fewer is a pattern
        return "password_tried_first"
    return "password_holds_name" if username and username.casefold() in plain else ""
