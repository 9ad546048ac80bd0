"""Seven days of a partnership in which everything fails at some time; afterwards every count is the same.

`HUB_WEEKS=first,second` plays other weeks: each word is a seed. What must be noticed is in `test_hard_days.py`.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from hub.domain.access import Operation
from hub.settings import Settings
from hub.wiring import web_app
from tests.factories import SmallWorld, reopened
from tests.journeys.senders import Sender
from tests.journeys.test_a_week_of_a_partner import client_of, line_to
from tests.simulators.accounting import differences
from tests.simulators.asking import WEEK
from tests.simulators.partner import Dice, Outages
from tests.simulators.partner.report import report
from tests.simulators.partnership import Partnership
from tests.simulators.town import town_of
from tests.spec.test_transfers import acquainted, beside, handed

SEEDS = os.environ.get("HUB_WEEKS", "a week").split(",")
DAYS, DOWN, LOOKS, FORMS_AT_LEAST = 7, 2, 4, 6


@pytest.fixture(scope="session")
def made_two(tmp_path_factory: pytest.TempPathFactory) -> tuple[SmallWorld, SmallWorld]:
    """Make two partnerships that have each other in their register, and close them."""
    os.umask(0o077)
    found = tuple(beside(Settings.in_folder(tmp_path_factory.mktemp(name) / "hub")) for name in ("north", "south"))
    for world in found:
        world.close()
    return found[0], found[1]


@pytest.fixture
def town(made_two: tuple[SmallWorld, SmallWorld], tmp_path: Path, seed: str) -> Iterator[Partnership]:
    """A partnership with a family in an enquiry; three of its agencies have a system that is called."""
    with town_of(made_two[0], Settings.in_folder(tmp_path / "north"), seed) as found:
        yield found


@pytest.fixture
def south(made_two: tuple[SmallWorld, SmallWorld], tmp_path: Path) -> Iterator[SmallWorld]:
    """The partnership that the family moves to."""
    world = reopened(made_two[1], Settings.in_folder(tmp_path / "south"))
    yield world
    world.close()


def a_week(town: Partnership, south: SmallWorld) -> list[str]:
    """Play it, let everything settle, and return what does not add up."""
    home, found = town.world.family, list[str]()
    for day in range(DAYS):
        for listener, _ in town.listeners.values():
            listener.status = 503 if day == DOWN else 204
        town.world.family = home
        town.questions.play(day)
        if day < LOOKS:
            town.world.view("sally")
        town.play_a_day()
        if day == DAYS - 2:
            found += moved(town, south)
    town.settle()
    found += differences(town)
    click.echo(report({code: agency.book for code, agency in town.agencies.items()}, found))
    click.echo(f"{town.deaths} processes died; statuses answered: {dict(town.refused)}")
    return found


def moved(town: Partnership, south: SmallWorld) -> Iterator[str]:
    """Hand the family over across a bad line, try what must be refused, and look at both logs."""
    south.clock.now = town.world.clock.now
    there, here = acquainted(town.world, south)
    bundle = handed(town.world, there)
    app = web_app(south.hub)
    line = Outages(line_to(app), Dice("moving"), one_in=4)
    client = client_of(south, app, "south", line)
    headers = {"Content-Type": "application/json"}
    receipts = {client.deliver("/v1/transfers", bundle, headers).body for _ in range(4)}
    if len(receipts) != 1:
        yield f"{len(receipts)} receipts for one family that moved"
    said = json.loads(bundle)
    wrong = json.dumps(said | {"parts": said["parts"][::-1]}).encode() if len(said["parts"]) > 1 else bundle[:-9]
    for code, body in (("south", wrong), ("police", bundle)):
        refused = Sender(south, app, code).post("/v1/transfers", body).status_code
        if refused != 400:
            yield f"answered {refused} to a bundle that must be refused"
    town.world.hub.partners.transfers.acknowledge(town.world.accounts["manager"], receipts.pop())
    waiting = south.hub.front_door.waiting(south.accounts["fran"])
    exported = [one.entry.recipient for one in town.world.entries() if one.entry.operation is Operation.EXPORT]
    collected = [one.entry.agency for one in south.entries() if one.entry.operation is Operation.COLLECTION]
    if (len(waiting), exported, collected) != (1, [there], [here]):
        yield f"{len(waiting)} families arrived; the logs say {len(exported)} and {len(collected)}"


@pytest.mark.parametrize("seed", SEEDS)
def test_after_a_week_in_which_everything_failed_every_count_is_the_same(town: Partnership, south: SmallWorld) -> None:
    assert a_week(town, south) == []
    assert town.deaths > DAYS
    assert town.desks.repaired
    assert len({path for path in town.paths if path.startswith("/v1/forms/")}) >= FORMS_AT_LEAST
    assert set(town.questions.asked) == set(WEEK)
