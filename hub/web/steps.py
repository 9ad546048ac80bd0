"""The steps between a right password and a sitting: the second factor's code, or setting one up."""

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from hub.domain.errors import InvalidRequestError, NotSignedInError
from hub.domain.ids import AccountId
from hub.services.signing_in import Need, Step
from hub.web import returning
from hub.web.acts import ActPage, show
from hub.web.factor_forms import BeginForm, CodeForm, FirstCodeForm, RoleForm
from hub.web.served import caller, cookie, served
from hub.web.staff_forms import StartForm

blueprint = Blueprint("steps", __name__)
WRONG_CODE = "That code is not right, was used before, or you have to wait before trying again"
_NOTE = "What you open here is logged with your name and your reason."
_PAGES = {Need.CODE: "steps.code", Need.ENROLMENT: "steps.enrol", Need.ROLE: "steps.choose"}
_CODE_INTRO = (
    "Open the authenticator on your phone or computer and type the six digits it shows now.",
    "If you do not have it with you, type one of your recovery codes. Each works once.",
)
_START_INTRO = (
    "Your agency's administrator gave you a starting code.",
    "It is for who is new, and for who has lost their password or their authenticator.",
    "Choose a password of your own. Three or four words that have nothing to do with each other are easy to remember.",
)
_WEAK = {
    "password_too_short": "That is too short: use 15 characters or more, or 8 where a second factor is needed",
    "password_too_long": "That is too long: use 200 characters or fewer",
    "password_tried_first": "That is among the first that anybody would try: choose another",
    "password_holds_name": "Your password must not hold your user name",
}
_ROLE_INTRO = "You see and do what this role allows, and nothing of the others. To change it, sign out and in again."


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
    pending = entry.factors.pending(waiting.login, waiting.username)
    form = FirstCodeForm() if pending else BeginForm()
    if form.validate_on_submit() and pending is None:
        entry.factors.begin(waiting.login)
        return redirect(url_for("steps.enrol"))
    if form.validate_on_submit():
        try:
            step, codes = entry.signing_in.confirm(secret, str(form.code.data))
        except NotSignedInError:
            form.code.errors = [WRONG_CODE]
        else:
            return _shown_once(step, codes)
    return render_template("set_up_factor.html", form=form, pending=pending, back=url_for("main.sign_in"))


@blueprint.route("/sign-in/role", methods=["GET", "POST"])
def choose() -> ResponseReturnValue:
    """Ask somebody with several roles which one this sitting is for."""
    secret, signing_in = _secret(Need.ROLE), served().entry.signing_in
    own, words = signing_in.waiting(secret).accounts, served().pages.register().vocabulary.words
    roles = {str(one.id): words(served().pages.standing(one.id).role) for one in own}
    form = RoleForm(options={"account": roles})
    if form.validate_on_submit():
        return onward(signing_in.choose(secret, AccountId(str(form.account.data))))
    return show(ActPage("In which role?", url_for("main.sign_in"), "Go on", intro=(_ROLE_INTRO,)), form)


@blueprint.route("/start", methods=["GET", "POST"])
def start() -> ResponseReturnValue:
    """Turn a starting code into a password, and go on as with a right password."""
    entry, form = served().entry, StartForm()
    page = ActPage("Start here", url_for("main.sign_in"), "Start", intro=_START_INTRO)
    if not form.validate_on_submit():
        return show(page, form)
    name, new = str(form.username.data), str(form.password.data)
    try:
        entry.starting.start(name, str(form.code.data), new)
    except NotSignedInError:
        form.code.errors = ["That user name and code are not right, or you have to wait before trying again"]
        return show(page, form), 401
    except InvalidRequestError as error:
        form.password.errors = [_WEAK[error.code]]
        return show(page, form), 422
    return onward(entry.signing_in.begin(name, new))


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
