from datetime import timedelta

from flask import Flask

from tests.factories import SmallWorld
from tests.journeys.readers import Reader, day, plain
from tests.spec.helping import named

MAYA = "Maya Hart"


def _opened(world: SmallWorld, app: Flask) -> tuple[Reader, str]:
    family = world.police_notice()
    world.allocate("sally", lead=True)
    sally = Reader(app, "sally")
    sally.open(family)
    return sally, f"/families/{family}/life"


def test_a_worker_records_competence_and_sees_it_until_it_is_ended(world: SmallWorld, app: Flask) -> None:
    sally, path = _opened(world, app)
    maya, today = named(world, MAYA), world.clock().date()
    assert "Nothing is recorded about the people you work with" in sally.words(path)
    said = {"person": maya, "event": "competent", "reason": "Understood what is shared, with whom and why"}
    answer = sally.send(path, **said, **day("day", today))
    assert answer.status_code == 302, plain(answer)
    page = sally.words(path)
    assert f"since {today.day} {today:%B %Y} {MAYA}" in page
    assert "Understood what is shared" not in page
    link = sally.get(path).text.split(f"{path}/")[1].split('"')[0]
    ended = sally.send(f"{path}/{link}", how="over", reason="Assessed again", **day("ends", today))
    assert ended.status_code == 302, plain(ended)
    assert "Nothing is recorded" in sally.words(path)
    assert sally.get(f"{path}/{link}").status_code == 404


def test_an_order_names_who_holds_responsibility_and_nothing_else_does(world: SmallWorld, app: Flask) -> None:
    sally, path = _opened(world, app)
    maya, today = named(world, MAYA), world.clock().date()
    said = {"person": maya, "reason": "Order of the family court"} | day("day", today)
    assert "Choose who has it from that day" in plain(sally.send(path, event="order", **said))
    assert "Leave this empty" in plain(sally.send(path, event="death", holders=["nobody"], **said))
    tomorrow = said | day("day", today + timedelta(days=1))
    assert "must not be in the future" in plain(sally.send(path, event="death", **tomorrow))
    grace = named(world, "Grace Adeyemi-Hart")
    assert sally.send(path, event="order", holders=[grace], **tomorrow).status_code == 302


def test_a_worker_is_offered_only_their_own_people_and_what_their_role_may_judge(world: SmallWorld, app: Flask) -> None:
    sally, path = _opened(world, app)
    world.allocate("rob", "alleged_perpetrator")
    world.allocate("pete", "alleged_perpetrator")
    rob, pete, iggy = Reader(app, "rob"), Reader(app, "pete"), Reader(app, "iggy")
    rob.open(world.family)
    assert "A court order" in sally.words(path)
    assert "A court order" not in rob.words(path)
    maya = named(world, MAYA)
    offered = [reader.get(path).text.split('name="event"')[0] for reader in (sally, rob)]
    assert [maya in form for form in offered] == [True, False]
    pete.open(world.family)
    assert "Not able to decide" not in pete.words(path)
    assert iggy.get(path).status_code == 404


def test_the_reason_for_opening_is_asked_first(world: SmallWorld, app: Flask) -> None:
    family = world.police_notice()
    world.allocate("sally")
    answer = Reader(app, "sally").get(f"/families/{family}/life")
    assert answer.headers["Location"].endswith("/reason?then=life.events")
