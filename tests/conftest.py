"""Both databases for whoever asks for `world`; one PostgreSQL server a run, one set of databases a test."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.settings import Settings
from tests.factories import SmallWorld, make_world, reopened
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
def folder() -> Iterator[Path]:
    """Return a folder for one hub, outside the source tree, where its root key may lie."""
    place = Path(tempfile.mkdtemp(prefix="hub-test-"))
    yield place / "hub"
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="session")
def made_on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """Make a small world once and close it: copying its files is much faster than making another."""
    os.umask(0o077)
    made = make_world(Settings.in_folder(tmp_path_factory.mktemp("made") / "hub"))
    made.close()
    return made


@pytest.fixture(scope="session")
def made_on_postgresql(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """Make a small world once and close it: PostgreSQL copies its databases as templates."""
    os.umask(0o077)
    made = make_world(postgres.settings(Settings.in_folder(tmp_path_factory.mktemp("made") / "hub")))
    made.close()
    return made


@pytest.fixture
def settings(database: str, folder: Path, request: pytest.FixtureRequest) -> Settings:
    """Return settings for an empty hub on this database."""
    embedded = Settings.in_folder(folder)
    if database == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        return server.settings(embedded)
    return embedded


@pytest.fixture
def world(database: str, folder: Path, request: pytest.FixtureRequest) -> Iterator[SmallWorld]:
    """Return a small world on each database in turn."""
    made: SmallWorld = request.getfixturevalue(f"made_on_{database}")
    settings = Settings.in_folder(folder)
    if database == "postgresql":
        server: Server = request.getfixturevalue("postgres")
        settings = server.settings(settings, copy_of=made.settings)
    small = reopened(made, settings)
    yield small
    small.close()


@pytest.fixture
def sqlite_world(made_on_sqlite: SmallWorld, folder: Path) -> Iterator[SmallWorld]:
    """Return a small world on SQLite, for tests that edit the files behind the hub's back."""
    small = reopened(made_on_sqlite, Settings.in_folder(folder))
    yield small
    small.close()
