"""A deadline that passed is entered before anybody is asked to look: a worker that stops in between forgets neither."""

from collections.abc import Callable

import pytest

from hub.domain.errors import LedgerUnavailableError
from hub.gate.doorkeeper import Doorkeeper
from tests.factories import SmallWorld, notice
from tests.spec.test_requests_are_answered import ask


def unanswered(world: SmallWorld) -> None:
    ask(world)


def undecided(world: SmallWorld) -> None:
    world.send("police", "safeguarding_notice", notice(notice_ref="SN-LATE"))


@pytest.mark.parametrize(("late", "code"), [(unanswered, "request_unanswered"), (undecided, "referral_undecided")])
def test_an_alarm_that_could_not_be_entered_is_entered_by_the_next_round(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch, late: Callable[[SmallWorld], None], code: str
) -> None:
    late(case)
    case.clock.advance(days=8)
    with monkeypatch.context() as without_a_log:
        without_a_log.setattr(Doorkeeper, "alarm", _unavailable)
        case.hub.rounds.run_once()
    for _ in range(2):
        case.hub.rounds.run_once()
    assert [one.entry.outcome for one in case.entries()].count(code) == 1


def _unavailable(*_: object, **__: object) -> None:
    raise LedgerUnavailableError
