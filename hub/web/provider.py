"""The way to the partnership's single sign-on and back."""

from flask import Blueprint, flash, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from hub.domain.errors import NotFoundError, NotSignedInError
from hub.web import returning
from hub.web.served import caller, served
from hub.web.steps import onward, seated

blueprint = Blueprint("provider", __name__)
_FAILED = (
    "Single sign-on did not let you in. Try again; if it stays like this, ask your agency's administrator whether your "
    "account is linked to it."
)


@blueprint.get("/sign-in/provider")
def leave() -> ResponseReturnValue:
    """Lead to the provider; what must match on return stays sealed in the form cookie."""
    return _lead(again=False)


@blueprint.get("/confirm/provider")
def prove_again() -> ResponseReturnValue:
    """Lead to the provider to prove anew who is here."""
    return _lead(again=True)


@blueprint.get("/sign-in/returned")
def returned() -> ResponseReturnValue:
    """Take what the provider sent along; it is good once."""
    single, kept = served().entry.single_sign_on, str(session.pop("attempt", ""))
    state, code = request.args.get("state", ""), request.args.get("code", "")
    again = bool(session.pop("again", "")) and current_user.is_authenticated
    try:
        if again:
            secret = single.finish_again(caller(), kept, state, code)
            return seated(make_response(redirect(returning.target())), secret)
        return onward(single.finish(kept, state, code))
    except NotSignedInError:
        flash(_FAILED)
        return redirect(url_for("account.confirm" if again else "main.sign_in"))


def _lead(*, again: bool) -> ResponseReturnValue:
    single = served().entry.single_sign_on
    if not single.name:
        raise NotFoundError("no_provider")
    attempt = single.begin(caller() if again else None)
    session["attempt"], session["again"] = attempt.kept, "yes" if again else ""
    return redirect(attempt.address)
