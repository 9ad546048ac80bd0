"""What an agency's system asks about what it sent: what became of it, and when it was used."""

from dataclasses import asdict
from typing import Any

from flask import Response
from flask_smorest import Blueprint

from connectors.registry import OWN_DOOR
from hub.api import schemas, shapes
from hub.api.agencies import receive
from hub.api.contract import taking
from hub.api.served import agency, body, served
from hub.domain.errors import NotFoundError
from hub.services.access_notices import SENTENCE

blueprint = Blueprint("partners_api", __name__, description="What became of what an agency sent")
ANY_FORMAT = ("application/json", "text/csv", "application/xml", "text/plain", "application/octet-stream")


@blueprint.route("/v1/messages/<word:connector>", methods=["POST"])
@taking(*ANY_FORMAT)
@blueprint.response(200, schemas.ReceiptSchema)
def messages(connector: str) -> dict[str, object]:
    """Receive a message in any format this hub has a connector for, those that other packages ship included.

    `connector` is the format's name, as in `hub import`; a name that is not known is not found.
    """
    agency()
    if connector not in served().connectors or connector in OWN_DOOR:
        raise NotFoundError(where="connector")
    return receive(connector, body(*ANY_FORMAT))


@blueprint.route("/v1/access-notices", methods=["GET"])
@blueprint.response(200, schemas.AccessNoticesSchema)
def access_notices() -> dict[str, Any]:
    """Return when something that the calling agency sent was used, as far as that may be told."""
    found = served().partners.notices.of(agency().agency)
    return {"notices": [asdict(notice) for notice in found], "note": SENTENCE}


@blueprint.route("/v1/transfers", methods=["POST"])
@taking("application/json", shape=shapes.SEALED_TRANSFER)
@blueprint.response(200, schemas.TransferReceiptSchema)
def transfers() -> Response:
    """Receive a family that the calling partnership hands over, signed with its key; the receipt is signed with ours.

    A bundle that is sent again gives the same receipt, byte for byte.
    """
    sender = agency().agency
    return Response(served().partners.transfers.receive(sender, body("application/json")), mimetype="application/json")
