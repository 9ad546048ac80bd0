"""The information governance officer's page: the access log."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from hub.web.served import caller, served

blueprint = Blueprint("governance", __name__)


@blueprint.get("/log")
def log() -> ResponseReturnValue:
    """Show decisions, labels and reasons of own agency's staff; reading them is logged too."""
    lines = served().governance.log(caller().account)
    return render_template("log.html", lines=lines, verified=served().verify())
