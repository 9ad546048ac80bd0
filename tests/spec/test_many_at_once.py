"""Readers and writers at the same moment on SQLite: everybody is served, nobody meets a locked database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy.exc import SQLAlchemyError

from hub.domain.errors import HubError, StaleFactsError, StoreUnavailableError
from hub.services.recording import ConsentWord
from hub.store.session import Transactions
from tests.factories import PASSWORD, SmallWorld
from tests.spec.helping import EARS, alarms, treatment

THREADS, TURNS = 8, 3


def everybody_at_once(world: SmallWorld) -> list[BaseException]:
    """Let eight people work, each on a thread; return whatever went wrong."""
    hub, sally, parent = world.hub, world.accounts["sally"], world.people("parent")[0]
    work: tuple[Callable[[int], object], ...] = (
        lambda _: world.view("sally"),
        lambda _: world.view("rob"),
        lambda turn: hub.recording.consent(sally, world.family, ConsentWord(parent, "refused", reason=str(turn))),
        lambda _: hub.recording.cover(sally, world.family, world.agencies["da"], "not_checked"),
        lambda turn: world.send("sm", "adult_with_children_json", treatment(referral_ref=f"RS-a{turn}")),
        lambda turn: world.send("sm", "adult_with_children_json", treatment("refused", referral_ref=f"RS-b{turn}")),
        lambda _: hub.sessions.resolve(hub.sessions.sign_in("sally", PASSWORD)),
        lambda _: hub.sequencer.run_once(),
    )
    assert len(work) == THREADS
    start, wrong = Barrier(THREADS), []

    def one(act: Callable[[int], object]) -> None:
        start.wait()
        for turn in range(TURNS):
            try:
                act(turn)
            except StaleFactsError:
                continue  # the facts of this family kept moving: asked to come again, nothing is lost
            except (HubError, SQLAlchemyError) as error:
                wrong.append(error)

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(one, work))
    return wrong


def test_eight_at_once_meet_no_locked_database_and_raise_no_alarm(case: SmallWorld) -> None:
    case.open()
    assert everybody_at_once(case) == []
    assert alarms(case) == []
    assert EARS in str([record.fields for record in case.view("sally").records])


def test_transactions_that_begin_as_readers_are_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Transactions, "write", Transactions.read)
    wrong = everybody_at_once(case)
    assert any(isinstance(error, StoreUnavailableError) for error in wrong)
