"""The answer to an HL7 v2 sender: MSH, MSA, and one ERR for each remark (chapter 2, original acknowledgement mode).

INVARIANT: ERR holds codes and places, never a value of the message. What MSH and MSA give back of the sender's own
header (who they are, their message number) is what the standard asks to be given back.
"""

import re
from collections.abc import Iterable

from connectors.hl7v2.segments import Segment
from hub.domain.referral import Issue, Severity

ACCEPTED, ERROR, REFUSED = "AA", "AE", "AR"
_MARKS = {"\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "~": "\\R\\", "&": "\\T\\", "\n": "\\.br\\"}
_PLACE = re.compile(r"([A-Z][A-Z0-9]{2})(?:\[([0-9]+)\])?(?:-([0-9]+))?", re.ASCII)
_LONGEST_NUMBER = 199  # MSH-10
# Our code -> HL7 table 0357.
_CONDITIONS = {
    "message_type_not_supported": "200^Unsupported message type",
    "event_not_supported": "201^Unsupported event code",
    "version_not_supported": "203^Unsupported version id",
    "key_used_for_other_content": "205^Duplicate key identifier",
    "several_messages": "100^Segment sequence error",
    "not_hl7v2": "100^Segment sequence error",
    "patient_missing": "100^Segment sequence error",
    "referral_number_missing": "101^Required field missing",
    "date_missing": "101^Required field missing",
    "non_ascii_digits": "102^Data type error",
    "not_a_date": "102^Data type error",
    "attachment_not_readable": "102^Data type error",
    "security_label_not_known": "103^Table value not found",
}
_OTHERWISE = "207^Application internal error"
_UNDERSTOOD = "0^Message accepted"


def acknowledgement(code: str, header: Segment | None, number: str, at: str, issues: Iterable[Issue], said: str) -> str:
    """Return the ACK as text, each segment ended by a carriage return.

    Args:
        code: `ACCEPTED`, `ERROR` (it was kept, and a person has to look at it) or `REFUSED` (it was not kept).
        header: MSH of the message, None when it has none that can be read.
        number: of the ACK itself; the receipt's when there is one.
        at: when, as YYYYMMDDHHMMSS+ZZZZ.
        issues: remarks; codes and places only.
        said: one sentence of ours for the person who reads the sender's log.
    """
    about = {field: _back(header, field) for field in (3, 4, 5, 6, 9, 10, 12)}
    event = header.text(9, 2) if header else ""
    kind = "^".join(("ACK", _escaped(event), "ACK")) if re.fullmatch(r"[A-Z][0-9]{2}", event, re.ASCII) else "ACK"
    route = f"{about[5]}|{about[6]}|{about[3]}|{about[4]}"
    lines = [
        f"MSH|^~\\&|{route}|{at}||{kind}|{number}|P|{about[12] or '2.5'}||||||UNICODE UTF-8",
        f"MSA|{code}|{about[10]}|{_escaped(said)}",
        *(_error(issue, code) for issue in issues),
    ]
    return "".join(f"{line}\r" for line in lines)


def _back(header: Segment | None, field: int) -> str:
    return _escaped(header.text(field)[:_LONGEST_NUMBER]) if header else ""


def _escaped(text: str) -> str:
    return "".join(_MARKS.get(character, character) for character in text.replace("\r", "\n"))


def _error(issue: Issue, code: str) -> str:
    failed = issue.severity is Severity.ERROR
    condition = _CONDITIONS.get(issue.code, _OTHERWISE if failed and code == REFUSED else _UNDERSTOOD)
    severity = "E" if failed else "W"
    place = _PLACE.fullmatch(issue.location)
    where = "^".join((place.group(1), place.group(2) or "1", place.group(3) or "")).rstrip("^") if place else ""
    told = f"{issue.code} at {issue.location}" if issue.location else issue.code
    return f"ERR||{where}|{condition}^HL70357|{severity}|{issue.code}|||{_escaped(told)}"
