"""A referring agency's own page: the receipts for what it sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Final

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hub.domain.errors import AccessRefusedError
from hub.services.register import moment_words
from hub.services.spelling import message_words, spelt
from hub.web.served import caller, role, served

blueprint = Blueprint("partners", __name__)
_ACCEPTED, _QUARANTINED = "accepted", "quarantined"
_AT_FIRST: Final = "It could not be read at first."


@blueprint.get("/receipts")
def receipts() -> ResponseReturnValue:
    """Show the receipts of the reader's own agency, newest first."""
    if role() != "partner_referrer":
        raise AccessRefusedError("role_may_not_read_receipts")
    hub = served()
    found = hub.desk.feedback.receipts(hub.pages.agency_of(caller().account))
    return render_template("receipts.html", receipts=[line(plain) for plain in found])


def line(plain: dict[str, Any]) -> dict[str, object]:
    """Return a receipt as a page prints it: neighbours of which the same is to be said stand together."""
    records = [_record(record) for record in plain["records"]]
    alike = groupby(enumerate(records), lambda pair: (pair[1].said, pair[0] if pair[1].issues else -1))
    return {
        "id": plain["receipt"],
        "received_words": moment_words(datetime.fromisoformat(plain["received_at"])),
        "format": message_words(plain["format"]),
        "records": [_together([record for _, record in pairs]) for _, pairs in alike],
    }


@dataclass(frozen=True, slots=True)
class _Record:
    """One record of a receipt: its outcome, what its sender may know became of it, and remarks, each once."""

    pointer: str
    outcome: str
    said: str
    issues: tuple[tuple[str, str], ...]


def _record(record: Mapping[str, Any]) -> _Record:
    outcome, feedback = str(record["outcome"]), str(record.get("feedback", ""))
    known = outcome == _ACCEPTED and feedback
    first = _AT_FIRST if outcome == _QUARANTINED != record.get("state", _QUARANTINED) else f"{outcome.capitalize()}."
    remarks = dict.fromkeys((spelt(issue["code"]), issue["location"]) for issue in record["issues"])
    return _Record(record["pointer"], outcome, feedback if known else f"{first} {feedback}".strip(), tuple(remarks))


def _together(records: Sequence[_Record]) -> dict[str, object]:
    first, last = records[0], records[-1]
    return {
        "pointer": first.pointer,
        "until": last.pointer if last is not first else "",
        "count": len(records),
        "outcome_words": first.outcome.capitalize(),
        "said": first.said,
        "issues": [{"words": words, "location": place} for words, place in first.issues],
    }
