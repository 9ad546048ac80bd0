"""The steps between a right password and a sitting: the second factor's code, or setting one up."""

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from hub.domain.errors import NotSignedInError
from hub.services.signing_in import Need, Step
from hub.web import returning
from hub.web.acts import ActPage, show
from hub.web.factor_forms import BeginForm, CodeForm, FirstCodeForm
from hub.web.served import caller, cookie, served

blueprint = Blueprint("steps", __name__)
WRONG_CODE = "That code is not right, was used before, or you have to wait before trying again"
_NOTE = "What you open here is logged with your name and your reason."
_PAGES = {Need.CODE: "steps.code", Need.ENROLMENT: "steps.enrol"}
_CODE_INTRO = (
    "Open the authenticator on your phone or computer and type the six digits it shows now.",
    "If you do not have it with you, type one of your recovery codes. Each works once.",
)


def onward(step: Step) -> ResponseReturnValue:
    """Lead to the next step, or into the sitting: a new secret each time, kept by the hub as a hash only."""
    if step.need is not Need.NOTHING:
        session["step"] = step.secret
        return redirect(url_for(_PAGES[step.need]))
    if current_user.is_authenticated:
        served().sessions.sign_out(caller())
    address = returning.target()
    session.clear()
    flash(_NOTE)
    return seated(make_response(redirect(address)), step.secret)


def seated(response: Response, secret: str) -> Response:
    """Give the browser the sitting's secret."""
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(cookie(), secret, httponly=True, samesite="Lax", secure=secure)
    return response


@blueprint.route("/sign-in/code", methods=["GET", "POST"])
def code() -> ResponseReturnValue:
    """Ask for the second factor's code."""
    secret, signing_in = _secret(Need.CODE), served().entry.signing_in
    form = CodeForm()
    if form.validate_on_submit():
        try:
            return onward(signing_in.give_code(secret, str(form.code.data)))
        except NotSignedInError:
            form.code.errors = [WRONG_CODE]
            return show(_code_page(), form), 401
    return show(_code_page(), form)


@blueprint.route("/sign-in/set-up", methods=["GET", "POST"])
def enrol() -> ResponseReturnValue:
    """Set up the second factor that everybody needs here."""
    secret, entry = _secret(Need.ENROLMENT), served().entry
    waiting = entry.signing_in.waiting(secret)
    pending = entry.factors.pending(waiting.account, waiting.username)
    form = FirstCodeForm() if pending else BeginForm()
    if form.validate_on_submit() and pending is None:
        entry.factors.begin(waiting.account)
        return redirect(url_for("steps.enrol"))
    if form.validate_on_submit():
        try:
            step, codes = entry.signing_in.confirm(secret, str(form.code.data))
        except NotSignedInError:
            form.code.errors = [WRONG_CODE]
        else:
            return _shown_once(step, codes)
    return render_template("set_up_factor.html", form=form, pending=pending, back=url_for("main.sign_in"))


def _shown_once(step: Step, codes: tuple[str, ...]) -> Response:
    """Show the recovery codes, and begin what comes next behind them."""
    if step.need is not Need.NOTHING:
        session["step"] = step.secret
        page = render_template("recovery_codes.html", codes=codes, onward=url_for(_PAGES[step.need]))
        return make_response(page)
    address = returning.target()
    session.clear()
    return seated(make_response(render_template("recovery_codes.html", codes=codes, onward=address)), step.secret)


def _code_page() -> ActPage:
    return ActPage("Enter your code", url_for("main.sign_in"), "Go on", intro=_CODE_INTRO)


def _secret(need: Need) -> str:
    """Return the secret of the step that waits for this; else the way begins at the password."""
    secret = str(session.get("step", ""))
    if served().entry.signing_in.waiting(secret).need is not need:
        raise NotSignedInError("another_step")
    return secret
