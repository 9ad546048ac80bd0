"""What could not be read when it came, in JSON, XML and HL7 v2: of each, the desk repairs one and one waits.

The XML that is repaired is a notice of domestic abuse: from then on it is told to the college of the child in it.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Final

from hub.cli.demo.households import Household
from hub.cli.demo.incidents import batch
from hub.cli.demo.sending import Line
from hub.services.school_tasks import UNREAD, WORDS
from hub.services.task_lines import Finished

_MESSAGES: Final = Path(__file__).parent / "messages"
_AT: Final = "T22:40:00+00:00"
_OYELARAN: Final[Mapping[str, str]] = {
    "ref": "DEMO-XML-1",
    "kind": "domestic_abuse",
    "place": "At home",
    "mother": "Bridget Oyelaran",
    "mother_born": "1984-02-19",
    "father": "Kofi Oyelaran",
    "father_born": "1981-07-08",
    "child": "Esther Oyelaran",
    "school": "Northbridge College",
    "voice": "I turned the music up and sat on the stairs.",
    "happened": "A neighbour rang about a broken window. Bridget called it an accident and would not say whose.",
}
_RAWAL: Final[Mapping[str, str]] = {
    "ref": "DEMO-XML-2",
    "kind": "child_concern",
    "place": "Retail park",
    "mother": "Sunita Rawal",
    "mother_born": "1990-11-30",
    "father": "Vik Rawal",
    "father_born": "about forty",
    "child": "Dev Rawal",
    "school": "Northbridge Primary",
    "voice": "I was looking at the fish.",
    "happened": "Dev was alone in the shop for an hour. His parents had each thought that he was with the other.",
}
_NOTES: Final = (
    "Came alone to the clinic and asked the time twice. Says that nobody is at home before six.",
    "Weight down since the summer. Mother says that mornings are hard and breakfast is often missed.",
)


def _json_notice(notice: dict[str, Any], today: date) -> bytes:
    """Return a notice of which nobody can say when it happened: its sender wrote it in words."""
    said = notice | {"notice_ref": "DEMO-JSON-1", "event": notice["event"] | {"occurred_from": "Tuesday, late"}}
    return batch([said], today, "in words")


def _json_without_time(notice: dict[str, Any], today: date) -> bytes:
    """Return a notice that does not say when it happened."""
    event = {name: value for name, value in notice["event"].items() if name != "occurred_from"}
    return batch([notice | {"notice_ref": "DEMO-BROKEN", "event": event}], today, "without time")


def _xml_notice(today: date) -> bytes:
    """Return a notice of domestic abuse whose time is no time."""
    return _xml(_OYELARAN, 16, today, "the night before last")


def _xml_waiting(today: date) -> bytes:
    """Return a notice in which a birth date is a guess in words."""
    return _xml(_RAWAL, 7, today, f"{_before(today)}{_AT}")


def _hl7(home: Household, today: date, number: int) -> bytes:
    """Return a clinic's referral of the first child of a family, whose birth date is written as nobody reads it."""
    child, mother = home.children[0], home.mother
    said = {
        "ref": f"DEMO-HL7-{number}",
        "day": _before(today).strftime("%Y%m%d"),
        "nhs": child.nhs,
        "family": child.family,
        "given": child.given,
        "born": child.born.strftime("%d.%m.%y"),
        "sex": child.sex[:1].upper(),
        "mother_family": mother.family,
        "mother_given": mother.given,
        "mother_born": mother.born.strftime("%Y%m%d"),
        "mother_nhs": mother.nhs,
        "note": _NOTES[number % len(_NOTES)],
    }
    return (_MESSAGES / "clinic.hl7").read_text().format(**said).encode()


def repaired(line: Line, notice: dict[str, Any], home: Household, today: date) -> None:
    """Let one of each kind come in and be repaired: two belong to families that are known, one waits for its own."""
    came = [
        *line.send("police", "safeguarding_notice", _json_notice(notice, today), "in words"),
        *line.send("police", "safeguarding_notice_xml", _xml_notice(today), "xml 1"),
        *line.send("mh", "hl7v2", _hl7(home, today, 1), "hl7 1"),
    ]
    at, born = f"{_before(today)}{_AT}", home.children[0].born.strftime("%Y%m%d")
    desk, fran = line.stage.partners.quarantined, line.cast.accounts["fran"]
    for referral, value in zip(came, (at, at, born), strict=True):
        page = desk.page(fran, referral)
        wrong = next(flaw.place for flaw in page.flaws if flaw.stops and flaw.fixable)
        desk.repair(fran, referral, {wrong: value})


def left(line: Line, notice: dict[str, Any], today: date) -> None:
    """Let one come in that stays unread over night."""
    line.send("police", "safeguarding_notice", _json_without_time(notice, today), "without time")


def waiting(line: Line, home: Household, today: date) -> None:
    """Let two more come in that somebody has to look at."""
    line.send("police", "safeguarding_notice_xml", _xml_waiting(today), "xml 2")
    line.send("mh", "hl7v2", _hl7(home, today, 2), "hl7 2")


def tell_the_college(line: Line) -> None:
    """The college does not hear of the notice that was repaired: the desk sees to it, and its lead reads it."""
    stage, cora = line.stage, line.cast.accounts["cora"]
    fran, unheard = line.cast.accounts["fran"], WORDS[UNREAD][0]
    for task in [one.id for one in stage.tasks.open_for(fran) if one.words == unheard]:
        told = "Rang the police's desk: they told the college by telephone. Its lead leaves an address here now."
        stage.tasks.finish(fran, task, Finished(told))
    stage.casework.digest.choose(cora, "cora@school.example")
    for notice in stage.encompass.notices.lines(cora):
        stage.encompass.notices.read(cora, notice.id)


def _xml(said: Mapping[str, str], age: int, today: date, when: str) -> bytes:
    born = today - timedelta(days=age * 365 + 200)
    filled = {**said, "day": _before(today), "when": when, "child_born": born}
    return (_MESSAGES / "notice.xml").read_text().format(**filled).encode()


def _before(today: date) -> date:
    return today - timedelta(days=1)
