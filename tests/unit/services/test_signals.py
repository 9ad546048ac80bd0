"""A remark is a count of what this reader may see, with the rule that makes it; never a score."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from hub.domain.errors import PolicyError
from hub.domain.fields import RecordKind
from hub.domain.ids import AgencyId, PersonId, RecordId
from hub.gate.disclosure import ShownRecord
from hub.policy.signals import load_signals
from hub.services.signals import signals

TEXT = (Path(__file__).resolve().parents[3] / "policies" / "signals.yaml").read_text()
RULES = load_signals(TEXT, "signals.yaml")
TODAY = date(2026, 11, 25)
MAYA, THEO, DAD, MUM = (PersonId(name) for name in ("maya", "theo", "dad", "mum"))
CHILDREN = {MAYA, THEO}


def shown(
    days_ago: int, owner: str = "police", about: tuple = (MAYA, DAD), kind: str = "police_notice", **fields: str
) -> ShownRecord:
    day = (TODAY - timedelta(days=days_ago)).isoformat()
    id_ = RecordId(f"{day}/{owner}/{sorted(about)}/{kind}")
    return ShownRecord(id_, RecordKind(kind), day, 0, AgencyId(owner), frozenset(about), fields, ())


def said(*records: ShownRecord) -> str:
    return " ".join(signals(records, CHILDREN, TODAY, RULES))


def test_nothing_is_said_of_nothing_and_of_little() -> None:
    assert said() == ""
    assert said(shown(3), shown(10)) == ""


def test_repeat_contact_counts_across_siblings_and_adults() -> None:
    records = [shown(3, about=(MAYA,)), shown(40, "mh", (MUM,), "health_report"), shown(80, about=(THEO, DAD))]
    assert "3 reports within 365 days" in said(*records)
    assert "about 2 children" in said(*records)
    assert "reports within" not in said(*records[:2])
    assert "3 reports within" not in said(*records[:2], shown(366))


def test_two_messages_of_one_agency_about_one_day_are_one_report() -> None:
    assert "reports within" not in said(shown(3), shown(3, about=(THEO,)), shown(3, about=(MUM,)), shown(9))


def test_one_adult_named_again_and_again_is_remarked_on_and_a_child_is_not_an_adult() -> None:
    records = [shown(n, about=(MAYA, DAD)) for n in (1, 9, 20)]
    assert "One adult is named in 3 reports" in said(*records)
    assert "One adult" not in said(*[shown(n, about=(MAYA,)) for n in (1, 9, 20)])


def test_a_gap_and_a_silence_are_counted_in_days() -> None:
    assert "100 days lie between two entries" in said(shown(2), shown(102))
    assert "The newest entry that you may see is 50 days old" in said(shown(50), shown(60))
    assert "lie between" not in said(shown(2), shown(92))
    assert "lie between" in said(shown(2), shown(93))


def test_worries_are_read_together() -> None:
    worried = [shown(n, "csc", (MAYA,), "team_entry", concern="A worry") for n in (1, 9, 20, 30)]
    assert "4 entries within 365 days say what the worry is" in said(*worried)
    assert "worry" not in said(*worried[:3], shown(5, "csc", (MAYA,), "team_entry", plan="A plan"))


def test_what_lies_ahead_and_what_is_no_event_is_not_counted() -> None:
    assert said(shown(-5), shown(-9), shown(-20)) == ""
    assert said(*[shown(n, kind="person") for n in (1, 9, 20)]) == ""


def test_no_remark_is_a_score_or_claims_an_absence() -> None:
    text = TEXT.split("rules:", 1)[1].lower()
    for never in ("score", "risk level", "high risk", "nothing held", "no concern", "%"):
        assert never not in text


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("{count} agencies", "{score} agencies", "unknown_place"),
        ("count: agencies", "count: danger", "unknown_word"),
        ('at_least: "91"', 'at_least: "0"', "malformed"),
        ("[police_notice,", "[person,", "unknown_word"),
    ],
)
def test_a_rule_that_is_not_one_is_refused_with_its_place(old: str, new: str, code: str) -> None:
    with pytest.raises(PolicyError) as caught:
        load_signals(TEXT.replace(old, new, 1), "signals.yaml")
    assert caught.value.code == code
    assert caught.value.where.startswith("signals.yaml:")
