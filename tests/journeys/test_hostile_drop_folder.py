"""Whoever may write into a drop folder writes and reads nothing else, and stops nobody's files but their own."""

import hashlib
import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from hub.cli import drop_folder
from hub.cli.drop_folder import Waiting
from tests.batches import hub, lay, rows, signature
from tests.factories import SmallWorld
from tests.journeys.senders import Sender
from tests.spec.helping import holds

CSV = "adult_with_children_csv"
NOT_UTF8 = b"\xff\xfe.csv"
LONG = "n" * 225 + ".csv"


@pytest.fixture(autouse=True)
def nothing_hangs() -> Iterator[None]:
    signal.alarm(60)
    yield
    signal.alarm(0)


def said(name: str, sha256: str) -> str:
    return json.dumps({"file": name, "rows": 1, "sha256": sha256, "signature": "b"})


def fifo(folder: Path, _: Path) -> None:
    os.mkfifo(folder / "a.csv.manifest.json")


def fifo_of_data(folder: Path, _: Path) -> None:
    os.mkfifo(folder / "a.csv")
    (folder / "a.csv.manifest.json").write_text(said("a.csv", "a"))


def dangling(folder: Path, _: Path) -> None:
    (folder / "a.csv.manifest.json").symlink_to("nowhere")


def link_to_a_file(folder: Path, victim: Path) -> None:
    (folder / "a.csv").symlink_to(victim)
    (folder / "a.csv.manifest.json").write_text(said("a.csv", hashlib.sha256(victim.read_bytes()).hexdigest()))


def folder_as_manifest(folder: Path, _: Path) -> None:
    (folder / "a.csv.manifest.json").mkdir()


def manifest_of_our_own_folder(folder: Path, _: Path) -> None:
    (folder / "done.manifest.json").write_text(said("done", "a"))


def long_name(folder: Path, _: Path) -> None:
    (folder / LONG).write_bytes(b"x")
    (folder / f"{LONG}.manifest.json").write_text("{}")


def name_that_is_no_text(folder: Path, _: Path) -> None:
    for ending in (b"", b".manifest.json"):
        Path(os.fsdecode(os.fsencode(folder) + b"/" + NOT_UTF8 + ending)).write_bytes(b"{}")


def name_that_draws_on_the_terminal(folder: Path, _: Path) -> None:
    (folder / "\x1b[2J.csv").write_bytes(b"x")
    (folder / "\x1b[2J.csv.manifest.json").write_text("{}")


def link_where_the_receipt_goes(folder: Path, victim: Path) -> None:
    (folder / "refused").mkdir()
    (folder / "a.csv").write_bytes(b"garbage")
    (folder / "a.csv.manifest.json").write_text("{}")
    for content in (b"garbage", b"{}"):
        mark = hashlib.sha256(content).hexdigest()[:12]
        (folder / "refused" / f"{mark}-a.csv.receipt.json").symlink_to(victim)


def link_as_our_own_folder(folder: Path, victim: Path) -> None:
    (folder / "refused").symlink_to(victim.parent)
    (folder / "a.csv").write_bytes(b"garbage")
    (folder / "a.csv.manifest.json").write_text("{}")


def own_folder_that_others_write_into(folder: Path, _: Path) -> None:
    link_where_the_receipt_goes(folder, _)
    (folder / "refused").chmod(0o777)


TRICKS: tuple[Callable[[Path, Path], None], ...] = (
    fifo,
    fifo_of_data,
    dangling,
    link_to_a_file,
    folder_as_manifest,
    manifest_of_our_own_folder,
    long_name,
    name_that_is_no_text,
    name_that_draws_on_the_terminal,
    link_where_the_receipt_goes,
    link_as_our_own_folder,
    own_folder_that_others_write_into,
)


def takes_the_good_file_and_touches_nothing_else(
    world: SmallWorld, app: Flask, place: Path, trick: Callable[[Path, Path], None]
) -> None:
    folder, kept = place / "in", place / "kept"
    folder.mkdir()
    kept.mkdir()
    victim = kept / "victim.txt"
    victim.write_text("the operator's own")
    trick(folder, victim)
    service, body = Sender(world, app, "sm"), rows(3)
    lay(folder, "z good.csv", body, signature(service, body, 3, CSV), 3)
    asked = ("--connector", CSV, "--agency", "sm", "--folder", str(folder))
    told = hub(world, "import", str(folder), *asked)
    assert told.exit_code in {1, 2}
    assert "z good.csv: 3 rows, 3 records: 3 accepted" in told.stdout
    assert not set(told.output) & {"\x1b", "\udcff"}
    assert [p.name for p in kept.iterdir()] == ["victim.txt"]
    assert victim.read_text() == "the operator's own"
    assert sum("z good.csv" in p.name for p in (folder / "done").iterdir()) == 3
    body = rows(4)
    lay(folder, "next.csv", body, signature(service, body, 4, CSV), 4)
    assert "next.csv: 4 rows, 4 records: 4 accepted" in hub(world, "import", str(folder), *asked).stdout


@pytest.mark.parametrize("trick", TRICKS)
def test_a_hostile_name_stops_nobody_elses_file_and_reaches_no_other(
    sqlite_world: SmallWorld, sqlite_app: Flask, tmp_path: Path, trick: Callable[[Path, Path], None]
) -> None:
    takes_the_good_file_and_touches_nothing_else(sqlite_world, sqlite_app, tmp_path, trick)


def test_a_receipt_that_is_written_through_what_lies_there_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def follows(folder: int, name: str, text: str) -> None:
        with os.fdopen(os.open(name, os.O_WRONLY | os.O_CREAT, 0o600, dir_fd=folder), "w") as file:
            file.write(text)

    monkeypatch.setattr(drop_folder, "_write", follows)
    trick = link_where_the_receipt_goes
    assert not holds(lambda: takes_the_good_file_and_touches_nothing_else(sqlite_world, sqlite_app, tmp_path, trick))


def test_a_file_that_is_written_anew_while_it_is_taken_in_waits_for_the_next_run(
    sqlite_world: SmallWorld, sqlite_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, folder, first, second = Sender(sqlite_world, sqlite_app, "sm"), tmp_path / "in", rows(3), rows(4)
    lay(folder, "daily.csv", first, signature(service, first, 3, CSV), 3)
    put_away = Waiting.put_away

    def late(waiting: Waiting, where: str, receipt: dict[str, object]) -> Path:
        lay(folder, "daily.csv", second, signature(service, second, 4, CSV), 4)
        monkeypatch.undo()
        return put_away(waiting, where, receipt)

    monkeypatch.setattr(Waiting, "put_away", late)
    asked = ("--connector", CSV, "--agency", "sm", "--folder", str(folder))
    assert "3 accepted" in hub(sqlite_world, "import", str(folder), *asked).stdout
    assert "4 accepted" in hub(sqlite_world, "import", str(folder), *asked).stdout
