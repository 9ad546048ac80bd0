"""Referring by a worker of a partner agency: choose a form, fill it in, check it, get a receipt. And who told us."""

from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from hub.domain.errors import AccessRefusedError
from hub.domain.form import Form
from hub.domain.referral import Issue
from hub.services.referring import MAY_REFER
from hub.web import drafts, partners
from hub.web.forms import HubForm
from hub.web.refer_forms import Layout, counted, layout
from hub.web.refer_typed import Typed, answered, remarks, say, typed
from hub.web.served import caller, role, served

blueprint = Blueprint("refer", __name__)
_MORE: Final = {"add_person": (1, 0), "add_event": (0, 1)}
_TOO_LONG: Final = "This is too long to be kept until you have checked it. Shorten some of the texts"


@blueprint.get("/refer")
def choose() -> ResponseReturnValue:
    """List the forms."""
    _require_referrer()
    return render_template("refer.html", forms=[_line(form) for form in served().referring.of_agencies()])


@blueprint.route("/refer/<string:name>", methods=["GET", "POST"])
def fill_in(name: str) -> ResponseReturnValue:
    """Fill in one form; what was typed is kept sealed until it was checked and sent."""
    _require_referrer()
    form = served().referring.form(name)
    page = layout(form, *counted(drafts.typed_before() or request.form))
    pressed = next((button for button in _MORE if button in request.form), "")
    if pressed:
        page = wider(page, pressed)
    filled = page.made()
    if filled.is_submitted():
        kept = drafts.keep_for_later()
        if not pressed and understood(page, filled) is not None:
            if kept:
                return redirect(url_for("refer.check", name=name))
            filled.form_errors.append(_TOO_LONG)
    return render_template("refer_form.html", page=page, form=filled)


@blueprint.route("/refer/<string:name>/check", methods=["GET", "POST"])
def check(name: str) -> ResponseReturnValue:
    """Show what would be sent, and send it."""
    _require_referrer()
    form, path = served().referring.form(name), url_for("refer.fill_in", name=name)
    before = drafts.kept_at(path)
    if before is None:
        return redirect(path)
    page, filled = again(form, before)
    found = understood(page, filled)
    if found is None:
        return redirect(path)
    if request.method == "POST":
        sent_in = served().referring.refer(caller().account, form, found[0].referral)
        served().entry.drafts.forget(caller().account, path)
        flash("Sent and received.")
        return redirect(url_for("refer.sent", receipt=sent_in["receipt"]))
    shown = {"title": form.title, "back": path, "parts": answered(page, filled), "remarks": remarks(found[1])}
    return render_template("refer_check.html", check=shown, form=HubForm())


@blueprint.get("/refer/sent/<id:receipt>")
def sent(receipt: str) -> ResponseReturnValue:
    """Show the receipt for one referral of the reader's agency."""
    _require_referrer()
    return render_template(
        "refer_sent.html", receipt=partners.line(served().referring.receipt(caller().account, receipt))
    )


@blueprint.get("/front-door/<id:referral>/who-told-us")
def who_told(referral: str) -> ResponseReturnValue:
    """Show who told us, to the front door alone."""
    rows = [
        {"key": {"text": words}, "value": {"text": value}}
        for words, value in served().referring.who_told(caller().account, referral)
    ]
    return render_template("who_told.html", rows=rows, referral=referral)


def understood(page: Layout, filled: HubForm) -> tuple[Typed, tuple[Issue, ...]] | None:
    """Return what was typed and the remarks on it; None when something has to be mended, which stands beside it."""
    sound = filled.validate()
    found = typed(page, filled)
    result = served().referring.understood(page.form, found.referral)
    if sound and not result.wrong:
        return found, tuple(issue for record in result.parsed for issue in record.issues)
    say(filled, found, result.wrong)
    return None


def wider(page: Layout, pressed: str) -> Layout:
    """Return the same page with room for one more person or event."""
    people, events = _MORE[pressed]
    return layout(page.form, *counted({"people": str(page.people + people), "events": str(page.events + events)}))


def again(form: Form, before: MultiDict[str, str]) -> tuple[Layout, HubForm]:
    """Return a page as it was sent before."""
    page = layout(form, *counted(before))
    return page, page.made(before)


def _require_referrer() -> None:
    if role() not in MAY_REFER:
        raise AccessRefusedError("role_may_not_refer")


def _line(form: Form) -> dict[str, str]:
    return {"url": url_for("refer.fill_in", name=form.name), "title": form.title, "intro": form.intro}
