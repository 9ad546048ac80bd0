from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from hub.domain.facts import Fact, FactKind
from hub.domain.ids import AccountId, FactId
from hub.policy.consent import consent_state

START = datetime(2026, 5, 1, tzinfo=UTC)
ALL = ("*",)


def said(day: int, status: str, **scope: tuple[str, ...]) -> Fact:
    lists = {key: list(scope.get(key, ALL)) for key in ("categories", "sources", "recipients", "purposes")}
    when = START + timedelta(days=day)
    body = {"status": status, "kind": "confidentiality_agreement", **lists}
    who = AccountId("worker")
    return Fact(FactId(f"f{day}{status}"), "person:1", day, FactKind.CONSENT, body, when, None, when, who)


def state(*facts: Fact) -> str:
    return consent_state(facts, category="attendance", source="sm", recipient="csc", purpose="support_family")[0]


def test_nothing_said_is_not_sought() -> None:
    assert consent_state([], category="a", source="b", recipient="c", purpose="d") == ("not_sought", "")


@pytest.mark.parametrize("key", ["categories", "sources", "recipients", "purposes"])
def test_a_word_outside_its_scope_says_nothing(key: str) -> None:
    assert state(said(1, "given", **{key: ("other",)})) == "not_sought"


def test_a_later_word_beats_an_earlier_one_in_whatever_order_they_are_read() -> None:
    given, withdrawn = said(1, "given"), said(2, "withdrawn")
    assert state(given, withdrawn) == state(withdrawn, given) == "withdrawn"
    assert state(given, withdrawn, said(3, "given")) == "given"


def test_a_withdrawal_beats_everything_earlier_in_its_scope_and_nothing_outside_it() -> None:
    narrow = said(1, "given", categories=("attendance",), sources=("sm",))
    assert state(narrow, said(2, "withdrawn")) == "withdrawn"
    assert state(narrow, said(2, "withdrawn", sources=("mh",))) == "given"


def test_a_later_narrower_refusal_beats_an_earlier_wider_consent() -> None:
    assert state(said(1, "given"), said(2, "refused", sources=("sm",))) == "refused"


def test_a_later_wider_consent_does_not_undo_an_earlier_precise_refusal() -> None:
    assert state(said(1, "refused", categories=("attendance",)), said(2, "given")) == "refused"
    both = (
        said(1, "refused", categories=("attendance",)),
        said(2, "given"),
        said(3, "given", categories=("attendance",)),
    )
    assert state(*both) == "given"


@pytest.mark.parametrize("later", ["not_sought", "unable", "expired"])
def test_a_no_stands_until_that_person_says_yes(later: str) -> None:
    assert state(said(1, "refused"), said(2, later)) == "refused"
    assert state(said(1, "withdrawn"), said(2, later), said(3, "given")) == "given"


def test_a_competent_childs_no_is_not_undone_by_a_parents_yes() -> None:
    no, yes = said(1, "refused"), said(2, "given")
    own = replace(no, body={**no.body, "capacity": "gillick"})
    parents = replace(yes, body={**yes.body, "capacity": "parental_responsibility"})
    assert state(own, parents) == "refused"
    assert state(own, replace(yes, body={**yes.body, "capacity": "gillick"})) == "given"
    assert state(no, parents) == "given"


def test_expired_is_not_sought() -> None:
    assert state(said(1, "given"), said(2, "expired")) == "not_sought"


def test_the_answer_names_the_fact() -> None:
    facts = [said(1, "given"), said(2, "withdrawn")]
    found = consent_state(facts, category="a", source="b", recipient="c", purpose="d")
    assert found == ("withdrawn", "f2withdrawn")


def test_a_scope_that_is_not_a_list_is_not_guessed_at() -> None:
    broken = said(1, "given")
    broken.body["categories"] = "attendance"  # type: ignore[index]
    with pytest.raises(TypeError):
        state(broken)
