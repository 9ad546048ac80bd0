"""Signing in and out, and home."""

from flask import Blueprint, current_app, make_response, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import NotSignedInError
from hub.web import steps, tasks
from hub.web.forms import SignInForm
from hub.web.served import caller, cookie, role, served

blueprint = Blueprint("main", __name__)
_START = {
    "front_door_worker": "front_door.list_referrals",
    "ig_officer": "governance.log",
    "agency_admin": "staff.page",
    "partner_referrer": "partners.receipts",
}
_WRONG = "The user name or password is not right, or you have to wait before trying again"


@blueprint.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> ResponseReturnValue:
    """Take the name and the password: the first step to a sitting."""
    form = SignInForm()
    if form.validate_on_submit():
        try:
            step = served().entry.signing_in.begin(str(form.username.data), str(form.password.data))
        except NotSignedInError:
            form.password.errors = [_WRONG]
            return render_template("sign_in.html", form=form, provider=served().entry.single_sign_on.name), 401
        return steps.onward(step)
    return render_template("sign_in.html", form=form, provider=served().entry.single_sign_on.name)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the sitting at once."""
    served().sessions.sign_out(caller())
    session.clear()
    response = make_response(redirect(url_for("main.sign_in")))
    response.delete_cookie(cookie(), httponly=True, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"])
    response.headers["Clear-Site-Data"] = '"cache", "cookies"'
    return response


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Lead each role to where its day begins."""
    start = {
        "front_door_worker": "front_door.list_referrals",
        "ig_officer": "governance.log",
        "signatory": "signing.versions",
        "agency_admin": "staff.page",
    }
    if role() in start:
        return redirect(url_for(start[role()]))
    if role() == "partner_referrer":
        return redirect(url_for("partners.receipts"))
    hub, who = served(), caller()
    families = [
        {"id": id_, "reference": reference, "part_words": words}
        for id_, reference, words in hub.pages.families(who.account)
    ]
    unallocated = [{"id": id_, "reference": reference} for id_, reference in hub.pages.without_worker(who.account)]
    return render_template("home.html", families=families, unallocated=unallocated, tasks=tasks.lines())


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """Say that the process serves; nothing else."""
    return {"ready": True}
