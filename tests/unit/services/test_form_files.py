"""What a partnership may write in a form, and what is refused at which place of which file."""

import shutil
from pathlib import Path

import pytest

from hub.domain.errors import PolicyError
from hub.domain.fields import RecordKind, category_of
from hub.services.form_files import load_forms
from tests.forms import FOLDER, FORMS

SMALL = """\
form: small
version: "1"
title: A small form
intro: For a test.
limits: For a test only.
asks_consent_for: hub_sharing
sensitivity: sensitive
roles: [child, mother]
questions:
- {id: pets, label: "Pets", kind: text, category: attendance, speaks_of: [child]}
- {id: colour, label: "Colour", kind: choice, category: risk_view, choices: {red: Red}, unanswered: [declined]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(FOLDER / "common.yaml", tmp_path)
    return tmp_path


def refused(folder: Path, text: str, name: str = "small.yaml") -> tuple[str, str]:
    (folder / name).write_text(text)
    with pytest.raises(PolicyError) as caught:
        load_forms(folder)
    return caught.value.code, str(caught.value.where).removeprefix(f"{folder}/")


def test_a_partnership_adds_a_form_by_adding_a_file(folder: Path) -> None:
    (folder / "small.yaml").write_text(SMALL)
    small = load_forms(folder)["small"]
    pets = small.questions[0]
    assert (pets.field, pets.category, pets.speaks_of) == ("answers_in_attendance", "attendance", ("child",))
    assert small.questions[1].options == {"red": "Red", "declined": "Declined to say"}
    assert [question.id for question in small.questions][2:] == [
        "concern",
        "strengths",
        "parent_view",
        "help_in_place",
        "asked_for",
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("kind: text,", "kind: essay,", "unknown_word", "small.yaml:10:29"),
        ("category: attendance", "category: gossip", "unknown_word", "small.yaml:10:41"),
        ("category: attendance", "category: attendance, field: concern", "category_differs", "small.yaml:10:41"),
        ("category: attendance", "category: direct_care_consent", "unknown_word", "small.yaml:10:41"),
        ("category: attendance", "category: child_disclosure", "field_missing", "small.yaml:10:41"),
        ("speaks_of: [child]", "speaks_of: [uncle]", "unknown_word", "small.yaml:10:63"),
        ("roles: [child, mother]", "roles: [child, uncle]", "unknown_word", "small.yaml:8:16"),
        ("id: colour", "id: pets", "asked_twice", "small.yaml:11:4"),
        ("id: colour", "id: concern", "asked_twice", "small.yaml:11:4"),
        ("id: colour", "id: person_colour", "reserved", "small.yaml:11:4"),
        (", choices: {red: Red}", "", "choices_differ_from_kind", "small.yaml:11:33"),
        ("form: small", "form: other", "name_differs_from_file", "small.yaml:1:1"),
        ("sensitivity: sensitive", "sensitivity: secret", "unknown_word", "small.yaml:7:1"),
        ("title: A small form", "title: &a A small form", "anchor", "small.yaml:3:8"),
        ("intro: For a test.", "intro: For a test.\nscript: run", "unknown_key", "small.yaml:5:1"),
        ("unanswered: [declined]", "unanswered: [shrugged]", "unknown_word", "small.yaml:11:102"),
    ],
)
def test_what_cannot_be_is_refused_at_its_place(folder: Path, old: str, new: str, code: str, place: str) -> None:
    assert old in SMALL
    assert refused(folder, SMALL.replace(old, new, 1)) == (code, place)


def test_what_is_asked_about_a_person_takes_only_what_the_hub_can_hold(folder: Path) -> None:
    common = (FOLDER / "common.yaml").read_text()
    code, place = refused(folder, common.replace('male: "Male"', 'man: "Man"', 1), "common.yaml")
    assert code == "unknown_word"
    assert place.startswith("common.yaml:")
    code, _ = refused(folder, common.replace("id: ethnicity", "id: shoe_size", 1), "common.yaml")
    assert code == "unknown_word"


def test_without_a_folder_there_are_no_forms_and_without_what_they_share_nothing_starts(tmp_path: Path) -> None:
    assert load_forms(tmp_path / "forms") == {}
    assert refused(tmp_path, SMALL) == ("file_missing", "common.yaml")


def test_a_second_form_for_the_public_is_refused(folder: Path) -> None:
    public = (FOLDER / "public.yaml").read_text()
    (folder / "public.yaml").write_text(public)
    (folder / "other.yaml").write_text(public.replace("form: public", "form: other"))
    with pytest.raises(PolicyError) as caught:
        load_forms(folder)
    assert caught.value.code == "two_public_forms"


def test_every_answer_of_the_shipped_forms_goes_to_a_declared_field() -> None:
    for form in FORMS.values():
        for question in (*form.questions, *form.of_each_person):
            assert category_of(RecordKind.AGENCY_REPORT, question.field) == question.category
