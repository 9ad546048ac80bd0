"""The same key and content give the first receipt again; the same key with other content is a conflict."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from hub.domain.errors import ConflictError
from hub.services.intake import Intake
from hub.store.clear.tables import referral, task
from tests.factories import SmallWorld, notice
from tests.spec.helping import holds, raised, treatment


def referrals(world: SmallWorld) -> int:
    with world.hub.engines.data.connect() as connection:
        return connection.scalar(select(func.count()).select_from(referral)) or 0


def the_same_gives_the_same(world: SmallWorld) -> None:
    before = referrals(world)
    first = world.send("police", "safeguarding_notice", notice(), key="one")
    world.clock.advance(hours=1)
    assert world.send("police", "safeguarding_notice", notice(), key="one") == first
    assert referrals(world) == before + 1
    other = notice(unit="Response team C")
    assert raised(lambda: world.send("police", "safeguarding_notice", other, key="one")) is ConflictError
    assert referrals(world) == before + 1
    assert world.send("police", "safeguarding_notice", other, key="two") != first


def test_the_same_message_gives_the_first_receipt_again(world: SmallWorld) -> None:
    the_same_gives_the_same(world)


def test_an_intake_that_forgets_keys_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Intake, "_known", lambda *_: None)
    assert not holds(lambda: the_same_gives_the_same(case))


def at_once(world: SmallWorld, bodies: list[bytes]) -> list[dict]:
    """Send several messages at the same moment, each from a process of its own."""
    start, hubs = Barrier(len(bodies)), [world.hub, *(world.again() for _ in bodies[1:])]

    def send(number: int) -> dict:
        mine = SmallWorld(hubs[number], world.clock, world.settings, world.agencies, world.accounts)
        start.wait()
        return mine.send("sm", "adult_with_children_json", bodies[number])

    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(send, range(len(bodies))))


def test_messages_at_the_same_moment(world: SmallWorld) -> None:
    """Two alike give one referral, one receipt and one task; several unlike give one each, and none is lost."""
    before = referrals(world)
    alike = at_once(world, [treatment("refused")] * 2)
    assert alike[0] == alike[1]
    assert referrals(world) == before + 1
    with world.hub.engines.data.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(task)) == 1
    unlike = at_once(world, [treatment(referral_ref=f"RS-{number}") for number in range(4)])
    assert len({receipt["receipt"] for receipt in unlike}) == 4
    assert referrals(world) == before + 5
