"""A text about mother and father follows the stricter of the two, whoever of them it is."""

from collections.abc import Iterable

import pytest

from hub.policy import circumstances
from hub.policy.decision import Decision
from hub.services.recording import ConsentWord
from tests.factories import SmallWorld, texts
from tests.spec.helping import QUARREL, holds, named

MOTHER, FATHER = "Grace Adeyemi-Hart", "Daniel Hart"
WORDS = ("given", "refused", "withdrawn", "not_sought")


def say(world: SmallWorld, name: str, status: str) -> None:
    word = ConsentWord(named(world, name), status)
    world.hub.recording.consent(world.accounts["sally"], world.family, word)


def the_stricter_counts(world: SmallWorld) -> None:
    """The quarrel shows only when both agreed."""
    for mother in WORDS:
        for father in ("given",) if mother != "given" else WORDS:
            say(world, MOTHER, mother)
            say(world, FATHER, father)
            both = (mother, father) == ("given", "given")
            shown = texts(world.view("sally", purpose="support_family"))
            assert (QUARREL in shown) is both, (mother, father)


def test_a_text_about_both_shows_only_when_both_agreed(case: SmallWorld) -> None:
    the_stricter_counts(case)


def test_following_the_more_lenient_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def lenient(decisions: Iterable[Decision]) -> Decision:
        return min(decisions, key=lambda decision: decision.level.rank)

    monkeypatch.setattr(circumstances, "strictest", lenient)
    assert not holds(lambda: the_stricter_counts(case))


def the_fathers_workers_never_read_it(world: SmallWorld) -> None:
    """Even while an enquiry is open, and even when both agreed: it is about the mother too."""
    for mother, father in (("given", "given"), ("refused", "given"), ("given", "refused")):
        say(world, MOTHER, mother)
        say(world, FATHER, father)
        for worker in ("rob", "pete"):
            for purpose in ("support_family", "protect_child"):
                shown = texts(world.view(worker, purpose=purpose))
                assert "medication was changed" not in shown, (worker, purpose)
                assert QUARREL not in shown


def test_the_fathers_workers_never_read_about_the_mother(case: SmallWorld) -> None:
    case.open()
    the_fathers_workers_never_read_it(case)


def test_showing_it_to_the_fathers_workers_is_noticed(case: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    case.open()

    def lenient(decisions: Iterable[Decision]) -> Decision:
        return min(decisions, key=lambda decision: decision.level.rank)

    monkeypatch.setattr(circumstances, "strictest", lenient)
    assert not holds(lambda: the_fathers_workers_never_read_it(case))
