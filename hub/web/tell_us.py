"""The public's form: anybody may tell us about a child, with or without a name.

INVARIANT: the answer says that it was received, and nothing else: the same page whatever is known and whatever became
of it.
"""

import re
from typing import Final

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from hub.domain.form import Form
from hub.web import refer
from hub.web.refer_forms import counted, layout
from hub.web.served import served

blueprint = Blueprint("tell_us", __name__)
_LONGEST: Final = 100_000
_TOKEN: Final = re.compile("[a-z2-7]{24}")


@blueprint.route("/tell-us", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """Take in what somebody tells us."""
    if (request.content_length or 0) > _LONGEST:
        abort(413)
    hub = served().referring
    shown = layout(_form(), *counted(request.form))
    pressed = next((button for button in ("add_person", "add_event") if button in request.form), "")
    if pressed:
        shown = refer.wider(shown, pressed)
    filled, token = shown.made(), _token()
    if filled.is_submitted() and not pressed:
        if not hub.may_tell(_address()):
            return render_template("tell_us_wait.html", council=hub.council()), 429
        found = refer.understood(shown, filled)
        if found is not None:
            reference = hub.tell(_address(), found[0].referral, token)
            return render_template("told.html", reference=reference, council=hub.council())
    return render_template("tell_us.html", page=shown, form=filled, token=token, council=hub.council())


def _form() -> Form:
    found = [form for form in served().referring.forms.values() if form.public]
    if not found:
        abort(404)
    return found[0]


def _token() -> str:
    """Return the token of this page, which makes a message that is sent twice one message."""
    said = request.form.get("once", "")
    return said if _TOKEN.fullmatch(said) else served().referring.token()


def _address() -> str:
    return request.remote_addr or ""
