"""What goes out to the council: the census of a family's children, for a named officer."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint

from connectors.cin_census import written
from hub.api import schemas
from hub.api.reading import StrictParser
from hub.api.served import agency, known_caller, served
from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.ids import FamilyId
from hub.services.family_page import Stated

blueprint = Blueprint("council", __name__, description="The council's case system and returns")
blueprint.ARGUMENTS_PARSER = StrictParser()


@blueprint.route("/v1/families/<id:family>/cin-census", methods=["POST"])
@known_caller
@blueprint.arguments(schemas.StatedSchema, location="json")
@blueprint.response(200, content_type="application/xml")
def census(asked: dict[str, Any], family: str) -> Response:
    """Return the blocks of the Children in Need census that a named user may see of a family's children."""
    caller = agency()
    if caller.account is None:
        raise AccessRefusedError("no_user_named", where=family)
    stated = Stated(asked["purpose"], asked["reason"])
    if not served().pages.offers(caller.account, FamilyId(family), stated.purpose):
        raise InvalidRequestError("purpose_not_open", where="/purpose", next_step="a purpose that the case proposes")
    children, day = served().exchange.census.export(caller.account, FamilyId(family), stated)
    return Response(written(children, day), content_type="application/xml")
