"""The FHIR door: messages and consents in, an OperationOutcome out; a consent out to who it concerns."""

from collections.abc import Iterable, Mapping

from flask import Response, jsonify, request
from flask_smorest import Blueprint

from connectors.fhir_bars.capability import capability_statement, message_definitions
from connectors.fhir_bars.message import introduced
from connectors.fhir_bars.reply import replies, reply
from connectors.fhir_consent.write import Said, written
from hub.api import schemas, shapes
from hub.api.agencies import message_of, receive
from hub.api.contract import taking
from hub.api.fhir_headers import MEDIA, header_remarks, mirrored, require_version
from hub.api.problems import fhir, resource
from hub.api.receipts import issues_of, outcomes_of, records_of
from hub.api.served import agency, body, served
from hub.domain.clock import stamp
from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.ids import FactId
from hub.domain.referral import Issue, Outcome
from hub.services.consent_out import Standing
from hub.services.family_page import PURPOSES, Stated
from hub.services.pushed_replies import Sent

blueprint = Blueprint("fhir", __name__, description="Health: FHIR messages")
_MOST_REPLIES = 50
_TAKEN_AS = {"amends_nothing_received": "new", "taken_as_amendment": "amend"}
"""Remarks of a receipt that say that something else was done than was asked for."""
_NAMED = {
    "in": "query",
    "name": "message",
    "required": True,
    "description": "Bundle.id of a message of your own; may be repeated",
    "schema": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": _MOST_REPLIES},
}
_STATED = [
    {
        "in": "header",
        "name": "X-Purpose",
        "required": False,
        "description": "For what; the first of these when nothing is said",
        "schema": {"enum": list(PURPOSES)},
    },
    {
        "in": "header",
        "name": "X-Reason",
        "required": False,
        "description": "Why, in words, where the purpose asks for it",
        "schema": {"type": "string"},
    },
]
blueprint.after_request(mirrored)


@blueprint.route("/fhir/metadata", methods=["GET"])
@blueprint.response(200, schemas.ResourceSchema, content_type="application/fhir+json")
def metadata() -> Response:
    """Return the CapabilityStatement."""
    return resource(capability_statement(f"{request.host_url}fhir"))


@blueprint.route("/fhir/MessageDefinition", methods=["GET"])
@blueprint.response(200, schemas.ResourceSchema, content_type="application/fhir+json")
def message_definition() -> Response:
    """Return what a referral needs, as a searchset of one MessageDefinition; every service here needs the same."""
    return resource(message_definitions(request.base_url))


@blueprint.route("/fhir/$process-message", methods=["POST"])
@taking("application/fhir+json", "application/json", shape=shapes.FHIR_MESSAGE)
@blueprint.response(200, schemas.OutcomeSchema, content_type="application/fhir+json")
def process_message() -> Response:
    """Receive a message; the receipt (id, time, what became of it) and every remark are in the OperationOutcome."""
    caller = agency()
    require_version()
    remarks = header_remarks()
    data = body(*MEDIA)
    message = message_of(caller.agency, "fhir_bars", data)
    hub, said = served(), introduced(data)
    receipt = hub.intake.receive(message)
    sent = Sent(said.id, request.headers.get("X-Correlation-Id", ""), said.endpoint)
    remarks += hub.partners.pushed.await_reply(caller.agency, receipt, sent)
    return _answer(receipt, remarks, next((one.draft.action for one in message.parsed if one.draft), "new"))


@blueprint.route("/fhir/replies", methods=["GET"])
@blueprint.doc(parameters=[_NAMED])
@blueprint.response(200, schemas.ResourceSchema, content_type="application/fhir+json")
def read_replies() -> Response:
    """Return the reply to each message that `message` names by its Bundle.id; what this sender did not send is absent.

    A reply is a `servicerequest-response`. It is pushed too where the sender's administrator registered an address; the
    hub calls none that a message gives.
    """
    caller, base = agency(), f"{request.host_url}fhir"
    asked = request.args.getlist("message")
    if not 0 < len(asked) <= _MOST_REPLIES:
        raise InvalidRequestError("out_of_range", where="message", next_step=f"name_1_to_{_MOST_REPLIES}_messages")
    standings = ((id_, served().replies.standing(caller.agency, "fhir_bars", id_)) for id_ in dict.fromkeys(asked))
    found = [
        reply(id_, one.receipt, one.step.value, stamp(one.since), base) for id_, one in standings if one is not None
    ]
    return resource(replies(found, request.base_url))


@blueprint.route("/fhir/Consent", methods=["POST"])
@taking("application/fhir+json", "application/json", shape=shapes.FHIR_CONSENT)
@blueprint.response(200, schemas.OutcomeSchema, content_type="application/fhir+json")
def consent() -> Response:
    """Receive what a person said about sharing; what the hub cannot hold precisely is remarked on, and is no yes."""
    agency()
    require_version()
    return _answer(receive("fhir_consent", body(*MEDIA)), [], "new")


@blueprint.route("/fhir/Consent/<id:event>", methods=["GET"])
@blueprint.doc(parameters=_STATED)
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


def _done(receipt: Mapping[str, object], asked: str) -> str:
    """Return what was done, of what a message asked for: nothing while any of it waits for a person."""
    codes = {issue.code for issue in issues_of(receipt)}
    if set(outcomes_of(receipt)) != {Outcome.ACCEPTED.value}:
        return ""
    return next((became for code, became in _TAKEN_AS.items() if code in codes), asked)


def _answer(receipt: Mapping[str, object], remarks: Iterable[Issue], action: str) -> Response:
    issues = [*remarks, *issues_of(receipt)]
    refused = all(outcome == Outcome.REJECTED.value for outcome in outcomes_of(receipt))
    became = ", ".join(f"{record['pointer']} {record['outcome']}" for record in records_of(receipt))
    said = f"Receipt {receipt['receipt']}, received {receipt['received_at']}: {became}"
    response = fhir(422 if refused else 200, issues, said, _done(receipt, action))
    response.headers["X-Receipt-Id"] = str(receipt["receipt"])
    return response
