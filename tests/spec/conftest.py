"""One case on SQLite that many tests begin with: made once, then copied file by file, which is fast."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from hub.gate.policybook import PolicyBook
from hub.policy.compile import PolicySet
from hub.settings import Settings, Smtp
from tests.factories import Seeded, SmallWorld, make_world, reopened
from tests.spec import schools
from tests.spec.helping import treatment


@pytest.fixture(scope="session", autouse=True)
def texts_read_once() -> Iterator[None]:
    """Remember how the policy texts read, and what they compile to: a hundred hubs are built here on the same four."""
    parse, compiled, kept = yaml.parse, PolicyBook._compile, {}

    def parsed_once(text: str, **named: type) -> list:
        key = text, *named.items()
        if key not in kept:
            kept[key] = list(parse(text, **named))
        return kept[key]

    def compiled_once(book: PolicyBook, said: tuple, rows: tuple, unaccepted: frozenset) -> tuple[PolicySet, tuple]:
        key = book.texts, said, rows, unaccepted
        if key not in kept:
            kept[key] = compiled(book, said, rows, unaccepted)
        return kept[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(yaml, "parse", parsed_once)
        patched.setattr(PolicyBook, "_compile", compiled_once)
        yield


@pytest.fixture(scope="session")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """Return a closed world: a police notice and a treatment report in one family; Sally, Rob and Pete allocated."""
    small = make_world(Settings.in_folder(tmp_path_factory.mktemp("once") / "hub"), Seeded("once"))
    small.police_notice()
    small.send("sm", "adult_with_children_json", treatment())
    small.hub.rounds.run_once()
    small.accept()
    small.allocate("sally", lead=True)
    small.allocate("rob", "alleged_perpetrator")
    small.allocate("pete", "alleged_perpetrator")
    small.close()
    return small


@pytest.fixture
def case(made_once: SmallWorld, tmp_path: Path) -> Iterator[SmallWorld]:
    """Return a copy of that world, open."""
    copy = copied(made_once, tmp_path / "hub", "case")
    yield copy
    copy.close()


@pytest.fixture(scope="session")
def schools_once(tmp_path_factory: pytest.TempPathFactory) -> SmallWorld:
    """Return a closed world with two schools, their leads and the agreement about Operation Encompass."""
    made = schools.make(Settings.in_folder(tmp_path_factory.mktemp("schools") / "hub"))
    made.close()
    return made


@pytest.fixture
def at_school(schools_once: SmallWorld, tmp_path: Path) -> Iterator[SmallWorld]:
    """Return a copy of that world, open; every lead is written to in the morning."""
    copy = copied(schools_once, tmp_path / "hub", "at school", schools.MAIL)
    for username in schools.LEADS:
        copy.hub.casework.digest.choose(copy.accounts[username], f"{username}@school.example")
    yield copy
    copy.close()


def copied(made: SmallWorld, folder: Path, seed: str, smtp: Smtp | None = None) -> SmallWorld:
    """Copy a closed world into a folder and open it: the same ids, the same instant."""
    return reopened(made, replace(Settings.in_folder(folder), smtp=smtp), Seeded(seed))
