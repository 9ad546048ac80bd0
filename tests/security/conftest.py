"""A world on PostgreSQL alone, for what only PostgreSQL has; made once a file, because these tests change nothing."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.settings import Settings
from tests.factories import SmallWorld, make_world
from tests.postgres import Server


@pytest.fixture(scope="module")
def postgres_world(postgres: Server) -> Iterator[SmallWorld]:
    folder = Path(tempfile.mkdtemp(prefix="hub-test-"))
    small = make_world(postgres.settings(Settings.in_folder(folder / "hub")))
    small.police_notice()
    small.hub.sequencer.run_once()
    yield small
    small.close()
    shutil.rmtree(folder, ignore_errors=True)
