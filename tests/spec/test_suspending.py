"""Any party stops an agreement alone, at once; it starts again when every party has signed that it does."""

import pytest

from hub.domain.errors import AccessRefusedError, ConflictError, InvalidRequestError, PolicyError
from hub.policy import procedure
from hub.policy.procedure import Progress
from tests.factories import SmallWorld
from tests.spec.helping import EARS, holds, raised
from tests.spec.signing_steps import EFS, KEY, TRIAL, give, shows, suspend


def one_stops_and_all_resume(world: SmallWorld) -> None:
    """The smallest party stops it; four of five signatures do not start it again, and a new stop voids them."""
    world.open()
    assert shows(world, EARS, "protect_child")
    suspend(world, "igda")
    assert not shows(world, EARS, "protect_child")
    assert raised(lambda: suspend(world, "igda")) is ConflictError
    for party in ("csc", "police", "mh", "sm"):
        give(world, party, EFS)
    assert not shows(world, EARS, "protect_child")
    suspend(world, "igsm")
    give(world, "da", EFS)
    assert not shows(world, EARS, "protect_child")
    for party in ("csc", "police", "mh", "sm"):
        assert not shows(world, EARS, "protect_child")
        give(world, party, EFS)
    assert shows(world, EARS, "protect_child")


def test_any_party_suspends_alone_and_resuming_needs_them_all_again(case: SmallWorld) -> None:
    one_stops_and_all_resume(case)


def test_resuming_with_some_signatures_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Progress, "unresumed", ())
    assert not holds(lambda: one_stops_and_all_resume(case))


def test_signatures_given_for_an_earlier_suspension_do_not_count_for_a_later_one(
    case: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(procedure, "sorted", lambda all_, key=None: sorted(all_, key=key) if key else [], raising=False)
    assert not holds(lambda: one_stops_and_all_resume(case))


def test_the_signatures_that_brought_it_into_force_do_not_resume_it(case: SmallWorld) -> None:
    given = {party: one.body["signature"] for party, one in case.hub.signing.progress(EFS).signed.items()}
    suspend(case, "igda")
    account, key_id = case.accounts["igda"], case.ceremony.keys["da"].key_id
    again = lambda: case.hub.signing.sign(account, EFS, key_id, bytes.fromhex(given["da"]), "command_line")  # noqa: E731
    assert raised(again) is PolicyError


NOT_SUSPENDING = {"a manager": ("manager", EFS), "a worker": ("sally", EFS), "an officer of no party": ("igmh", KEY)}


@pytest.mark.parametrize("who", NOT_SUSPENDING)
def test_nobody_else_suspends(case: SmallWorld, who: str) -> None:
    case.ceremony.bring_into_force(TRIAL, "trial.yaml")
    assert raised(lambda: suspend(case, *NOT_SUSPENDING[who])) is AccessRefusedError


def test_a_suspension_needs_its_reason(case: SmallWorld) -> None:
    signing, officer = case.hub.signing, case.accounts["igda"]
    assert raised(lambda: signing.suspend(officer, EFS, "incident", "  ")) is InvalidRequestError
    assert raised(lambda: signing.suspend(officer, EFS, "whim", "words")) is InvalidRequestError
