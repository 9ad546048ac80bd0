"""A manager's page about who works with a family: allocated, covering, changed, handed over, ended."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.factories import SmallWorld
from tests.journeys.readers import Reader, day, plain

HANDOVER = "Visit due on Thursday. Speak with Grace alone."


@pytest.fixture
def family(sqlite_world: SmallWorld) -> str:
    family = sqlite_world.police_notice()
    sqlite_world.allocate("sally", lead=True)
    sqlite_world.staff("sam", "csc", "social_worker")
    return f"/families/{family}"


def links(reader: Reader, family: str, page: str) -> list[str]:
    """Return the links of the allocation page that lead to one kind of page, in the order of the list."""
    found = reader.get(f"{family}/allocation").text.split('href="')
    return [link.split('"')[0] for link in found if link.split('"')[0].endswith(page)]


def allocated(reader: Reader, world: SmallWorld, family: str, username: str, **more: object) -> str:
    said = {"account": world.accounts[username], "works_with": ["family"], "capacity": "allocated"} | more
    return plain(reader.send(f"{family}/allocation", **day("starts", world.clock().date()), **said))


def test_a_cover_has_an_end_and_a_lead_has_none(sqlite_world: SmallWorld, sqlite_app: Flask, family: str) -> None:
    manager, today = Reader(sqlite_app, "manager"), sqlite_world.clock().date()
    assert "covering always ends" in allocated(manager, sqlite_world, family, "sam", capacity="covering")
    last = day("ends", today + timedelta(days=2))
    assert "does not lead" in allocated(manager, sqlite_world, family, "sam", capacity="covering", lead="y", **last)
    assert "Somebody leads this family already" in allocated(manager, sqlite_world, family, "sam", lead="y")
    assert "Leave the last day empty" in allocated(manager, sqlite_world, family, "sam", lead="y", **last)
    assert "allocated in this way already" in allocated(manager, sqlite_world, family, "sally")
    assert "Redirecting" in allocated(manager, sqlite_world, family, "sam", capacity="covering", **last)
    page = manager.words(f"{family}/allocation")
    assert "Sally Lead practitioner: Children's social worker since 23 November 2026" in page
    assert "Sam Covering for a colleague: Children's social worker since 23 November 2026, until 25 November" in page
    sqlite_world.clock.advance(days=2, hours=12)
    assert Reader(sqlite_app, "sam").get(family).status_code == 302
    sqlite_world.clock.advance(hours=12)
    assert Reader(sqlite_app, "sam").get(family).status_code == 404


def test_nobody_who_is_stopped_tied_or_no_practitioner_can_be_chosen(
    sqlite_world: SmallWorld, sqlite_app: Flask, family: str
) -> None:
    manager = Reader(sqlite_app, "manager")
    offered = manager.get(f"{family}/allocation").text
    assert all(sqlite_world.accounts[name] in offered for name in ("sam", "rob", "pete"))
    assert not any(sqlite_world.accounts[name] in offered for name in ("otto", "iggy", "fran"))
    sqlite_world.hub.setup.stop_person(sqlite_world.accounts["rob"], sqlite_world.agencies["sm"], "recovery_worker")
    me = sqlite_world.accounts["manager"]
    sqlite_world.hub.conflicts.declare(me, sqlite_world.family, sqlite_world.accounts["pete"], "neighbour")
    offered = manager.get(f"{family}/allocation").text
    assert not any(sqlite_world.accounts[name] in offered for name in ("rob", "pete"))


def test_whom_a_worker_works_with_can_be_changed(sqlite_world: SmallWorld, sqlite_app: Flask, family: str) -> None:
    manager, rob = Reader(sqlite_app, "manager"), sqlite_world.accounts["rob"]
    allocated(manager, sqlite_world, family, "manager", capacity="co_allocated")
    manager.open(sqlite_world.family)
    both = sqlite_world.people("alleged_perpetrator") + sqlite_world.people("victim")
    allocated(manager, sqlite_world, family, "rob", works_with=both)
    assert "Works with: Daniel Hart" in manager.words(f"{family}/allocation")
    (path,) = [link for link in links(manager, family, "/people") if _is(manager, link, "Rob")]
    assert manager.send(path, works_with=both[1:]).status_code == 302
    who = sqlite_world.hub.finder.standing(rob, sqlite_world.family).relationships
    assert "allocated_to_victim" in who
    assert "allocated_to_alleged_perpetrator" not in who


def _is(reader: Reader, path: str, name: str) -> bool:
    return f"Worker {name}" in reader.words(path)


def test_the_earlier_worker_stays_until_the_next_one_accepts(
    sqlite_world: SmallWorld, sqlite_app: Flask, family: str
) -> None:
    manager, sally, sam = (Reader(sqlite_app, name) for name in ("manager", "sally", "sam"))
    (path,) = links(manager, family, "/handover")
    assert "Choose another worker" in plain(
        manager.send(path, account=sqlite_world.accounts["sally"], written=HANDOVER)
    )
    assert manager.send(path, account=sqlite_world.accounts["sam"], written=HANDOVER).status_code == 302
    assert "Offered to Sam, who has not answered yet" in manager.words(f"{family}/allocation")
    assert links(manager, family, "/handover") == []
    assert sam.get(family).status_code == 404
    assert sally.get(family).status_code == 302
    task = sam.get("/tasks").text.split('href="/handovers/')[1].split('"')[0]
    page = sam.words(f"/handovers/{task}")
    assert HANDOVER in page
    assert "Until now Sally" in page
    for other in (manager, sally):
        assert other.get(f"/handovers/{task}").status_code == 404
    assert sam.send(f"/handovers/{task}", answer="accept").status_code == 302
    assert sam.get(family).status_code == 302
    assert sally.get(family).status_code == 404
    assert sam.get(f"/handovers/{task}").status_code == 404
    assert "Sam Lead practitioner" in manager.words(f"{family}/allocation")
    stored = b"".join(file.read_bytes() for file in sqlite_world.settings.folder.glob("*.db*"))
    assert HANDOVER.encode() not in stored


def test_a_handover_is_declined_with_a_reason_or_taken_back(
    sqlite_world: SmallWorld, sqlite_app: Flask, family: str
) -> None:
    manager, sally, sam = (Reader(sqlite_app, name) for name in ("manager", "sally", "sam"))
    (path,) = links(manager, family, "/handover")
    manager.send(path, account=sqlite_world.accounts["sam"], written=HANDOVER)
    task = sam.get("/tasks").text.split('href="/handovers/')[1].split('"')[0]
    assert "Write why you cannot" in plain(sam.send(f"/handovers/{task}", answer="decline"))
    assert sam.send(f"/handovers/{task}", answer="decline", reason="I leave next week").status_code == 302
    assert "A handover was declined" in manager.words("/tasks")
    back = manager.get("/tasks").text.split('href="/tasks/')[1].split('"')[0]
    assert "I leave next week" in manager.words(f"/tasks/{back}")
    assert sally.get(family).status_code == 302
    manager.send(path, account=sqlite_world.accounts["sam"], written=HANDOVER)
    offer = manager.get(f"{family}/allocation").text.split("/handover/")[1].split("/back")[0]
    token = manager.token(f"{family}/allocation")
    assert manager.http.post(f"{family}/handover/{offer}/back", data={"csrf_token": token}).status_code == 302
    assert "handed over to you" not in sam.words("/tasks")
    assert len(links(manager, family, "/handover")) == 1


def test_ending_the_lead_names_the_next_owner_or_is_refused(sqlite_app: Flask, family: str) -> None:
    manager, sally = Reader(sqlite_app, "manager"), Reader(sqlite_app, "sally")
    (path,) = links(manager, family, "/end")
    assert "would have no named owner" in plain(manager.send(path, when="now", reason="She has left"))
    assert sally.get(family).status_code == 302
    assert manager.send(path, when="now", reason="She has left", hold="hold").status_code == 302
    assert sally.get(family).status_code == 404
    assert "Manager Lead practitioner: Team manager" in manager.words(f"{family}/allocation")
    (path,) = links(manager, family, "/end")
    assert "would have no named owner" in plain(manager.send(path, when="now", reason="x", hold="hold"))


def test_nobody_but_a_manager_opens_these_pages(sqlite_app: Flask, family: str) -> None:
    paths = [
        path for page in ("/end", "/people", "/handover") for path in links(Reader(sqlite_app, "manager"), family, page)
    ]
    for username in ("sally", "rob", "fran", "iggy", "otto"):
        reader = Reader(sqlite_app, username)
        assert {reader.get(path).status_code for path in paths} == {404}, username
