import re

import pytest
from flask import Flask

from hub.settings import Settings
from hub.wiring import web_app
from tests.factories import PASSWORD, SmallWorld
from tests.journeys.readers import Reader, bare, plain


def test_a_sitting_begins_and_ends(sqlite_app: Flask) -> None:
    sally = Reader(sqlite_app)
    assert sally.get("/").headers["Location"] == "/sign-in"
    answer = sally.sign_in("sally")
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Your families" in sally.words("/")
    assert sally.http.post("/sign-out").status_code == 400
    gone = sally.http.post("/sign-out", data={"csrf_token": sally.token("/")})
    assert gone.headers["Clear-Site-Data"]
    assert sally.get("/").status_code == 302


def test_a_secret_that_was_signed_out_is_worth_nothing(sqlite_app: Flask) -> None:
    sally = Reader(sqlite_app, "sally")
    kept = sally.http.get_cookie("hub-sitting").value
    sally.http.post("/sign-out", data={"csrf_token": sally.token("/")})
    sally.http.set_cookie("hub-sitting", kept)
    assert sally.get("/").status_code == 302


def test_nobody_learns_whether_a_name_or_a_password_was_wrong(sqlite_app: Flask) -> None:
    somebody = Reader(sqlite_app)
    wrong, unknown = somebody.sign_in("sally", "no"), somebody.sign_in("nobody", "no")
    assert (wrong.status_code, unknown.status_code) == (401, 401)
    assert bare(wrong).replace("sally", "nobody") == bare(unknown)
    assert "no" not in [value for line in wrong.text.split("value=")[1:] for value in line.split('"')[1:2]]


def test_after_five_failures_even_the_right_password_waits(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sally = Reader(sqlite_app)
    for _ in range(5):
        assert sally.sign_in("sally", "wrong").status_code == 401
    assert sally.sign_in("sally").status_code == 401
    assert Reader(sqlite_app).sign_in("fran").status_code == 302
    sqlite_world.clock.advance(minutes=16)
    assert sally.sign_in("sally").status_code == 302


def test_a_sitting_ends_after_a_quarter_of_an_hour_without_use_and_after_eight_hours(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    sally, rob = Reader(sqlite_app, "sally"), Reader(sqlite_app, "rob")
    for _ in range(34):
        sqlite_world.clock.advance(minutes=14)
        assert sally.get("/").status_code == 200
    assert rob.get("/").status_code == 302
    sqlite_world.clock.advance(minutes=5)
    assert sally.get("/").status_code == 302


def test_a_stopped_account_is_out_at_the_next_request(world: SmallWorld, app: Flask) -> None:
    for name, agency, role in (("sally", "csc", "social_worker"), ("fran", "csc", "front_door_worker")):
        reader = Reader(app, name)
        world.hub.setup.stop_person(world.accounts[name], world.agencies[agency], role)
        assert reader.get("/tasks").headers["Location"] == "/sign-in"
        assert Reader(app).sign_in(name).status_code == 401


def test_a_form_without_its_token_does_nothing(sqlite_app: Flask) -> None:
    answer = Reader(sqlite_app).http.post("/sign-in", data={"username": "sally", "password": PASSWORD})
    assert answer.status_code == 400
    assert "Open the page again" in plain(answer)


def test_on_https_cookies_belong_to_this_host_alone(sqlite_world: SmallWorld) -> None:
    settings = Settings.in_folder(sqlite_world.settings.folder, "https://hub.example.org")
    object.__setattr__(sqlite_world.hub, "settings", settings)
    client = web_app(sqlite_world.hub).test_client()
    reader = Reader.__new__(Reader)
    reader.http = client
    assert client.get("/sign-in", base_url="https://elsewhere.example.org").status_code == 400
    page = client.get("/sign-in", base_url="https://hub.example.org")
    assert page.headers["Strict-Transport-Security"]
    form = page.headers["Set-Cookie"]
    assert form.startswith("__Host-hub-form=")
    assert "Secure" in form
    token = page.text.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
    fields = {"csrf_token": token, "username": "sally", "password": PASSWORD}
    answer = client.post("/sign-in", data=fields, base_url="https://hub.example.org")
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("__Host-hub-sitting="))
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))


def test_a_foreign_host_is_not_served(sqlite_app: Flask) -> None:
    answer = sqlite_app.test_client().get("/sign-in", base_url="http://evil.example.org")
    assert (answer.status_code, "evil" in answer.text) == (400, False)


def test_the_process_says_that_it_serves(sqlite_app: Flask) -> None:
    assert sqlite_app.test_client().get("/readyz").json == {"ready": True}


def test_a_defect_is_answered_with_a_reference_and_no_values(
    sqlite_app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    sally = Reader(sqlite_app, "sally")

    def broken(*_: object) -> None:
        raise ValueError("Canarysurname")

    sqlite_app.view_functions["main.home"] = broken
    answer = sally.get("/")
    assert answer.status_code == 500
    printed = capsys.readouterr().out
    (reference,) = re.findall(r"give the reference ([0-9a-f]{16})", answer.text)
    assert reference in printed
    assert "Canarysurname" not in printed + answer.text
