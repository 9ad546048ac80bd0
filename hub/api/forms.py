"""The partnership's referral forms for agencies' systems: a door for each, its JSON Schema and its CSV header."""

from flask import Response, jsonify, request
from flask.typing import ResponseReturnValue
from flask_smorest import Blueprint

from connectors.forms import csv_template, json_schema
from hub.api import schemas, shapes
from hub.api.agencies import receive
from hub.api.contract import taking
from hub.api.served import body, known_caller, served
from hub.domain.errors import NotFoundError
from hub.domain.form import Form

blueprint = Blueprint("forms", __name__, description="Referral forms")


@blueprint.route("/v1/forms/<string:name>", methods=["POST"])
@known_caller
@taking("application/json", "text/csv", shape=shapes.ANY_FORM)
@blueprint.response(200, schemas.ReceiptSchema)
def receive_form(name: str) -> dict[str, object]:
    """Receive referrals on one form, as JSON or as CSV with one row per person."""
    data = body("application/json", "text/csv")
    form = _form(name)
    return receive(f"form_{form.name}_{'csv' if request.mimetype == 'text/csv' else 'json'}", data)


@blueprint.route("/v1/forms/<string:name>/schema.json", methods=["GET"])
@blueprint.response(200, shapes.A_SCHEMA)
def schema(name: str) -> ResponseReturnValue:
    """Return the published JSON Schema of a form."""
    return jsonify(json_schema(_form(name)))


@blueprint.route("/v1/forms/<string:name>/template.csv", methods=["GET"])
@blueprint.response(200, {"type": "string"}, content_type="text/csv")
def template(name: str) -> ResponseReturnValue:
    """Return the header of a form's CSV."""
    return Response(csv_template(_form(name)), content_type="text/csv; charset=utf-8")


def _form(name: str) -> Form:
    found = served().forms.get(name)
    if found is None:
        raise NotFoundError(where="form")
    return found
