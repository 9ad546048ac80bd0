"""Seven days of a partnership in which everything fails at some time; afterwards every count is the same.

`HUB_WEEKS=first,second` plays other weeks: each word is a seed.
"""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.factories import SmallWorld
from tests.simulators.partner import Dice
from tests.simulators.partnership import Partnership

SEEDS = os.environ.get("HUB_WEEKS", "a week").split(",")


@pytest.fixture
def town(sqlite_world: SmallWorld, seed: str) -> Iterator[Partnership]:
    sqlite_world.settings = replace(sqlite_world.settings, webhook_loopback=True)
    found = Partnership(sqlite_world, Dice(seed))
    for code, administrator in (("police", "ada"), ("mh", "abe"), ("sm", "sam")):
        found.listen(code, administrator)
    yield found
    for listener, _ in found.listeners.values():
        listener.stop()


@pytest.mark.parametrize("seed", SEEDS)
def test_after_a_week_in_which_everything_failed_every_count_is_the_same(town: Partnership) -> None:
    for day in range(2):
        town.play_a_day()
    print(town.deaths, town.refused, town.desks)
    for code, agency in town.agencies.items():
        assert agency.book.differences(agency.client) == [], code
