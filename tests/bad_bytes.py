"""Bad files that are no JSON: XML and HL7 v2 with one thing wrong in them. Made-up people only."""

from collections.abc import Iterator
from dataclasses import dataclass

from tests.factories import FIXTURES

CANARY = "Canarysurname"
NOTICE, CENSUS = "safeguarding_notice/domestic_abuse.xml", "cin_census/synthetic_2026.xml"
REFERRAL = "hl7v2/child_referral.hl7"
_WHO = CANARY.encode()
_DOCTYPES = {
    "external entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "external DTD": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">',
    "parameter entity": b'<!DOCTYPE a [<!ENTITY % x SYSTEM "file:///dev/zero">%x;]>',
    "quadratic blow-up": b'<!DOCTYPE a [<!ENTITY x "' + b"x" * 50_000 + b'">]>',
    "empty DOCTYPE": b"<!DOCTYPE a>",
}
_PLAIN_XML = {
    "two roots": b"<Notices/><Notices/>",
    "never closed": b"<Message><Children><Child>" + _WHO,
    "crossed": b"<a><b>" + _WHO + b"</a></b>",
    "an attribute twice": b'<Notices a="1" a="' + _WHO + b'"/>',
    "an unbound prefix": b"<x:Notices>" + _WHO + b"</x:Notices>",
    "an unknown entity": b"<Notices>&" + _WHO + b";</Notices>",
    "a NUL as a number": b"<Message>&#0;" + _WHO + b"</Message>",
    "a turned text": "<Message>\u202e".encode() + _WHO + b"</Message>",
    "a bare ampersand": b"<Message>" + _WHO + b" & son</Message>",
    "another root": b"<SoapEnvelope>" + _WHO + b"</SoapEnvelope>",
    "an instruction only": b"<?xml version='1.0'?><?" + _WHO + b" x?>",
    "a comment only": b"<!-- " + _WHO + b" -->",
    "an unknown encoding": b"<?xml version='1.0' encoding='x-" + _WHO + b"'?><Message/>",
    "said to be UTF-16": b"<?xml version='1.0' encoding='UTF-16'?><Message>" + _WHO + b"</Message>",
    "UTF-7": b"<?xml version='1.0' encoding='UTF-7'?>+ADw-Message+AD4-",
    "very deep": b"<a>" * 100_000,
    "very many": b"<Message><Children>" + b"<Child/>" * 60_000 + b"</Children></Message>",
    "a long attribute": b'<Message a="' + b"x" * 200_000 + b'"/>',
    "version 9": b"<?xml version='9.0'?><Message>" + _WHO + b"</Message>",
}


@dataclass(frozen=True)
class Bad:
    """One file of the corpus: what it is sent as, and what it may be called."""

    name: str
    body: bytes
    media: str
    codes: frozenset[str] = frozenset()


def odd_xml() -> Iterator[Bad]:
    """Yield XML that must not be read, and XML whose records have one thing wrong."""
    for path in (NOTICE, CENSUS):
        said = (FIXTURES / path).read_bytes()
        declared, _, rest = said.partition(b"?>")
        for name, doctype in _DOCTYPES.items():
            body = declared + b"?>" + doctype + rest.replace(b"Hart", b"&x;" + _WHO)
            yield Bad(f"xml {path}: {name}", body, "application/xml", frozenset({"doctype_refused"}))
        yield Bad(f"xml {path}: cut off", said[: len(said) // 2] + _WHO, "application/xml")
    for name, body in _PLAIN_XML.items():
        yield Bad(f"xml: {name}", body, "application/xml")
    notice, census = (FIXTURES / NOTICE).read_bytes(), (FIXTURES / CENSUS).read_bytes()
    for name, old, new in (
        ("no reference", b"notice_ref>", b"was_ref>"),
        ("an unknown word", b"domestic_abuse", _WHO),
        ("a date that is none", b"2024-", b"2024-99-" + _WHO),
    ):
        yield Bad(f"xml notice: {name}", notice.replace(old, new), "application/xml")
    for name, old, new in (
        ("no child's number", b"LAchildID", _WHO),
        ("a date that is none", b"2026-", b"2026-99-" + _WHO),
        ("children outside", b"Children>", b"Kinder>"),
    ):
        yield Bad(f"xml census: {name}", census.replace(old, new), "application/xml")


def odd_hl7() -> Iterator[Bad]:
    """Yield HL7 v2 that must not be read, and referrals with one thing wrong."""
    said = (FIXTURES / REFERRAL).read_bytes().removeprefix(b"\xef\xbb\xbf")
    first, _, rest = said.partition(b"\r")
    bodies = {
        "no separators": b"MSH" + _WHO,
        "one separator for all": b"MSH|||||A|B|C|D|2026||REF^I12|1|P|2.5\rPID|1||" + _WHO,
        "separators of letters": said.replace(b"|", b"A"),
        "header only": first,
        "no header": rest,
        "two headers": said + b"\r" + first,
        "another message": said.replace(b"REF^I12^REF_I12", b"ADT^A04^ADT_A01"),
        "another event": said.replace(b"REF^I12^REF_I12", b"REF^I99^" + _WHO),
        "no number": said.replace(b"EX-000123", b""),
        "no patient": said.replace(b"\rPID|", b"\rZZZ|"),
        "two patients": said + b"\rPID|2||||" + _WHO + b"^X",
        "a date that is none": said.replace(b"20160305", b"20161340" + _WHO),
        "digits of another script": said.replace(b"9000000025", "\u0669\u0660\u0660\u0660".encode()),
        "NUL in a field": said.replace(b"MAYA", b"MA\x00" + _WHO),
        "turned text": said.replace(b"MAYA", "\u202e".encode() + _WHO),
        "a file that is none": said.replace(b"Base64^", b"Base64^*" + _WHO + b"*"),
        "a file of a megabyte": first + b"\rPID|1||||X^Y\rOBX|1|ED|L^L||^A^B^Base64^" + b"QUJD" * 262_144,
        "a field of a megabyte": first + b"\rPID|1||||X^Y\rNTE|1||" + b"x" * 1_000_000,
        "ten thousand segments": first + b"\rNTE|1||" * 10_000,
        "ten thousand repetitions": first + b"\rPID|1||" + b"a^^^b~" * 10_000,
        "not the characters it says": said.replace(b"UNICODE UTF-8", b"ASCII").replace(b"MAYA", b"M\xff\xfe" + _WHO),
        "an unknown character set": said.replace(b"UNICODE UTF-8", _WHO),
    }
    for name, body in bodies.items():
        yield Bad(f"hl7: {name}", body, "text/plain")
