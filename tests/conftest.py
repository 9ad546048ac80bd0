"""Both databases for whoever asks for `world`; one PostgreSQL server a run, one set of databases a test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.settings import Settings
from tests.factories import SmallWorld, make_world
from tests.postgres import Server


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=["sqlite", "postgresql", "both"], default="both")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "database" in metafunc.fixturenames:
        chosen = metafunc.config.getoption("--database")
        kinds = ["sqlite", "postgresql"] if chosen == "both" else [chosen]
        metafunc.parametrize("database", kinds, scope="session")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """Start a real PostgreSQL in a fresh folder, once for this worker, when somebody needs it."""
    folder = Path(tempfile.mkdtemp(prefix="hub-pg-"))
    server = Server(folder)
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def settings(database: str, request: pytest.FixtureRequest) -> Iterator[Settings]:
    """Return settings for an empty hub on this database."""
    folder = Path(tempfile.mkdtemp(prefix="hub-test-"))
    embedded = Settings.in_folder(folder / "hub")
    if database == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        embedded = server.settings(embedded)
    yield embedded
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def world(settings: Settings) -> Iterator[SmallWorld]:
    """Return a small world on each database in turn."""
    os.umask(0o077)
    small = make_world(settings)
    yield small
    small.close()


@pytest.fixture
def sqlite_world() -> Iterator[SmallWorld]:
    """Return a small world on SQLite, for tests that edit the files behind the hub's back."""
    folder = Path(tempfile.mkdtemp(prefix="hub-test-"))
    small = make_world(Settings.in_folder(folder / "hub"))
    yield small
    small.close()
    shutil.rmtree(folder, ignore_errors=True)
