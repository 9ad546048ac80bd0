"""Who else works at the agencies once the partnership is filled in, and with which families."""

from collections.abc import Mapping
from typing import Final

from hub.cli.demo.people import Cast
from hub.domain.clock import Randomness
from hub.identity.secrets import new_secret
from hub.services.setup import NewPerson, Setup

COLLEAGUES: Final = (
    ("sam", "Samira Castellanos", "csc", "social_worker", "01632 960025"),
    ("lena", "Lena Fischer-Nowak", "csc", "family_support_worker", "01632 960026"),
    ("tariq", "Dr Tariq Aziz", "csc", "psychologist", "01632 960027"),
    ("edith", "Edith Boateng", "csc", "duty_worker", "01632 960028"),
    ("max", "Max Delaney", "csc", "team_manager", "01632 960029"),
    ("nina", "Nina Petrova", "mh", "mh_practitioner", "01632 960030"),
    ("vera", "Vera Lindqvist", "da", "victim_worker", "01632 960031"),
    ("alma", "Alma Bright", "mh", "agency_admin", "01632 960032"),
    ("aidan", "Aidan Shaw", "police", "agency_admin", "01632 960033"),
    ("ayo", "Ayo Bankole", "da", "agency_admin", "01632 960034"),
)
LEADS: Final[Mapping[str, str]] = {
    "plan": "sally",
    "translated": "sally",
    "enquiry": "sally",
    "emergency": "sally",
    "kinship": "sam",
    "refused": "sam",
    "withdrawn": "sam",
    "shielded": "sam",
    "closed": "sam",
}
"""What a family shows -> who leads the work with it; one is led by nobody."""
BESIDE: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "plan": (("lena", ""), ("rob", "father"), ("nina", "mother"), ("vera", "mother")),
    "kinship": (("lena", ""), ("rob", "father")),
    "translated": (("lena", ""), ("nina", "mother")),
    "refused": (("rob", "father"), ("tariq", "")),
    "withdrawn": (("rob", "father"), ("nina", "mother")),
    "enquiry": (("rob", "father"), ("vera", "mother"), ("pete", "father")),
    "emergency": (("nina", "mother"),),
    "shielded": (("nina", "mother"),),
    "unowned": (("rob", "father"),),
    "closed": (("rob", "father"),),
}
"""What a family shows -> who else works with it: (user name, with whom; "" is the whole family)."""


def start(setup: Setup, cast: Cast, randomness: Randomness) -> None:
    """Add them to the cast, each with a password made for this run."""
    for username, name, agency, role, phone in COLLEAGUES:
        cast.passwords[username] = new_secret(randomness)[:16]
        person = NewPerson(username, name, phone, cast.agencies[agency], role, cast.passwords[username])
        cast.accounts[username] = setup.add_person(person)
