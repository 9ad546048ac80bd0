"""The steps of a version as the promises about signing take them, and the small agreement they are taken with."""

from tests.factories import FIXTURES, SmallWorld, texts
from tests.spec.helping import QUARREL

TRIAL = (FIXTURES / "agreements" / "trial.yaml").read_text()
LATER = (
    TRIAL.replace('version: "1"', 'version: "2"')
    .replace('from: "2026-12-01"', 'from: "2027-02-01"')
    .replace("[identity, police_incident]", "[identity, risk_view]")
    .replace("category: police_incident", "category: risk_view")
    .replace('from: "2026-12-02T09:00"', 'from: "2027-02-02T09:00"')
    .replace('at: "2026-12-03T10:00"', 'at: "2027-02-03T10:00"')
)
KEY, EFS = "TRY-2026-12/1", "EFS-2026-04/1"
OFFICER = {"csc": "iggy", "police": "igpolice", "mh": "igmh", "sm": "igsm", "da": "igda"}


def shows(world: SmallWorld, words: str = QUARREL, purpose: str = "support_family") -> bool:
    return words in texts(world.view("sally", purpose=purpose))


def propose(world: SmallWorld, text: str = TRIAL, username: str = "iggy") -> str:
    return world.hub.signing.propose(world.accounts[username], text, "trial.yaml")


def check(world: SmallWorld, username: str = "olive", key: str = KEY) -> None:
    world.hub.signing.check(world.accounts[username], key)


def give(world: SmallWorld, party: str, key: str = KEY, message: bytes | None = None, by: str = "") -> None:
    """Hand in a signature of a party's key (or of the party `by`) over what is to be signed, or over `message`."""
    account, held = world.accounts[OFFICER.get(party, f"ig{party}")], world.ceremony.keys[by or party]
    what = message or world.hub.signing.to_sign(account, key)
    world.hub.signing.sign(account, key, world.ceremony.keys[party].key_id, held.sign(what), "command_line")


def suspend(world: SmallWorld, username: str, key: str = EFS) -> None:
    world.hub.signing.suspend(world.accounts[username], key, "incident", "A notice was read out in a meeting")


def days(world: SmallWorld, count: int) -> None:
    world.clock.advance(days=count)
