"""What somebody said beside an entry goes where the entry goes; what professionals argue is not handed to a family."""

import pytest
from flask import Flask

from hub.services import printing
from hub.services.family_page import Stated
from tests.factories import SmallWorld
from tests.journeys.printing_world import DANIEL, HIS, copy_for, entry, family, for_person, pdf_of, sally
from tests.journeys.readers import plain
from tests.spec.helping import named, reference_of

NOT_SO = "I finished seven sessions, not six"
WHY = "Nobody asked him how he gets there"
STATED = Stated("support_family", "Planning the next visit")


def remarked(world: SmallWorld) -> None:
    """Daniel disagrees with an entry about him, and a colleague of his worker challenges it."""
    family(world)
    record = entry(world, [reference_of(world, DANIEL)], summary=f"{HIS} again")
    remarks, by = world.hub.team.remarks, world.accounts["sally"]
    remarks.disagree(by, world.family, STATED, record, (named(world, DANIEL), NOT_SO))
    remarks.challenge(by, world.family, STATED, record, WHY)


def his_copy(world: SmallWorld, app: Flask, sort: str) -> str:
    answer = copy_for(sally(world, app), world, for_person(world, DANIEL), sort)
    if sort == "page":
        return " ".join(plain(answer).split())
    return " ".join(" ".join(page.extract_text() for page in pdf_of(answer).pages).split())


def holds_his_own_words(world: SmallWorld, app: Flask) -> None:
    remarked(world)
    for sort in ("page", "pdf"):
        copy = his_copy(world, app, sort)
        assert "Disagrees" in copy
        assert NOT_SO in copy
        assert WHY not in copy


def test_a_copy_holds_the_disagreement_and_no_challenge(world: SmallWorld, app: Flask) -> None:
    holds_his_own_words(world, app)


def test_planted_a_copy_that_hands_over_every_remark_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "_for_the_family", lambda _: True)
    with pytest.raises(AssertionError):
        holds_his_own_words(sqlite_world, sqlite_app)


def test_a_colleagues_copy_holds_the_challenge_too(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    remarked(sqlite_world)
    chosen = f"worker:{sqlite_world.accounts['sally']}"
    copy = plain(copy_for(sally(sqlite_world, sqlite_app), sqlite_world, chosen))
    assert WHY in copy
