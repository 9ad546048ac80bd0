"""The council's case system, both ways, and the census of a family's children for a named officer."""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from connectors.case_system import CaseSystem, as_csv, as_json, json_schema, record_schema
from connectors.case_system.mapping import mapping_named
from connectors.cin_census import written
from hub.api import schemas
from hub.api.contract import taking
from hub.api.reading import StrictParser
from hub.api.served import agency, body, known_caller, served
from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.ids import EntryId, FamilyId
from hub.services.case_record import Taking
from hub.services.council_feed import Feed
from hub.services.family_page import Stated, open_to
from hub.services.receiving import key_of, read_records

blueprint = Blueprint("council", __name__, description="The council's case system and returns")
blueprint.ARGUMENTS_PARSER = StrictParser()


_CASE_SYSTEM = CaseSystem()
_ACCEPT = {
    "in": "header",
    "name": "Accept",
    "required": False,
    "description": "In which format the record comes; JSON when nothing is said",
    "schema": {"enum": ["application/json", "text/csv"]},
}


@blueprint.route("/v1/families/<id:family>/cin-census", methods=["POST"])
@known_caller
@blueprint.arguments(schemas.StatedSchema, location="json")
@blueprint.response(200, {"type": "string"}, content_type="application/xml")
def census(asked: dict[str, Any], family: str) -> Response:
    """Return the blocks of the Children in Need census that a named user may see of a family's children."""
    caller, stated = _officer(family, asked)
    children, day = served().exchange.census.export(caller.account, FamilyId(family), stated)
    return Response(written(children, day), content_type="application/xml")


@blueprint.route("/v1/council/updates", methods=["POST"])
@known_caller
@taking("application/json", "text/csv", shape=json_schema())
@blueprint.response(200, schemas.CouncilUpdatesSchema)
def updates() -> dict[str, object]:
    """Receive what the case system says: CSV, JSON, or one event of a webhook; allocations need a named manager."""
    caller, data, limits = agency(), body("application/json", "text/csv"), served().limits
    key = request.headers.get("Idempotency-Key") or key_of(_CASE_SYSTEM, data)
    parsed, allocations = list(read_records(_CASE_SYSTEM.cases, data, limits)), _CASE_SYSTEM.allocations(data, limits)
    feed = Feed(caller.agency, caller.account, key, data, request.mimetype, parsed, allocations)
    return served().exchange.council_feed.take(feed)


@blueprint.route("/v1/families/<id:family>/case-record", methods=["POST"])
@known_caller
@blueprint.arguments(schemas.CaseRecordArgsSchema, location="json")
@blueprint.response(200, record_schema())
@blueprint.doc(responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}, parameters=[_ACCEPT])
def case_record(asked: dict[str, Any], family: str) -> Response:
    """Return what the team wrote, for the case system of the named user's agency, as JSON or (`Accept`) CSV."""
    caller, stated = _officer(family, asked)
    mapping_named(asked["mapping"])
    items = served().exchange.case_record.export(caller, FamilyId(family), stated)
    if request.accept_mimetypes.best_match(["application/json", "text/csv"]) == "text/csv":
        return Response(as_csv(items, asked["mapping"]), content_type="text/csv; charset=utf-8")
    return Response(as_json(items, asked["mapping"]), content_type="application/json")


@blueprint.route("/v1/council/receipts/<id:receipt>", methods=["POST"])
@known_caller
@blueprint.arguments(schemas.ConfirmArgsSchema, location="json")
@blueprint.response(200, schemas.ConfirmedSchema)
def confirm(asked: dict[str, Any], receipt: str) -> dict[str, object]:
    """Hear that the case system has stored what it was sent."""
    served().exchange.case_record.confirm(_taking(), EntryId(receipt), int(asked["records"]))
    return {"receipt": receipt}


def _officer(family: str, asked: dict[str, Any]) -> tuple[Taking, Stated]:
    """Return the named user whose view it is, and why; a system alone sees nothing here."""
    taking, stated = _taking(family), Stated(asked["purpose"], asked["reason"])
    if stated.purpose not in open_to(served().pages.standing(taking.account, FamilyId(family))):
        raise InvalidRequestError("purpose_not_open", where="/purpose", next_step="a purpose that the case proposes")
    return taking, stated


def _taking(where: str = "") -> Taking:
    caller = agency()
    if caller.account is None:
        raise AccessRefusedError("no_user_named", where=where)
    return Taking(caller.account, caller.agency, caller.client_id)
