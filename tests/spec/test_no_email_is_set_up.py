"""Where no e-mail is set up, what only an e-mail can tell waits: nothing is given up, and nothing is lost."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from hub.services.deliveries import Deliveries
from hub.services.partner_tasks import GIVEN_UP
from hub.services.tasks import KINDS
from hub.settings import Smtp
from hub.wiring import World, build
from tests.factories import CHEAP, SmallWorld, notice
from tests.simulators.smtp import Mailbox, mail_server
from tests.spec.helping import holds
from tests.spec.schools import tasks


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture
def world(case: SmallWorld) -> SmallWorld:
    case.staff("ada", "police", "agency_admin")
    return case


def what_waits_for_email_is_written_once_there_is_one(world: SmallWorld, mailbox: Mailbox) -> None:
    hooks, ada = world.hub.partners.webhooks, world.accounts["ada"]
    hooks.add(ada, "", "desk@police.example.org")
    world.clock.advance(minutes=1)
    receipt = world.send("police", "safeguarding_notice", notice(notice_ref="SN-NEW"), "another")["receipt"]
    world.hub.rounds.run_once()
    world.accept()
    for _ in range(40):
        world.clock.advance(hours=7)
        world.hub.rounds.run_once()
    (line,) = hooks.lines(ada)
    assert line.unsent
    assert {words for _, words in line.calls} == {"Waits, as no e-mail is set up on this hub, attempts: 0"}
    assert KINDS[GIVEN_UP].words not in tasks(world, "ada")
    with_email = replace(world.settings, smtp=Smtp("127.0.0.1", mailbox.port, "hub@partnership.example"))
    hub = build(with_email, world=World(world.clock, world.hub.world.randomness), passwords=CHEAP)
    world.others.append(hub)
    hub.partners.deliveries.run_once()
    assert any(receipt in str(letter) for letter in mailbox.letters)
    (line,) = hub.partners.webhooks.lines(ada)
    assert not line.unsent
    assert {words for _, words in line.calls} == {"Told by e-mail, attempts: 1"}


def test_what_waits_for_email_is_written_once_there_is_one(world: SmallWorld, mailbox: Mailbox) -> None:
    what_waits_for_email_is_written_once_there_is_one(world, mailbox)


def test_what_is_given_up_for_want_of_email_is_noticed(
    world: SmallWorld, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle = Deliveries._settle
    over = lambda self, one, *, done_at: settle(self, one, done_at=done_at or self._clock())  # noqa: E731
    monkeypatch.setattr(Deliveries, "_settle", over)
    assert not holds(lambda: what_waits_for_email_is_written_once_there_is_one(world, mailbox))
