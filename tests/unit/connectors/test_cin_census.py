"""The Children in Need census: every shape since 2021 goes in, and what is shown of it comes out again."""

from collections.abc import Callable

import pytest
from lxml import etree

from connectors.cin_census import CinCensus, written
from connectors.cin_census.shape import blocks
from hub.domain.census import CensusChild
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Limits, Outcome, Parsed, Part

OLD, NEW, OURS = (f"cin_census/{n}.xml" for n in ("CIN_Census_2021", "CIN_Census_2024", "synthetic_2026"))
HEAD = (
    "<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year>"
    "<ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails></Header><Children>"
)
IDENTIFIERS = (
    "<ChildIdentifiers><LAchildID>A1</LAchildID><PersonBirthDate>2019-01-01</PersonBirthDate></ChildIdentifiers>"
)


def parse(body: bytes | str, limits: Limits | None = None) -> list[Parsed]:
    return list(CinCensus().parse(body.encode() if isinstance(body, str) else body, limits or Limits()))


def child(details: str, identifiers: str = IDENTIFIERS) -> str:
    return f"{HEAD}<Child>{identifiers}<CINdetails>{details}</CINdetails></Child></Children></Message>"


def codes(parsed: Parsed) -> list[str]:
    return [issue.code for issue in parsed.issues]


def refusal(body: bytes | str, limits: Limits | None = None) -> str:
    with pytest.raises(RejectedMessageError) as caught:
        parse(body, limits)
    assert "secret" not in f"{caught.value} {caught.value.__context__}"
    return caught.value.code


def out(parsed: Parsed, *decisions: tuple[str, str, str]) -> CensusChild:
    (person,), entries = parsed.draft.people, parsed.draft.entries
    episodes = tuple({name: value.value for name, value in entry.fields.items()} for entry in entries)
    return CensusChild({name: value.value for name, value in person.fields.items()}, episodes, decisions)


def test_the_shapes_of_2021_and_2024_go_in_with_the_warnings_that_are_known(message: Callable[[str], bytes]) -> None:
    (old,) = parse(message(OLD))
    assert codes(old) == ["text_between_elements", "expected_date_beside_birth_date"]
    first, second = parse(message(NEW))
    assert codes(first) == ["header_disagrees", "text_between_elements"]
    assert codes(second) == []
    assert [one.outcome for one in (old, first, second)] == [Outcome.ACCEPTED] * 3
    assert [one.draft.people[0].fields["sex"].value for one in (old, first, second)] == ["1", "1", "M"]
    stated = [dict(blocks(o.draft.entries[0].fields["case_dates"].value)[0])["ReferralNFA"] for o in (old, second)]
    assert stated == ["0", "false"]


def test_the_shape_of_2026_keeps_family_group_meetings_and_blocks_nobody_knows(
    message: Callable[[str], bytes],
) -> None:
    first, unborn, nobody = parse(message(OURS))
    fields = first.draft.entries[0].fields
    assert ("FGDMMeetingOffer", "1") in blocks(fields["family_group"].value)[0]
    assert fields["other_blocks"].value == "<FutureBlock><Anything>kept as written</Anything></FutureBlock>"
    assert [i.location for i in first.issues] == ["/Message/Children/Child[1]/CINdetails[1] count=1"]
    assert unborn.draft.people[0].parts == {Part.UNBORN_CHILD}
    assert (nobody.outcome, codes(nobody)) == (Outcome.QUARANTINED, ["required"])


def test_a_view_of_risk_stands_apart_from_dates(message: Callable[[str], bytes]) -> None:
    fields = parse(message(OURS))[0].draft.entries[0].fields
    assert "AssessmentFactors" not in fields["assessments"].value
    assert blocks(fields["factors"].value) == [
        (("AssessmentActualStartDate", "2025-11-05"), ("AssessmentFactors", "1B"), ("AssessmentFactors", "3B"))
    ]


@pytest.mark.parametrize("path", [OLD, NEW, OURS])
def test_what_came_in_goes_out_and_comes_in_alike(path: str, message: Callable[[str], bytes]) -> None:
    before = [one for one in parse(message(path)) if one.draft]
    again = parse(written([out(one) for one in before], "2026-03-31"))
    for one, other in zip(before, again, strict=True):
        mine, theirs = out(one), out(other)
        assert theirs.person == mine.person
        kept = [{n: v for n, v in e.items() if n != "other_blocks"} for e in mine.episodes]
        assert list(theirs.episodes) == kept
        assert "FutureBlock" not in written([mine], "2026-03-31").decode()


def test_a_decision_recorded_in_the_hub_goes_out_once(message: Callable[[str], bytes]) -> None:
    known = parse(message(OURS))[0]
    said = [
        ("s47_enquiry", "2026-01-12", ""),
        ("child_protection_plan", "2026-02-20", ""),
        ("emergency", "2026-01-01", ""),
    ]
    root = etree.fromstring(written([out(known, *said)], "2026-03-31"))
    assert [e.text for e in root.iter("S47ActualStartDate")] == ["2026-01-12"]
    assert [e.text for e in root.iter("CPPstartDate")] == ["2026-02-20"]


def test_what_may_not_be_shown_is_simply_not_there() -> None:
    root = etree.fromstring(written([CensusChild({"birth_date": "2019-01-01"})], "2026-03-31"))
    assert {e.tag for e in root.iter() if e.text and e.text.strip()} == {
        "Collection",
        "Year",
        "ReferenceDate",
        "PersonBirthDate",
    }


@pytest.mark.parametrize(
    ("details", "code"),
    [
        ("<ReferralSource>3Z</ReferralSource>", "code_not_known"),
        ("<CINreferralDate>2026-02-31</CINreferralDate>", "not_a_date"),
        ("<PrimaryNeedCode>N1, or N2; who knows</PrimaryNeedCode>", "unexpected_value"),
        ("<Unheard>of</Unheard>", "unknown_keys"),
        ("between", "text_between_elements"),
    ],
)
def test_what_does_not_fit_is_remarked_on_and_kept(details: str, code: str) -> None:
    (found,) = parse(child(details))
    assert (found.outcome, codes(found)) == (Outcome.ACCEPTED, [code])
    if code in {"unexpected_value", "unknown_keys"}:
        assert found.draft.entries[0].fields["other_blocks"].value == details


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///secret">]><Message>&x;</Message>', "doctype_refused"),
        ("<!doctype Message><Message/>", "doctype_refused"),
        ('<?xml version="1.0" encoding="utf-16"?><Message/>', "unknown_encoding"),
        ('<?xml version="1.0" encoding="ebcdic-cp-be"?><Message/>', "unknown_encoding"),
        ("<Message>&secret;</Message>", "malformed_xml"),
        ("<Message><secret></Message>", "malformed_xml"),
        ("<Message>\u202esecret</Message>", "unsafe_character"),
        ("<Message>&#x202e;secret</Message>", "unsafe_character"),
        ("<a>" * 100 + "</a>" * 100, "too_deep"),
        ("<a>" * 100_000, "malformed_xml"),
        ("<Message/>", "not_a_cin_census"),
        (HEAD.replace("CIN<", "903<") + "</Children></Message>", "not_a_cin_census"),
        (HEAD.replace("2026-03-31", "soon") + "</Children></Message>", "not_a_date"),
        (HEAD + "</Children></Message>", "required"),
        ("", "empty_message"),
        (b"\xff\xfe\x00", "unknown_encoding"),
        (b"<Message>\x80secret</Message>", "unknown_encoding"),
    ],
)
def test_what_is_not_safe_xml_or_no_census_is_refused_with_a_code(body: bytes | str, code: str) -> None:
    assert refusal(body) == code


def test_limits_are_kept(message: Callable[[str], bytes]) -> None:
    assert refusal(message(NEW), Limits(max_bytes=1_000)) == "message_too_large"
    assert refusal(message(NEW), Limits(max_records=1)) == "too_many_records"
    assert refusal(HEAD + "<Child/>" * 200_001 + "</Children></Message>") == "too_many_elements"


def test_a_doctype_in_utf_16_is_met_after_decoding() -> None:
    assert refusal('<!DOCTYPE a [<!ENTITY x "y">]><Message>&x;</Message>'.encode("utf-16")) == "doctype_refused"
