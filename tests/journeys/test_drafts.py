"""What somebody had typed is not lost when their sitting ends: kept sealed, for them alone, until they send it."""

import pytest
from flask import Flask
from sqlalchemy import select

from hub.services.drafts import Drafts
from hub.store.clear.sign_in_tables import draft
from tests.factories import PASSWORD, SmallWorld
from tests.journeys.readers import Reader, bare, lead

CANARY = "Canarysurname was seen at the window"


@pytest.fixture
def worked(sqlite_world: SmallWorld) -> SmallWorld:
    sqlite_world.police_notice()
    sqlite_world.allocate("sally", lead=True)
    lead(sqlite_world)
    return sqlite_world


def reason(world: SmallWorld) -> str:
    return f"/families/{world.family}/reason"


def too_late(world: SmallWorld, app: Flask) -> Reader:
    """Let Sally type for twenty minutes, then send."""
    sally, path = Reader(app, "sally"), reason(world)
    fields = {"csrf_token": sally.token(path), "purpose": "protect_child", "justification": CANARY}
    world.clock.advance(minutes=20)
    assert sally.http.post(path, data=fields).headers["Location"] == "/sign-in"
    return sally


def kept(world: SmallWorld) -> list[tuple]:
    with world.hub.engines.data.connect() as connection:
        return connection.execute(select(draft)).all()


def test_what_was_sent_too_late_is_there_again_after_signing_in(worked: SmallWorld, sqlite_app: Flask) -> None:
    sally = too_late(worked, sqlite_app)
    assert sally.sign_in("sally").headers["Location"] == reason(worked)
    page = sally.get(reason(worked)).text
    assert CANARY in page
    assert "What you had typed here was kept on 23 November 2026, 09:50" in page
    assert "There is a problem" not in page
    assert sally.send(reason(worked), purpose="protect_child", justification=CANARY).status_code == 302
    assert kept(worked) == []


def test_nobody_else_reads_it_and_it_lies_sealed(worked: SmallWorld, sqlite_app: Flask) -> None:
    sally = too_late(worked, sqlite_app)
    assert sally.sign_in("manager").status_code == 302
    assert CANARY not in sally.get(reason(worked)).text
    (row,) = kept(worked)
    assert b"Canary" not in row.sealed
    with worked.hub.engines.data.begin() as connection:
        connection.execute(draft.update().values(account_id=worked.accounts["manager"]))
    assert sally.get(reason(worked)).status_code == 500


def test_a_sitting_that_was_ended_or_stopped_keeps_nothing(worked: SmallWorld, sqlite_app: Flask) -> None:
    sally, path = Reader(sqlite_app, "sally"), reason(worked)
    secret, fields = sally.http.get_cookie("hub-sitting").value, {"justification": CANARY}
    sally.http.post("/sign-out", data={"csrf_token": sally.token("/")})
    sally.http.set_cookie("hub-sitting", secret)
    sally.http.post(path, data=fields | {"csrf_token": sally.token("/sign-in")})
    assert kept(worked) == []
    fran, told = Reader(sqlite_app, "fran"), {}
    told["csrf_token"] = fran.token("/account")
    worked.hub.setup.stop_person(worked.accounts["fran"], worked.agencies["csc"], "front_door_worker")
    fran.http.post(path, data=fields | told)
    assert kept(worked) == []


def test_a_form_without_its_token_keeps_nothing(worked: SmallWorld, sqlite_app: Flask) -> None:
    sally = Reader(sqlite_app, "sally")
    worked.clock.advance(minutes=20)
    assert sally.http.post(reason(worked), data={"justification": CANARY}).status_code == 400
    assert kept(worked) == []


def test_a_draft_is_saved_by_a_button_and_discarded_by_another(worked: SmallWorld, sqlite_app: Flask) -> None:
    sally, path = Reader(sqlite_app, "sally"), reason(worked)
    assert "Save draft" in sally.words(path)
    assert sally.send(path, justification=CANARY, save_draft="1").headers["Location"] == path
    page = sally.words(path)
    assert CANARY in page
    assert "Nothing has been recorded or sent" in page
    assert sally.send(path, discard_draft="1").status_code == 302
    assert CANARY not in sally.get(path).text
    assert kept(worked) == []


def test_a_draft_is_gone_after_a_week_and_too_much_is_not_kept(worked: SmallWorld, sqlite_app: Flask) -> None:
    sally, path = Reader(sqlite_app, "sally"), reason(worked)
    sally.send(path, justification=CANARY, save_draft="1")
    worked.clock.advance(days=7, minutes=1)
    sally = Reader(sqlite_app, "sally")
    assert CANARY not in sally.get(path).text
    sally.send(path, justification="x" * 210_000, save_draft="1")
    assert "too long to be kept" in sally.words(path)
    sally.send(path, justification="short", save_draft="1")
    assert len(kept(worked)) == 1


def test_who_may_no_longer_enter_does_not_see_their_draft(worked: SmallWorld, sqlite_app: Flask) -> None:
    sally, path = Reader(sqlite_app, "sally"), reason(worked)
    sally.send(path, justification=CANARY, save_draft="1")
    worked.hub.conflicts.declare(worked.accounts["manager"], worked.family, worked.accounts["sally"], "relative")
    gone = sally.get(path)
    assert (gone.status_code, CANARY in gone.text) == (404, False)


def test_what_was_typed_in_an_emergency_outlives_the_question_who_is_there(
    worked: SmallWorld, sqlite_app: Flask
) -> None:
    sally = Reader(sqlite_app, "sally")
    fields = {"csrf_token": sally.token("/emergency"), "reference": "EX-1", "danger": CANARY, "reason": "Nobody else"}
    worked.clock.advance(minutes=7)
    assert sally.http.post("/emergency", data=fields).headers["Location"] == "/confirm"
    assert sally.send("/confirm", code=PASSWORD).headers["Location"] == "/emergency"
    assert CANARY in sally.get("/emergency").text


def test_passwords_and_codes_are_never_kept(worked: SmallWorld, sqlite_app: Flask) -> None:
    sally = Reader(sqlite_app, "sally")
    for path in ("/confirm", "/account/second-factor"):
        sally.send(path, code=CANARY, save_draft="1")
    assert kept(worked) == []
    sally.send(reason(worked), password=CANARY, justification="why", save_draft="1")
    found = worked.hub.entry.drafts.restored(worked.accounts["sally"], reason(worked))
    assert found.fields == {"justification": ["why"]}


def test_drafts_that_anybody_reads_are_noticed(
    worked: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    restored = Drafts.restored
    sallys = worked.accounts["sally"]
    monkeypatch.setattr(Drafts, "restored", lambda self, _account, place: restored(self, sallys, place))
    with pytest.raises(AssertionError):
        test_nobody_else_reads_it_and_it_lies_sealed(worked, sqlite_app)


def test_only_fifty_drafts_are_kept_for_one_person(worked: SmallWorld) -> None:
    kept_by, sally = worked.hub.entry.drafts, worked.accounts["sally"]
    for number in range(53):
        worked.clock.advance(seconds=1)
        kept_by.keep(sally, f"/place/{number}", {"note": ["words"]})
    assert len(kept(worked)) == 50
    assert kept_by.restored(sally, "/place/2") is None
    assert kept_by.restored(sally, "/place/52").fields == {"note": ["words"]}


def test_the_answer_to_a_kept_form_is_that_of_any_other(sqlite_app: Flask) -> None:
    sally, nowhere = Reader(sqlite_app, "sally"), "/families/00000000-0000-7000-8000-000000000000/reason"
    fields = {"csrf_token": sally.token("/account"), "save_draft": "1", "justification": "x"}
    assert sally.http.post(nowhere, data=fields).status_code == 302
    sally.get("/account")
    assert bare(sally.get(nowhere)) == bare(sally.get("/nothing"))
