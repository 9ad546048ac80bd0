"""A partnership of real people relies on a route only after a named officer accepted its text."""

import base64
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hub.domain.errors import AccessRefusedError, InvalidRequestError, NotSignedInError
from hub.identity import totp
from hub.settings import Settings
from hub.wiring import World, build, found, stage
from tests.factories import AGENCIES, CHEAP, PASSWORD, Clock, SmallWorld


@pytest.fixture
def production(folder: Path) -> Iterator[SmallWorld]:
    clock = Clock()
    world = World(clock, os.urandom)
    settings = Settings.in_folder(folder)
    found(settings, "Realshire", synthetic=False, population=50_000, world=world)
    hub = build(settings, world=world, passwords=CHEAP)
    made = SmallWorld(hub, clock, settings, agencies=hub.setup.add_agencies(AGENCIES))
    made.staff("iggy", "csc", "ig_officer")
    made.staff("sally", "csc", "social_worker")
    yield made
    made.close()


def usable(world: SmallWorld) -> set[str]:
    return {line.id for line in world.hub.routes.listed() if line.usable}


def test_only_confirmed_routes_may_be_relied_on_at_first(production: SmallWorld) -> None:
    assert usable(production) == {line.id for line in production.hub.routes.listed() if line.verified}
    assert "CA1989-S47-9" not in usable(production)


def test_an_officers_acceptance_acts_at_once_and_is_in_the_log(production: SmallWorld) -> None:
    before = production.hub.policy.current()
    production.hub.routes.accept(production.accounts["iggy"], "CA1989-S47-9", "Counsel's advice of 1 March")
    assert "CA1989-S47-9" in usable(production)
    assert production.hub.policy.current().digest != before.digest
    assert "CA1989-S47-9" in {line.id for line in production.again().routes.listed() if line.usable}
    assert "route:accept" in {read.entry.act for read in production.entries()}


def test_nobody_else_accepts_and_nobody_accepts_without_a_reason(production: SmallWorld) -> None:
    with pytest.raises(AccessRefusedError, match="role_may_not_record"):
        production.hub.routes.accept(production.accounts["sally"], "CA1989-S47-9", "It is needed")
    with pytest.raises(InvalidRequestError, match="reason_missing"):
        production.hub.routes.accept(production.accounts["iggy"], "CA1989-S47-9", " ")
    with pytest.raises(InvalidRequestError, match="unknown_route"):
        production.hub.routes.accept(production.accounts["iggy"], "CA1989-S48", "It is needed")
    assert "CA1989-S47-9" not in usable(production)


def test_a_changed_text_has_to_be_accepted_again(production: SmallWorld) -> None:
    production.hub.routes.accept(production.accounts["iggy"], "CDA1998-S115", "Counsel's advice")
    changed = production.settings.folder.parent / "policies"
    shutil.copytree(production.settings.policies, changed)
    text = (changed / "gateways.yaml").read_text()
    (changed / "gateways.yaml").write_text(text.replace("a power, not a duty", "a duty"))
    settings = replace(production.settings, policies=changed)
    other = build(settings, world=production.hub.world, passwords=CHEAP)
    assert "CDA1998-S115" not in {line.id for line in other.routes.listed() if line.usable}
    other.close()


def test_the_officer_is_signed_in_on_the_command_line_as_everywhere(production: SmallWorld) -> None:
    sessions, iggy = stage(production.hub).sessions, production.accounts["iggy"]
    with pytest.raises(NotSignedInError, match="second_factor_missing"):
        sessions.sign_in("iggy", PASSWORD)
    factors = production.hub.entry.factors
    factors.begin(iggy)
    secret = base64.b32decode(factors.pending(iggy, "iggy").secret.replace(" ", ""))
    factors.confirm(iggy, totp.code_at(secret, totp.step_at(production.clock())))
    with pytest.raises(NotSignedInError, match="code_needed"):
        sessions.sign_in("iggy", PASSWORD)
    production.clock.advance(seconds=30)
    code = totp.code_at(secret, totp.step_at(production.clock()))
    assert sessions.resolve(sessions.sign_in("iggy", PASSWORD, code)).account == iggy


def test_a_demonstration_may_use_them_all(sqlite_world: SmallWorld) -> None:
    assert all(line.usable for line in sqlite_world.hub.routes.listed())
    with pytest.raises(InvalidRequestError, match="already_usable"):
        sqlite_world.hub.routes.accept(sqlite_world.accounts["iggy"], "CDA1998-S115", "Counsel's advice")
