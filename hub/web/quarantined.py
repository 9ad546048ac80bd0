"""The quarantine at the front door: what could not be read, repaired over what was, and let through."""

import base64
import contextlib
from typing import Any, Final, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field

from hub.domain.errors import InvalidRequestError, NotFoundError
from hub.services.place_words import place_words
from hub.services.repairing import Flaw, RepairPage
from hub.web.form_fields import LONGEST_LINE, line, optional_line, text
from hub.web.forms import HubForm
from hub.web.refusals import told
from hub.web.served import caller, served

blueprint = Blueprint("quarantined", __name__)
_FIELD: Final = "place_"
_MOST: Final = 200
_LONGEST_PLACE: Final = 200
_LONGEST_VALUE: Final = 64_000
"""As long as any format may send: whoever takes a phone number out of a long text keeps the rest of it."""


@blueprint.get("/front-door/quarantine")
def waiting() -> ResponseReturnValue:
    """List what waits, the most urgent first."""
    return render_template("quarantine.html", lines=served().partners.quarantined.waiting(caller().account))


@blueprint.route("/front-door/quarantine/<id:referral>", methods=["GET", "POST"])
def record(referral: str) -> ResponseReturnValue:
    """Show one record, and let it through once what was wrong is corrected."""
    quarantined, by = served().partners.quarantined, caller().account
    page = quarantined.page(by, referral)
    came = _values(page)
    # What was asked stays asked until it is let through: also a place that only an earlier correction made wrong.
    labels = {place: f"At {place}" for place in _sent()} | _labels(page)
    form = _form(labels, came)
    if form.validate_on_submit():
        # Every place is sent again: only what differs from what came is a correction.
        said = {place: str(form[_name(place)].data or "") for place in labels}
        left = quarantined.repair(by, referral, {p: words for p, words in said.items() if _differs(words, came.get(p))})
        if left is None:
            flash("Recorded: it is let through, and waits at the front door with the others.")
            return redirect(url_for("quarantined.waiting"))
        page = left
        form = _form(labels | _labels(left), _values(left) | said)
        for flaw in left.flaws:
            if flaw.stops and _name(flaw.place) in form:
                form[_name(flaw.place)].errors = [f"{flaw.words}: correct it"]
    understood = [(place, place_words(place), value) for place, value in page.understood]
    return render_template("quarantined.html", record=page, form=form, others=_others(page), understood=understood)


class SentAgainForm(HubForm):
    """As which referral a record came again."""

    reference = line(
        "Its reference",
        missing="Write the reference",
        hint="As the sender's receipt for the new message names it, under referral.",
    )


@blueprint.route("/front-door/quarantine/<id:referral>/sent-again", methods=["GET", "POST"])
def sent_again(referral: str) -> ResponseReturnValue:
    """Close a record that cannot be mended: the message that came instead has its place."""
    quarantined, by, form = served().partners.quarantined, caller().account, SentAgainForm()
    found = next((one for one in quarantined.waiting(by) if one.id == referral), None)
    if found is None:
        raise NotFoundError(where=referral)
    if form.validate_on_submit():
        try:
            quarantined.sent_again(by, referral, str(form.reference.data))
        except InvalidRequestError as error:
            if not told(form, error):
                raise
        else:
            flash("Recorded: the message that came instead has its place. The original of this one is kept.")
            return redirect(url_for("quarantined.waiting"))
    return render_template("sent_again.html", record=found, form=form, reference="")


def _differs(words: str, came: str | None) -> bool:
    """Say whether somebody wrote something else: a browser sends other line ends back, and no blanks around."""
    return _lines(words) != _lines(came or "")


def _lines(words: str) -> list[str]:
    return words.strip().splitlines()


def _values(page: RepairPage) -> dict[str, str]:
    """Return what stands where, as it came."""
    return dict(page.understood) | {flaw.place: flaw.value for flaw in page.flaws}


def _labels(page: RepairPage) -> dict[str, str]:
    """Return place -> what is asked there, the first remark on each."""
    return {flaw.place: _label(flaw) for flaw in page.flaws if flaw.fixable}


def _label(flaw: Flaw) -> str:
    words = place_words(flaw.place)
    return f"{words}: {flaw.words}, at {flaw.place}" if words else f"{flaw.words}, at {flaw.place}"


def _form(labels: dict[str, str], values: dict[str, str]) -> HubForm:
    """Return a form with one field for each place."""
    fields = {_name(place): _field(label, values.get(place, "")) for place, label in labels.items()}
    made = cast("Any", type("RepairForm", (HubForm,), fields))
    return cast("HubForm", made(data={_name(place): values.get(place, "") for place in labels}))


def _name(place: str) -> str:
    """Return the field of a place; the place can be read from it again."""
    return _FIELD + base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _sent() -> list[str]:
    """Return the places that a submission names, as far as it names places."""
    named = [name.removeprefix(_FIELD) for name in request.form if name.startswith(_FIELD)]
    found = []
    for name in named[:_MOST]:
        with contextlib.suppress(ValueError):
            found.append(base64.urlsafe_b64decode(name + "=" * (-len(name) % 4)).decode())
    return [place for place in found if len(place) <= _LONGEST_PLACE and _name(place).removeprefix(_FIELD) in named]


def _field(label: str, value: str) -> Field:
    return text(label, longest=_LONGEST_VALUE) if len(value) > LONGEST_LINE or "\n" in value else optional_line(label)


def _others(page: RepairPage) -> list[dict[str, str | bool]]:
    """Return what is wrong where no value can be put; `again`: it stops the record, which must then be sent again."""
    asked = {flaw.place for flaw in page.flaws if flaw.fixable}
    return [
        {"words": flaw.words, "place": flaw.place, "again": flaw.stops and flaw.place not in asked}
        for flaw in page.flaws
        if not flaw.fixable
    ]
