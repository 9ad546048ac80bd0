"""The filled partnership, made once for the tests that walk through it."""

from collections.abc import Iterator

import pytest

from tests.browser.stage import filled, played
from tests.unit.cli.filled import Filled


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Filled]:
    hub, story = played(tmp_path_factory.mktemp("partnership") / "hub")
    yield Filled(hub, story, filled(hub, story))
    hub.close()
