"""An agency's officer cannot tell from any page whether somebody whom it sent was known here, protected or not."""

import re
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import delete

from hub.domain.access import Operation
from hub.gate import inspector
from hub.gate.inspector import Inspector
from hub.ledger.entries import Entry
from hub.store.sealed.tables import blind_index
from hub.web.served import served
from hub.wiring import web_app
from tests.factories import SmallWorld, notice
from tests.journeys.readers import Reader, bare
from tests.spec.conftest import copied
from tests.spec.helping import holds
from tests.spec.test_protected_matches import restrict, shield

OTHERS = ("igpolice", "otto", "igsm")
CHANCE = re.compile(r'name="(?:sitting|once)" value="\w+"')
"""What two readings of one page never have in common."""


def nobody(_: SmallWorld) -> None:
    """Protect nobody."""


def a_stranger_or_not(world: SmallWorld) -> dict[tuple[str, str], str]:
    """Send a notice about the people again, let the hub do its rounds, and return every page that needs no number."""
    world.send("police", "safeguarding_notice", notice(notice_ref="N-9"), key="nine")
    world.clock.advance(seconds=1)  # the order of entries of one millisecond is chance
    world.hub.rounds.run_once()
    world.clock.advance(seconds=1)
    app = web_app(world.hub)
    rules = [rule for rule in app.url_map.iter_rules() if "GET" in rule.methods and not rule.arguments]
    # The log before what adds to it, within one millisecond.
    paths = ["/log", *sorted({rule.rule for rule in rules} - {"/log", "/sign-out"})]
    readers = {who: Reader(app, who) for who in OTHERS}
    found = {(who, path): reader.get(path) for who, reader in readers.items() for path in paths}
    return {page: f"{answer.status_code} {CHANCE.sub('', bare(answer))}" for page, answer in found.items()}


def reads_as_for_a_stranger(made: SmallWorld, folder: Path, protect: Callable[[SmallWorld], object]) -> None:
    known, unknown = (copied(made, folder / name, "same") for name in ("known", "unknown"))
    try:
        for world in (known, unknown):
            protect(world)
        with unknown.hub.engines.gate.begin() as connection:
            connection.execute(delete(blind_index))  # the same people, whom matching has never heard of
        first, second = a_stranger_or_not(known), a_stranger_or_not(unknown)
        assert "Access log" in first["igpolice", "/log"]
        assert sum(text.startswith("200") for text in first.values()) > len(first) / 4
        assert [page for page in first if first[page] != second[page]] == []
        assert len(known.entries()) != len(unknown.entries())  # what a count would have said
    finally:
        known.close()
        unknown.close()


@pytest.mark.parametrize("protect", [nobody, shield, restrict])
def test_every_page_of_the_sending_agency_reads_as_for_a_stranger(
    made_once: SmallWorld, tmp_path: Path, protect: Callable[[SmallWorld], object]
) -> None:
    reads_as_for_a_stranger(made_once, tmp_path, protect)


def test_a_page_that_counts_the_whole_log_is_noticed(
    made_once: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Inspector._newest
    monkeypatch.setattr(
        "hub.web.governance.render_template",
        lambda *_, **__: f"<main>Access log: {len(list(read(served().governance._inspector)))}</main>",
    )
    assert not holds(lambda: reads_as_for_a_stranger(made_once, tmp_path, nobody))


def an_officers_lines_are_pushed_out_by_nobody(world: SmallWorld) -> None:
    first = len(world.hub.governance.log(world.accounts["igpolice"]))
    world.clock.advance(seconds=1)  # the order of entries of one millisecond is chance
    for _ in range(inspector.PAGE + 1):
        world.hub.book.append(
            Entry(operation=Operation.MATCH, act="match:search", actor="matcher", actor_role="matcher")
        )
    world.clock.advance(seconds=1)
    assert len(world.hub.governance.log(world.accounts["igpolice"])) == first + 1


def test_an_officers_lines_are_pushed_out_by_nobody(sqlite_world: SmallWorld) -> None:
    an_officers_lines_are_pushed_out_by_nobody(sqlite_world)


def test_a_page_of_the_newest_entries_of_everybody_is_noticed(
    sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = Inspector._newest
    monkeypatch.setattr(Inspector, "_newest", lambda it: islice(newest(it), inspector.PAGE))
    assert not holds(lambda: an_officers_lines_are_pushed_out_by_nobody(sqlite_world))


def test_a_page_reaches_back_for_a_time(sqlite_world: SmallWorld) -> None:
    sqlite_world.hub.governance.log(sqlite_world.accounts["igpolice"])
    sqlite_world.clock.advance(days=29)
    assert len(sqlite_world.hub.governance.log(sqlite_world.accounts["igpolice"])) == 1
    assert timedelta(microseconds=inspector.BACK) == timedelta(days=28)
