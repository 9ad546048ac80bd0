import pytest

from hub.domain.consent import Asking, Capacity, Interpreter, Method


def test_what_was_written_is_read_again() -> None:
    asked = Asking("p1", Capacity.GILLICK, Method.EASY_READ, Interpreter.PROFESSIONAL, notice="3")
    assert Asking.of(asked.body()) == asked


def test_an_older_event_without_the_codes_stays_readable() -> None:
    assert Asking.of({"status": "given", "kind": "gdpr_consent"}).kind.value == "gdpr_consent"


@pytest.mark.parametrize("key", ["kind", "capacity", "method", "interpreter", "advocate", "channel"])
def test_a_code_that_is_not_listed_is_never_guessed_at(key: str) -> None:
    for odd in ("relative", "", "Spoken", None, ["spoken"]):
        with pytest.raises((ValueError, TypeError)):
            Asking.of({key: odd})


@pytest.mark.parametrize("key", ["given_by", "notice"])
def test_what_must_be_text_is_text(key: str) -> None:
    with pytest.raises(TypeError):
        Asking.of({key: 7})
