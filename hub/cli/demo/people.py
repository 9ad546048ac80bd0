"""The synthetic partnership: five agencies, two schools, the council next door, and the people who sign in.

Phone numbers are from Ofcom's drama range.
"""

from dataclasses import dataclass

from hub.cli.demo.ceremony import Officers
from hub.domain.clock import Randomness
from hub.domain.ids import AccountId, AgencyId
from hub.identity.secrets import new_secret
from hub.services.setup import NewAgency, NewPerson, Setup

AGENCIES = (
    NewAgency("csc", "local_authority", "Exampleshire Children's Services", "Dana Whitlock", "01632 960001"),
    NewAgency("police", "police", "Exampleshire Constabulary", "Sgt Imran Malik", "01632 960002"),
    NewAgency("mh", "nhs_body", "Example Valley NHS Foundation Trust", "Joan Pryce", "01632 960003"),
    NewAgency("sm", "contracted_provider", "Riverside Recovery", "Rae Osborne", "01632 960004"),
    NewAgency("da", "charity", "Harbour Domestic Abuse Service", "Hope Ndlovu", "01632 960005"),
    NewAgency("primary", "school", "Northbridge Primary School", "Pia Lindgren", "01632 960006"),
    NewAgency("college", "school", "Northbridge College", "Cora Whitfield", "01632 960007"),
    NewAgency("neighbour", "local_authority", "Southshire Children's Services", "Sue Marsh", "01632 960051"),
)
STAFF = (
    ("manager", "Moira Lund", "csc", "team_manager", "01632 960011"),
    ("sally", "Sally Okafor", "csc", "social_worker", "01632 960012"),
    ("fran", "Fran Doyle", "csc", "front_door_worker", "01632 960013"),
    ("rob", "Rob Ellery", "sm", "recovery_worker", "01632 960014"),
    ("pete", "Pete Varga", "da", "perpetrator_worker", "01632 960015"),
    ("iggy", "Ingrid Gale", "csc", "ig_officer", "01632 960016"),
    ("olive", "Olive Marsh", "csc", "ig_officer", "01632 960018"),
    ("igpolice", "Peter Lowe", "police", "ig_officer", "01632 960019"),
    ("igmh", "Maya Brandt", "mh", "ig_officer", "01632 960020"),
    ("igsm", "Tom Iversen", "sm", "ig_officer", "01632 960021"),
    ("igda", "Ruth Castell", "da", "ig_officer", "01632 960022"),
    ("anna", "Anna Reyes", "csc", "agency_admin", "01632 960023"),
    ("simon", "Simon Achebe", "sm", "agency_admin", "01632 960024"),
    ("pia", "Pia Lindgren", "primary", "safeguarding_lead", "01632 960041"),
    ("cora", "Cora Whitfield", "college", "safeguarding_lead", "01632 960042"),
    ("ellen", "Ellen Frost", "csc", "safeguarding_lead", "01632 960043"),
    ("igprimary", "Gwen Abbott", "primary", "ig_officer", "01632 960044"),
    ("igcollege", "Owen Tate", "college", "ig_officer", "01632 960045"),
    ("igneighbour", "Sol Trent", "neighbour", "ig_officer", "01632 960056"),
    ("pcdesk", "Police public protection desk", "police", "partner_referrer", "01632 960017"),
)

OFFICERS = {"csc": "iggy", "police": "igpolice", "mh": "igmh", "sm": "igsm", "da": "igda"}
OFFICERS |= {"primary": "igprimary", "college": "igcollege", "neighbour": "igneighbour"}
CHECKER = "olive"


@dataclass(frozen=True, slots=True)
class Cast:
    """Who is who in this run; `passwords` were made for this run and are printed once."""

    agencies: dict[str, AgencyId]
    accounts: dict[str, AccountId]
    passwords: dict[str, str]

    def officers(self) -> Officers:
        """Return who proposes, checks and signs."""
        by_party = {party: self.accounts[username] for party, username in OFFICERS.items()}
        return Officers("csc", by_party, self.accounts[CHECKER])


def enter(setup: Setup, randomness: Randomness) -> Cast:
    """Add agencies and people, each with a password made for this run."""
    agencies = setup.add_agencies(AGENCIES)
    accounts, passwords = {}, {}
    for username, name, agency, role, phone in STAFF:
        passwords[username] = new_secret(randomness)[:16]
        person = NewPerson(username, name, phone, agencies[agency], role, passwords[username])
        accounts[username] = setup.add_person(person)
    return Cast(agencies, accounts, passwords)
