"""Drafts on the pages: kept when a form is sent too late or saved, filled in again, forgotten once it is sent."""

from typing import Final

from flask import Response, current_app, flash, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from hub.domain.errors import NotSignedInError
from hub.domain.ids import AccountId
from hub.services.drafts import Restored
from hub.web.served import caller, cookie, served

_NEVER: Final = frozenset({"csrf_token", "password", "again", "code", "save_draft", "discard_draft"})
"""Fields that are never kept: proofs of who one is, and what the buttons send."""
_PROVING: Final = frozenset({"account", "steps", "main", "provider", "staff"})
"""Blueprints whose forms are never kept: they are about who one is, and about accounts."""
_DONE: Final = frozenset({302, 303})


def keep_what_came_too_late() -> None:
    """Keep a form that arrived after its sitting had run out, for the person whose sitting it was."""
    secret = request.cookies.get(cookie(), "")
    if not _can_be_kept() or not secret:
        return
    try:
        _keep(served().sessions.lapsed(secret))
    except NotSignedInError:
        return


def keep_before_proof() -> None:
    """Keep a form whose sender has to show first that it is them."""
    if _can_be_kept():
        _keep(caller().account)


def keep_for_later() -> bool:
    """Keep what was sent from this page for its sender, although it was taken: it is looked at once more first."""
    return _can_be_kept() and _keep(caller().account)


def kept_at(path: str) -> MultiDict[str, str] | None:
    """Return what the reader had typed on another page of theirs, as a form sends it."""
    found = served().entry.drafts.restored(caller().account, path)
    return None if found is None else _as_sent(found)


def answer_button() -> BaseResponse | None:
    """Answer "Save draft" and "Discard the draft" instead of the page; None for any other request."""
    pressed = {"save_draft", "discard_draft"} & set(request.form) if request.method == "POST" else None
    if not pressed or not _can_be_kept():
        return None
    if "discard_draft" in pressed:
        served().entry.drafts.forget(caller().account, request.path)
        flash("The draft is gone.")
    elif _keep(caller().account):
        flash("Saved as a draft, for you alone. Nothing has been recorded or sent. It is kept for seven days.")
    else:
        flash("This is too long to be kept as a draft. Nothing has been recorded, sent or kept.")
    return redirect(url_for(str(request.endpoint), **(request.view_args or {})))


def forget_when_done(response: Response) -> Response:
    """Forget the draft of a form that was sent and taken."""
    done = response.status_code in _DONE and "kept" not in g and _can_be_kept()
    if done and current_user.is_authenticated:
        served().entry.drafts.forget(caller().account, request.path)
    return response


def typed_before() -> MultiDict[str, str] | None:
    """Return what the reader of this page had typed on it, as a form sends it; the page then says so."""
    if "hub" not in current_app.extensions or request.method != "GET" or not _of_a_page():
        return None
    if not current_user.is_authenticated:
        return None
    found = served().entry.drafts.restored(caller().account, request.path)
    if found is None:
        return None
    g.restored = found
    return _as_sent(found)


def _as_sent(found: Restored) -> MultiDict[str, str]:
    return MultiDict([(name, value) for name, values in found.fields.items() for value in values])


def shown() -> Restored | None:
    """Return the draft that was filled in on this page."""
    found: Restored | None = g.get("restored")
    return found


def _can_be_kept() -> bool:
    return request.method == "POST" and _of_a_page()


def _of_a_page() -> bool:
    """Say whether this is a form's own page, opened and sent at one address, behind a door."""
    rule, endpoint = request.url_rule, request.endpoint or ""
    if rule is None or rule.methods is None or endpoint not in current_app.extensions.get("hub_doors", {}):
        return False
    own = endpoint.partition(".")[0] not in _PROVING and endpoint not in current_app.extensions["hub_open"]
    return own and {"GET", "POST"} <= set(rule.methods)


def _keep(account: AccountId) -> bool:
    g.kept = True
    fields = {name: values for name, values in request.form.lists() if name not in _NEVER}
    return served().entry.drafts.keep(account, request.path, fields)
