"""The morning e-mail holds a sentence and a link: the same bytes for everybody, whatever waits."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hub.domain.errors import InvalidRequestError, SettingsError
from hub.services.digest import Digest, Letter
from hub.settings import Settings, Smtp
from hub.wiring import web_app
from tests.factories import SmallWorld
from tests.journeys.readers import Reader, plain
from tests.simulators.smtp import Mailbox, mail_server
from tests.spec.helping import holds

SEVEN = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
SENDER = "hub@exampleshire.example"
TEXT = """There is work for you. Sign in to read it:

http://127.0.0.1:8477/

This message holds nothing else. Stop it on the page that the link opens.
"""


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as served:
        yield served


@pytest.fixture
def morning(case: SmallWorld, mailbox: Mailbox) -> SmallWorld:
    """Sally owes a telling, Rob a note; both asked to be written to, and so did Vera, for whom nothing waits."""
    settings = replace(case.settings, smtp=Smtp("127.0.0.1", mailbox.port, SENDER))
    case.settings = settings
    world = replace(case, hub=case.again())
    for username in ("sally", "rob", "vera"):
        world.hub.casework.digest.choose(world.accounts[username], f"{username}@work.example")
    world.open()
    world.view("sally")
    world.hub.rounds.run_once()
    return world


def written(world: SmallWorld, mailbox: Mailbox) -> dict[str, str]:
    world.clock.now = SEVEN
    world.hub.rounds.run_once()
    return {letter["To"]: letter.get_content().replace("\r\n", "\n") for letter in mailbox.letters}


def the_letter_says_nothing(world: SmallWorld, mailbox: Mailbox) -> None:
    letters = written(world, mailbox)
    assert set(letters) == {"sally@work.example", "rob@work.example"}
    assert len(set(letters.values())) == 1
    assert set(letters.values()) == {TEXT}
    assert {(letter["Subject"], letter["From"]) for letter in mailbox.letters} == {("Your work today", SENDER)}
    for raw in mailbox.raw:
        held = (world.family, world.hub.pages.reference(world.family), *world.accounts.values(), "Hart", "Sally")
        assert not any(str(word).encode() in raw for word in held)


def test_the_letter_is_a_sentence_and_a_link_the_same_for_everybody(morning: SmallWorld, mailbox: Mailbox) -> None:
    the_letter_says_nothing(morning, mailbox)


def test_a_letter_that_tells_what_waits_is_noticed(
    morning: SmallWorld, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def talkative(these: Digest, post: object, account: str, address: str) -> bool:
        waiting = these._tasks.open_for(account)
        if waiting:
            post.send(Letter(address, "Your work today", "\n".join(task.words for task in waiting)))
        return bool(waiting)

    monkeypatch.setattr(Digest, "_written", talkative)
    assert not holds(lambda: the_letter_says_nothing(morning, mailbox))


def test_one_letter_a_working_morning_and_none_before_seven_or_on_a_holiday(
    morning: SmallWorld, mailbox: Mailbox
) -> None:
    morning.clock.now = datetime(2026, 11, 24, 6, 59, tzinfo=UTC)
    morning.hub.rounds.run_once()
    assert mailbox.letters == []
    written(morning, mailbox)
    for _ in range(3):
        morning.clock.advance(hours=1)
        morning.hub.rounds.run_once()
    assert len(mailbox.letters) == 2
    for holiday in (datetime(2026, 11, 28, 8, tzinfo=UTC), datetime(2026, 12, 25, 8, tzinfo=UTC)):
        morning.clock.now = holiday
        morning.hub.rounds.run_once()
    assert len(mailbox.letters) == 2
    morning.clock.now = datetime(2026, 12, 29, 8, tzinfo=UTC)
    morning.hub.rounds.run_once()
    assert len(mailbox.letters) == 4


def test_a_server_that_refuses_is_left_alone_and_asked_again_later(morning: SmallWorld, mailbox: Mailbox) -> None:
    mailbox.refuses = True
    assert written(morning, mailbox) == {}
    mailbox.refuses = False
    morning.hub.rounds.run_once()
    assert mailbox.letters == []
    morning.clock.advance(minutes=16)
    morning.hub.rounds.run_once()
    assert len(mailbox.letters) == 2


def test_who_was_stopped_is_not_written_to(morning: SmallWorld, mailbox: Mailbox) -> None:
    morning.hub.setup.stop_person(morning.accounts["rob"], morning.agencies["sm"], "recovery_worker")
    assert set(written(morning, mailbox)) == {"sally@work.example"}


def test_an_address_is_chosen_and_stopped_on_ones_own_page(morning: SmallWorld, mailbox: Mailbox) -> None:
    sally = Reader(web_app(morning.hub), "sally")
    assert "a sentence and a link" in sally.words("/digest")
    for wrong in ("sally", "a@b", "a@b.example\r\nBcc: other@x.example", "a b@work.example"):
        assert "Enter an e-mail address" in plain(sally.send("/digest", address=wrong)), wrong
    assert sally.send("/digest", address="").status_code == 302
    assert set(written(morning, mailbox)) == {"rob@work.example"}
    with pytest.raises(InvalidRequestError):
        morning.hub.casework.digest.choose(morning.accounts["sally"], "x\ny@work.example")


def test_nothing_is_sent_in_clear_beyond_this_machine(mailbox: Mailbox) -> None:
    assert Smtp("mail.council.example", 587, SENDER).tls
    assert not Smtp("127.0.0.1", mailbox.port, SENDER).tls
    for short in ({"HUB_SMTP": "mail.council.example"}, {"HUB_SMTP": "mail.council.example:587"}):
        with pytest.raises(SettingsError):
            Settings.from_environment({"HUB_FOLDER": "/nowhere", **short})
    found = Settings.from_environment(
        {"HUB_FOLDER": "/nowhere", "HUB_SMTP": "m.example:587", "HUB_SMTP_SENDER": SENDER}
    )
    assert found.smtp == Smtp("m.example", 587, SENDER)
    assert Settings.from_environment({"HUB_FOLDER": "/nowhere"}).smtp is None
    assert "secret" not in repr(Smtp("m.example", 587, SENDER, "hub", "secret"))


def test_a_server_that_offers_no_encryption_gets_no_letter(
    morning: SmallWorld, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Smtp, "tls", True)
    assert written(morning, mailbox) == {}
