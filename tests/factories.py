"""The small world that tests live in: a real hub, real keys, a clock that stands still until it is moved."""

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from connectors.registry import CONNECTORS
from hub.cli.demo.ceremony import Ceremony, Officers
from hub.domain.access import Act
from hub.domain.clock import Randomness
from hub.domain.facts import FactKind, family_chain
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, FamilyId, PersonId
from hub.domain.referral import Limits
from hub.gate.disclosure import Disclosure
from hub.gate.view import View
from hub.identity.passwords import Passwords
from hub.services.intake import Message
from hub.services.recording import Opening, Period
from hub.services.setup import NewAgency, NewPerson
from hub.settings import Settings
from hub.wiring import Hub, World, build, found

FIXTURES = Path(__file__).parent / "fixtures"
MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
EVERYTHING = frozenset(RecordKind)
MET = frozenset({"state_purpose", "state_reason"})
CHEAP = Passwords(time_cost=1, memory_kib=64)
AGENCIES = (
    NewAgency("csc", "local_authority", "Exampleshire Children's Services", "Dana Whitlock", "01632 960001"),
    NewAgency("police", "police", "Exampleshire Constabulary", "Imran Malik", "01632 960002"),
    NewAgency("mh", "nhs_body", "Example Valley NHS Trust", "Joan Pryce", "01632 960003"),
    NewAgency("sm", "contracted_provider", "Riverside Recovery", "Rae Osborne", "01632 960004"),
    NewAgency("da", "charity", "Harbour Domestic Abuse Service", "Hope Ndlovu", "01632 960005"),
)
STAFF = {
    "manager": ("csc", "team_manager"),
    "sally": ("csc", "social_worker"),
    "fran": ("csc", "front_door_worker"),
    "iggy": ("csc", "ig_officer"),
    "rob": ("sm", "recovery_worker"),
    "nina": ("mh", "mh_practitioner"),
    "pete": ("da", "perpetrator_worker"),
    "vera": ("da", "victim_worker"),
    "otto": ("police", "partner_referrer"),
    "olive": ("csc", "ig_officer"),
    "igpolice": ("police", "ig_officer"),
    "igmh": ("mh", "ig_officer"),
    "igsm": ("sm", "ig_officer"),
    "igda": ("da", "ig_officer"),
}
NO_FAMILY = FamilyId("")
PASSWORD = "a password for tests only"


class Clock:
    """A clock that moves only when told, and a microsecond at every look, so that ids and entries keep their order."""

    def __init__(self, start: datetime = MORNING) -> None:
        self.now = start

    def __call__(self) -> datetime:
        self.now += timedelta(microseconds=1)
        return self.now

    def advance(self, **delta: float) -> None:
        self.now += timedelta(**delta)


class Seeded:
    """Randomness that can be repeated: two worlds with the same seed and the same history get the same ids."""

    def __init__(self, seed: str) -> None:
        self.reseed(seed)

    def reseed(self, seed: str) -> None:
        self._seed, self._drawn = seed, 0

    def __call__(self, count: int) -> bytes:
        self._drawn += 1
        return hashlib.shake_256(f"{self._seed}/{self._drawn}".encode()).digest(count)


@dataclass
class SmallWorld:
    """A hub with five agencies, staff and one signed agreement; `families` appear as referrals are accepted."""

    hub: Hub
    clock: Clock
    settings: Settings
    agencies: dict[str, AgencyId] = field(default_factory=dict)
    accounts: dict[str, AccountId] = field(default_factory=dict)
    family: FamilyId = NO_FAMILY
    others: list[Hub] = field(default_factory=list)
    ceremony: Ceremony | None = None

    def staff(self, username: str, agency: str, role: str) -> AccountId:
        person = NewPerson(username, username.title(), "01632 960100", self.agencies[agency], role, PASSWORD)
        self.accounts[username] = self.hub.setup.add_person(person)
        return self.accounts[username]

    def send(self, agency: str, connector: str, body: bytes, key: str = "") -> dict:
        parsed = list(CONNECTORS[connector].parse(body, Limits()))
        message = Message(self.agencies[agency], connector, key or str(hash(body)), body, "application/json", parsed)
        return self.hub.intake.receive(message)

    def police_notice(self, body: bytes | None = None) -> FamilyId:
        """Send the police notice and accept it as a family."""
        self.send("police", "safeguarding_notice", body or notice())
        self.hub.rounds.run_once()
        return self.accept()

    def accept(self) -> FamilyId:
        """Let the front door place what waits and could be read: with its first candidate, else as a new family."""
        fran = self.accounts["fran"]
        for line in self.hub.front_door.waiting(fran):
            page = self.hub.front_door.page(fran, line.id)
            chosen = page.candidates[0].id if page.candidates else None
            if page.placeable:
                self.family = self.hub.front_door.decide(fran, line.id, chosen)
        return self.family

    def allocate(self, username: str, *parts: str, lead: bool = False, until: datetime | None = None) -> None:
        """Allocate somebody to the whole family, or to the people who have one of `parts`."""
        people = [person for part in parts for person in self.people(part)]
        period = Period(self.clock(), until)
        who = self.accounts[username]
        self.hub.recording.allocate(self.accounts["manager"], self.family, who, period, lead=lead, works_with=people)

    def people(self, part: str) -> list[PersonId]:
        """Return the people of the family with a part, from the facts themselves."""
        facts = self.hub.writer.standing_facts([family_chain(self.family)], self.clock())
        members = [fact.body for fact in facts if fact.kind is FactKind.MEMBERSHIP]
        return list(dict.fromkeys(PersonId(body["person"]) for body in members if part in body["parts"]))

    def open(self, code: str = "s47_enquiry", *, children: list | None = None, adults: list | None = None) -> str:
        named = children if children is not None else self.people("child") + self.people("unborn_child")
        grown = adults if adults is not None else self.people("parent") + self.people("witness")
        opening = Opening(code, self.agencies["csc"], named, grown, evidence="Decision recorded for a test")
        return self.hub.recording.open(self.accounts["manager"], self.family, opening, Period(self.clock()))

    def view(self, username: str, *, purpose: str = "protect_child", **more: object) -> Disclosure:
        """Open the family as somebody, with purpose and reason stated."""
        now = self.clock()
        asked = {"at": now, "known": now, "satisfied": MET, "justification": "a test", "limit": 500} | more
        return self.hub.reader.disclose(
            View(Act.CHRONOLOGY_CONSULT, self.accounts[username], self.family, purpose, EVERYTHING, **asked)
        )

    def entries(self, limit: int = 1000) -> list:
        """Return the log, newest first."""
        return self.hub.book.read(limit=limit)

    def again(self) -> Hub:
        """Return a second process on the same partnership."""
        hub = build(self.settings, world=World(self.clock, os.urandom), passwords=CHEAP)
        self.others.append(hub)
        return hub

    def close(self) -> None:
        for hub in (self.hub, *self.others):
            hub.close()


def notice(**changes: object) -> bytes:
    """Return the police fixture, with some keys of the notice replaced."""
    said = json.loads((FIXTURES / "safeguarding_notice" / "domestic_abuse.json").read_text())
    said["notices"][0] |= changes
    return json.dumps(said).encode()


def texts(shown: Disclosure) -> str:
    """Return every opened value of a view in one text, for looking for what must not be there."""
    return "\n".join(value for record in shown.records for value in record.fields.values())


def make_world(
    settings: Settings, randomness: Randomness = os.urandom, agencies: Sequence[NewAgency] = AGENCIES
) -> SmallWorld:
    """Found a partnership, enter agencies, sign the example agreement, and put staff in."""
    clock = Clock()
    world = World(clock, randomness)
    found(settings, "Exampleshire (synthetic)", synthetic=True, population=50_000, world=world)
    hub = build(settings, world=world, passwords=CHEAP)
    small = SmallWorld(hub, clock, settings, agencies=hub.setup.add_agencies(agencies))
    for username, (agency, role) in STAFF.items():
        small.staff(username, agency, role)
    by_party = {"csc": "iggy", "police": "igpolice", "mh": "igmh", "sm": "igsm", "da": "igda"}
    for other in agencies[len(AGENCIES) :]:
        by_party[other.code] = f"ig{other.code}"
        small.staff(by_party[other.code], other.code, "ig_officer")
    officers = {party: small.accounts[username] for party, username in by_party.items()}
    small.ceremony = Ceremony(hub.signing, hub.rosters, Officers("csc", officers, small.accounts["olive"]), randomness)
    small.ceremony.bring_into_force(hub.policy.texts.house_rules, "house-rules.yaml")
    text = (settings.policies / "agreements" / "efs-2026-04.yaml").read_text()
    small.ceremony.bring_into_force(text, "efs-2026-04.yaml")
    return small


def reopened(made: SmallWorld, settings: Settings, randomness: Randomness = os.urandom) -> SmallWorld:
    """Copy a closed world's folder and open it there: the same ids, the same instant."""
    shutil.copytree(made.settings.folder, settings.folder)
    clock = Clock(made.clock.now)
    hub = build(settings, world=World(clock, randomness), passwords=CHEAP)
    names = {"agencies": dict(made.agencies), "accounts": dict(made.accounts)}
    ceremony = made.ceremony.on(hub.signing, hub.rosters) if made.ceremony else None
    return replace(made, hub=hub, clock=clock, settings=settings, others=[], ceremony=ceremony, **names)
