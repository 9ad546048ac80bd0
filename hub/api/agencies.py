"""The API of partner agencies: token, notices, referrals, receipts, and a named user's chronology."""

from typing import Any, Final

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from connectors.registry import OWN_DOOR
from connectors.safeguarding_notice import json_schema, xml_schema
from connectors.substance_misuse import json_schema as adult_with_children
from hub.api import schemas, shapes
from hub.api.contract import taking
from hub.api.reading import StrictParser
from hub.api.served import agency, body, known_caller, served
from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.ids import AgencyId, FamilyId
from hub.gate.disclosure import Disclosure, ShownRecord
from hub.services.family_page import Stated, open_to
from hub.services.file_drop import Batch
from hub.services.intake import Message
from hub.services.receiving import key_of, read_records

blueprint = Blueprint("agencies", __name__, description="Partner agencies")
blueprint.ARGUMENTS_PARSER = StrictParser()
FORM = "application/x-www-form-urlencoded"
_NOTICES: Final = {
    "application/json": "safeguarding_notice",
    "application/xml": "safeguarding_notice_xml",
    "text/xml": "safeguarding_notice_xml",
    "text/csv": "safeguarding_notice_csv",
}
_BATCHES: Final = ("text/csv", "application/json", "application/xml", "text/xml")
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


_SIGNATURE = {
    "in": "header",
    "name": "Batch-Signature",
    "required": True,
    "description": "A JWT of the sender's own key over the file: connector, SHA-256, rows",
    "schema": {"type": "string", "maxLength": 8000},
}
_TOKEN_FORM = {
    "type": "object",
    "required": ["grant_type", "client_assertion_type", "client_assertion"],
    "properties": {
        "grant_type": {"const": "client_credentials"},
        "client_assertion_type": {"const": ASSERTION},
        "client_assertion": {"type": "string", "maxLength": 8000},
    },
}


@blueprint.route("/oauth2/token", methods=["POST"])
@blueprint.doc(requestBody={"required": True, "content": {FORM: {"schema": _TOKEN_FORM}}})
@blueprint.response(200, schemas.TokenSchema)
def token() -> dict[str, object]:
    """Issue an opaque token for a signed assertion (RFC 7523, `private_key_jwt`)."""
    form = request.form
    if form.get("grant_type") != "client_credentials" or form.get("client_assertion_type") != ASSERTION:
        raise InvalidRequestError("grant_not_supported", where="grant_type", next_step="client_credentials")
    secret, seconds = served().sessions.issue_token(form.get("client_assertion", ""))
    return {"access_token": secret, "token_type": "Bearer", "expires_in": seconds}


@blueprint.route("/v1/notices", methods=["POST"])
@taking(*_NOTICES, shape=json_schema())
@blueprint.response(200, schemas.ReceiptSchema)
def notices() -> dict[str, object]:
    """Receive police Safeguarding Notices, as JSON, XML or CSV."""
    data = body(*_NOTICES)
    return receive(_NOTICES[request.mimetype], data)


@blueprint.route("/v1/referrals", methods=["POST"])
@taking("application/json", "text/csv", shape=adult_with_children())
@blueprint.response(200, schemas.ReceiptSchema)
def referrals() -> dict[str, object]:
    """Receive 'adult with children' referrals from a drug and alcohol service, as JSON or CSV."""
    data = body("application/json", "text/csv")
    csv = request.mimetype == "text/csv"
    return receive("adult_with_children_csv" if csv else "adult_with_children_json", data)


@blueprint.route("/v1/batches", methods=["POST"])
@known_caller
@taking(*_BATCHES)
@blueprint.doc(parameters=[_SIGNATURE])
@blueprint.response(200, schemas.BatchSchema)
def batches() -> dict[str, object]:
    """Receive a signed batch; the header `Batch-Signature` says which connector reads it, its hash and its rows."""
    hub = served()
    batch = Batch(agency().agency, body(*_BATCHES), request.mimetype, request.headers.get("Batch-Signature", ""))
    connector = hub.connectors.get(hub.exchange.file_drop.claims(batch).connector)
    if connector is None or connector.name in OWN_DOOR:
        raise InvalidRequestError("unknown_connector", where="connector", next_step="see_format_notes")
    return hub.exchange.file_drop.take(batch, connector, hub.limits)


@blueprint.route("/v1/receipts", methods=["GET"])
@blueprint.response(200, schemas.ReceiptsSchema)
def receipts() -> dict[str, object]:
    """Return the calling agency's newest receipts, each record with what became of it."""
    return {"receipts": served().feedback.receipts(agency().agency)}


@blueprint.route("/v1/receipts/<id:receipt>", methods=["GET"])
@blueprint.response(200, schemas.ReceiptStateSchema)
def receipt(receipt: str) -> dict[str, Any]:
    """Return one receipt of the calling agency, each record with what became of it."""
    return served().feedback.receipt(agency().agency, receipt)


@blueprint.route("/v1/schemas/safeguarding-notice.json", methods=["GET"])
@blueprint.response(200, shapes.A_SCHEMA)
def notice_schema() -> ResponseReturnValue:
    """Return the published JSON Schema of the Safeguarding Notice."""
    return jsonify(json_schema())


@blueprint.route("/v1/schemas/safeguarding-notice.xsd", methods=["GET"])
@blueprint.response(200, {"type": "string"}, content_type="application/xml")
def notice_xml_schema() -> ResponseReturnValue:
    """Return the published XML Schema of the Safeguarding Notice."""
    return Response(xml_schema(), content_type="application/xml; charset=utf-8")


@blueprint.route("/v1/families/<id:family>/chronology", methods=["POST"])
@known_caller
@blueprint.arguments(schemas.ViewArgsSchema, location="json")
@blueprint.response(200, schemas.ChronologySchema)
def chronology(asked: dict[str, Any], family: str) -> ResponseReturnValue:
    """Return a named user's view of a family: an agency's system alone sees nothing here.

    It is a POST because it is an act with an entry of its own, and because a reason never stands in an address.
    """
    caller, pages, id_ = agency(), served().pages, FamilyId(family)
    if caller.account is None:
        raise AccessRefusedError("no_user_named", where=family)
    limit = min(max(int(asked["limit"]), 1), served().max_page)
    stated = Stated(asked["purpose"], asked["reason"])
    who = pages.standing(caller.account, id_)
    if stated.purpose not in open_to(who):
        raise InvalidRequestError("purpose_not_open", where="/purpose", next_step="a purpose that the case proposes")
    found = pages.disclose(caller.account, id_, stated, cursor=asked["after"], limit=limit, who=who)
    return jsonify(plain(found))


def plain(found: Disclosure) -> dict[str, object]:
    """Return a disclosure as JSON values; a field held back openly is listed, a hidden one is absent."""
    return {
        "entries": [
            {
                "record": record.record,
                "kind": record.kind,
                "date": record.event_date,
                "owner": record.owner,
                "fields": record.fields,
                "withheld": _withheld(record) if record.withheld else [],
            }
            for record in found.records
        ],
        "gaps": [
            {
                "owner": gap.withheld.owner,
                "category": gap.withheld.category,
                "level": gap.withheld.level.value,
                "count": gap.count,
            }
            for gap in found.gaps
        ],
        "coverage": [{"agency": line.agency, "state": line.state} for line in found.coverage],
        "next": found.cursor,
    }


def _withheld(record: ShownRecord) -> list[dict[str, str]]:
    return [{"category": one.category, "level": one.level.value} for one in record.withheld]


def receive(connector: str, data: bytes) -> dict[str, object]:
    """Translate at the edge and hand over: the sender is who the credential says, never who the payload says."""
    return served().intake.receive(message_of(agency().agency, connector, data))


def message_of(sender: AgencyId, connector: str, data: bytes) -> Message:
    """Translate a body; raises what the connector raises, and InvalidRequestError when there is no record in it."""
    hub = served()
    found = hub.connectors[connector]
    parsed = list(read_records(found.parse, data, hub.limits))
    key = request.headers.get("Idempotency-Key") or key_of(found, data)
    if not parsed:
        raise InvalidRequestError("no_records", where="/", next_step="send_at_least_one_record")
    return Message(sender, connector, key, data, request.mimetype, parsed)
