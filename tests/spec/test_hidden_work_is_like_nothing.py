"""What is done beside something hidden is hidden too: remarks, files, supervisions, copies, on whatever page they are.

The reader opens every page of the family, follows every link that a page gives them, looks for words and makes a copy,
and is sent the same bytes whether or not the work of the other side is on record.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from hub.services.supervision import Supervisions
from hub.services.supervision_record import Action
from hub.store.clear import team
from hub.wiring import web_app
from tests.factories import SmallWorld
from tests.files import png
from tests.journeys.printing_world import copy_for
from tests.journeys.readers import Reader
from tests.journeys.test_attachments import add, files_of
from tests.spec.conftest import copied
from tests.spec.helping import holds, named
from tests.spec.test_group_supervision import begin, close, outcome, write
from tests.spec.test_hidden_is_like_nothing import family_pages, twin
from tests.spec.test_remarks_beside_an_entry import challenge, disagree

DANIEL, GRACE = "Daniel Hart", "Grace Adeyemi-Hart"
_LINK = re.compile(r'href="(/[^"#]*)')
_TOKEN = re.compile(rb'name="csrf_token"[^>]*value="[^"]*"')
_LEAVING = ("/static/", "/sign-", "/account", "/confirm")
"""No page of a family: the same files for everybody, and one's own sitting."""
Hide = Callable[[SmallWorld], object]


def of_hers(world: SmallWorld) -> str:
    """Let Vera write about the mother; returns the entry."""
    return write(world, "vera", "Grace keeps a bag at her sister's", GRACE)


def remarks(world: SmallWorld) -> None:
    record = of_hers(world)
    disagree(world, record, GRACE, "I never said so", by="vera")
    challenge(world, record, by="vera")


def a_file(world: SmallWorld) -> None:
    vera = Reader(web_app(world.hub), "vera")
    vera.open(world.family, "support_family")
    assert add(vera, files_of(world, of_hers(world)), png()).status_code == 302


def a_supervision(world: SmallWorld) -> None:
    """Let Sally sit with Vera, without him: it comes to something about the mother, and to an action of Vera's."""
    day = world.clock.now.date().replace(month=12)
    actions = [Action("Ring the housing office", world.accounts["vera"], day)]
    about_her = replace(outcome(world, actions=actions), about=[named(world, GRACE)])
    close(world, begin(world, "vera"), about_her)


def a_copy(world: SmallWorld) -> None:
    sally = Reader(web_app(world.hub), "sally")
    sally.open(world.family, "support_family")
    assert copy_for(sally, world, f"person:{named(world, GRACE)}").status_code == 200


HIDDEN: dict[str, Hide] = {
    "remarks beside an entry about the mother": remarks,
    "a file beside an entry about the mother": a_file,
    "a supervision without him": a_supervision,
    "a copy for the mother": a_copy,
}


def all_that_is_sent(world: SmallWorld, username: str) -> dict[str, tuple[int, bytes]]:
    """Return what every page is that a reader comes to from the family, by link or by its address alone."""
    reader, sent = Reader(web_app(world.hub), username), {}
    reader.open(world.family, "support_family")
    waiting = ["/", "/tasks", *family_pages(world), *(f"/families/{world.family}?{query}" for query in QUERIES)]
    while waiting:
        path = waiting.pop(0)
        if path in sent or path.startswith(_LEAVING):
            continue
        answer = reader.get(path)
        sent[path] = answer.status_code, _TOKEN.sub(b"", answer.data)
        if answer.mimetype == "text/html":
            waiting += [link.replace("&amp;", "&") for link in _LINK.findall(answer.text)]
    for words in ("Grace", "bag", "Monday"):
        found = reader.send(f"/families/{world.family}/find", words=words)
        sent[f"find {words}"] = found.status_code, _TOKEN.sub(b"", found.data)
    copy = copy_for(reader, world, f"person:{named(world, DANIEL)}")
    sent["copy"] = copy.status_code, _TOKEN.sub(b"", copy.data)
    return sent


QUERIES = ("kind=team_entry", "kind=service_entry", "significance=routine", "known=2026-11-23", "from=2026-11-01")


def the_same_for(username: str, made: SmallWorld, folder: Path, hidden: Hide) -> None:
    seen = []
    for name, hide in (("without", None), ("with", hidden)):
        world = twin(made, folder / name, hide)
        try:
            seen.append(all_that_is_sent(world, username))
        finally:
            world.close()
    without, with_it = seen
    assert list(without) == list(with_it)
    assert [path for path, answer in without.items() if answer != with_it[path]] == []


@pytest.fixture
def at_work(made_once: SmallWorld, tmp_path: Path) -> SmallWorld:
    """Return the closed world with Vera beside the mother, and with work that Pete sees: his entry, his supervision."""
    world = copied(made_once, tmp_path / "at work", "at work")
    world.allocate("vera", "victim")
    record = write(world, "pete", "Daniel named what he did", DANIEL)
    disagree(world, record, DANIEL, "Not in those words", by="pete")
    begin(world, "pete", "rob")
    pete = Reader(web_app(world.hub), "pete")
    pete.open(world.family, "support_family")
    assert add(pete, files_of(world, record), png()).status_code == 302
    world.close()
    return world


@pytest.mark.parametrize("name", HIDDEN)
def test_work_beside_what_is_hidden_changes_no_byte_of_any_page(at_work: SmallWorld, tmp_path: Path, name: str) -> None:
    the_same_for("pete", at_work, tmp_path, HIDDEN[name])


def test_every_page_of_his_work_was_looked_at(at_work: SmallWorld, tmp_path: Path) -> None:
    world = twin(at_work, tmp_path / "one", None)
    sent = all_that_is_sent(world, "pete")
    for end in ("/files", "/disagreement", "/challenge", "/correct", "/contribution", "/genogram", "/workbook/module"):
        assert any(path.endswith(end) and status == 200 for path, (status, _) in sent.items()), end
    assert any("/files/" in path and data.startswith(b"\x89PNG") for path, (_, data) in sent.items())
    assert all(status == 200 for path, (status, _) in sent.items() if path.startswith(("copy", "find")))
    world.close()


@pytest.mark.parametrize("name", [name for name in HIDDEN if name != "a copy for the mother"])
def test_it_is_on_record_for_whoever_works_with_her(at_work: SmallWorld, tmp_path: Path, name: str) -> None:
    assert not holds(lambda: the_same_for("vera", at_work, tmp_path, HIDDEN[name]))


def test_a_list_of_everybodys_supervisions_is_noticed(
    at_work: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    of_family = Supervisions.of_family

    def of_all(supervisions: Supervisions, account: str, family: str) -> object:
        with monkeypatch.context() as patched:
            patched.setattr(team, "attendees_of", lambda *_: {account})
            return of_family(supervisions, account, family)

    monkeypatch.setattr(Supervisions, "of_family", of_all)
    assert not holds(lambda: the_same_for("pete", at_work, tmp_path, a_supervision))
