"""The FHIR door: a BaRS message bundle in, an OperationOutcome out."""

from typing import cast

from flask import Response, request
from flask_smorest import Blueprint

from hub.api import schemas
from hub.api.agencies import receive
from hub.api.problems import fhir
from hub.api.served import body
from hub.domain.referral import Issue, Outcome, Severity

blueprint = Blueprint("fhir", __name__, description="Health: FHIR messages")
_MIRRORED = ("X-Request-Id", "X-Correlation-Id")


@blueprint.route("/fhir/$process-message", methods=["POST"])
@blueprint.response(200, schemas.OutcomeSchema, content_type="application/fhir+json")
def process_message() -> Response:
    """Receive a message; the receipt (id, time, what became of it) and every remark are in the OperationOutcome."""
    return _received("fhir_bars")


@blueprint.route("/fhir/Consent", methods=["POST"])
@blueprint.response(200, schemas.OutcomeSchema, content_type="application/fhir+json")
def consent() -> Response:
    """Receive what a person said about sharing; what the hub cannot hold precisely is remarked on, and is no yes."""
    return _received("fhir_consent")


def _received(connector: str) -> Response:
    receipt = receive(connector, body("application/fhir+json", "application/json"))
    records = cast("list[dict[str, list[dict[str, str]] | str]]", receipt["records"])
    issues = [
        Issue(Severity(issue["severity"]), issue["code"], issue["location"])
        for record in records
        for issue in cast("list[dict[str, str]]", record["issues"])
    ]
    refused = all(record["outcome"] == Outcome.REJECTED.value for record in records)
    became = ", ".join(f"{record['pointer']} {record['outcome']}" for record in records)
    said = f"Receipt {receipt['receipt']}, received {receipt['received_at']}: {became}"
    response = fhir(422 if refused else 200, issues, said)
    response.headers["X-Receipt-Id"] = str(receipt["receipt"])
    for name in _MIRRORED:
        if name in request.headers:
            response.headers[name] = request.headers[name]
    return response
