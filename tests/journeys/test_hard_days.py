"""Days that are hard in one way each: what the week plays among much else, and what must be noticed."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from uuid import uuid4

import jwt
import pytest

from hub.domain.receipt import Receipt
from hub.identity.batch_signatures import BatchClaims
from hub.services import file_drop
from hub.services.intake import Intake, Message
from hub.settings import Settings
from tests.factories import SmallWorld
from tests.simulators.accounting import as_sent, differences, rows
from tests.simulators.partnership import DEATHS, Partnership
from tests.simulators.town import town_of
from tests.simulators.write_lock import FILES
from tests.spec.helping import holds

FIFTH = 5


@pytest.fixture
def town(made_on_sqlite: SmallWorld, folder: Path) -> Iterator[Partnership]:
    with town_of(made_on_sqlite, Settings.in_folder(folder), "a hard day") as found:
        yield found


def files_that_are_cut_off(town: Partnership) -> None:
    for code, act in (("sm", "file_long"), ("police", "file_amended"), ("sm", "file_twice")):
        town.act(code, act, DEATHS, one_in=1)
    assert town.deaths
    assert [*as_sent(town), *rows(town)] == []


def test_a_file_that_is_cut_off_goes_on_where_it_stopped(town: Partnership) -> None:
    files_that_are_cut_off(town)


def test_a_file_that_starts_anew_when_it_was_cut_off_is_noticed(
    town: Partnership, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts, numbers = file_drop._parts, count(1_000, 1_000)

    def anew(parsed: object):  # noqa: ANN202  an iterator of numbered parts
        start = next(numbers)
        return ((start + first, part) for first, part in parts(parsed))

    monkeypatch.setattr(file_drop, "_parts", anew)
    assert not holds(lambda: files_that_are_cut_off(town))


def every_forgery_is_refused(town: Partnership) -> None:
    town.act("police", "file")
    days = -(-len(town.pretending.forger.tricks) // 3)
    for _ in range(days):
        town.pretending.play_a_day()
        town.world.clock.advance(hours=20)
    assert set(town.pretending.forger.refused) == set(town.pretending.forger.tricks)
    assert list(town.pretending.differences()) == []


def test_every_forgery_is_refused_and_leaves_no_row(town: Partnership) -> None:
    every_forgery_is_refused(town)


def test_a_hub_that_believes_a_signature_unread_is_noticed(town: Partnership, monkeypatch: pytest.MonkeyPatch) -> None:
    def trusting(token: str, *_: object, **__: object) -> BatchClaims:
        said = jwt.decode(token, options={"verify_signature": False})
        return BatchClaims(said["iss"], said["connector"], said["sha256"], said["rows"])

    monkeypatch.setattr(file_drop, "require_batch_signature", trusting)
    assert not holds(lambda: every_forgery_is_refused(town))


def test_what_one_agency_says_of_anothers_referral_is_its_own(town: Partnership) -> None:
    town.act("police", "new")
    town.pretending.borrow()
    town.settle()
    assert differences(town) == []


def a_lock_is_waited_out(town: Partnership) -> None:
    for code, database in zip(town.agencies, FILES, strict=False):
        town.act_while_locked(code, "new", database)
    assert set(town.locks.met) == set(FILES)
    assert [*as_sent(town), *rows(town), *town.locks.differences()] == []


def test_a_lock_held_by_another_process_costs_a_sender_a_second_try_and_nothing_else(town: Partnership) -> None:
    a_lock_is_waited_out(town)


def test_a_sender_that_is_not_told_to_come_again_is_noticed(town: Partnership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.api.problems._AGAIN", "later")
    assert not holds(lambda: a_lock_is_waited_out(town))


def a_day(town: Partnership) -> None:
    town.play_a_day()
    assert [*as_sent(town), *rows(town)] == []


def a_day_that_is_over(town: Partnership) -> None:
    a_day(town)
    town.settle()
    assert differences(town) == []


def test_after_a_day_every_count_is_the_same(town: Partnership) -> None:
    a_day_that_is_over(town)


def test_a_hub_that_loses_one_is_noticed(town: Partnership, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers the fifth message with a receipt, and keeps nothing of it."""
    take, given = Intake._take, list[Message]()

    def forgetful(intake: Intake, message: Message, *said: object) -> dict[str, object]:
        given.append(message)
        if len(given) == FIFTH:
            return Receipt(str(uuid4()), town.world.clock(), message.connector, ()).plain()
        return take(intake, message, *said)

    monkeypatch.setattr(Intake, "_take", forgetful)
    assert not holds(lambda: a_day(town))


def test_a_hub_that_stores_one_twice_is_noticed(town: Partnership, monkeypatch: pytest.MonkeyPatch) -> None:
    receive, given = Intake.receive, list[Message]()

    def twice(intake: Intake, message: Message) -> dict[str, object]:
        given.append(message)
        if len(given) == FIFTH:
            unnumbered = [replace(one, draft=replace(one.draft, message_id="")) for one in message.parsed if one.draft]
            receive(intake, replace(message, key="again", parsed=unnumbered or message.parsed))
        return receive(intake, message)

    monkeypatch.setattr(Intake, "receive", twice)
    assert not holds(lambda: a_day(town))


def test_an_event_that_is_never_owed_to_anybody_is_noticed(town: Partnership, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.services.deliveries.rows.owe", lambda *_: None)
    assert not holds(lambda: a_day_that_is_over(town))
