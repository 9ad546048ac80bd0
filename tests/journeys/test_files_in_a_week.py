"""Signed files of every length, by API and by folder, while the process dies in the middle of each."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from hub.services import file_drop
from hub.settings import Settings
from tests.factories import SmallWorld
from tests.simulators.accounting import differences
from tests.simulators.partner import FILE_ACTS
from tests.simulators.partnership import DEATHS, Partnership
from tests.simulators.town import town_of
from tests.spec.helping import holds


@pytest.fixture
def town(made_on_sqlite: SmallWorld, folder: Path) -> Iterator[Partnership]:
    with town_of(made_on_sqlite, Settings.in_folder(folder), "files") as found:
        yield found


def files_that_are_cut_off(town: Partnership) -> None:
    for code, act in (("sm", "file_long"), ("police", "file_amended"), ("sm", "file_twice")):
        town.act(code, act, DEATHS, one_in=1)
    assert town.deaths
    assert [one for agency in town.agencies.values() for one in agency.book.differences(agency.client)] == []


def test_a_file_that_is_cut_off_goes_on_where_it_stopped(town: Partnership) -> None:
    files_that_are_cut_off(town)


def test_a_file_that_starts_anew_when_it_was_cut_off_is_noticed(
    town: Partnership, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, numbers = file_drop._parts, count(1_000, 1_000)

    def anew(parsed: object):  # noqa: ANN202  an iterator of numbered parts
        start = next(numbers)
        return ((start + first, part) for first, part in parts(parsed))

    monkeypatch.setattr(file_drop, "_parts", anew)
    assert not holds(lambda: files_that_are_cut_off(town))
