from dataclasses import replace

import pytest

from connectors import protected_values, spellings
from connectors.protected_values import conclude
from connectors.spellings import plain
from hub.domain.fields import RecordKind
from hub.domain.partial_date import PartialDate
from hub.domain.referral import AttachmentDraft, EntryDraft, Outcome, PersonDraft, ReferralDraft, Sourced

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
        "He waits outside 14 Larch Ct",
        "He waits outside 14, Larch Ct.",
        "He waits outside fourteen Larch Court",
        "He waits outside Fourteen Larch ct",
        "He waits outside 14 L\u0430rch Court",
        "He waits outside 14 \u039barch C\u03bfurt, N\u043erthbridge, ZZ99 4AB",
        "He waits at 14 L\u0430r\u0441h C\u043eurt",
        "He waits at 14 Lar\u200bch Cou\u00adrt",
        "He waits at \uff11\uff14 Larch Court",
        "He waits at 14 Lárch Court",
        "He waits at Larch Court number 14",
        "He waits at Larch Court, 14",
        "near \u0396\u039699 4\u0410\u0412",
        "rings " + "".join(chr(0x660 + int(digit)) for digit in "07700900123"),
    ],
)
def test_a_narrative_that_quotes_a_protected_value_is_quarantined(text: str) -> None:
    mother = person("mother", restricted=True, address=HOME, phone="07700 900123", email="grace@example.org")
    parsed = conclude(referral(text, mother), ())
    assert parsed.outcome is Outcome.QUARANTINED
    assert parsed.draft is None
    assert [(i.code, i.location) for i in parsed.issues] == [("protected_value_in_narrative", "/text")]


@pytest.mark.parametrize(
    "text",
    [
        "She lives at 114 Larch Court",
        "Larch Court 145",
        "At twenty-fourteen Larch Court",
        "She moved to Northbridge",
        "She is 14",
        "",
    ],
)
def test_other_words_are_not_taken_for_the_protected_value(text: str) -> None:
    assert conclude(referral(text, person("mother", restricted=True, address=HOME)), ()).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("home", "text", "found"),
    [
        ("24 St John's Rd", "at twenty-four Saint Johns Road", True),
        ("Twenty Four St. John's Road", "at 24 st johns rd", True),
        ("4 Saint John's Road", "at twenty-four St John's Road", False),
        ("Flat 2, 7 High Street", "at apt two, seven High St", True),
        ("Apartment 12 Mill House, Town", "flat twelve Mill Hse", True),
        ("The Larches, Mill Lane", "at the larches", True),
        ("114 Larch Court", "at 14 Larch Court", False),
        ("99999999999999999999 Larch Court", "at 99999999999999999999 larch ct", True),
    ],
)
def test_a_protected_address_is_found_however_either_is_spelt(home: str, text: str, found: bool) -> None:  # noqa: FBT001
    outcome = conclude(referral(text, person("mother", restricted=True, address=home)), ()).outcome
    assert (outcome is Outcome.QUARANTINED) is found


def test_the_title_of_a_file_that_quotes_a_protected_value_is_quarantined_too() -> None:
    file = AttachmentDraft(0, "Photo of 14 Larch Ct.jpg", "image/jpeg", b"x", "/file")
    draft = replace(referral("", person("mother", restricted=True, address=HOME)), attachments=(file,))
    parsed = conclude(draft, ())
    assert [(i.code, i.location) for i in parsed.issues] == [("protected_value_in_narrative", "/file")]


@pytest.mark.parametrize("text", ["at 14 Larch Ct", "at fourteen Larch Court", "at 14 L\u0430rch Court"])
def test_a_comparison_of_one_spelling_is_noticed(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protected_values, "pattern", plain)
    monkeypatch.setattr(spellings, "_LOOKALIKES", {})
    mother = person("mother", restricted=True, address="14 Larch Court, Northbridge")
    assert conclude(referral(text, mother), ()).outcome is Outcome.ACCEPTED


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
