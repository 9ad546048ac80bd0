from flask import Flask

from tests.factories import SmallWorld, notice
from tests.journeys.readers import Reader, bare, plain

SAID = {"now": "y", "danger": "Maya, from her father, tonight", "reason": "Nobody of the team answers", "hours": "2"}


def _night(world: SmallWorld) -> str:
    world.police_notice()
    world.allocate("sally", lead=True)
    world.staff("tom", "csc", "social_worker")
    return world.hub.pages.reference(world.family)


def test_a_family_is_opened_in_an_emergency_ended_and_reviewed(world: SmallWorld, app: Flask) -> None:
    reference = _night(world)
    tom, iggy = Reader(app, "tom"), Reader(app, "iggy")
    family = f"/families/{world.family}"
    assert tom.get(family).status_code == 404
    calm = tom.send("/emergency", **(SAID | {"reference": reference, "now": ""}))
    assert "If nobody is in immediate danger" in plain(calm)
    answer = tom.send("/emergency", reference=reference.lower(), **SAID)
    assert answer.headers["Location"] == family
    page = tom.words(family)
    assert "Acting at once on immediate danger" in page
    assert "Maya Hart" in page
    for path in (family, "/", "/tasks", "/emergency"):
        assert f"Emergency access to family {reference} ends by itself on 23 November 2026, 11:3" in tom.words(path)
    assert "Emergency access to family" not in Reader(app, "sally").words("/")
    assert "Queue" in iggy.words("/queue")
    task = iggy.get("/tasks").text.split('href="/emergency/')[1].split('"')[0]
    review = f"/emergency/{task}"
    assert "Maya, from her father, tonight" in iggy.words(review)
    assert tom.get(review).status_code == 404
    end = review.replace("/review", "/end")
    assert iggy.get(end).status_code == 404
    assert tom.send(end).status_code == 302
    assert tom.get(family).status_code == 404
    assert "Emergency access to family" not in tom.words("/")
    assert "Write your reasons" in plain(iggy.send(review, outcome="breach"))
    assert iggy.send(review, outcome="justified", note="The log shows the plan only").status_code == 302
    assert iggy.get(review).status_code == 404


def test_a_reference_that_does_not_exist_answers_like_one_that_waits(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    reference = _night(sqlite_world)
    tom = Reader(sqlite_app, "tom")
    nothing = tom.send("/emergency", reference="FS-7777", **SAID)
    sqlite_world.send("police", "safeguarding_notice", notice(), key="another")
    waits = tom.send("/emergency", reference="FS-0002", **SAID)
    assert nothing.status_code == waits.status_code == 404
    assert bare(nothing) == bare(waits)
    assert "Emergency access" not in tom.words("/")
    for username in ("rob", "iggy", "otto", "pete"):
        reader = Reader(sqlite_app, username)
        token = reader.token("/tasks")
        sent = reader.http.post("/emergency", data={"csrf_token": token, "reference": reference, **SAID})
        assert sent.status_code == 404
