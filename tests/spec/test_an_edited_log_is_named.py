"""An entry of the log that was edited, removed or reordered is named by its place, in an export and in the database."""

import base64
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.domain.canonical import canonical
from hub.ledger.book import Book
from hub.ledger.verify import Verdict, verify
from hub.wiring import export_log, verified
from tests.factories import SmallWorld
from tests.spec.helping import edit, holds, select

PLACE = 7
Change = Callable[[list[str]], None]


@pytest.fixture
def exported(case: SmallWorld, tmp_path: Path) -> Path:
    case.view("sally")
    while case.hub.sequencer.run_once():
        pass
    folder = tmp_path / "export"
    assert export_log(case.hub, folder) > PLACE + 2
    return folder


def byte_of(name: str) -> Change:
    """Return a change of one byte of one column of an entry."""

    def change(lines: list[str]) -> None:
        entry = json.loads(lines[PLACE])
        raw = bytearray(base64.b64decode(entry[name]))
        raw[len(raw) // 2] ^= 1
        entry[name] = base64.b64encode(bytes(raw)).decode()
        lines[PLACE] = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True)

    return change


def swap(lines: list[str]) -> None:
    lines[PLACE], lines[PLACE + 1] = lines[PLACE + 1], lines[PLACE]


CHANGES: dict[str, Change] = {
    "the body edited": byte_of("ciphertext"),
    "the header edited": byte_of("header"),
    "removed": lambda lines: lines.pop(PLACE) and None,
    "reordered": swap,
    "repeated": lambda lines: lines.insert(PLACE, lines[PLACE - 1]),
}


def the_entry_is_named(folder: Path, change: Change, check: Callable[[Path], Verdict] = verify) -> None:
    assert check(folder).ok
    entries = folder / "entries.jsonl"
    lines = entries.read_text().splitlines()
    change(lines)
    entries.write_text("\n".join(lines) + "\n")
    verdict = check(folder)
    assert (verdict.ok, verdict.bad_index) == (False, PLACE)
    assert verdict.problem


@pytest.mark.parametrize("name", CHANGES)
def test_the_entry_is_named_in_an_export(exported: Path, name: str) -> None:
    the_entry_is_named(exported, CHANGES[name])


def test_the_end_cut_off_is_named(exported: Path) -> None:
    entries = exported / "entries.jsonl"
    lines = entries.read_text().splitlines()
    entries.write_text("\n".join(lines[:-2]) + "\n")
    assert verify(exported).bad_index == len(lines) - 2


def test_a_verification_that_only_counts_is_noticed(exported: Path) -> None:
    def counting(folder: Path) -> Verdict:
        return Verdict(ok=True, size=len((folder / "entries.jsonl").read_text().splitlines()))

    assert not holds(lambda: the_entry_is_named(exported, swap, counting))


EDITED = (
    "UPDATE staged_entry SET ciphertext = zeroblob(length(ciphertext)) WHERE (lane, seq) = "
    "(SELECT lane, seq FROM sequenced WHERE position = ?)"
)
IN_DATABASE = {
    "edited": [(EDITED, (PLACE,))],
    "removed": [("DELETE FROM sequenced WHERE position = ?", (PLACE,))],
    "reordered": [
        ("UPDATE sequenced SET position = -1 WHERE position = ?", (PLACE,)),
        ("UPDATE sequenced SET position = ? WHERE position = ?", (PLACE, PLACE + 1)),
        ("UPDATE sequenced SET position = ? WHERE position = -1", (PLACE + 1,)),
    ],
}


@pytest.mark.parametrize("name", IN_DATABASE)
def test_an_entry_changed_in_the_database_is_named_where_people_look(
    case: SmallWorld, exported: Path, tmp_path: Path, name: str
) -> None:
    assert verify(exported).ok
    assert verified(case.hub)[0]
    assert edit(case, "ledger", *IN_DATABASE[name]) > 0
    ok, _, words = verified(case.hub)
    assert not ok
    assert words.startswith(f"Entry {PLACE}:")
    export_log(case.hub, tmp_path / "again")
    kept = exported / "checkpoint"
    assert verify(tmp_path / "again", checkpoint=kept).bad_index == PLACE


def backdated(raw: bytes) -> bytes:
    """Say of an entry that it was made 400 days earlier and opened nothing."""
    said = json.loads(raw)
    said |= {"t": said["t"] - 400 * 86_400_000_000, "n_records": 0}
    return canonical(said)


def an_edited_entry_is_not_believed(world: SmallWorld) -> None:
    """The officer's log view shows its place, the worker's reading passes it by, and neither says what it says."""
    world.view("sally")
    world.hub.rounds.run_once()
    made = next(e for e in world.entries() if e.entry.act == "chronology:consult")
    header = select(world, "ledger", "SELECT header FROM staged_entry WHERE entry_id = ?", made.header.id)[0][0]
    change = ("UPDATE staged_entry SET header = ? WHERE entry_id = ?", (backdated(header), made.header.id))
    assert edit(world, "ledger", change)
    lines = world.hub.governance.log(world.accounts["iggy"])
    assert not any("2025" in line.when_words for line in lines)
    place = f"Entry {made.header.seq} of lane {made.header.lane}"
    assert [line.outcome_words[:22] for line in lines if line.operation_words == place] == ["This entry was changed"]
    for read in (world.entries(), [read for _, read in world.hub.book.read_sequenced(start=0, limit=1000)]):
        (same,) = (e for e in read if e.header.id == made.header.id)
        assert (same.entry.act, same.entry.actor, same.header.t) == ("entry_broken", "", 0)


def test_an_entry_with_another_time_and_number_is_shown_as_broken_and_never_believed(case: SmallWorld) -> None:
    an_edited_entry_is_not_believed(case)


def test_a_log_view_that_does_not_check_the_lane_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    believe = lambda book, row: book._seal.open(row["header"], row["ciphertext"])  # noqa: E731
    monkeypatch.setattr(Book, "_opened", believe)
    assert not holds(lambda: an_edited_entry_is_not_believed(case))


def test_every_officer_sees_that_an_entry_is_broken(case: SmallWorld) -> None:
    case.view("sally")
    case.hub.rounds.run_once()
    assert edit(case, "ledger", ("UPDATE staged_entry SET ciphertext = x'00' WHERE seq = 1", ()))
    for officer in ("iggy", "igpolice"):
        lines = case.hub.governance.log(case.accounts[officer])
        assert any(line.operation_words.startswith("Entry 1 of lane ") for line in lines)


def test_the_database_itself_refuses_to_change_the_log(case: SmallWorld) -> None:
    names = {name for (name,) in select(case, "ledger", "SELECT name FROM sqlite_master WHERE type = 'trigger'")}
    tables = ("lane", "staged_entry", "sequenced", "checkpoint", "fact_head")
    assert names == {f"{table}_no_{verb}" for table in tables for verb in ("update", "delete", "replace")}
