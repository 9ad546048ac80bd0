"""The same notice says the same in JSON, XML and CSV; what is wrong is said by code and place, never by value."""

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from lxml import etree

from connectors.alone import Alone
from connectors.registry import CONNECTORS
from connectors.safeguarding_notice import xml_schema
from connectors.safeguarding_notice.shape import ROOT
from connectors.strict_xml import MAX_ELEMENTS, read_xml
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Limits, Outcome, Parsed, ReferralDraft, Sourced
from tests.notices import as_csv, as_xml

Message = dict[str, Any]
STORY = "safeguarding_notice/domestic_abuse.json"
THREE = "safeguarding_notice/one_of_three_is_bad.json"
FORMS: dict[str, Callable[[Message], bytes]] = {
    "safeguarding_notice": lambda batch: json.dumps(batch).encode(),
    "safeguarding_notice_xml": as_xml,
    "safeguarding_notice_csv": as_csv,
}
OTHERS = ("safeguarding_notice_xml", "safeguarding_notice_csv")


def parsed(form: str, batch: Message, limits: Limits | None = None) -> list[Parsed]:
    return list(CONNECTORS[form].parse(FORMS[form](batch), limits or Limits()))


def bare(draft: ReferralDraft | None) -> ReferralDraft:
    """Return a draft without places."""
    assert draft is not None

    def values(fields: dict[str, Sourced]) -> dict[str, Sourced]:
        return {name: Sourced(value.value, "") for name, value in fields.items()}

    return replace(
        draft,
        pointer="",
        people=tuple(replace(p, fields=values(p.fields), contact=values(p.contact)) for p in draft.people),
        entries=tuple(replace(entry, fields=values(entry.fields)) for entry in draft.entries),
        consents=tuple(replace(consent, pointer="") for consent in draft.consents),
    )


def codes(one: Parsed) -> list[str]:
    return sorted(issue.code for issue in one.issues)


def refused(form: str, body: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(RejectedMessageError) as caught:
        list(CONNECTORS[form].parse(body, limits or Limits()))
    return caught.value.code


@pytest.mark.parametrize("form", OTHERS)
@pytest.mark.parametrize("path", [STORY, THREE])
def test_the_same_notice_gives_the_same_draft_in_every_form(
    form: str, path: str, plain: Callable[[str], Message]
) -> None:
    batch = plain(path)
    in_json = [bare(one.draft) for one in parsed("safeguarding_notice", batch) if one.draft]
    assert in_json
    batch["notices"] = [n for n in batch["notices"] if n["notice_ref"] in {draft.message_id for draft in in_json}]
    assert [bare(one.draft) for one in parsed(form, batch)] == in_json


@pytest.mark.parametrize("form", FORMS)
def test_one_bad_notice_never_sinks_the_batch(form: str, plain: Callable[[str], Message]) -> None:
    batch = plain(STORY)
    batch["notices"] = [copy.deepcopy(batch["notices"][0]) | {"notice_ref": f"SN-{number}"} for number in range(3)]
    batch["notices"][1]["people"][2]["sex"] = "banana"
    outcomes = [one.outcome for one in parsed(form, batch)]
    assert outcomes == [Outcome.ACCEPTED, Outcome.QUARANTINED, Outcome.ACCEPTED]


CHANGES: dict[str, tuple[Callable[[Message], object], str]] = {
    "word": (lambda n: n["people"][0].update(sex="banana"), "not_in_list"),
    "number": (lambda n: n["grading"].update(source=7), "out_of_range"),
    "day": (lambda n: n["people"][1].update(birth_date="2016-13-45"), "not_a_date"),
    "instant": (lambda n: n.update(created="yesterday"), "not_an_instant"),
    "missing": (lambda n: n["event"].pop("reference"), "required"),
    "nobody": (lambda n: n["roles"][0].update(person="p77"), "reference_unresolved"),
    "digits": (lambda n: n["grading"].update(source="\uff11"), "wrong_type"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_is_wrong_has_the_same_code_in_json_and_xml(change: str, plain: Callable[[str], Message]) -> None:
    make, code = CHANGES[change]
    batch = plain(STORY)
    batch["notices"].append(copy.deepcopy(batch["notices"][0]) | {"notice_ref": "SN-2"})
    make(batch["notices"][1])
    for form in ("safeguarding_notice", "safeguarding_notice_xml"):
        first, second = parsed(form, batch)
        assert first.outcome is Outcome.ACCEPTED
        assert second.outcome is Outcome.QUARANTINED
        assert code in codes(second)


def test_a_place_in_xml_is_a_path_of_elements(plain: Callable[[str], Message]) -> None:
    batch = plain(STORY)
    batch["notices"][0]["people"][1]["sex"] = "banana"
    (one,) = parsed("safeguarding_notice_xml", batch)
    assert f"/{ROOT}/notices/notice[1]/people/person[2]/sex" in {issue.location for issue in one.issues}
    draft = parsed("safeguarding_notice_xml", plain(STORY))[0].draft
    assert draft.people[1].fields["name"].pointer == f"/{ROOT}/notices/notice[1]/people/person[2]/name"


def test_a_place_in_csv_is_a_row_and_a_column(plain: Callable[[str], Message]) -> None:
    batch = plain(STORY)
    batch["notices"][0]["people"][1]["sex"] = "banana"
    (one,) = parsed("safeguarding_notice_csv", batch)
    assert "row 3 col person.sex" in {issue.location for issue in one.issues}


def test_the_published_xsd_accepts_what_is_accepted_and_is_valid_itself(message: Callable[[str], bytes]) -> None:
    schema = etree.XMLSchema(etree.fromstring(xml_schema()))
    story = etree.fromstring(message("safeguarding_notice/domestic_abuse.xml"))
    assert schema.validate(story)
    story.find("notices/notice/grading/source").text = "9"
    assert not schema.validate(story)


def test_strange_elements_are_counted_and_never_named(plain: Callable[[str], Message]) -> None:
    batch = plain(STORY)
    batch["notices"][0]["people"][0]["favourite_colour"] = "green"
    (one,) = parsed("safeguarding_notice_xml", batch)
    assert one.outcome is Outcome.ACCEPTED
    assert "unknown_keys" in codes(one)
    assert "colour" not in str(one.issues)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"<sex>female</sex>", b"<sex>female</sex><sex>male</sex>", "duplicate_element"),
        (b"<name><full>", b"<name>loose text<full>", "text_between_elements"),
        (b"<sex>female</sex>", b"<sex><b>female</b></sex>", "wrong_type"),
    ],
)
def test_what_only_xml_can_get_wrong_is_quarantined(
    old: bytes, new: bytes, code: str, plain: Callable[[str], Message]
) -> None:
    (one,) = CONNECTORS["safeguarding_notice_xml"].parse(as_xml(plain(STORY)).replace(old, new, 1), Limits())
    assert one.outcome is Outcome.QUARANTINED
    assert code in codes(one)


DANGEROUS = {
    "doctype": (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "doctype_refused"),
    "entity": (b'<!doctype a [<!ENTITY x "y">]><a>&x;</a>', "doctype_refused"),
    "laughs": (b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>', "doctype_refused"),
    "undeclared": (b"<a>&x;</a>", "malformed_xml"),
    "deep": (b"<a>" * 65 + b"</a>" * 65, "too_deep"),
    "deeper": (b"<a>" * 100_000, "malformed_xml"),
    "many": (b"<a>" + b"<b/>" * MAX_ELEMENTS + b"</a>", "too_many_elements"),
    "bidi": (b"<a>&#x202E;</a>", "unsafe_character"),
    "bidi in an attribute": (b'<a><b c="x&#x202E;"/></a>', "unsafe_character"),
    "raw bidi in an attribute": ('<a c="\u2066x"/>'.encode(), "unsafe_character"),
    "nul in an attribute": (b'<a c="&#0;"/>', "malformed_xml"),
    "nul": (b"<a>\x00</a>", "malformed_xml"),
    "utf7": (b'<?xml version="1.0" encoding="utf-7"?><a/>', "unknown_encoding"),
    "hidden": ('<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>'.encode("utf-16"), "doctype_refused"),
    "latin": ("<a>\u00e9</a>".encode("latin-1"), "unknown_encoding"),
    "two": (b"<a/><b/>", "malformed_xml"),
    "empty": (b"  ", "empty_message"),
    "other": (b"<a/>", "not_in_schema"),
}


@pytest.mark.parametrize("name", DANGEROUS)
def test_the_xml_gate_refuses_by_name(name: str) -> None:
    body, code = DANGEROUS[name]
    assert refused("safeguarding_notice_xml", body) == code


def test_the_xml_gate_refuses_what_is_too_large() -> None:
    assert refused("safeguarding_notice_xml", b"<a/>", Limits(max_bytes=3)) == "message_too_large"


def test_no_error_of_the_gate_repeats_the_message() -> None:
    for body, _ in DANGEROUS.values():
        with pytest.raises(RejectedMessageError) as caught:
            read_xml(body + b"Grace Adeyemi-Hart", Limits())
        assert "Grace" not in str(caught.value)
        assert caught.value.__context__ is None


def test_a_message_may_declare_its_encoding(plain: Callable[[str], Message]) -> None:
    batch = plain(STORY)
    batch["notices"][0]["people"][0]["name"]["given"] = "Zo\u00eb"
    text = as_xml(batch).decode()
    for name, encoding in (("ISO-8859-1", "latin-1"), ("windows-1252", "cp1252"), ("UTF-16", "utf-16")):
        body = text.replace('"UTF-8"', f'"{name}"').encode(encoding)
        (one,) = CONNECTORS["safeguarding_notice_xml"].parse(body, Limits())
        assert one.draft.people[0].given_names == "Zo\u00eb"


@pytest.mark.parametrize("form", OTHERS)
def test_the_batch_id_is_no_key_of_what_is_in_it(form: str, plain: Callable[[str], Message]) -> None:
    assert CONNECTORS[form].message_key(FORMS[form](plain(STORY))) == ""


def test_a_batch_without_its_outer_shape_is_refused(plain: Callable[[str], Message]) -> None:
    for key in ("version", "batch_id", "sender", "notices"):
        batch = plain(STORY)
        del batch[key]
        assert refused("safeguarding_notice_xml", as_xml(batch)) == "required"
    assert refused("safeguarding_notice_csv", b"version,batch_id\r\n1.0,b\r\n") == "missing_column"


def csv_of(plain: Callable[[str], Message]) -> list[str]:
    return as_csv(plain(STORY), counted=False).decode().splitlines()


def test_rows_that_tell_two_stories_of_one_notice_are_quarantined(plain: Callable[[str], Message]) -> None:
    lines = csv_of(plain)
    position = lines[0].split(",").index("purpose")
    cells = lines[2].split(",")
    cells[position] = "information_only"
    body = "\r\n".join((*lines[:2], ",".join(cells), *lines[3:])).encode()
    (one,) = CONNECTORS["safeguarding_notice_csv"].parse(body, Limits())
    assert one.outcome is Outcome.QUARANTINED
    assert "row 3 col purpose" in {issue.location for issue in one.issues}


def test_a_row_cut_short_quarantines_its_whole_notice(plain: Callable[[str], Message]) -> None:
    lines = csv_of(plain)
    body = "\r\n".join((*lines[:-1], lines[-1].rsplit(",", 1)[0])).encode()
    (one,) = CONNECTORS["safeguarding_notice_csv"].parse(body, Limits())
    assert (one.outcome, one.draft) == (Outcome.QUARANTINED, None)
    assert "wrong_number_of_cells" in codes(one)


def test_a_row_count_that_differs_refuses_the_file(plain: Callable[[str], Message]) -> None:
    body = as_csv(plain(STORY)).replace(b"#rows=6", b"#rows=7")
    assert refused("safeguarding_notice_csv", body) == "row_count_differs"


def test_strange_columns_are_counted(plain: Callable[[str], Message]) -> None:
    lines = csv_of(plain)
    body = "\r\n".join(
        (lines[0] + ",favourite colour,people.1.id", *(line + ",green,x" for line in lines[1:]))
    ).encode()
    (one,) = CONNECTORS["safeguarding_notice_csv"].parse(body, Limits())
    assert ("unknown_keys", "row 1 count=2") in {(issue.code, issue.location) for issue in one.issues}


def test_a_british_date_in_a_spreadsheet_is_the_same_day(plain: Callable[[str], Message]) -> None:
    body = as_csv(plain(STORY)).replace(b"1991-04-17", b"17/04/1991")
    (one,) = CONNECTORS["safeguarding_notice_csv"].parse(body, Limits())
    assert str(one.draft.people[0].birth_date) == "1991-04-17"


@pytest.mark.parametrize("form", FORMS)
def test_one_notice_can_be_taken_out_of_its_batch(form: str, plain: Callable[[str], Message]) -> None:
    batch = plain(STORY)
    batch["notices"] = [copy.deepcopy(batch["notices"][0]) | {"notice_ref": f"SN-{number}"} for number in range(3)]
    body = FORMS[form](batch)
    second = list(CONNECTORS[form].parse(body, Limits()))[1]
    (again,) = CONNECTORS[form].parse(Alone(body)(second.pointer), Limits())
    assert bare(again.draft) == bare(second.draft)
