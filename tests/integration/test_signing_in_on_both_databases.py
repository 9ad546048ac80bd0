"""Factors, sittings, staff, links and drafts on each database in turn, through the rights the hub really has there."""

import base64

import pytest

from hub.domain.errors import NotSignedInError
from hub.identity import totp
from hub.services.appointments import NewMember
from hub.wiring import doctor
from tests.factories import PASSWORD, SmallWorld


def test_a_whole_sign_in(world: SmallWorld) -> None:
    entry, sally = world.hub.entry, world.accounts["sally"]
    entry.factors.begin(sally)
    secret = base64.b32decode(entry.factors.pending(sally, "sally").secret.replace(" ", ""))
    recovery = entry.factors.confirm(sally, totp.code_at(secret, totp.step_at(world.clock())))
    world.clock.advance(seconds=30)
    step = entry.signing_in.begin("sally", PASSWORD)
    code = totp.code_at(secret, totp.step_at(world.clock()))
    caller = world.hub.sessions.resolve(entry.signing_in.give_code(step.secret, code).secret)
    with pytest.raises(NotSignedInError, match="code_wrong"):
        entry.factors.require(sally, code)
    renewed = world.hub.sessions.resolve(entry.sittings.prove_again(caller, recovery[0]))
    with pytest.raises(NotSignedInError, match="code_wrong"):
        entry.factors.require(sally, recovery[0])
    assert entry.drafts.keep(sally, "/place", {"note": ["words"]})
    assert entry.drafts.restored(sally, "/place").fields == {"note": ["words"]}
    entry.drafts.forget(sally, "/place")
    assert [one.current for one in entry.sittings.listed(renewed)] == [True]


def test_a_whole_life_of_an_account(world: SmallWorld) -> None:
    entry, anna = world.hub.entry, world.staff("anna", "csc", "agency_admin")
    new = NewMember("newt", "Newt Example", "01632 960111", "social_worker", entry.starting.unknown_password())
    newt = entry.appointments.start(anna, new)
    code, keep = entry.starting.issue(newt)
    entry.appointments.note(anna, newt, keep)
    entry.starting.start("newt", code, "correct horse battery staple")
    secret = world.hub.sessions.sign_in("newt", "correct horse battery staple")
    other = entry.appointments.add_role(anna, newt, "duty_worker")
    entry.appointments.link(anna, newt, "https://id.example.org", "subject")
    entry.appointments.move(anna, other, "front_door_worker")
    assert entry.appointments.confirm(anna, [newt, other]) == 2
    entry.appointments.stop(anna, newt)
    with pytest.raises(NotSignedInError):
        world.hub.sessions.resolve(secret)
    entry.appointments.stop(anna, other)
    with pytest.raises(NotSignedInError):
        world.hub.sessions.prove("newt", "correct horse battery staple")


def test_the_doctor_names_agencies_that_nobody_looks_after(world: SmallWorld) -> None:
    ok, words = next((ok, words) for name, ok, words in doctor(world.hub) if name == "administrators")
    assert not ok
    assert "Riverside Recovery" in words
    for agency in world.agencies:
        world.staff(f"admin_{agency}", agency, "agency_admin")
    assert next(ok for name, ok, _ in doctor(world.hub) if name == "administrators")
