"""Requests, answers, strategy discussions and remarks on patterns: what is hidden from a reader changes no byte."""

from collections.abc import Callable
from pathlib import Path

import pytest

from hub.domain.fields import RecordKind
from hub.domain.labels import Sensitivity
from hub.services.answering import Given
from hub.services.family_page import Stated
from hub.services.requests import ANSWERS, Asking
from hub.web import families
from hub.web.served import served
from tests.factories import SmallWorld, texts
from tests.spec.helping import deposit, holds, reference_of
from tests.spec.test_hidden_is_like_nothing import MOTHER, enquired, the_same_for

__all__ = ["enquired"]
STATED = Stated("support_family", "A visit tomorrow")


def asked(answer: str) -> Callable[[SmallWorld], None]:
    """Let the social worker ask the trust about mother and child, and the trust answer."""

    def hide(world: SmallWorld) -> None:
        people = [world.people("child")[0], world.people("victim")[0]]
        asking = Asking(world.agencies["mh"], "assess_need", people, "A call today", "since May")
        request = world.hub.desk.requests.ask(world.accounts["sally"], world.family, STATED, asking)
        given = {"checked": world.clock().date(), "ground": "detriment", "reason": "A witness"}
        if answer == "shared":
            given |= {"information": "Seen weekly", "statement": "fact_observed", "involvement": "Open"}
            given |= {"relations": "Grace: mother of Maya"}
        world.hub.desk.answering.answer(world.accounts["igmh"], request, Given(answer, **given))

    return hide


def many_reports(world: SmallWorld) -> None:
    for _ in range(4):
        fields = {"summary": "Seen in the clinic", "concern": "She is afraid"}
        about = [reference_of(world, MOTHER)]
        deposit(world, "mh", RecordKind.HEALTH_REPORT, about, fields, Sensitivity.RESTRICTED)


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_other_sides_worker_finds_no_byte_of_a_request(enquired: SmallWorld, tmp_path: Path, answer: str) -> None:
    the_same_for("pete", enquired, tmp_path, asked(answer))


def test_reports_that_a_reader_may_not_see_make_no_remark(enquired: SmallWorld, tmp_path: Path) -> None:
    the_same_for("pete", enquired, tmp_path, many_reports)


def test_a_remark_on_what_is_hidden_is_noticed(
    enquired: SmallWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    remember, sally, family = families.signals, enquired.accounts["sally"], enquired.family

    def everything(_records: object, *rest: object) -> tuple[str, ...]:
        shown = served().pages.disclose(sally, family, Stated("protect_child", "A visit"), limit=500)
        return remember(shown.records, *rest)

    monkeypatch.setattr(families, "signals", everything)
    assert not holds(lambda: the_same_for("pete", enquired, tmp_path, many_reports))


def test_the_social_worker_is_told_of_the_same_reports(case: SmallWorld) -> None:
    case.open()
    many_reports(case)
    shown = case.view("sally")
    assert "She is afraid" in texts(shown)
