"""Who signs for an agency: each roster is signed by the one before it, the first confirmed by another officer."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.domain.errors import AccessRefusedError, ConflictError, InvalidRequestError, PolicyError
from hub.gate.rosters import Rosters
from hub.policy import procedure
from hub.services.rosters import NewSignatory
from hub.services.signing_keys import SigningKey
from hub.settings import Settings
from hub.wiring import World, build, found
from tests.factories import AGENCIES, CHEAP, STAFF, Clock, Seeded, SmallWorld
from tests.spec.helping import EARS, holds, raised
from tests.spec.signing_steps import EFS, give, shows, suspend


def offered(world: SmallWorld, username: str, key: SigningKey) -> bytes:
    person = NewSignatory("Nadia Farouk", "Caldicott guardian", key.public.hex())
    return world.hub.rosters.offer(world.accounts[username], [person])


def chained(world: SmallWorld) -> None:
    """The old roster signs the new one: then the new key signs, the old one no longer, and what it signed stays."""
    rosters, key = world.hub.rosters, SigningKey.make(world.hub.world.randomness)
    message, old = offered(world, "igda", key), world.ceremony.keys["da"]
    assert rosters.newest("da")["number"] == 1
    with pytest.raises(PolicyError):
        rosters.submit(world.accounts["igda"], old.key_id, key.sign(message))
    with pytest.raises(PolicyError):
        rosters.submit(world.accounts["igda"], key.key_id, key.sign(message))
    rosters.submit(world.accounts["igda"], old.key_id, old.sign(message))
    assert rosters.newest("da")["number"] == 2
    world.open()
    assert shows(world, EARS, "protect_child")
    suspend(world, "iggy")
    assert raised(lambda: give(world, "da", EFS)) is PolicyError
    world.ceremony.keys = {**world.ceremony.keys, "da": key}
    give(world, "da", EFS)


def test_a_roster_is_signed_by_the_one_before_it(case: SmallWorld) -> None:
    chained(case)


def test_a_roster_that_anybody_signs_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Rosters, "_require_follows", lambda *_: None)
    assert not holds(lambda: chained(case))


@pytest.fixture
def new(tmp_path: Path) -> Iterator[SmallWorld]:
    """Return a partnership on its first day: agencies and officers, no roster, nothing signed."""
    settings, clock = Settings.in_folder(tmp_path / "new"), Clock()
    world = World(clock, Seeded("new"))
    found(settings, "Exampleshire (synthetic)", synthetic=True, population=50_000, world=world)
    hub = build(settings, world=world, passwords=CHEAP)
    small = SmallWorld(hub, clock, settings, agencies=hub.setup.add_agencies(AGENCIES))
    for username in ("iggy", "igda", "sally"):
        small.staff(username, *STAFF[username])
    yield small
    small.close()


def the_first_is_confirmed_by_another(world: SmallWorld) -> None:
    """An agency's first roster needs another officer, who types the fingerprint that was read to them."""
    key, rosters = SigningKey.make(world.hub.world.randomness), world.hub.rosters
    offered(world, "igda", key)
    confirm: Callable[[str, str], None] = lambda who, typed: rosters.confirm(world.accounts[who], "da", typed)  # noqa: E731
    assert raised(lambda: confirm("igda", key.key_id)) is AccessRefusedError
    assert raised(lambda: confirm("sally", key.key_id)) is AccessRefusedError
    assert raised(lambda: confirm("iggy", "0" * 64)) is InvalidRequestError
    assert raised(lambda: confirm("iggy", key.key_id[:8])) is InvalidRequestError
    assert rosters.newest("da") is None
    assert raised(lambda: rosters.submit(world.accounts["igda"], key.key_id, b"")) is ConflictError
    confirm("iggy", f"{key.key_id[:4]} {key.key_id[4:8]} {key.key_id[8:12]} {key.key_id[12:16]}".upper())
    assert rosters.newest("da")["signatories"][0]["key_id"] == key.key_id


def test_the_first_roster_is_confirmed_by_another_officer(new: SmallWorld) -> None:
    the_first_is_confirmed_by_another(new)


def test_a_roster_confirmed_by_its_author_is_noticed(new: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(procedure, "_require_roster_step", lambda *_: None)
    assert not holds(lambda: the_first_is_confirmed_by_another(new))


def test_a_new_beginning_after_a_lost_key_needs_two_officers(case: SmallWorld) -> None:
    key, rosters = SigningKey.make(case.hub.world.randomness), case.hub.rosters
    offered(case, "igda", key)
    rosters.confirm(case.accounts["iggy"], "da", key.key_id)
    assert rosters.newest("da")["number"] == 1
    assert raised(lambda: rosters.confirm(case.accounts["iggy"], "da", key.key_id)) is ConflictError
    rosters.confirm(case.accounts["igmh"], "da", key.key_id)
    assert rosters.newest("da")["number"] == 2
