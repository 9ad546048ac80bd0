"""What an agency's system asks about what it sent: what became of it, and when it was used."""

from dataclasses import asdict
from typing import Any

from flask_smorest import Blueprint

from hub.api import schemas
from hub.api.served import agency, served
from hub.services.access_notices import SENTENCE

blueprint = Blueprint("partners_api", __name__, description="What became of what an agency sent")


@blueprint.route("/v1/receipts/<id:receipt>", methods=["GET"])
@blueprint.response(200, schemas.ReceiptStateSchema)
def receipt(receipt: str) -> dict[str, Any]:
    """Return one receipt of the calling agency with the state of each record as it is now."""
    return served().partners.states.one(agency().agency, receipt)


@blueprint.route("/v1/access-notices", methods=["GET"])
@blueprint.response(200, schemas.AccessNoticesSchema)
def access_notices() -> dict[str, Any]:
    """Return when something that the calling agency sent was used, as far as that may be told."""
    found = served().partners.notices.of(agency().agency)
    return {"notices": [asdict(notice) for notice in found], "note": SENTENCE}
