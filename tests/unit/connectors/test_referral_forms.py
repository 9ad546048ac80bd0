import json
from typing import Any

import pytest

from connectors.forms import FormCsv, FormJson, connectors_for, csv_template, json_schema
from hub.domain.errors import RejectedMessageError
from hub.domain.fields import SHAPES, RecordKind
from hub.domain.labels import Sensitivity
from hub.domain.referral import ConsentScope, EntryDraft, Limits, Outcome, Parsed, Part, ReferralDraft, Severity
from tests.forms import FORMS, NAMES, as_csv, batch, referral

CANARY = "Canarysurname"


def one(parsed: list[Parsed]) -> ReferralDraft:
    (found,) = parsed
    assert found.draft is not None, [(issue.code, issue.location) for issue in found.issues]
    return found.draft


def from_json(name: str, *referrals: dict[str, Any]) -> list[Parsed]:
    form = FORMS[name]
    return list(FormJson(form).parse(batch(form, *referrals), Limits()))


def from_csv(name: str, said: dict[str, Any]) -> list[Parsed]:
    form = FORMS[name]
    return list(FormCsv(form).parse(as_csv(form, said), Limits()))


def errors(parsed: list[Parsed]) -> list[tuple[str, str]]:
    return [(i.code, i.location) for p in parsed for i in p.issues if i.severity is Severity.ERROR]


def warnings(parsed: list[Parsed]) -> set[str]:
    return {i.code for p in parsed for i in p.issues if i.severity is Severity.WARNING}


def entries(draft: ReferralDraft, kind: RecordKind = RecordKind.AGENCY_REPORT) -> list[EntryDraft]:
    return [entry for entry in draft.entries if entry.kind is kind]


def changed(name: str, person: int | None = None, **changes: object) -> dict[str, Any]:
    said = referral(FORMS[name])
    target = said if person is None else said["people"][person]
    target.update(changes)
    return said


def test_there_are_ten_forms_and_two_connectors_for_each() -> None:
    assert len(FORMS) == 10
    assert set(connectors_for(FORMS.values())) == {f"form_{name}_{kind}" for name in NAMES for kind in ("json", "csv")}


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_form_is_accepted_as_json_with_every_answer_in_a_declared_field(name: str) -> None:
    draft = one(from_json(name))
    assert len(draft.people) == 4
    for entry in draft.entries:
        assert entry.fields.keys() <= SHAPES[entry.kind].fields.keys()
        assert all(value.value.strip() and value.pointer for value in entry.fields.values())
        assert entry.narrowed.keys() <= entry.fields.keys()
    text = "\n".join(value.value for entry in draft.entries for value in entry.fields.values())
    asked = [question for question in FORMS[name].questions if question.kind == "text"]
    assert asked
    assert all(f"({question.id})" in text for question in asked)


@pytest.mark.parametrize("name", NAMES)
def test_the_same_form_as_csv_says_the_same(name: str) -> None:
    said = referral(FORMS[name])
    for event in said["events"]:
        event.pop("about", None)  # a row has no room for it
    if name == "public":
        for person in said["people"]:
            for key in ("relationships", "household", "consent", "unsafe_reason", "expected_birth_date"):
                person.pop(key, None)
            person["name"] = {"full": person.get("name", {}).get("full", "The baby")}
            person.get("phones", [{}])[0].pop("safe_times", None)
            person.get("addresses", [{}])[0].pop("postcode", None)
        said["people"][1]["roles"] = ["child"]
    by_json, by_csv = one(from_json(name, said)), one(from_csv(name, said))
    assert [values(entry) for entry in by_csv.entries] == [values(entry) for entry in by_json.entries]
    for there, here in zip(by_json.people, by_csv.people, strict=True):
        assert (here.key, here.parts, here.restricted) == (there.key, there.parts, there.restricted)
        assert {k: v.value for k, v in here.fields.items()} == {k: v.value for k, v in there.fields.items()}
        assert {k: v.value for k, v in here.contact.items()} == {k: v.value for k, v in there.contact.items()}
    assert [(c.about, c.scope, c.word) for c in by_csv.consents] == [
        (c.about, c.scope, c.word) for c in by_json.consents
    ]
    assert all(value.pointer.startswith("row ") for entry in by_csv.entries for value in entry.fields.values())


def values(entry: EntryDraft) -> tuple[object, ...]:
    fields = {name: value.value for name, value in entry.fields.items()}
    return entry.kind, str(entry.occurred), entry.about, fields, entry.narrowed, entry.sensitivity


@pytest.mark.parametrize("name", NAMES)
def test_who_refers_stands_by_role_and_their_name_in_a_record_of_its_own(name: str) -> None:
    draft = one(from_json(name))
    (apart,) = entries(draft, RecordKind.REFERRER)
    assert (apart.about, apart.sensitivity) == ((), Sensitivity.PROTECTED)
    assert apart.fields["name"].value == "My name"
    others = "\n".join(v.value for entry in entries(draft) for v in entry.fields.values())
    assert "My name" not in others
    assert "01632" not in others
    assert any(
        entry.fields["source"].value.startswith("My role") for entry in entries(draft) if "source" in entry.fields
    ) == (name != "public")


@pytest.mark.parametrize("name", NAMES)
def test_an_unsafe_address_is_protected_and_quarantined_where_a_text_repeats_it(name: str) -> None:
    draft = one(from_json(name))
    mother = next(person for person in draft.people if person.key == "a1")
    assert mother.restricted
    assert mother.contact["safe_times"].value == "mornings"
    said = changed(name)
    said["events"][0]["what_happened"] = "She now lives at Flat 9, Harbour House."
    assert errors(from_json(name, said)) == [("protected_value_in_narrative", "/referrals/0/events/0/what_happened")]


def test_agreement_to_a_marac_is_no_agreement_to_share_in_the_hub() -> None:
    assert {consent.scope for consent in one(from_json("marac")).consents} == {ConsentScope.MARAC}
    assert {consent.scope for consent in one(from_json("school")).consents} == {ConsentScope.HUB_SHARING}


def test_no_form_holds_the_wording_of_a_risk_checklist() -> None:
    words = " ".join(f"{q.label} {q.hint}" for form in FORMS.values() for q in form.questions).casefold()
    assert not [
        said for said in ("are you very frightened", "jealous", "controls everything", "strangle") if said in words
    ]
    (main,) = [entry for entry in entries(one(from_json("marac"))) if "risk_answers" in entry.fields]
    assert "Answers by item number" in main.fields["risk_answers"].value


def test_whom_it_is_not_safe_to_tell_is_said_about_everyone_and_never_about_them_alone() -> None:
    (main,) = [entry for entry in entries(one(from_json("school"))) if "not_safe_to_tell" in entry.fields]
    assert "Colin Webb: not safe to tell; he hurt her" in main.fields["not_safe_to_tell"].value
    assert main.about == ("c1", "u1", "a1", "a2")
    assert not {"not_safe_to_tell", "asked_and_aware"} & main.narrowed.keys()


def test_the_five_ways_of_saying_nothing_stay_five() -> None:
    said: dict[str, str] = {}
    for reason in ("declined", "not_known", "not_asked", "not_applicable", ""):
        one_ = changed("school")
        one_["answers"].pop("parent_view")
        one_["answers"] |= {"parent_view_unanswered": reason} if reason else {}
        (main,) = [e for e in entries(one(from_json("school", one_))) if "source" in e.fields]
        said[reason] = main.fields["parent_view"].value if "parent_view" in main.fields else ""
    assert said == {
        "declined": "Declined to say",
        "not_known": "Not known",
        "not_asked": "Not asked",
        "not_applicable": "Does not apply",
        "": "",
    }


def test_an_answer_about_one_role_has_only_those_people_as_subjects() -> None:
    (main,) = [entry for entry in entries(one(from_json("mental_health"))) if "source" in entry.fields]
    assert main.narrowed["answers_in_crisis_history"] == ("a1",)
    assert "concern" not in main.narrowed


def test_what_happened_keeps_its_partial_date_and_whom_it_is_about() -> None:
    events = [entry for entry in entries(one(from_json("gp"))) if "what_happened" in entry.fields]
    assert [(str(event.occurred), event.about) for event in events] == [
        ("2026-11-22", ("a1", "a2")),
        ("2026", ("c1", "u1", "a1", "a2")),
    ]


def test_each_childs_voice_is_an_entry_about_that_child_alone() -> None:
    (voice,) = [entry for entry in entries(one(from_json("gp"))) if "child_voice" in entry.fields]
    assert voice.about == ("c1",)


def test_an_unborn_child_has_no_name_and_no_number() -> None:
    unborn = one(from_json("health_visiting")).people[1]
    assert unborn.parts == {Part.UNBORN_CHILD}
    assert "name" not in unborn.fields
    assert unborn.fields["expected_birth_date"].value == "2027-02"


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"created": "yesterday"}, "not_an_instant", "/created"),
        ({"people": []}, "too_few", "/people"),
        ({"answers": {}}, "required", "/answers/concern"),
        ({"referrer": {}}, "required", "/referrer/role"),
        ({"events": [{"occurred": "soon", "what_happened": "x"}]}, "not_a_date", "/events/0/occurred"),
        (
            {"events": [{"occurred": "2026", "what_happened": "x", "about": ["zz"]}]},
            "unknown_person",
            "/events/0/about/0",
        ),
    ],
)
def test_what_is_wrong_is_named_by_place_and_never_by_value(change: dict[str, object], code: str, where: str) -> None:
    parsed = from_json("school", changed("school", **change))
    assert parsed[0].outcome is Outcome.QUARANTINED
    assert (code, f"/referrals/0{where}") in errors(parsed)


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"roles": []}, "required", "/roles"),
        ({"roles": [CANARY]}, "not_in_list", "/roles/0"),
        ({"birth_date": "2030-01-01"}, "birth_date_in_future", "/birth_date"),
        ({"consent": {"obtained": "not_sought"}}, "reason_required", "/consent/reason"),
        ({"relationships": [{"kind": "mother", "of": CANARY}]}, "unknown_person", "/relationships/0/of"),
        (
            {"answers": {"child_voice": "x", "child_voice_unanswered": "declined"}},
            "answered_and_not",
            "/answers/child_voice_unanswered",
        ),
        ({"id": "a1"}, "duplicate_id", "/id"),
    ],
)
def test_what_is_wrong_with_a_person_is_named_by_place(change: dict[str, object], code: str, where: str) -> None:
    parsed = from_json("school", changed("school", 0, **change))
    assert (code, f"/referrals/0/people/0{where}") in errors(parsed)
    assert CANARY not in str(parsed[0].issues)


def test_silence_about_agreement_and_a_referral_without_a_child_are_remarked_on_and_stop_nothing() -> None:
    said = changed("school", 2)
    del said["people"][2]["consent"]
    assert "consent_not_said" in warnings(from_json("school", said))
    said["people"] = said["people"][2:]
    for person in said["people"]:
        person.pop("relationships", None)
    said["events"] = []
    parsed = from_json("school", said)
    assert (parsed[0].outcome, "no_child_named" in warnings(parsed)) == (Outcome.ACCEPTED, True)


def test_one_bad_referral_does_not_sink_its_batch() -> None:
    parsed = from_json("gp", changed("gp", created=CANARY), referral(FORMS["gp"]))
    assert [record.outcome for record in parsed] == [Outcome.QUARANTINED, Outcome.ACCEPTED]


def test_rows_that_tell_two_stories_wait_for_a_person() -> None:
    form = FORMS["school"]
    lines = as_csv(form, referral(form)).decode().splitlines()
    lines[2] = lines[2].replace("She said that he came back", "She said nothing", 1)
    parsed = list(FormCsv(form).parse("\n".join(lines).encode(), Limits()))
    assert parsed[0].outcome is Outcome.QUARANTINED
    assert {code for code, _ in errors(parsed)} == {"rows_disagree"}


@pytest.mark.parametrize("name", NAMES)
def test_a_file_without_its_columns_or_with_lost_rows_is_refused(name: str) -> None:
    form = FORMS[name]
    with pytest.raises(RejectedMessageError) as caught:
        FormCsv(form).parse(b"referral_ref,created\nF-1,2026\n#rows=1\n", Limits())
    assert (caught.value.code, caught.value.where) == ("missing_column", "referral_version")
    with pytest.raises(RejectedMessageError) as caught:
        FormCsv(form).parse(as_csv(form, referral(form), rows=9), Limits())
    assert caught.value.code == "row_count_differs"


@pytest.mark.parametrize("name", NAMES)
def test_the_published_schema_and_the_template_come_from_the_same_declaration(name: str) -> None:
    form = FORMS[name]
    schema = json_schema(form)
    answers = schema["properties"]["referrals"]["items"]["properties"]["answers"]["properties"]
    assert {question.id for question in form.questions} <= answers.keys()
    header = csv_template(form).strip().split(",")
    assert len(header) == len(set(header))
    assert {question.id for question in form.questions} <= set(header)
    assert json.dumps(schema)


def test_a_text_that_names_who_told_us_is_quarantined() -> None:
    said = changed("public", referrer={"name": "Nora Bright", "phone": "07700 900888"})
    said["answers"]["concern"] = "I am nora bright from next door."
    assert ("referrer_named_in_text", "/referrals/0/answers/concern") in errors(from_json("public", said))
    said["answers"]["concern"] = "Ring me on +44 7700 900888."
    assert ("referrer_named_in_text", "/referrals/0/answers/concern") in errors(from_json("public", said))


def test_no_receipt_says_that_a_referrer_may_be_one_of_the_people_named() -> None:
    """A receipt goes to who refers: the desk sees it for itself."""
    for referrer in ({"name": "grace MARSH"}, {"phone": "+44 7700 900123"}):
        parsed = from_json("public", changed("public", referrer=referrer))
        assert warnings(parsed) == warnings(from_json("public"))
        assert parsed[0].outcome is Outcome.ACCEPTED


def test_an_anonymous_word_brings_no_record_of_who_told() -> None:
    draft = one(from_json("public", changed("public", referrer={"name_unanswered": "declined"})))
    assert not entries(draft, RecordKind.REFERRER)
