"""XML and HL7 v2 records are corrected where they stand: what nobody touched stays byte for byte as it came."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.hl7v2.repair import Hl7Record
from connectors.mending import Mending
from connectors.registry import CONNECTORS
from connectors.xml_repair import XmlRecord
from hub.domain.errors import InvalidRequestError, RejectedMessageError
from hub.domain.referral import Limits, Outcome

FIXTURES = Path(__file__).parents[2] / "fixtures"
MENDING = Mending()
NOTICE = (FIXTURES / "safeguarding_notice" / "domestic_abuse.xml").read_bytes()
CENSUS = (FIXTURES / "cin_census" / "synthetic_2026.xml").read_bytes()
REFERRAL = (FIXTURES / "hl7v2" / "child_referral.hl7").read_bytes()
OFFICIAL = (FIXTURES / "hl7v2" / "REF-I12-01.hl7").read_bytes()
WHEN = "/safeguarding_notices/notices/notice/event/occurred_from"
SMALL = b"""<?xml version="1.0"?>
<!-- kept --><a x='1>"' ><b>one &amp; two</b><b><![CDATA[three < four]]></b><c />
  <d><e>5</e></d><?pi kept?></a>
"""
HL7 = b"MSH|^~\\&|A|B|C|D|20240312||REF^I12|1|P|2.5\rPID|1||9^^^NHS&x&y~8||HART^MAYA^\\T\\^||2016\rNK1|1|A\rNK1|2|B|\r"
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff"), max_size=30)
ANYTHING = st.text(max_size=40)


def places(body: bytes, place: str) -> list[str]:
    return MENDING.places(body, [place]).get(place, [])


@pytest.mark.parametrize(
    "body",
    [NOTICE, CENSUS, REFERRAL, OFFICIAL, SMALL, HL7],
    ids=["notice", "census", "referral", "official", "xml", "hl7"],
)
def test_every_value_can_be_put_back_where_it_was_read_and_no_other_moves(body: bytes) -> None:
    lines = MENDING.lines(body, "/")
    assert lines
    assert len({where for where, _ in lines}) == len(lines)
    for where, _ in lines:
        assert places(body, where) == [where]
        mended = MENDING.mended(body, {where: "Changed"})
        assert dict(MENDING.lines(mended, "/")) == dict(lines) | {where: "Changed"}


def test_nothing_but_the_value_changes_in_xml() -> None:
    assert MENDING.mended(NOTICE, {}) == NOTICE
    said = b"2024-03-05T21:40:00Z"
    before, _, rest = NOTICE.partition(b"<occurred_from>")
    _, _, after = rest.partition(b"</occurred_from>")
    assert MENDING.mended(NOTICE, {WHEN: said.decode()}) == (
        before + b"<occurred_from>" + said + b"</occurred_from>" + after
    )
    assert MENDING.mended(SMALL, {"/a/b[2]": "x<y"}) == SMALL.replace(b"<![CDATA[three < four]]>", b"x&lt;y")
    assert MENDING.mended(SMALL, {"/a[1]/c": "z"}) == SMALL.replace(b"<c />", b"<c >z</c>")
    assert MENDING.mended(SMALL, {"/a/d/f/g": "z", "/a/d/f/h": "w"}) == SMALL.replace(
        b"</e></d>", b"</e><f><g>z</g><h>w</h></f></d>"
    )
    assert MENDING.mended(SMALL, {"/a/b[3]": "z"}).endswith(b"<?pi kept?><b>z</b></a>\n")


def test_nothing_but_the_value_changes_in_hl7() -> None:
    assert MENDING.mended(HL7, {}) == HL7
    assert MENDING.mended(HL7, {"PID-7": "2015"}) == HL7.replace(b"||2016", b"||2015")
    assert MENDING.mended(HL7, {"PID-5.1": "A^B|C&D\\E~F\nG"}) == HL7.replace(
        b"HART^", b"A\\S\\B\\F\\C\\T\\D\\E\\E\\R\\F\\.br\\G^"
    )
    assert MENDING.mended(HL7, {"PID-3.4.2": "z"}) == HL7.replace(b"&x&", b"&z&")
    assert MENDING.mended(HL7, {"PID-3[2]": "7"}) == HL7.replace(b"~8|", b"~7|")
    both = HL7.replace(b"NK1|1|A", b"NK1|1|A|w").replace(b"NK1|2|B|", b"NK1|2|B||z")
    assert MENDING.mended(HL7, {"NK1[2]-4": "z", "NK1-3": "w"}) == both
    assert MENDING.mended(HL7, {"MSH-7": "2025"}) == HL7.replace(b"20240312", b"2025")
    framed = b"\x0b\xef\xbb\xbf" + HL7.replace(b"\r", b"\n") + b"\x1c\r"
    assert MENDING.mended(framed, {"PID-7": "2015"}) == framed.replace(b"||2016", b"||2015")


def test_the_bytes_of_another_encoding_stay_what_they_are() -> None:
    latin = '<?xml version="1.0" encoding="ISO-8859-1"?><a><b>é</b><c>x</c></a>'.encode("latin-1")
    assert MENDING.mended(latin, {"/a/c": "Łucja"}) == latin.replace(b">x<", b">&#321;ucja<")
    for codec, bom in (("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff"), ("utf-8", b"\xef\xbb\xbf")):
        wide = bom + "<a><b>é</b></a>".encode(codec)
        assert MENDING.mended(wide, {"/a/b": "ł"}) == bom + "<a><b>ł</b></a>".encode(codec)
    windows = HL7.replace(b"MAYA", "ZOÉ".encode("cp1252"))
    assert MENDING.mended(windows, {"PID-7": "2015"}) == windows.replace(b"||2016", b"||2015")
    with pytest.raises(InvalidRequestError, match="not_in_its_charset"):
        MENDING.mended(windows, {"PID-5.1": "Łucja"})


@pytest.mark.parametrize(
    "place",
    [
        *("/a", "/a/d", "/a/b[4]", "/a/b/x", "/x/b", "/a/b[0]", "a/b", "/a/b/@x", "/a/<b>", "//b", "/a/b[2"),
        *(
            "PID",
            "PID-0",
            "PID-5",
            "PID-3",
            "PID-3[9]",
            "MSH-1",
            "MSH-2",
            "MSH-18",
            "OBX-5",
            "NK1[3]-2",
            "PID-999",
            "PID-5.0",
        ),
        *("", "message", "count=3", "Bundle.entry[0]", "row 2 col x", "line 3 column 4"),
    ],
)
def test_where_nothing_can_be_put_it_is_refused_by_place(place: str) -> None:
    for body in (SMALL, HL7):
        offered = places(body, place)
        assert place not in offered
        with pytest.raises(InvalidRequestError) as refused:
            MENDING.mended(body, {place: "Canary"})
        assert (refused.value.code, "Canary" in str(refused.value)) == ("place_unknown", False)


def test_a_remark_on_a_whole_field_offers_each_part_of_it() -> None:
    assert places(HL7, "PID-5") == ["PID-5.1", "PID-5.2", "PID-5.3"]
    assert places(HL7, "PID-3") == ["PID-3.1", "PID-3.4.1", "PID-3.4.2", "PID-3.4.3", "PID-3[2]"]
    assert places(HL7, "PID-7") == ["PID-7"]
    assert places(HL7, "PID-30") == ["PID-30"]


@pytest.mark.parametrize("said", ["a\x00b", "a\u202eb", "a\x0bb"])
def test_what_hides_or_cannot_be_held_is_refused(said: str) -> None:
    for body, place in ((SMALL, "/a/b"), (HL7, "PID-7")):
        with pytest.raises(InvalidRequestError) as refused:
            MENDING.mended(body, {place: said})
        assert (refused.value.code, refused.value.where) == ("unsafe_character", place)


def test_a_message_without_an_escape_character_takes_no_separators() -> None:
    bare = HL7.replace(b"|^~\\&|", b"|^~|").replace(b"\\T\\", b"").replace(b"&x&y", b"")
    assert MENDING.mended(bare, {"PID-7": "2015"}) == bare.replace(b"||2016", b"||2015")
    for said in ("a|b", "a^b", "a\nb"):
        with pytest.raises(InvalidRequestError, match="separator_in_value"):
            MENDING.mended(bare, {"PID-7": said})


def test_an_embedded_file_is_neither_shown_nor_written_over() -> None:
    assert not [value for _, value in MENDING.lines(REFERRAL, "message") if value.startswith("TGV0dGVy")]
    assert places(REFERRAL, "OBX[3]-5.5") == []


@pytest.mark.parametrize("declared", [b"<!DOCTYPE a []>", b'<!DOCTYPE a [<!ENTITY x "y">]>', b"<!ENTITY x 'y'>"])
def test_a_document_that_declares_anything_is_not_opened(declared: bytes) -> None:
    body = declared + SMALL.partition(b"?>")[2]
    assert MENDING.lines(body, "/a") == places(body, "/a/b") == []
    with pytest.raises(RejectedMessageError, match="doctype_refused"):
        MENDING.mended(body, {"/a/b": "x"})


def test_markup_in_a_correction_stays_words() -> None:
    said = "</b><!DOCTYPE x><![CDATA[ ]]> &amp; &#65; <!-- -->"
    mended = MENDING.mended(SMALL, {"/a/b": said})
    assert dict(MENDING.lines(mended, "/"))["/a/b"] == said
    assert len(MENDING.lines(mended, "/")) == len(MENDING.lines(SMALL, "/"))


@pytest.mark.parametrize(
    ("name", "body", "wrong", "place", "right"),
    [
        ("safeguarding_notice_xml", NOTICE, b"<notice_version>", "", ""),
        ("cin_census", CENSUS, b"<LAchildID>", "", ""),
        ("hl7v2", REFERRAL, b"20160305", "PID-7", "20160305"),
    ],
)
def test_what_its_connector_stops_is_let_through_once_it_is_corrected(
    name: str, body: bytes, wrong: bytes, place: str, right: str
) -> None:
    connector, spoilt = CONNECTORS[name], body
    if place:
        spoilt = body.replace(wrong, b"tomorrow", 1)
    else:
        start = body.index(wrong)
        end = body.index(wrong.replace(b"<", b"</"), start)
        right = body[start + len(wrong) : end].decode()
        spoilt = body[:start] + body[end + len(wrong) + 1 :]
    [*records] = connector.parse(spoilt, Limits())
    stopped = next(one for one in records if one.outcome is Outcome.QUARANTINED)
    alone = MENDING.apart(spoilt, [stopped.pointer]).get(stopped.pointer, spoilt)
    [once] = connector.parse(alone, Limits())
    issue = next(one for one in once.issues if one.severity.value == "error")
    [where] = places(alone, issue.location)
    [after] = connector.parse(MENDING.mended(alone, {where: right}), Limits())
    assert after.outcome is Outcome.ACCEPTED


@given(WORDS)
def test_whatever_is_put_in_is_what_is_read_again(said: str) -> None:
    for body, place in ((SMALL, "/a/b[2]"), (SMALL, "/a/d/f"), (HL7, "PID-5.2"), (HL7, "NK1[2]-9")):
        mended = MENDING.mended(body, {place: said})
        lines = dict(MENDING.lines(body, "/")) | {place: said}
        read = dict(MENDING.lines(mended, "/"))
        if said.strip() and said.strip() != '""':
            assert read.pop(place).strip() == lines.pop(place).strip()
        else:
            lines.pop(place)
            assert read.pop(place, "") == ""
        assert read == lines


@given(ANYTHING, ANYTHING)
def test_no_place_and_no_value_breaks_it(place: str, value: str) -> None:
    for body in (SMALL, HL7):
        places(body, place)
        with contextlib.suppress(InvalidRequestError):
            MENDING.lines(MENDING.mended(body, {place: value}), "/")


@given(st.binary(max_size=200))
def test_no_bytes_break_it(body: bytes) -> None:
    for kind, head in ((XmlRecord, b"<a>"), (Hl7Record, b"MSH|^~\\&|")):
        with contextlib.suppress(RejectedMessageError):
            record = kind(head + body)
            for place, _ in record.lines():
                record.places(place)


NAMES = st.sampled_from(["a", "b", "c", "long-name", "x.y", "_z"])
NOISE = st.sampled_from(["", " ", "\r\n\t", "<!-- <b>not</b> -- > -->".replace("-- >", "- >"), "<?b <a> ?>"])
ATTRIBUTES = st.sampled_from(["", ' k="a>b"', " k='\">'", ' k="/" \n j=""', ' xmlns:q="urn:q"'])
TEXTS = st.sampled_from(["", "one", "1 &lt; 2", "&#233;", "<![CDATA[</a><b>]]>", "ü ß", "]]", "<!-- c -->t"])


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    name, attributes = draw(NAMES), draw(ATTRIBUTES)
    if not draw(st.integers(0, 4)):
        return f"<{name}{attributes}{draw(st.sampled_from(['', ' ']))}/>"
    inside = [draw(elements(depth - 1)) for _ in range(draw(st.integers(0, 3)))] if depth else []
    held = "".join(draw(NOISE) + one for one in inside) + draw(NOISE) if inside else draw(TEXTS)
    return f"<{name}{attributes}>{held}</{name}{draw(st.sampled_from(['', ' ']))}>"


@given(elements(), st.sampled_from(["utf-8", "utf-16"]))
def test_in_any_document_only_the_value_that_was_put_in_differs(inside: str, codec: str) -> None:
    body = f"<?xml version='1.0'?>\n<root>{inside}<tail/></root>\n<!-- end -->".encode(codec)
    lines = MENDING.lines(body, "/")
    for place, value in lines:
        mended = MENDING.mended(body, {place: "Zoë <&>"})
        assert MENDING.lines(mended, "/") == [(p, "Zoë <&>" if p == place else v) for p, v in lines]
        again = MENDING.mended(mended, {place: value})
        assert MENDING.lines(again, "/") == lines
        front = next((i for i, (x, y) in enumerate(zip(body, mended, strict=False)) if x != y), len(body))
        assert body[:front] == mended[:front]
        assert MENDING.mended(again, {place: "Zoë <&>"}) == mended


@given(st.lists(st.tuples(st.sampled_from(["PID-2", "PID-5.2", "NK1[2]-2", "PID-3[2]", "ZZ"]), WORDS), max_size=6))
def test_several_corrections_at_once_are_the_same_as_one_after_the_other(said: list[tuple[str, str]]) -> None:
    wanted = {place: words for place, words in dict(said).items() if place != "ZZ"}
    one_by_one = HL7
    for place, words in wanted.items():
        one_by_one = MENDING.mended(one_by_one, {place: words})
    assert MENDING.mended(HL7, wanted) == one_by_one


def test_of_an_element_that_is_there_three_times_one_is_left() -> None:
    body = b"<a><b>1</b> <b>2</b><c/><b/></a>"
    assert MENDING.mended(body, {"/a/b": "2"}, once=frozenset({"/a/b"})) == b"<a><b>2</b> <c/></a>"
    assert MENDING.mended(body, {"/a/b[2]": "3"}, once=frozenset({"/a/b[2]"})) == b"<a> <b>3</b><c/></a>"
    assert MENDING.mended(body, {"/a/b": "2"}) == b"<a><b>2</b> <b>2</b><c/><b/></a>"


def test_a_copy_that_holds_elements_is_never_taken_away() -> None:
    with pytest.raises(InvalidRequestError):
        MENDING.mended(b"<a><b>1</b><b><c>2</c></b></a>", {"/a/b": "1"}, once=frozenset({"/a/b"}))
