"""What stands at a place of a message, in words for whoever repairs it; the place itself is said beside it.

Of HL7 v2 the fields that the hub reads have words (standard, chapters 3 and 11); elsewhere the last name of the place
is spelt out, as its sender's schema calls it.
"""

import re
from collections.abc import Mapping
from typing import Final

from hub.services.spelling import spelt

_HL7: Final[Mapping[str, str]] = {
    "MSH-3": "Sending system",
    "MSH-4": "Sending organisation",
    "MSH-7": "When the message was made",
    "MSH-9": "Kind of message",
    "MSH-10": "Number of the message",
    "RF1-2": "Urgency",
    "RF1-3": "Kind of referral",
    "RF1-6": "Number of the referral",
    "RF1-7": "When the referral was made",
    "RF1-10": "Reason for the referral",
    "PRD-2": "Practitioner",
    "PRD-10": "Organisation of the practitioner",
    "PID-3": "Number of the patient",
    "PID-5": "Name of the patient",
    "PID-7": "Date of birth of the patient",
    "PID-8": "Sex of the patient",
    "PID-11": "Address of the patient",
    "PID-13": "Telephone of the patient",
    "PID-14": "Telephone of the patient at work",
    "PID-15": "Language of the patient",
    "PID-32": "How sure the number is",
    "NK1-2": "Name of a relative",
    "NK1-3": "Who the relative is",
    "NK1-4": "Address of a relative",
    "NK1-5": "Telephone of a relative",
    "NK1-15": "Sex of a relative",
    "NK1-16": "Date of birth of a relative",
    "NK1-33": "Number of a relative",
    "DG1-3": "Diagnosis or problem",
    "OBX-3": "What was observed",
    "OBX-5": "What it says",
    "NTE-3": "Note",
}
_SEGMENT: Final = re.compile(r"([A-Z][A-Z0-9]{2})(?:\[\d+\])?-(\d+)(?:[\[.].*)?")
_CELL: Final = re.compile(r"row \d+ col (\w+)")
_NAMES: Final = re.compile(r"[A-Za-z_]\w*")
_HUMP: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


def place_words(place: str) -> str:
    """Return what stands there: `PID-7` is "Date of birth of the patient"; "" where nothing better is known."""
    if segment := _SEGMENT.fullmatch(place):
        return _HL7.get("-".join(segment.groups()), "")
    cell = _CELL.fullmatch(place)
    names = [cell[1]] if cell else _NAMES.findall(place)
    return spelt(_HUMP.sub("_", names[-1]).lower()) if names else ""
