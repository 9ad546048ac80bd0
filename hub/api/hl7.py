"""The HL7 v2 door: one referral in, an ACK out. An engine posts each message as a request of its own.

AA and AE are answered with status 200, because the message is durably kept: sending it again would change nothing.
"""

import re

from flask import Response, g
from flask_smorest import Blueprint

from connectors.hl7v2.ack import ACCEPTED, ERROR, REFUSED, acknowledgement
from connectors.hl7v2.reader import read_header
from hub.api.agencies import receive
from hub.api.contract import taking
from hub.api.receipts import issues_of, outcomes_of
from hub.api.served import body, known_caller, served
from hub.domain.clock import stamp
from hub.domain.referral import Issue, Outcome, Severity

blueprint = Blueprint("hl7", __name__, description="Health: HL7 v2 referrals")
PATH = "/hl7v2"
_MEDIA = ("application/hl7-v2", "text/plain", "x-application/hl7-v2+er7")
_KEPT = "Received."
_WAITS = "Received. A person at the hub has to look at it; do not send it again."
_NOT_KEPT = "Not received. See ERR; mend it and send it again."


@blueprint.route(PATH, methods=["POST"])
@known_caller
@taking(*_MEDIA)
@blueprint.response(200, {"type": "string"}, content_type="application/hl7-v2")
def message() -> Response:
    """Receive REF^I12, REF^I13 or REF^I14; the ACK says accepted (AA), waiting for a person (AE) or refused (AR)."""
    data = body(*_MEDIA)
    g.hl7_header = read_header(data)
    receipt = receive("hl7v2", data)
    whole = all(outcome == Outcome.ACCEPTED.value for outcome in outcomes_of(receipt))
    code, said = (ACCEPTED, _KEPT) if whole else (ERROR, _WAITS)
    received = str(receipt["received_at"])
    answer = acknowledgement(code, g.hl7_header, str(receipt["receipt"]), _dtm(received), issues_of(receipt), said)
    response = _response(200, answer)
    response.headers["X-Receipt-Id"] = str(receipt["receipt"])
    return response


def refusal(status: int, code: str, where: str) -> Response:
    """Answer what was not kept with AR; `code` and `where` are ours."""
    at = _dtm(stamp(served().clock()))
    issues = [Issue(Severity.ERROR, code, where)]
    return _response(status, acknowledgement(REFUSED, g.get("hl7_header"), f"R{at[:14]}", at, issues, _NOT_KEPT))


def is_ours(path: str) -> bool:
    """Say whether a request is answered in this dialect."""
    return path == PATH


def _dtm(instant: str) -> str:
    """Return a stamp (RFC 3339, UTC) as HL7 writes it: YYYYMMDDHHMMSS+ZZZZ."""
    return re.sub(r"[^0-9]", "", instant)[:14] + "+0000"


def _response(status: int, text: str) -> Response:
    return Response(text, status, content_type="application/hl7-v2; charset=utf-8")
