"""Another partnership, with a hub of its own beside the first: a family comes from there, and one moves there."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hub.cli.demo.case import Case, known
from hub.cli.demo.ceremony import Ceremony, Officers
from hub.cli.demo.households import Draw, neighbours
from hub.cli.demo.incidents import batch, first_notices
from hub.cli.demo.people import Cast
from hub.cli.demo.sending import Line
from hub.cli.stage import Stage
from hub.domain.ids import AccountId
from hub.domain.partial_date import PartialDate
from hub.identity.secrets import new_secret
from hub.services.attachments import Asking, NewFile
from hub.services.entries import NewEntry, Said
from hub.services.family_page import Stated
from hub.services.recording import Opening, Period
from hub.services.setup import NewAgency, NewPerson

NEIGHBOUR: Final = "neighbour"
"""The code of either authority in the other's register."""
_AGENCIES: Final = (
    NewAgency("csc", "local_authority", "Southshire Children's Services", "Sue Marsh", "01632 960051"),
    NewAgency("police", "police", "Southshire Police", "Insp Bea Calder", "01632 960052"),
    NewAgency(NEIGHBOUR, "local_authority", "Exampleshire Children's Services", "Dana Whitlock", "01632 960001"),
)
_STAFF: Final = (
    ("sue", "csc", "team_manager"),
    ("sid", "csc", "social_worker"),
    ("faye", "csc", "front_door_worker"),
    ("checker", "csc", "ig_officer"),
)
_AT_THE_DOOR: Final = Stated("front_door", "A new notice of the police")
_HERE: Final = Stated("protect_child", "The family moved to Northbridge on Monday")
_THERE: Final = Stated("protect_child", "She and the children moved to her sister in Southshire on Monday")
_SEEN: Final = (
    ("Eira met me at the gate and carried both school bags. There was food in the house.", "I know the way home now."),
    ("Nobody opened at ten. A neighbour said that they had left with the car full.", ""),
)
_LETTER: Final = b"Eira has not been at school since Monday. Nobody answers the telephone.\n"


@dataclass(frozen=True, slots=True)
class Southshire:
    """The other partnership at work with one family."""

    stage: Stage
    case: Case

    @classmethod
    def begin(cls, stage: Stage, agreement: str) -> "Southshire":
        """Enter agencies and people, sign about families that move, and let one be known there, on a plan."""
        cast = _cast(stage)
        by_party = {agency.code: cast.accounts[f"ig {agency.code}"] for agency in _AGENCIES}
        officers = Officers("csc", by_party, cast.accounts["checker"])
        ceremony = Ceremony(stage.signing, stage.rosters, officers, stage.randomness)
        ceremony.bring_into_force(stage.house_rules, "house-rules.yaml")
        ceremony.bring_into_force(agreement, "families that move")
        case = _placed(stage, cast)
        opening = Opening("child_protection_plan", case.agency("csc"), case.children, [case.mother, case.father])
        stage.recording.open(case.who("sue"), case.family, opening, Period(stage.clock()))
        _write(case)
        return cls(stage, case)

    def meet(self, north: Stage, cast: Cast) -> None:
        """Exchange keys with the first partnership: two officers on either side compare the fingerprint."""
        ours, theirs = self.stage.partners.transfers.public_keys, north.partners.transfers.public_keys
        here = self.case.cast.accounts
        for stage, agency, officers, keys in (
            (north, cast.agencies[NEIGHBOUR], (cast.accounts["iggy"], cast.accounts["olive"]), ours),
            (self.stage, self.case.agency(NEIGHBOUR), (here["ig csc"], here["checker"]), theirs),
        ):
            for officer in officers:
                stage.partners.neighbours.pin(officer, agency, keys.line, keys.fingerprint)

    def hand_over_to(self, north: Stage, cast: Cast) -> None:
        """Let the family move there; the receipt comes back."""
        sue = self.case.who("sue")
        bundle = _bundle(self.case, sue, _HERE)
        receipt = north.partners.transfers.receive(cast.agencies[NEIGHBOUR], bundle)
        self.stage.partners.transfers.acknowledge(sue, receipt)

    def receive_from(self, moving: Case) -> None:
        """Let a family of the first partnership move here; its manager keeps the receipt."""
        manager = moving.who("manager")
        bundle = _bundle(moving, manager, _THERE)
        receipt = self.stage.partners.transfers.receive(self.case.agency(NEIGHBOUR), bundle)
        moving.stage.partners.transfers.acknowledge(manager, receipt)


def _bundle(case: Case, by: AccountId, stated: Stated) -> bytes:
    stage, to = case.stage, case.agency(NEIGHBOUR)
    return stage.partners.transfers.hand_over(by, case.family, to, stated, stage.pages.register())


def _cast(stage: Stage) -> Cast:
    """Enter who works there; nobody of them signs in, so nobody is told their passwords."""
    agencies, accounts = stage.setup.add_agencies(_AGENCIES), dict[str, AccountId]()
    officers = tuple((f"ig {agency.code}", agency.code, "ig_officer") for agency in _AGENCIES)
    for username, agency, role in (*_STAFF, *officers):
        secret = new_secret(stage.randomness)
        person = NewPerson(username, username.title(), "01632 960050", agencies[agency], role, secret)
        accounts[username] = stage.setup.add_person(person)
    return Cast(agencies, accounts, {})


def _placed(stage: Stage, cast: Cast) -> Case:
    home, today = neighbours(stage.clock().date()), stage.clock().date()
    body = batch(first_notices([home], today, Draw(NEIGHBOUR)), today, "south")
    (referral,) = Line(stage, cast).send("police", "safeguarding_notice", body, "south")
    stage.run_round()
    faye, sue = cast.accounts["faye"], cast.accounts["sue"]
    family = stage.front_door.page(faye, referral).family
    case = known(stage, cast, home, family, faye, _AT_THE_DOOR)
    stage.front_door.decide(faye, referral, None)
    now = stage.clock()
    stage.recording.allocate(sue, family, sue, Period(now), capacity="co_allocated")
    stage.recording.allocate(sue, family, cast.accounts["sid"], Period(now), lead=True)
    return case


def _write(case: Case) -> None:
    """Let the worker there write what was seen, with a letter beside it."""
    entries, sid = case.stage.team.entries, case.who("sid")
    for place, (happened, voice) in enumerate(_SEEN):
        said = {"what_happened": Said(happened)} | ({"child_voice": Said(voice)} if voice else {})
        day = PartialDate(case.today() - timedelta(days=9 - 4 * place))
        entry = entries.add(sid, case.family, _HERE, NewEntry("visit", "fact_observed", day, case.children, said))
        if not voice:
            letter = NewFile("Letter from school", _LETTER)
            case.stage.files.attachments.add(Asking(sid, case.family, _HERE), entry, letter)
