"""A partnership at the start of its week: a family in an enquiry, and three agencies whose systems are called."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from hub.settings import Settings
from hub.store import session
from tests.factories import Seeded, SmallWorld, reopened
from tests.journeys.readers import lead
from tests.simulators.partner import Dice
from tests.simulators.partnership import Partnership

SHORT = "busy_timeout=300"
"""Milliseconds that a writer waits for another process: as served it waits ten seconds, which is long for a test."""
ADMINISTRATORS = {"police": "ada", "mh": "abe", "sm": "sam"}


@contextmanager
def town_of(made: SmallWorld, settings: Settings, seed: str) -> Iterator[Partnership]:
    """Open a closed world again under these settings, and let it live until the caller is through."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(session, "_PRAGMAS", (*session._PRAGMAS, SHORT))
        yield from _lived(reopened(made, replace(settings, webhook_loopback=True), Seeded(seed)), seed)


def _lived(world: SmallWorld, seed: str) -> Iterator[Partnership]:
    found = Partnership(world, Dice(seed))
    for code, administrator in ADMINISTRATORS.items():
        found.listen(code, administrator)
    found.agencies["police"].play("new")
    found.agencies["police"].leave_alone()
    found.work()
    world.accept()
    found.desks.decided[next(iter(found.agencies["police"].book.referrals))] = "accepted"
    world.allocate("sally", lead=True)
    lead(world)
    world.open()
    try:
        yield found
    finally:
        for listener, _ in found.listeners.values():
            listener.stop()
        world.close()
