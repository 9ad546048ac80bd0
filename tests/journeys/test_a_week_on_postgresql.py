"""Two days on PostgreSQL, whose server ends connections in the middle: every count is the same there, too."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.settings import Settings
from tests.factories import SmallWorld
from tests.postgres import Server
from tests.simulators.accounting import differences
from tests.simulators.asking import Planned
from tests.simulators.partnership import Partnership
from tests.simulators.town import town_of

TWO_DAYS = (
    Planned(0, "police", "assess_need", 3, ((0, "shared"),)),
    Planned(0, "mh", "decide_response", 1, ((1, "speak_to_us"),)),
)


@pytest.fixture
def town(made_on_postgresql: SmallWorld, postgres: Server, folder: Path) -> Iterator[Partnership]:
    settings = postgres.settings(Settings.in_folder(folder), copy_of=made_on_postgresql.settings)
    with town_of(made_on_postgresql, settings, "two days") as found:
        yield found


def test_after_two_days_in_which_the_server_hung_up_every_count_is_the_same(town: Partnership) -> None:
    town.questions.plan = TWO_DAYS
    home = town.world.family
    for day in range(2):
        town.world.family = home
        town.questions.play(day)
        town.play_a_day()
    town.world.family = home
    town.settle()
    assert town.sever.count
    assert differences(town) == []
