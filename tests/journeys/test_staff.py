"""An agency's own administrator: who works there, in which role, confirmed each month; a stop acts at once."""

import re
from dataclasses import replace

import pytest
from flask import Flask

from hub.domain.access import Act
from hub.domain.errors import AccessRefusedError, InvalidRequestError, NotSignedInError
from hub.domain.facts import Fact, FactKind, account_chain
from hub.domain.ids import FactId
from hub.gate import authority
from hub.gate.writer import Actor
from hub.services.appointments import Appointments, Confirming, NewMember
from hub.services.intake import SYSTEM
from tests.factories import PASSWORD, SmallWorld
from tests.journeys.readers import Reader, plain

NEW = "correct horse battery staple"
_CODE = re.compile(r'hub-secret">([^<]+)<')


@pytest.fixture
def staffed(sqlite_world: SmallWorld) -> SmallWorld:
    sqlite_world.staff("anna", "csc", "agency_admin")
    sqlite_world.staff("arno", "csc", "agency_admin")
    sqlite_world.staff("addy", "sm", "agency_admin")
    return sqlite_world


def does(reader: Reader, account: str, deed: str, role: str = "") -> str:
    answer = reader.send(f"/staff/{account}", deed=deed, role=role)
    assert answer.status_code in {200, 302}, plain(answer)
    return answer.text


def started(world: SmallWorld, app: Flask, username: str = "newt", role: str = "social_worker") -> str:
    anna = Reader(app, "anna")
    page = anna.send("/staff/start", name="Newt Example", username=username, phone="01632 960111", role=role)
    world.accounts[username] = next(
        one.account for one in world.hub.entry.appointments.members(world.accounts["anna"]) if one.username == username
    )
    return _CODE.search(page.text).group(1)


def test_somebody_starts_with_a_code_that_works_once(staffed: SmallWorld, sqlite_app: Flask) -> None:
    code, newt = started(staffed, sqlite_app), Reader(sqlite_app)
    assert newt.sign_in("newt", "").status_code in {200, 401}
    wrong = newt.send("/start", username="newt", code="0" * 20, password=NEW, again=NEW)
    assert wrong.status_code == 401
    weak = newt.send("/start", username="newt", code=code, password="password12345678", again="password12345678")
    assert "first that anybody would try" in plain(weak)
    assert newt.send("/start", username="newt", code=code, password=NEW, again=NEW).headers["Location"] == "/"
    assert "Newt Example" in newt.words("/")
    again = Reader(sqlite_app).send("/start", username="newt", code=code, password=NEW + "2", again=NEW + "2")
    assert again.status_code == 401
    assert Reader(sqlite_app).sign_in("newt", NEW).status_code == 302


def test_a_starting_code_is_over_after_three_days(staffed: SmallWorld, sqlite_app: Flask) -> None:
    code = started(staffed, sqlite_app)
    staffed.clock.advance(days=3)
    late = Reader(sqlite_app).send("/start", username="newt", code=code, password=NEW, again=NEW)
    assert late.status_code == 401


def test_a_new_starting_code_ends_what_let_them_in_before(staffed: SmallWorld, sqlite_app: Flask) -> None:
    sally, anna = Reader(sqlite_app, "sally"), Reader(sqlite_app, "anna")
    code = _CODE.search(does(anna, staffed.accounts["sally"], "restart")).group(1)
    assert sally.get("/").status_code == 200
    assert Reader(sqlite_app).send("/start", username="sally", code=code, password=NEW, again=NEW).status_code == 302
    assert sally.get("/").status_code == 302
    assert Reader(sqlite_app).sign_in("sally").status_code == 401


def test_a_stop_acts_at_the_next_request_and_is_in_the_log(staffed: SmallWorld, sqlite_app: Flask) -> None:
    sally, anna = Reader(sqlite_app, "sally"), Reader(sqlite_app, "anna")
    does(anna, staffed.accounts["sally"], "stop")
    assert sally.get("/").headers["Location"] == "/sign-in"
    assert Reader(sqlite_app).sign_in("sally").status_code == 401
    said = [read.entry for read in staffed.entries() if read.entry.actor == staffed.accounts["anna"]]
    assert ("alteration", "account:record") in {(entry.operation.value, entry.act) for entry in said}


def test_another_role_acts_at_once_and_ends_the_sitting(staffed: SmallWorld, sqlite_app: Flask) -> None:
    sally, anna = Reader(sqlite_app, "sally"), Reader(sqlite_app, "anna")
    does(anna, staffed.accounts["sally"], "move", "front_door_worker")
    assert sally.get("/").headers["Location"] == "/sign-in"
    assert Reader(sqlite_app, "sally").get("/front-door").status_code == 200


def test_people_of_another_agency_are_not_there(staffed: SmallWorld, sqlite_app: Flask) -> None:
    addy, page = Reader(sqlite_app, "addy"), ""
    page = addy.words("/staff")
    assert ("Rob" in page, "Sally" in page) == (True, False)
    nowhere = "00000000-0000-7000-8000-000000000000"
    theirs, none = addy.get(f"/staff/{staffed.accounts['sally']}"), addy.get(f"/staff/{nowhere}")
    assert (theirs.status_code, none.status_code) == (404, 404)
    appointments = staffed.hub.entry.appointments
    with pytest.raises(AccessRefusedError, match="other_agency"):
        appointments.stop(staffed.accounts["addy"], staffed.accounts["sally"])
    with pytest.raises(AccessRefusedError, match="other_agency"):
        appointments.confirm(staffed.accounts["addy"], [staffed.accounts["sally"]])
    assert Reader(sqlite_app).sign_in("sally").status_code == 302


def appointment(world: SmallWorld, by: str, account: str, role: str, **more: object) -> Fact:
    now, chain = world.clock(), account_chain(world.accounts[account])
    body = {"account": world.accounts[account], "agency": world.agencies["csc"], "role": role, "active": "yes"} | more
    return Fact(FactId(world.hub.entry.appointments._ids.new()), chain, 0, FactKind.ACCOUNT, body, now, None, now, by)


def at_the_gate(world: SmallWorld) -> None:
    """Try past the service what the gate itself must refuse."""
    police, record = world.agencies["police"], world.hub.writer.record
    tries = [
        ("addy", "sally", "social_worker", {}, "other_agency"),
        ("anna", "otto", "partner_referrer", {}, "other_agency"),
        ("anna", "otto", "partner_referrer", {"agency": police}, "other_agency"),
        ("anna", "sally", "system", {}, "role_may_not_record"),
        ("anna", "anna", "ig_officer", {}, "own_account"),
        ("anna", "sally", "ig_officer", {"login": world.accounts["anna"]}, "own_account"),
        ("manager", "sally", "team_manager", {}, "role_may_not_record"),
        ("iggy", "sally", "team_manager", {}, "role_may_not_record"),
    ]
    for by, account, role, more, code in tries:
        fact = appointment(world, world.accounts[by], account, role, **more)
        with pytest.raises(AccessRefusedError, match=code):
            record(Actor(world.accounts[by]), Act.ACCOUNT_RECORD, None, [fact])
    moved = replace(appointment(world, world.accounts["anna"], "sally", "social_worker"), chain=account_chain(SYSTEM))
    with pytest.raises(AccessRefusedError, match="another_account"):
        record(Actor(world.accounts["anna"]), Act.ACCOUNT_RECORD, None, [moved])


def test_the_gate_refuses_what_is_not_an_administrators_to_say(staffed: SmallWorld) -> None:
    at_the_gate(staffed)


def test_a_gate_that_lets_anybody_appoint_is_noticed(staffed: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authority, "require_step", lambda *_: None)
    with pytest.raises(pytest.fail.Exception):
        at_the_gate(staffed)


def test_granting_roles_asks_again_who_is_there(staffed: SmallWorld, sqlite_app: Flask) -> None:
    anna = Reader(sqlite_app, "anna")
    staffed.clock.advance(minutes=6)
    path = f"/staff/{staffed.accounts['sally']}"
    assert anna.get(path).headers["Location"] == "/confirm"
    assert anna.send("/confirm", code=PASSWORD).headers["Location"] == path


@pytest.mark.usefixtures("staffed")
def test_a_user_name_is_taken_once(sqlite_app: Flask) -> None:
    anna = Reader(sqlite_app, "anna")
    answer = anna.send("/staff/start", name="Other", username="sally", phone="01632 960111", role="social_worker")
    assert "That user name is taken" in plain(answer)


def test_who_is_not_confirmed_is_overdue_then_stopped(staffed: SmallWorld, sqlite_app: Flask) -> None:
    hub, accounts = staffed.hub, staffed.accounts
    late = Appointments(hub.writer, hub.clear, staffed.clock, hub.entry.appointments._ids, Confirming())
    staffed.clock.advance(days=32)
    anna, arno = Reader(sqlite_app, "anna"), Reader(sqlite_app, "arno")
    assert "Overdue since" in anna.words("/staff")
    assert late.stop_unconfirmed() == 0
    kept = [accounts["sally"], accounts["arno"]]
    assert anna.send("/staff", accounts=kept).status_code == 302
    assert arno.send("/staff", accounts=[accounts["anna"]]).status_code == 302
    refused = anna.send("/staff", accounts=[accounts["anna"]])
    assert "Choose from the options listed" in plain(refused)
    staffed.clock.advance(days=14)
    assert late.stop_unconfirmed() > 0
    for username, status in (("sally", 302), ("anna", 302), ("fran", 401), ("iggy", 401)):
        assert Reader(sqlite_app).sign_in(username).status_code == status, username
    assert Reader(sqlite_app).sign_in("addy").status_code == 302
    assert Reader(sqlite_app).sign_in("otto").status_code == 302
    with pytest.raises(NotSignedInError):
        hub.sessions.sign_in("rob", PASSWORD)


def test_somebody_with_two_roles_chooses_one_for_the_sitting(staffed: SmallWorld, sqlite_app: Flask) -> None:
    anna, fran = Reader(sqlite_app, "anna"), Reader(sqlite_app)
    does(anna, staffed.accounts["fran"], "add", "social_worker")
    assert fran.sign_in("fran").headers["Location"] == "/sign-in/role"
    assert fran.get("/").headers["Location"] == "/sign-in"
    own = re.findall(r'name="account" type="radio" value="([^"]+)"', fran.get("/sign-in/role").text)
    assert len(own) == 2
    assert fran.send("/sign-in/role", account=staffed.accounts["sally"]).status_code == 200
    assert fran.get("/account").status_code == 302
    other = next(one for one in own if one != staffed.accounts["fran"])
    assert fran.send("/sign-in/role", account=other).headers["Location"] == "/account"
    assert fran.get("/front-door").status_code == 404
    assert "Children's social worker" in fran.words("/")
    does(anna, other, "stop")
    assert fran.get("/").headers["Location"] == "/sign-in"
    assert fran.sign_in("fran").headers["Location"] == "/"
    assert fran.get("/front-door").status_code == 200


def test_a_tie_holds_in_every_role_of_the_person(staffed: SmallWorld) -> None:
    staffed.police_notice()
    appointments, hub = staffed.hub.entry.appointments, staffed.hub
    by, fran = staffed.accounts["anna"], staffed.accounts["fran"]
    staffed.accounts["fran2"] = appointments.add_role(by, fran, "social_worker")
    staffed.allocate("fran2")
    assert hub.pages.families(staffed.accounts["fran2"])
    hub.conflicts.declare(staffed.accounts["manager"], staffed.family, staffed.accounts["fran2"], "relative")
    assert not hub.pages.families(staffed.accounts["fran2"])
    third = appointments.add_role(by, fran, "family_support_worker")
    staffed.accounts["fran3"] = third
    staffed.allocate("fran3")
    assert not hub.pages.families(third)


def test_who_oversees_has_no_other_role(staffed: SmallWorld) -> None:
    appointments, by = staffed.hub.entry.appointments, staffed.accounts["anna"]
    for username, role in (("manager", "social_worker"), ("sally", "team_manager"), ("iggy", "social_worker")):
        with pytest.raises(InvalidRequestError, match="roles_not_for_one_person"):
            appointments.add_role(by, staffed.accounts[username], role)
    two = appointments.add_role(by, staffed.accounts["sally"], "duty_worker")
    with pytest.raises(InvalidRequestError, match="roles_not_for_one_person"):
        appointments.move(by, two, "ig_officer")
    with pytest.raises(InvalidRequestError, match="roles_not_for_one_person"):
        appointments.add_role(by, staffed.accounts["sally"], "duty_worker")


def test_the_names_of_further_accounts_sign_nobody_in(staffed: SmallWorld) -> None:
    appointments = staffed.hub.entry.appointments
    new = NewMember("zed", "Zed Example", "01632 960112", "duty_worker", staffed.hub.entry.starting.unknown_password())
    zed = appointments.start(staffed.accounts["anna"], new)
    appointments.add_role(staffed.accounts["anna"], zed, "social_worker")
    for username in ("zed", "zed.social_worker.1"):
        for password in ("", "nobody has this password"):
            with pytest.raises(NotSignedInError):
                staffed.hub.sessions.prove(username, password)
