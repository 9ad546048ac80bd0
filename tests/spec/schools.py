"""A world with two schools, their leads, a local authority's officer, and the agreement about Operation Encompass."""

import json
from collections.abc import Iterable

from hub.services.school_notices import ChildLine
from hub.services.school_tasks import WORDS
from hub.services.setup import NewAgency
from hub.settings import Settings, Smtp
from tests.factories import AGENCIES, FIXTURES, Seeded, SmallWorld, make_world

SCHOOLS = (
    NewAgency("primary", "school", "Northbridge Primary School", "Dina Moss", "01632 960041"),
    NewAgency("college", "school", "Northbridge College", "Carl Udoh", "01632 960042"),
)
LEADS = {"pia": "primary", "paul": "primary", "cora": "college", "ellen": "csc"}
MAIL = Smtp("127.0.0.1", 9, "hub@partnership.example")
"""A mail server that is set up, and takes nothing."""
MAYA, THEO = "Maya Hart", "Theo Hart"
WORDS_OF_READING = WORDS["read_school_notice"][0]
VOICE = "I put my hands on my ears."
HAPPENED = ("argument", "Grace", "Daniel", "Mill Street", "neighbour", "14 Larch Court", "held her mother")
"""What the police notice says of who, where and what happened."""


def make(settings: Settings) -> SmallWorld:
    """Return such a world, open, at half past nine on Monday 23 November 2026."""
    small = make_world(settings, Seeded("schools"), (*AGENCIES, *SCHOOLS))
    for username, agency in LEADS.items():
        small.staff(username, agency, "safeguarding_lead")
    text = (settings.policies / "agreements" / "oe-2026-04.yaml").read_text()
    small.ceremony.bring_into_force(text, "oe-2026-04.yaml")
    return small


def notice(schools: Iterable[str] = ("Northbridge Primary", "Northbridge College"), **changes: object) -> bytes:
    """Return the police's notice with the schools of Maya and Theo ("" for none), and keys of the notice replaced."""
    said = json.loads((FIXTURES / "safeguarding_notice" / "domestic_abuse.json").read_text())
    for person, school in zip(("p3", "p4"), schools, strict=True):
        child = next(one for one in said["notices"][0]["people"] if one["id"] == person)
        child |= {"school": school} if school else {}
        if not school:
            child.pop("school", None)
    said["notices"][0] |= changes
    return json.dumps(said).encode()


def renamed(body: bytes, person: str, name: str) -> bytes:
    """Give somebody in a notice another name."""
    said = json.loads(body)
    found = next(one for one in said["notices"][0]["people"] if one["id"] == person)
    found["name"] = {"full": name}
    return json.dumps(said).encode()


def send(world: SmallWorld, body: bytes | None = None, key: str = "") -> str:
    """Send a notice and let the worker pass it on; returns its receipt's id."""
    receipt = world.send("police", "safeguarding_notice", body or notice(), key)
    world.hub.rounds.run_once()
    return receipt["receipt"]


def listed(world: SmallWorld, username: str) -> list[str]:
    """Return the ids of a lead's notices."""
    return [line.id for line in world.hub.encompass.notices.lines(world.accounts[username])]


def read(world: SmallWorld, username: str, id_: str = "") -> tuple[ChildLine, ...]:
    """Open a lead's only notice, or the one named."""
    id_ = id_ or next(iter(listed(world, username)), "")
    return world.hub.encompass.notices.read(world.accounts[username], id_)


def words(lines: Iterable[ChildLine]) -> str:
    """Return everything that is told, as one text: a child's own fields hide from a repr."""
    return " ".join(str(getattr(one, name)) for one in lines for name in ChildLine.__slots__)


def alarms(world: SmallWorld) -> set[str]:
    """Return what the front door was told of what does not arrive, "" for a notice that only waits."""
    return {one.alarm_words for one in world.hub.encompass.notices.waiting(world.accounts["fran"])}


def later(world: SmallWorld, **ahead: int) -> None:
    """Let time pass and the worker do two rounds: one finds what changed, the next does it."""
    world.clock.advance(**(ahead or {"minutes": 11}))
    world.hub.rounds.run_once()
    world.hub.rounds.run_once()


def tasks(world: SmallWorld, username: str) -> list[str]:
    """Return the words of somebody's open tasks."""
    return [line.words for line in world.hub.tasks.open_for(world.accounts[username])]
