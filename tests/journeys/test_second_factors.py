"""A second factor: set up, asked for, used once, replaced only by who has it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from hub.domain.errors import NotSignedInError
from hub.services import second_factors
from hub.settings import Settings
from hub.store.clear.sign_in_tables import recovery_code, second_factor
from hub.wiring import World, build, found, web_app
from tests.factories import AGENCIES, CHEAP, PASSWORD, Clock, SmallWorld
from tests.journeys.authenticators import set_up
from tests.journeys.readers import Reader, plain


@pytest.fixture
def production(folder: Path) -> Iterator[SmallWorld]:
    clock, settings = Clock(), Settings.in_folder(folder)
    found(settings, "Realshire", synthetic=False, population=50_000, world=World(clock, os.urandom))
    hub = build(settings, world=World(clock, os.urandom), passwords=CHEAP)
    made = SmallWorld(hub, clock, settings, agencies=hub.setup.add_agencies(AGENCIES))
    made.staff("sally", "csc", "social_worker")
    made.staff("iggy", "csc", "ig_officer")
    yield made
    made.close()


def half_in(app: Flask, username: str = "sally") -> Reader:
    reader = Reader(app)
    assert reader.sign_in(username).headers["Location"] == "/sign-in/code"
    return reader


def test_where_people_are_real_nobody_gets_in_with_a_password_alone(production: SmallWorld) -> None:
    app = web_app(production.hub)
    sally = Reader(app)
    assert sally.sign_in("sally").headers["Location"] == "/sign-in/set-up"
    for path in ("/", "/account", "/tasks"):
        assert sally.get(path).headers["Location"] == "/sign-in"
    set_up(production, sally, "/sign-in/set-up")
    assert sally.get("/account").status_code == 200
    with pytest.raises(NotSignedInError, match="second_factor_missing"):
        production.hub.sessions.sign_in("iggy", PASSWORD)
    with pytest.raises(NotSignedInError, match="code_needed"):
        production.hub.sessions.sign_in("sally", PASSWORD)


def test_in_a_demonstration_the_password_alone_still_signs_in(sqlite_app: Flask) -> None:
    assert Reader(sqlite_app).sign_in("sally").headers["Location"] == "/"


def test_who_has_one_is_asked_for_it(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    held, _ = set_up(sqlite_world, Reader(sqlite_app, "sally"))
    sqlite_world.clock.advance(minutes=1)
    sally = half_in(sqlite_app)
    assert sally.get("/account").headers["Location"] == "/sign-in"
    wrong = sally.send("/sign-in/code", code=held.wrong())
    assert (wrong.status_code, sally.get("/account").status_code) == (401, 302)
    assert sally.send("/sign-in/code", code=held.code()).headers["Location"] == "/account"
    assert sally.get("/account").status_code == 200


def test_a_code_works_once(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    held, _ = set_up(sqlite_world, Reader(sqlite_app, "sally"))
    assert half_in(sqlite_app).send("/sign-in/code", code=held.code()).status_code == 401
    sqlite_world.clock.advance(seconds=30)
    code = held.code()
    assert half_in(sqlite_app).send("/sign-in/code", code=code).status_code == 302
    assert half_in(sqlite_app).send("/sign-in/code", code=code).status_code == 401


def test_a_code_that_would_work_twice_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(second_factors.rows, "spend_step", lambda *_: True)
    matching = second_factors.totp.matching_step
    monkeypatch.setattr(
        second_factors.totp, "matching_step", lambda secret, code, now, _last: matching(secret, code, now, -1)
    )
    with pytest.raises(AssertionError):
        test_a_code_works_once(sqlite_world, sqlite_app)


def test_after_five_wrong_codes_even_the_right_one_waits(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    held, _ = set_up(sqlite_world, Reader(sqlite_app, "sally"))
    sqlite_world.clock.advance(minutes=1)
    sally = half_in(sqlite_app)
    for _ in range(5):
        assert sally.send("/sign-in/code", code=held.wrong()).status_code == 401
    assert sally.send("/sign-in/code", code=held.code()).status_code == 401
    sqlite_world.clock.advance(minutes=2)
    assert half_in(sqlite_app).send("/sign-in/code", code=held.code()).status_code == 302


def test_a_recovery_code_lets_in_once(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    _, codes = set_up(sqlite_world, Reader(sqlite_app, "sally"))
    assert len(set(codes)) == 10
    sally = half_in(sqlite_app)
    assert sally.send("/sign-in/code", code=codes[0].upper()).status_code == 302
    assert "Recovery codes left: 9." in sally.words("/account")
    again = half_in(sqlite_app)
    assert again.send("/sign-in/code", code=codes[0]).status_code == 401
    assert again.send("/sign-in/code", code=codes[1].replace("-", "")).status_code == 302


def test_neither_key_nor_recovery_codes_are_stored_readably(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    held, codes = set_up(sqlite_world, Reader(sqlite_app, "sally"))
    with sqlite_world.hub.engines.data.connect() as connection:
        kept = repr(connection.execute(select(second_factor)).all() + connection.execute(select(recovery_code)).all())
    assert held.secret.hex() not in kept
    assert not [code for code in codes if code in kept or code.replace("-", "") in kept]


def test_a_key_moved_to_another_account_does_not_open(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    held, _ = set_up(sqlite_world, Reader(sqlite_app, "sally"))
    with sqlite_world.hub.engines.data.begin() as connection:
        connection.execute(second_factor.update().values(account_id=sqlite_world.accounts["iggy"]))
    sqlite_world.clock.advance(minutes=1)
    answer = half_in(sqlite_app, "iggy").send("/sign-in/code", code=held.code())
    assert answer.status_code == 500
    assert "Something went wrong" in plain(answer)


def test_a_step_is_over_after_ten_minutes_and_is_used_once(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    held, _ = set_up(sqlite_world, Reader(sqlite_app, "sally"))
    sqlite_world.clock.advance(minutes=1)
    step = sqlite_world.hub.entry.signing_in.begin("sally", PASSWORD).secret
    sqlite_world.hub.entry.signing_in.give_code(step, held.code())
    with pytest.raises(NotSignedInError, match="step_over"):
        sqlite_world.hub.entry.signing_in.waiting(step)
    with pytest.raises(NotSignedInError, match="session_over"):
        sqlite_world.hub.sessions.resolve(sqlite_world.hub.entry.signing_in.begin("sally", PASSWORD).secret)
    late = half_in(sqlite_app)
    sqlite_world.clock.advance(minutes=11)
    assert late.get("/sign-in/code").headers["Location"] == "/sign-in"


def test_replacing_a_factor_asks_for_the_one_that_is_there(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    sally = Reader(sqlite_app, "sally")
    held, _ = set_up(sqlite_world, sally)
    sqlite_world.clock.advance(minutes=6)
    assert sally.get("/account/second-factor").headers["Location"] == "/confirm"
    assert sally.send("/confirm", code=PASSWORD).status_code == 401
    assert sally.send("/confirm", code=held.code()).headers["Location"] == "/account/second-factor"
    other = half_in(sqlite_app)
    sqlite_world.clock.advance(minutes=1)
    assert other.send("/sign-in/code", code=held.code()).status_code == 302
    new, _ = set_up(sqlite_world, sally)
    assert other.get("/account").status_code == 302
    sqlite_world.clock.advance(minutes=1)
    assert half_in(sqlite_app).send("/sign-in/code", code=held.code()).status_code == 401
    assert half_in(sqlite_app).send("/sign-in/code", code=new.code()).status_code == 302
