"""The FHIR door: messages and consents in, an OperationOutcome out; a consent out to who it concerns."""

from flask import Response, jsonify, request
from flask_smorest import Blueprint

from connectors.fhir_consent.write import Said, written
from hub.api import schemas
from hub.api.agencies import receive
from hub.api.problems import fhir
from hub.api.receipts import issues_of, outcomes_of, records_of
from hub.api.served import agency, body, served
from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.ids import FactId
from hub.domain.referral import Outcome
from hub.services.consent_out import Standing
from hub.services.family_page import PURPOSES, Stated

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


@blueprint.route("/fhir/Consent/<id:event>", methods=["GET"])
@blueprint.response(200, schemas.ConsentSchema, content_type="application/fhir+json")
def read_consent(event: str) -> Response:
    """Return a standing word about sharing to a named user of an agency it concerns: a system alone sees nothing.

    Purpose and reason are headers (`X-Purpose`, `X-Reason`): a reason never stands in an address.
    """
    caller, hub = agency(), served()
    if caller.account is None:
        raise AccessRefusedError("no_user_named", where=event)
    stated = Stated(request.headers.get("X-Purpose", PURPOSES[0]), request.headers.get("X-Reason", "").strip())
    if stated.purpose not in PURPOSES:
        raise InvalidRequestError("purpose_not_open", where="X-Purpose", next_step=" or ".join(PURPOSES))
    found = hub.consents.out.read(caller.account, FactId(event), stated, hub.pages.register())
    response = jsonify(written(_said(found), found.taker))
    response.content_type = "application/fhir+json"
    return response


def _said(found: Standing) -> Said:
    fact, asking = found.fact, found.asking
    return Said(
        fact.id,
        str(fact.body["status"]),
        asking.kind.value,
        asking.capacity.value,
        own=found.own,
        said_at=fact.valid_from,
        until=fact.valid_until,
        categories=found.categories,
        sources=found.sources,
        recipients=found.recipients,
        purposes=found.purposes,
        notice=asking.notice,
        over=found.over,
        patient=found.patient,
    )


def _received(connector: str) -> Response:
    receipt = receive(connector, body("application/fhir+json", "application/json"))
    issues = issues_of(receipt)
    refused = all(outcome == Outcome.REJECTED.value for outcome in outcomes_of(receipt))
    became = ", ".join(f"{record['pointer']} {record['outcome']}" for record in records_of(receipt))
    said = f"Receipt {receipt['receipt']}, received {receipt['received_at']}: {became}"
    response = fhir(422 if refused else 200, issues, said)
    response.headers["X-Receipt-Id"] = str(receipt["receipt"])
    for name in _MIRRORED:
        if name in request.headers:
            response.headers[name] = request.headers[name]
    return response
