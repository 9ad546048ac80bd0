import pytest

from connectors.protected_values import conclude
from hub.domain.fields import RecordKind
from hub.domain.partial_date import PartialDate
from hub.domain.referral import EntryDraft, Outcome, PersonDraft, ReferralDraft, Sourced

HOME = "14 Larch Court, Northbridge, ZZ99 4AB"


def person(key: str, *, restricted: bool, **contact: str) -> PersonDraft:
    return PersonDraft(key, {}, {n: Sourced(v, f"/{key}/{n}") for n, v in contact.items()}, restricted=restricted)


def referral(text: str, *people: PersonDraft) -> ReferralDraft:
    entry = EntryDraft(
        RecordKind.POLICE_NOTICE,
        PartialDate.parse("2024-03-05"),
        tuple(p.key for p in people),
        {"what_happened": Sourced(text, "/text")},
    )
    return ReferralDraft("m", 1, "", people, (entry,))


@pytest.mark.parametrize(
    "text",
    [
        "She now lives at 14 Larch Court.",
        "She now lives at 14  LARCH court",
        "Seen near zz994ab today",
        "Seen near ZZ99 4AB today",
        "Call her on 07700-900 123",
        "Call her on +44 (0)7700 900123",
        "Write to grace@example.org",
    ],
)
def test_a_narrative_that_quotes_a_protected_value_is_quarantined(text: str) -> None:
    mother = person("mother", restricted=True, address=HOME, phone="07700 900123", email="grace@example.org")
    parsed = conclude(referral(text, mother), ())
    assert parsed.outcome is Outcome.QUARANTINED
    assert parsed.draft is None
    assert [(i.code, i.location) for i in parsed.issues] == [("protected_value_in_narrative", "/text")]


@pytest.mark.parametrize("text", ["She lives at 114 Larch Court", "She moved to Northbridge", "She is 14", ""])
def test_other_words_are_not_taken_for_the_protected_value(text: str) -> None:
    assert conclude(referral(text, person("mother", restricted=True, address=HOME)), ()).outcome is Outcome.ACCEPTED


def test_an_open_address_may_be_quoted() -> None:
    father = person("father", restricted=False, address=HOME)
    assert conclude(referral("At 14 Larch Court", father), ()).outcome is Outcome.ACCEPTED


def test_a_protected_address_given_openly_for_a_child_is_closed_for_the_child_too() -> None:
    mother = person("mother", restricted=True, address=HOME)
    child = person("child", restricted=False, address="14 larch court", school="Northbridge Primary")
    parsed = conclude(referral("", mother, child), ())
    assert [p.restricted for p in parsed.draft.people] == [True, True]
    assert [(i.code, i.location) for i in parsed.issues] == [("protected_value_shared", "/child/address")]


def test_a_child_in_the_household_of_a_protected_parent_is_protected_with_its_school() -> None:
    mother = person("mother", restricted=True, address=HOME, household="H1")
    child = person("child", restricted=False, household="H1", school="Northbridge Primary")
    father = person("father", restricted=False, household="H2")
    parsed = conclude(referral("", mother, child, father), ())
    assert [p.restricted for p in parsed.draft.people] == [True, True, False]
