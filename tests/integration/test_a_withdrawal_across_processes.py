"""A withdrawal committed in one process is obeyed by the very next request of every other: 1,000 times, none late."""

import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from multiprocessing.connection import Connection
from pathlib import Path

from hub.domain.access import Act
from hub.domain.errors import AccessRefusedError
from hub.domain.ids import AccountId, FamilyId
from hub.gate import factbook
from hub.gate.view import View
from hub.services.recording import ConsentWord
from hub.settings import Settings
from hub.wiring import Hub, World, build
from tests.factories import CHEAP, EVERYTHING, MET, Clock, SmallWorld, reopened, texts
from tests.spec.helping import DAD, holds, named, treatment

READERS, EACH = 2, 50
"""How many other processes look, and how many withdrawals one copy of the world sees before the next copy begins."""


@dataclass(frozen=True)
class Looking:
    """What a process of its own needs for looking: the same databases, one account, one family."""

    settings: Settings
    account: AccountId
    family: FamilyId


def look_when_asked(pipe: Connection, defect: str) -> None:
    """Run in another process: open a hub when told which, and its family whenever told what time it is."""
    if defect:
        plant_a_memory()
    clock, hub = Clock(), None
    while (asked := pipe.recv()) is not None:
        if isinstance(asked, Looking):
            looking = asked
            hub = build(looking.settings, world=World(clock, os.urandom), passwords=CHEAP)
        else:
            clock.now = asked
            pipe.send(shows(hub, looking, asked))


def shows(hub: Hub, looking: Looking, now: datetime) -> bool:
    asked = {"at": now, "known": now, "satisfied": MET, "justification": "a test"}
    view = View(Act.CHRONOLOGY_CONSULT, looking.account, looking.family, "support_family", EVERYTHING, **asked)
    try:
        return DAD in texts(hub.reader.disclose(view))
    except AccessRefusedError:
        return False


def plant_a_memory() -> None:
    """Plant the defect: facts gathered once are believed for ever."""
    gather, kept = factbook.gather, {}

    def remembered(parts: object, connection: object, family: str, account: str) -> factbook.Gathered:
        if (family, account) not in kept:
            kept[family, account] = gather(parts, connection, family, account)
        return kept[family, account]

    factbook.gather = remembered
    factbook.watermark = lambda *_: "as it was"


@contextmanager
def readers(defect: str = "") -> Iterator[list[Connection]]:
    """Start the other processes, each from nothing."""
    spawned = multiprocessing.get_context("spawn")
    pipes = [spawned.Pipe() for _ in range(READERS)]
    processes = [spawned.Process(target=look_when_asked, args=(theirs, defect), daemon=True) for _, theirs in pipes]
    for process in processes:
        process.start()
    for _, theirs in pipes:
        theirs.close()
    try:
        yield [mine for mine, _ in pipes]
    finally:
        for mine, _ in pipes:
            with suppress(BrokenPipeError):
                mine.send(None)
        for process in processes:
            process.join(60)


def looked(world: SmallWorld, pipes: list[Connection]) -> list[bool]:
    """Let every process look at this moment, at the same time."""
    now = world.clock()
    for pipe in pipes:
        pipe.send(now)
    assert all(pipe.poll(120) for pipe in pipes)
    return [pipe.recv() for pipe in pipes]


def obeyed(world: SmallWorld, pipes: list[Connection], trials: int) -> None:
    father, sally = named(world, "Daniel Hart"), world.accounts["sally"]
    for pipe in pipes:
        pipe.send(Looking(world.settings, sally, world.family))
    for _ in range(trials):
        for status, expected in (("given", True), ("withdrawn", False)):
            world.hub.recording.consent(sally, world.family, ConsentWord(father, status))
            assert looked(world, pipes) == [expected] * READERS


def with_a_treatment_report(world: SmallWorld) -> SmallWorld:
    world.send("sm", "adult_with_children_json", treatment())
    world.hub.rounds.run_once()
    world.accept()
    world.allocate("sally", lead=True)
    return world


def test_a_thousand_withdrawals_are_obeyed_by_the_next_request_of_every_process(
    sqlite_world: SmallWorld, tmp_path: Path
) -> None:
    made = with_a_treatment_report(sqlite_world)
    made.close()
    with readers() as pipes:
        for block in range(1_000 // EACH):
            world = reopened(made, Settings.in_folder(tmp_path / str(block)))
            obeyed(world, pipes, EACH)
            world.close()


def test_so_are_those_on_a_server(world: SmallWorld) -> None:
    with readers() as pipes:
        obeyed(with_a_treatment_report(world), pipes, EACH)


def test_a_process_that_remembers_facts_is_noticed(sqlite_world: SmallWorld) -> None:
    with readers("remembers") as pipes:
        assert not holds(lambda: obeyed(with_a_treatment_report(sqlite_world), pipes, 2))
