"""Forms on odd input: a message beside the field, never an error page."""

from collections.abc import Mapping
from datetime import date

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from hub.web import consent_forms, duty_forms, forms
from hub.web.consents import STATUSES

USUAL = [
    ("channel", "none"),
    ("kind", "confidentiality_agreement"),
    ("method", "spoken"),
    ("interpreter", "none"),
    ("advocate", "no"),
]
OPTIONS: Mapping[type[forms.HubForm], forms.Options] = {
    forms.ReasonForm: {"purpose": {"s47": "Section 47 enquiry"}},
    forms.AllocationForm: {"account": {"a1": "Imran Shah"}, "works_with": {"p1": "Ava", "p2": "Noah"}},
    forms.OpeningForm: {"opening": {"s47": "Section 47 enquiry"}, "children": {"p1": "Ava"}, "adults": {"p3": "Dana"}},
    consent_forms.ConsentForm: {
        "status": dict.fromkeys(STATUSES, "words"),
        "capacity": {"adult": "For themselves", "parental_responsibility": "For a child", "gillick": "A child"},
        "given_by": {"p3": "Dana", "p4": "Joel"},
        "reason_code": {"untraceable": "Not found", "cannot_decide": "Nobody can", "conflict": "They disagree"},
        "purposes": {"support_family": "Help"},
        **{name: {code: "words"} for name, code in USUAL},
        "categories": {"attendance": "Attendance"},
        "sources": {"clearwater": "Clearwater"},
        "recipients": {"council": "Council"},
    },
    forms.CoverageForm: {"agency": {"probation": "Probation"}},
    duty_forms.SharingDecisionForm: {"recipient": {"council": "Council"}},
    forms.MatchForm: {"candidate": {"c1": "Family 1"}},
}
START = [("starts-day", "27"), ("starts-month", "3"), ("starts-year", "2026")]
ALLOCATION = [("account", "a1"), ("capacity", "allocated"), ("works_with", "p2"), ("works_with", "p1"), *START]
REVIEW = [("review-day", "1"), ("review-month", "4"), ("review-year", "2026")]
OPENING = [("opening", "s47"), ("evidence", "Strategy discussion"), *START, *REVIEW]
SELF, PARENT = ("capacity", "adult"), ("capacity", "parental_responsibility")
YESTERDAY = [("until-day", "26"), ("until-month", "3"), ("until-year", "2026")]
SCOPE = [
    ("categories", "attendance"),
    ("sources", "clearwater"),
    ("recipients", "council"),
    ("purposes", "support_family"),
]


def sent(form: type[forms.HubForm], *pairs: tuple[str, str]) -> forms.HubForm:
    """Fill in a form as a browser would send it, and check it."""
    app = Flask("hub.web")
    app.config.update(SECRET_KEY="made up", WTF_CSRF_ENABLED=False)
    with app.test_request_context("/", method="POST", data=MultiDict(pairs)):
        filled = form(OPTIONS.get(form))
        if isinstance(filled, consent_forms.ConsentForm):
            filled.person, filled.today = "p3", date(2026, 3, 27)
        filled.validate()
        return filled


def without(pairs: list[tuple[str, str]], start: str) -> list[tuple[str, str]]:
    return [pair for pair in pairs if not pair[0].startswith(start)]


def test_a_whole_allocation_is_read() -> None:
    form = sent(forms.AllocationForm, *ALLOCATION, ("lead", "y"))
    assert form.errors == {}
    assert form.works_with.data == ("p2", "p1")
    assert form.lead.data is True
    assert form.starts.data == date(2026, 3, 27)
    assert form.ends.data is None


@pytest.mark.parametrize(
    "parts",
    [
        [],
        [("starts-day", "27"), ("starts-month", "3")],
        [*START, ("starts-day", "28")],
        [("starts", "2026-03-27")],
        [("starts-day", "x"), ("starts-month", "3"), ("starts-year", "2026")],
        [("starts-day", "31"), ("starts-month", "2"), ("starts-year", "2026")],
        [("starts-day", "٣"), ("starts-month", "3"), ("starts-year", "2026")],
        [("starts-day", "1" * 5000), ("starts-month", "3"), ("starts-year", "2026")],
        [("starts-day", "1"), ("starts-month", "3"), ("starts-year", "26")],
        [("starts-day", "-1"), ("starts-month", "3"), ("starts-year", "2026")],
        [("starts-day", "0"), ("starts-month", "0"), ("starts-year", "0")],
        [("starts-day", "\x00"), ("starts-month", " "), ("starts-year", "")],
    ],
)
def test_an_odd_date_is_a_message_beside_it(parts: list[tuple[str, str]]) -> None:
    form = sent(forms.AllocationForm, *without(ALLOCATION, "starts"), *parts)
    assert list(form.errors) == ["starts"]
    assert len(form.errors["starts"]) == 1
    assert form.starts.data is None


def test_an_odd_date_that_may_be_empty_is_still_refused() -> None:
    assert list(sent(forms.AllocationForm, *ALLOCATION, ("ends-day", "31"), ("ends-month", "2")).errors) == ["ends"]


def test_what_was_typed_is_shown_again() -> None:
    form = sent(forms.AllocationForm, ("starts-day", " 31 "), ("starts-month", "2"), ("starts-year", "2026"))
    assert form.starts.typed == {"day": "31", "month": "2", "year": "2026"}


def test_an_end_before_the_start_is_refused() -> None:
    early = [("ends-day", "26"), ("ends-month", "3"), ("ends-year", "2026")]
    assert list(sent(forms.AllocationForm, *ALLOCATION, *early).errors) == ["ends"]


@pytest.mark.parametrize("odd", ["a9", "", "<b>"])
def test_what_was_not_offered_cannot_be_chosen(odd: str) -> None:
    form = sent(forms.AllocationForm, *without(ALLOCATION, "account"), ("account", odd))
    assert list(form.errors) == ["account"]
    assert list(sent(forms.AllocationForm, *ALLOCATION, ("works_with", "p9")).errors) == ["works_with"]


def test_two_answers_to_one_question_are_none() -> None:
    assert list(sent(forms.AllocationForm, *ALLOCATION, ("account", "a1")).errors) == ["account"]


def test_an_opening_names_a_child() -> None:
    assert list(sent(forms.OpeningForm, *OPENING).errors) == ["children"]
    assert sent(forms.OpeningForm, *OPENING, ("children", "p1")).errors == {}
    assert list(sent(forms.OpeningForm, *OPENING, ("adults", "p3")).errors) == ["children"]


def test_a_review_before_the_decision_is_refused() -> None:
    early = [("review-day", "1"), ("review-month", "1"), ("review-year", "2026"), ("children", "p1")]
    assert list(sent(forms.OpeningForm, *without(OPENING, "review"), *early).errors) == ["review"]


@pytest.mark.parametrize(
    ("pairs", "wrong"),
    [
        ([("status", "given"), SELF, *SCOPE], []),
        ([("status", "given"), SELF], ["categories", "purposes", "recipients", "sources"]),
        ([("status", "given"), *SCOPE], ["capacity"]),
        ([("status", "given_with_conditions"), SELF, *SCOPE], ["reason"]),
        ([("status", "refused"), SELF], []),
        ([("status", "withdrawn"), SELF], []),
        ([("status", "not_sought")], ["reason_code"]),
        ([("status", "not_sought"), ("reason_code", "untraceable")], []),
        ([("status", "not_sought"), ("reason_code", "conflict")], ["reason_code"]),
        ([("status", "unable"), ("reason_code", "conflict")], ["reason"]),
        ([("status", "unable"), ("reason_code", "untraceable"), ("reason", "x")], ["reason_code"]),
        ([("status", "unable"), ("reason_code", "cannot_decide"), ("reason", "Dr Hart judged it on 3 March")], []),
        ([("status", "refused"), PARENT], ["given_by"]),
        ([("status", "refused"), PARENT, ("given_by", "p3")], ["given_by"]),
        ([("status", "refused"), PARENT, ("given_by", "p4")], []),
        ([("status", "refused"), ("capacity", "gillick")], ["reason"]),
        ([("status", "refused"), ("capacity", "gillick"), ("reason", "x"), ("given_by", "p4")], ["given_by"]),
        ([("status", "given"), SELF, *SCOPE, *YESTERDAY], ["until"]),
        ([], ["status"]),
        ([("status", "expired")], ["status"]),
    ],
)
def test_an_answer_about_sharing(pairs: list[tuple[str, str]], wrong: list[str]) -> None:
    assert sorted(sent(consent_forms.ConsentForm, *USUAL, *pairs).errors) == wrong


def test_how_it_was_asked_is_never_guessed() -> None:
    form = sent(consent_forms.ConsentForm, ("status", "refused"), SELF)
    assert sorted(form.errors) == ["advocate", "channel", "interpreter", "kind", "method"]


def test_attaching_needs_a_family() -> None:
    assert list(sent(forms.MatchForm, ("decision", "attach")).errors) == ["candidate"]
    assert sent(forms.MatchForm, ("decision", "attach"), ("candidate", "c1")).errors == {}
    assert sent(forms.MatchForm, ("decision", "new_family")).errors == {}


@pytest.mark.parametrize(
    ("form", "pairs"),
    [
        (forms.SignInForm, [("username", "ruth"), ("password", " a secret ")]),
        (forms.ReasonForm, [("purpose", "s47"), ("justification", "Strategy discussion today")]),
        (forms.EndOpeningForm, [("ends-day", "1"), ("ends-month", "4"), ("ends-year", "2026"), ("reason", "Ended")]),
        (forms.CoverageForm, [("agency", "probation"), ("state", "not_checked")]),
        (
            duty_forms.SharingDecisionForm,
            [
                ("decision", "share"),
                ("recipient", "council"),
                ("harm", "no"),
                ("detriment", "It protects her"),
                ("reason", "Relevant"),
            ],
        ),
    ],
)
def test_each_form_wants_all_and_is_content_with_all(form: type[forms.HubForm], pairs: list[tuple[str, str]]) -> None:
    names = {name.split("-")[0] for name, _ in pairs}
    assert sent(form, *pairs).errors == {}
    assert set(sent(form).errors) == names - {"recipient"}


def test_a_password_is_taken_as_typed() -> None:
    assert sent(forms.SignInForm, ("username", " ruth "), ("password", " a secret ")).password.data == " a secret "


def test_text_has_a_limit_and_no_nul() -> None:
    form = sent(forms.ReasonForm, ("purpose", "s47"), ("justification", "a\x00b"))
    assert form.justification.data == "ab"
    assert list(sent(forms.ReasonForm, ("purpose", "s47"), ("justification", "a" * 4001)).errors) == ["justification"]


def test_the_view_hands_in_first_values() -> None:
    app = Flask("hub.web")
    app.config.update(SECRET_KEY="made up", WTF_CSRF_ENABLED=False)
    with app.test_request_context("/"):
        form = forms.AllocationForm(
            OPTIONS[forms.AllocationForm], data={"starts": date(2026, 3, 27), "account": "a1", "works_with": ("p1",)}
        )
    assert form.starts.typed == {"day": "27", "month": "3", "year": "2026"}
    assert form.account.items()[1] == {"value": "a1", "text": "Imran Shah", "selected": True}
    assert form.works_with.items()[0]["checked"] is True
