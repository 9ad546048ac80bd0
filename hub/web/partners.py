"""A referring agency's own page: the receipts for what it sent."""

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hub.domain.errors import AccessRefusedError
from hub.services.register import moment_words
from hub.web.served import caller, role, served

blueprint = Blueprint("partners", __name__)


@blueprint.get("/receipts")
def receipts() -> ResponseReturnValue:
    """Show the receipts of the reader's own agency, newest first."""
    if role() != "partner_referrer":
        raise AccessRefusedError("role_may_not_read_receipts")
    hub = served()
    found = hub.desk.feedback.receipts(hub.pages.agency_of(caller().account))
    return render_template("receipts.html", receipts=[line(plain) for plain in found])


def line(plain: dict[str, Any]) -> dict[str, object]:
    """Return a receipt as a page prints it."""
    return {
        "id": plain["receipt"],
        "received_words": moment_words(datetime.fromisoformat(plain["received_at"])),
        "format": plain["format"].replace("_", " "),
        "records": [
            {
                "pointer": record["pointer"],
                "outcome_words": record["outcome"].capitalize(),
                "feedback": record.get("feedback", ""),
                "issues": [
                    {"words": issue["code"].replace("_", " "), "location": issue["location"]}
                    for issue in record["issues"]
                ],
            }
            for record in plain["records"]
        ],
    }
