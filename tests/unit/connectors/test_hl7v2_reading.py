from collections.abc import Callable
from contextlib import suppress
from time import process_time

import pytest

from connectors.hl7v2 import Hl7V2
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Limits, Outcome, Severity
from tests.hl7v2_messages import HEADER, PERSON, codes, parse, summary, with_segments

OWN = "hl7v2/child_referral.hl7"


def refused(body: bytes | str) -> str:
    with pytest.raises(RejectedMessageError) as caught:
        parse(body)
    return caught.value.code


@pytest.fixture
def own(message: Callable[[str], bytes]) -> bytes:
    return message(OWN)


@pytest.mark.parametrize("name", ["ADT-A04-01.hl7", "ADT-A08-01.hl7", "MDM-T01-01.hl7"])
def test_any_other_message_type_is_refused_by_name(message: Callable[[str], bytes], name: str) -> None:
    assert refused(message(f"hl7v2/{name}")) == "message_type_not_supported"


@pytest.mark.parametrize("ending", [b"\r", b"\n", b"\r\n", b"\n\r"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf", b"\x0b", b"\n\n"])
def test_line_ends_marks_and_frames_change_nothing(own: bytes, ending: bytes, mark: bytes) -> None:
    plain = own.removeprefix(b"\xef\xbb\xbf")
    tail = b"\x1c\r" if mark == b"\x0b" else b""
    assert parse(mark + plain.replace(b"\r", ending) + tail).draft == parse(own).draft


def test_escapes_are_undone_and_unknown_ones_are_kept(own: bytes) -> None:
    told = summary(parse(own))
    assert 'Grace said \n"it is worse at weekends\\evenings". Maya hid behind the chair | did not speak.' in told
    assert parse(own).draft.entries[0].fields["requested_service"].value.endswith("CHILDREN&FAMILIES")
    said = summary(
        parse(with_segments("NTE|||A\\T\\B\\S\\C\\R\\D\\X41\\\\Z9\\ \\H\\loud\\N\\ C:\\temp \\X00\\ \\XE280AE\\"))
    )
    assert said == "A&B^C~DA\\Z9\\ loud C:\\temp \\X00\\ \\XE280AE\\"


def test_a_sender_may_choose_its_own_separators() -> None:
    body = with_segments("NTE|||50% of the time").translate(str.maketrans({"|": "#", "^": "%", "~": "!", "%": "$"}))
    parsed = parse(body.replace("MSH#%~\\&", "MSH#%!\\&").replace("MSH#%!\\&", "MSH#%!\\&"))
    assert parsed.draft.people[0].family_name == "HART"


@pytest.mark.parametrize("marks", ["", "^", "^^", "^~^&", "AB\\&", "^~\\|"])
def test_separators_that_are_none_are_refused(marks: str) -> None:
    assert refused(with_segments().replace("|^~\\&|", f"|{marks}|", 1)) in {
        "separators_invalid",
        "message_type_not_supported",
    }


@pytest.mark.parametrize(
    ("declared", "codec", "warned"),
    [
        ("", "utf-8", False),
        ("UNICODE UTF-8", "utf-8", False),
        ("8859/1", "cp1252", False),
        ("8859/15", "iso8859-15", False),
        ("", "cp1252", True),
        ("ASCII", "utf-8", True),
    ],
)
def test_the_character_set_is_the_one_in_the_header(declared: str, codec: str, *, warned: bool) -> None:
    header = f"{HEADER}||||||{declared}"
    parsed = parse(with_segments("NTE|||Zoë is afraid", header=header).encode(codec))
    assert summary(parsed) == "Zoë is afraid"
    assert (("charset_differs", "MSH-18") in codes(parsed)) is warned


@pytest.mark.parametrize(
    "flood",
    [
        "\n" + "a\n" * 1_000_000,
        "NTE|||" + "a~" * 1_000_000,
        "NTE|||" + "^" * 2_000_000,
        "|" * 2_000_000,
        "\\" * 2_000_000,
        "NK1\r" * 400_000,
        "OBX|1|ED|L||" + "a~" * 1_000_000,
        "OBX|1|ED|L||" + "&^" * 1_000_000,
    ],
    ids=range(8),
)
def test_a_flood_is_answered_in_time(flood: str) -> None:
    start = process_time()
    with suppress(RejectedMessageError):
        assert parse(with_segments() + flood).outcome is Outcome.QUARANTINED
    assert process_time() - start < 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "empty_message"),
        ("\ufeff", "empty_message"),
        ("hello", "not_hl7v2"),
        ("MSH", "not_hl7v2"),
        ("MSH|^~\\&", "message_type_not_supported"),
        ("MSH\r\r\r\r\r\r\r", "not_hl7v2"),
        (HEADER.replace("I12", "I15"), "event_not_supported"),
        (HEADER.replace("REF", "RRI"), "message_type_not_supported"),
        (HEADER.replace("|2.5", "|3.0"), "version_not_supported"),
        (HEADER.replace("|2.5", "|"), "version_not_supported"),
        (HEADER + "||||||JIS", "charset_not_supported"),
        (f"{HEADER}\r{PERSON}\r{HEADER}", "several_messages"),
        (f"{HEADER}\r{PERSON}\rNTE|||a\x00b", "unsafe_character"),
        (f"{HEADER}\r{PERSON}\rNTE|||a\u202eb", "unsafe_character"),
        ("FHS|^~\\&|batch", "not_hl7v2"),
        (HEADER.encode("utf-16"), "charset_not_supported"),
    ],
)
def test_what_is_not_one_readable_referral_is_refused_by_name(body: str | bytes, code: str) -> None:
    assert refused(body) == code


def test_a_line_break_inside_a_text_stays_in_the_text() -> None:
    parsed = parse(with_segments("NTE|||first\nsecond line"))
    assert summary(parsed) == "first\nsecond line"
    assert ("line_break_in_field", "count=1") in codes(parsed)


def test_what_hl7_says_to_delete_says_nothing() -> None:
    person = parse(with_segments().replace("20160305", '20160305|""||""')).draft.people[0]
    assert "sex" not in person.fields


def test_limits_are_kept(own: bytes) -> None:
    with pytest.raises(RejectedMessageError, match="message_too_large"):
        parse(own, Limits(max_bytes=100))
    with pytest.raises(RejectedMessageError, match="too_many_segments"):
        parse(own, Limits(max_entries=5))


def test_the_message_key_is_who_sent_it_and_its_number(own: bytes) -> None:
    assert Hl7V2().message_key(own) == "EXAMPLEPAS|EXAMPLE VALLEY NHS TRUST^RX999^L|EX-000123"
    assert Hl7V2().message_key(HEADER.replace("|77|", "||").encode()) == ""


def test_nothing_breaks_when_any_field_is_missing_or_odd(own: bytes) -> None:
    lines = own.removeprefix(b"\xef\xbb\xbf").decode().split("\r")
    for number, line in enumerate(lines):
        fields = line.split("|")
        for place in range(1, len(fields)):
            for odd in ("", "^^^", "~~", "&", '""', "\\", "odd", "9" * 30):
                changed = "|".join((*fields[:place], odd, *fields[place + 1 :]))
                try:
                    parsed = parse("\r".join((*lines[:number], changed, *lines[number + 1 :])))
                except RejectedMessageError:
                    assert number == 0
                else:
                    assert all(issue.severity in Severity for issue in parsed.issues)


def test_a_piece_of_a_longer_message_says_so(own: bytes) -> None:
    said = ("part_of_a_longer_message", "MSH-14")
    assert said not in {(issue.code, issue.location) for issue in parse(own).issues}
    assert said in {(issue.code, issue.location) for issue in parse(own + b"DSC|next|F\r").issues}
