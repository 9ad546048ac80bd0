"""A hub whose published agreements do not do what was signed refuses to serve, and the doctor says why."""

from dataclasses import replace

import pytest

from hub.domain.errors import PolicyError
from hub.wiring import doctor, serve, sound
from tests.factories import SmallWorld


def turned_round(world: SmallWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the compiled tables forget every prohibition, as a defect of the compiler would."""
    policy = world.hub.policy.current()
    wrong = replace(policy, tables=replace(policy.tables, nevers=0))
    monkeypatch.setattr(type(world.hub.policy), "current", lambda *_: wrong)


def agreements(world: SmallWorld) -> tuple[bool, str]:
    return next((ok, words) for name, ok, words in doctor(world.hub) if name == "agreements")


def test_a_sound_set_is_served(sqlite_world: SmallWorld) -> None:
    assert sound(sqlite_world.hub) is sqlite_world.hub
    assert agreements(sqlite_world)[0]


def test_an_unsound_set_is_refused_before_anything_is_bound(
    sqlite_world: SmallWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    turned_round(sqlite_world, monkeypatch)
    with pytest.raises(PolicyError, match="implementations_differ"):
        serve(sqlite_world.hub, "127.0.0.1", 0, lambda: pytest.fail("it served"))
    ok, words = agreements(sqlite_world)
    assert not ok
    assert "implementations_differ" in words


def test_a_text_whose_worked_case_fails_is_not_proposed(sqlite_world: SmallWorld) -> None:
    text = (sqlite_world.settings.policies / "agreements" / "das-2026-04.yaml").read_text()
    wrong = text.replace("expect: {level: show", "expect: {level: count", 1)
    assert wrong != text
    with pytest.raises(PolicyError, match="worked_cases_fail"):
        sqlite_world.ceremony.bring_into_force(wrong, "das.yaml")
