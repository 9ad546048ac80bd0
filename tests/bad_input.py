"""Builds the corpus of bad input: each file with the least that must be said of it. Made-up people only.

Each entry has the codes that a reader may call it by; an empty set means that any code will do. CANARY stands wherever
a value could be echoed.
"""

import csv
import io
import json
import zlib
from collections.abc import Iterator
from typing import Any

from tests.bad_bytes import CANARY, Bad, odd_hl7, odd_xml
from tests.factories import FIXTURES

__all__ = ["CANARY", "NOT_TEXT", "ODD_JSON", "Bad", "changed_at", "corpus"]
DEEP = 70
LONG = 70_000
NOT_TEXT = {
    "utf-16": CANARY.encode("utf-16"),
    "latin": b'{"a": "' + CANARY.encode() + b'\xe9"}',
    "gzip bomb": zlib.compress(b" " * 20_000_000, wbits=31) + CANARY.encode(),
    "zip with a way out": b"PK\x03\x04" + bytes(22) + b"\x0b\x00\x00\x00../../" + CANARY.encode() * 9,
    "gzip": b"\x1f\x8b\x08\x00" + CANARY.encode() * 9,
    "zip": b"PK\x03\x04" + CANARY.encode() * 9,
    "pdf": b"%PDF-1.7\n" + CANARY.encode() * 9,
    "png": b"\x89PNG\r\n\x1a\n" + CANARY.encode(),
    "nothing": b"",
    "mark only": b"\xef\xbb\xbf",
    "spaces": b" \r\n\t ",
    "zeros": b"\x00" * 64,
    "all bytes": bytes(range(256)),
    "cut in a character": '{"a": "é"}'.encode()[:-3],
}
ENTITY = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;' + CANARY.encode() + b"</a>"
LAUGHS = b'<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><l>&b;' + CANARY.encode() + b"</l>"
HL7 = b"MSH|^~\\&|A|B|C|D|20260101||REF^I12|1|P|2.5\rPID|1||9000000009||" + CANARY.encode() + b"^A\r"
YAML = b"a: &a [x, x]\nb: [*a, *a]\nc: " + CANARY.encode() + b"\n"
OTHER = {
    "xml": b"<Notices><Notice>" + CANARY.encode() + b"</Notice></Notices>",
    "xml entity": ENTITY,
    "billion laughs": LAUGHS,
    "xml deep": b"<a>" * 200 + CANARY.encode() + b"</a>" * 200,
    "hl7": HL7,
    "hl7 without segments": b"MSH",
    "yaml": YAML,
    "html": b"<!doctype html><script>alert('" + CANARY.encode() + b"')</script>",
    "formula": b"=cmd|' /C calc'!A0," + CANARY.encode(),
    "pickle": b"\x80\x04\x95cos\nsystem\n(S'" + CANARY.encode() + b"'\ntR.",
    "e-mail": b"Subject: referral\r\n\r\n" + CANARY.encode(),
}
ODD_JSON: dict[str, tuple[bytes, set[str]]] = {
    "cut off": (b'{"version": "' + CANARY.encode(), {"malformed_json"}),
    "two texts": (b'{"a": 1}{"a": 2}', {"malformed_json"}),
    "comment": (b'{"a": 1} // ' + CANARY.encode(), {"malformed_json"}),
    "comma at the end": (b'{"a": "' + CANARY.encode() + b'",}', {"malformed_json"}),
    "single quotes": (b"{'a': '" + CANARY.encode() + b"'}", {"malformed_json"}),
    "a name twice": (
        b'{"version": "1.0", "' + CANARY.encode() + b'": 1, "' + CANARY.encode() + b'": 2}',
        {"duplicate_key"},
    ),
    "our name twice": (b'{"version": "1.0", "version": "' + CANARY.encode() + b'"}', {"duplicate_key"}),
    "NaN": (b'{"version": NaN, "a": "' + CANARY.encode() + b'"}', {"not_a_number"}),
    "infinity": (b'{"version": Infinity}', {"not_a_number"}),
    "minus infinity": (b'{"version": -Infinity}', {"not_a_number"}),
    "too large a number": (b'{"version": 1e999}', {"number_too_large"}),
    "ten million digits": (b'{"version": ' + b"9" * 100_000 + b"}", {"number_too_large"}),
    "lone surrogate": (b'{"version": "\\ud800' + CANARY.encode() + b'"}', {"lone_surrogate"}),
    "NUL": (b'{"version": "\\u0000' + CANARY.encode() + b'"}', {"unsafe_character"}),
    "turned text": (b'{"version": "\\u202e' + CANARY.encode() + b'"}', {"unsafe_character"}),
    "raw NUL": (b'{"version": "\x00' + CANARY.encode() + b'"}', {"malformed_json", "unsafe_character"}),
    "raw newline": (b'{"version": "\n' + CANARY.encode() + b'"}', {"malformed_json"}),
    "deep lists": (b"[" * DEEP + b"]" * DEEP, {"too_deep"}),
    "very deep lists": (b"[" * 200_000, {"too_deep", "malformed_json"}),
    "deep objects": (b'{"a":' * DEEP + b'"' + CANARY.encode() + b'"' + b"}" * DEEP, {"too_deep"}),
    "open brackets in text": (b'{"version": "' + b"[" * 500 + CANARY.encode() + b'"}', set()),
    "a list": (json.dumps([CANARY]).encode(), set()),
    "a string": (json.dumps(CANARY).encode(), set()),
    "null": (b"null", set()),
    "true": (b"true", set()),
    "a number": (b"7", set()),
    "an empty object": (b"{}", set()),
    "unknown names": (json.dumps({CANARY: {CANARY: CANARY}}).encode(), set()),
    "wrong kinds": (
        json.dumps(dict.fromkeys(("version", "notices", "referrals", "entry", "resourceType"), CANARY)).encode(),
        set(),
    ),
    "no records": (json.dumps({"version": "1.0", "notices": [], "referrals": [], "entry": []}).encode(), set()),
    "records of null": (
        json.dumps({"version": "1.0", "batch_id": "x", "notices": [None], "referrals": [None]}).encode(),
        set(),
    ),
    "prototype": (json.dumps({"__proto__": {"x": CANARY}, "constructor": CANARY}).encode(), set()),
}


def corpus() -> Iterator[Bad]:
    """Yield at least 120 files."""
    for name, body in (NOT_TEXT | OTHER).items():
        yield Bad(name, body, "application/json")
        yield Bad(f"{name}, as csv", body, "text/csv")
    for name, (body, codes) in ODD_JSON.items():
        yield Bad(name, body, "application/json", frozenset(codes))
    yield from _odd_csv()
    yield from _spoiled_notices()
    yield from _spoiled_bundles()
    yield from _spoiled_forms()
    yield from odd_xml()
    yield from odd_hl7()


def _odd_csv() -> Iterator[Bad]:
    good = (FIXTURES / "substance_misuse" / "adult_with_children.csv").read_text("utf-8-sig").splitlines()
    header, row = good[0], good[1]
    columns = next(csv.reader([header]))
    bodies: dict[str, tuple[str, set[str]]] = {
        "header only": (header, set()),
        "no header": (row, set()),
        "a quote that never ends": (f'{header}\n{row}\n"{CANARY},' + row, {"malformed_csv"}),
        "text after a quote": (f'{header}\n"a"{CANARY},b', {"malformed_csv"}),
        "a column twice": (f"{header},{columns[0]}\n{row}", {"duplicate_column"}),
        "fewer rows than said": (f"{header}\n{row}\n#rows=3", {"row_count_differs"}),
        "more rows than said": (f"{header}\n{row}\n{row}\n#rows=1", {"row_count_differs"}),
        "another delimiter": (header.replace(",", ";") + "\n" + row.replace(",", ";"), set()),
        "tabs": (header.replace(",", "\t") + "\n" + row.replace(",", "\t"), set()),
        "a cell too many": (f"{header}\n{row},{CANARY}\n#rows=1", set()),
        "a cell too few": (f"{header}\n{row.rpartition(',')[0]}\n#rows=1", set()),
        "NUL in a cell": (f"{header}\n{CANARY}\x00,x", {"unsafe_character"}),
        "turned text in a cell": (f"{header}\n\u202e{CANARY},x", {"unsafe_character"}),
        "a cell of ten megabytes": (f"{header}\n" + "x" * 140_000, {"malformed_csv"}),
        "only commas": ("," * 50, set()),
        "mixed line ends": (f"{header}\r\n{row}\r{CANARY}\n", set()),
        "formulas": (f"{header}\n" + ",".join(["=cmd|' /C calc'!A0"] * len(columns)) + "\n#rows=1", set()),
    }
    for name, (text, codes) in bodies.items():
        yield Bad(f"csv: {name}", text.encode(), "text/csv", frozenset(codes))


def _spoiled_notices() -> Iterator[Bad]:
    """Notices with one thing wrong in them."""
    spoils: dict[str, Any] = {
        "people": CANARY,
        "people/0": CANARY,
        "people/0/name": CANARY,
        "people/0/id": {"x": CANARY},
        "people/0/birth_date": f"{CANARY}-01-01",
        "people/0/nhs_number": "\u0669\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0669",
        "people/0/addresses": CANARY,
        "people/0/sex": CANARY,
        "event": CANARY,
        "event/occurred_from": CANARY,
        "event/reference": None,
        "grading": {"source": CANARY},
        "grading/source": 10**9,
        "grading/assessment": CANARY,
        "risk": {"grade": CANARY},
        "risk/answers": CANARY,
        "kind": CANARY,
        "purpose": CANARY,
        "action": CANARY,
        "created": "2026-02-30T00:00:00Z",
        "notice_ref": "",
        "notice_version": -1,
        "notice_version ": True,
        "narratives": [{"kind": CANARY, "text": CANARY}],
        "narratives/0/text": "x" * LONG,
        "roles": [{"person": "nobody", "role": CANARY}],
        "consents": [{"about": "nobody", "status": CANARY}],
    }
    for place, value in spoils.items():
        said = json.loads((FIXTURES / "safeguarding_notice" / "domestic_abuse.json").read_text())
        yield Bad(
            f"notice: {place}", _spoiled(said, ["notices", 0, *place.strip().split("/")], value), "application/json"
        )


def _spoiled_bundles() -> Iterator[Bad]:
    """FHIR messages with one thing wrong in them."""
    spoils: dict[str, Any] = {
        "type": "searchset",
        "resourceType": CANARY,
        "entry": CANARY,
        "entry/0": None,
        "entry/0/resource": CANARY,
        "entry/0/resource/resourceType": "Patient",
        "entry/0/resource/eventCoding/code": CANARY,
        "entry/0/resource/focus": [{"reference": f"urn:uuid:{CANARY}"}],
        "entry/1/resource/status": CANARY,
        "entry/1/resource/subject": {"reference": CANARY},
        "entry/1/fullUrl": f"https://elsewhere.example/{CANARY}",
        "entry/1/resource/contained": [{"resourceType": "Patient", "id": CANARY}],
        "entry/1/resource/supportingInfo": [{"reference": f"https://{CANARY}.example/Patient/1"}],
        "entry/1/resource/authoredOn": f"2026-02-30T{CANARY}",
        "entry/2/resource/birthDate": f"2016-13-{CANARY}",
        "entry/2/resource/identifier/0/value": "\u0669\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0660\u0669",
        "entry/2/fullUrl": "urn:uuid:00000000-0000-4000-8000-000000000002",
        "entry/3/resource/patient": {"reference": "urn:uuid:00000000-0000-4000-8000-000000000004"},
        "entry/5/resource/photo": [{"contentType": "image/png", "data": f"*{CANARY}*"}],
        "timestamp": CANARY,
        "id": {"x": CANARY},
    }
    for place, value in spoils.items():
        said = json.loads((FIXTURES / "bars" / "mother_referral.json").read_text())
        yield Bad(f"bundle: {place}", _spoiled(said, place.split("/"), value), "application/json")
    itself = {"resourceType": "Bundle", "type": "message", "entry": [{"resource": {"resourceType": "Bundle"}}]}
    yield Bad("bundle in a bundle", json.dumps(itself).encode(), "application/json")
    many = {"resourceType": "Bundle", "type": "message", "entry": [{"resource": {"resourceType": "Basic"}}] * 10_001}
    yield Bad("bundle of ten thousand", json.dumps(many).encode(), "application/json", frozenset({"too_many_entries"}))


def _spoiled_forms() -> Iterator[Bad]:
    """'Adult with children' referrals with one thing wrong in them."""
    spoils: dict[str, Any] = {
        "client": CANARY,
        "client/name": 7,
        "client/birth_date": CANARY,
        "client/nhs_number": "\uff19\uff10\uff10\uff10\uff10\uff10\uff10\uff10\uff10\uff19",
        "children": CANARY,
        "children/0/birth_date": f"31/02/{CANARY}",
        "consent": CANARY,
        "consent/status": CANARY,
        "report": [CANARY],
        "referral_ref": None,
    }
    for place, value in spoils.items():
        said = json.loads((FIXTURES / "substance_misuse" / "adult_with_children.json").read_text())
        yield Bad(f"form: {place}", _spoiled(said, ["referrals", 0, *place.split("/")], value), "application/json")


def changed_at(body: bytes, place: str, value: object) -> bytes:
    """Return a JSON message with one place set to a value."""
    return _spoiled(json.loads(body), place.split("/"), value)


def _spoiled(said: Any, way: list[Any], value: object) -> bytes:  # noqa: ANN401  a JSON value of any shape
    """Set one place; where there is none, the value goes under that name in what is there."""
    here = said
    for step in way[:-1]:
        key = int(step) if isinstance(here, list) else step
        if not isinstance(here, list | dict) or (isinstance(here, dict) and key not in here):
            break
        here = here[key]
    if isinstance(here, dict):
        here[str(way[-1])] = value
    elif isinstance(here, list):
        here[: int(way[-1]) + 1 if str(way[-1]).isdecimal() else 1] = [value]
    written = io.StringIO()
    json.dump(said, written)
    return written.getvalue().encode()
