"""The demo's own world, served for real on loopback: what the tour walks through."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from rich.console import Console

from hub.cli.demo.partnership import Partnership
from hub.cli.demo.story import MESSAGES, Story, agreements
from hub.cli.stage import Stage
from hub.domain.ids import FamilyId
from hub.services.intake import Message
from hub.settings import Settings
from hub.wiring import Hub, World, build, found, stage, web_app
from tests.browser.serving import served
from tests.factories import CHEAP, Clock


@dataclass
class Tour:
    """A hub after the story, one more referral at the front door, and a sign-in for everybody.

    `families` are the others of a filled partnership, by what each of them shows.
    """

    address: str
    hub: Hub
    story: Story
    families: dict[str, FamilyId]

    def cookies(self, username: str) -> list[dict[str, Any]]:
        """Return the cookie of a new sitting."""
        secret = self.hub.sessions.sign_in(username, self.story.cast.passwords[username])
        return [{"name": "hub-sitting", "value": secret, "url": self.address}]


def played(folder: Path) -> tuple[Hub, Story]:
    """Play the story in a folder, on a clock that stands at one morning."""
    hub, settings = _founded(folder, "Exampleshire (synthetic)", world := World(Clock(), os.urandom))
    story = Story(stage(hub), Console(file=StringIO()), agreements(settings.policies, world.clock().year))
    story.play()
    return hub, story


def _founded(folder: Path, name: str, world: World) -> tuple[Hub, Settings]:
    settings = Settings.in_folder(folder)
    found(settings, name, synthetic=True, population=50_000, world=world)
    return build(settings, world=world, passwords=CHEAP), settings


def filled(hub: Hub, story: Story) -> Partnership:
    """Fill in the rest of the partnership after the story."""
    clock = hub.world.clock
    assert isinstance(clock, Clock)
    others: list[Hub] = []

    def beside() -> Stage:
        others.append(_founded(hub.settings.folder / "beside", "Southshire (synthetic)", hub.world)[0])
        return stage(others[0])

    partnership = Partnership(stage(hub), story, lambda time: clock.advance(seconds=time.total_seconds()), beside)
    for _, do in partnership.steps():
        do()
    for other in others:
        other.close()
    return partnership


@contextmanager
def told(*, whole: bool = False) -> Iterator[Tour]:
    """Play the story, fill in the rest of the partnership when the `whole` of it is wanted, then serve."""
    with tempfile.TemporaryDirectory() as folder:
        hub, story = played(Path(folder) / "hub")
        families: dict[str, FamilyId] = {}
        if whole:
            families = {shows: case.family for shows, case in filled(hub, story).cases.items()}
        _one_more_referral(hub, story)
        with served(web_app(hub)) as address:
            yield Tour(address, hub, story, families)
        hub.close()


def _one_more_referral(hub: Hub, story: Story) -> None:
    """Leave a referral with a candidate at the front door: the father again, his number no longer verified."""
    body = (MESSAGES / "treatment_referral.json").read_bytes().replace(b"RS-", b"RX-")
    body = body.replace(b'"nhs_number_verified": "yes"', b'"nhs_number_verified": "no"')
    connector = stage(hub).connectors["adult_with_children_json"]
    parsed = list(connector.parse(body, stage(hub).limits))
    agency = story.cast.agencies["sm"]
    hub.intake.receive(Message(agency, connector.name, "again", body, "application/json", parsed))
    hub.rounds.run_once()
