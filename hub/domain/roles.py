"""Which roles one person may have side by side: those that do the work, and none that oversees it.

Whoever oversees (manager, information governance officer, signatory, administrator) has that role alone. Otherwise one
person could allocate a family to themselves, review their own emergency access or be both of the four eyes. Workers for
either side of domestic abuse are different people for the same reason.
"""

from collections.abc import Iterable
from typing import Final

COMBINED: Final = frozenset(
    {
        "social_worker",
        "duty_worker",
        "front_door_worker",
        "family_support_worker",
        "recovery_worker",
        "mh_practitioner",
        "psychologist",
    }
)
PROGRAMS: Final = frozenset({"system", "matcher"})
"""Roles of the hub's own programs: nobody is appointed to them."""
ADMINISTRATOR: Final = "agency_admin"


def may_have(roles: Iterable[str]) -> bool:
    """Say whether one person may have all of these roles, each once."""
    held = list(roles)
    return len(held) == 1 or (len(set(held)) == len(held) and COMBINED.issuperset(held))
