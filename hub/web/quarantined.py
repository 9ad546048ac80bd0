"""The quarantine at the front door: what could not be read, repaired over what was, and let through."""

from typing import Any, cast

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field

from hub.services.quarantined import Flaw, RepairPage
from hub.web.form_fields import LONGEST_LINE, optional_line, text
from hub.web.forms import HubForm
from hub.web.served import caller, served

blueprint = Blueprint("quarantined", __name__)


@blueprint.get("/front-door/quarantine")
def waiting() -> ResponseReturnValue:
    """List what waits, the most urgent first."""
    return render_template("quarantine.html", lines=served().partners.quarantined.waiting(caller().account))


@blueprint.route("/front-door/quarantine/<id:referral>", methods=["GET", "POST"])
def record(referral: str) -> ResponseReturnValue:
    """Show one record, and let it through once what was wrong is corrected."""
    quarantined, by = served().partners.quarantined, caller().account
    page = quarantined.page(by, referral)
    form, places = _form(page)
    if form.validate_on_submit():
        # Every place is sent again: only what differs from what came is a correction.
        said = {place: str(form[name].data or "") for name, place in places.items()}
        came = {flaw.place: flaw.value for flaw in page.flaws}
        left = quarantined.repair(by, referral, {p: words for p, words in said.items() if words != came[p]})
        if left is None:
            flash("Recorded: it is let through, and waits at the front door with the others.")
            return redirect(url_for("quarantined.waiting"))
        page = left
        form, _ = _still_wrong(left, said)
    return render_template("quarantined.html", record=page, form=form, others=_others(page))


def _form(page: RepairPage, said: dict[str, str] | None = None) -> tuple[HubForm, dict[str, str]]:
    """Return a form with one field for each place where something is wrong, and field -> place."""
    flaws = {f"place_{number}": flaw for number, flaw in enumerate(page.flaws) if flaw.fixable}
    made = cast("Any", type("RepairForm", (HubForm,), {name: _field(flaw) for name, flaw in flaws.items()}))
    values = {name: (said or {}).get(flaw.place, flaw.value) for name, flaw in flaws.items()}
    return made(data=values), {name: flaw.place for name, flaw in flaws.items()}


def _still_wrong(page: RepairPage, said: dict[str, str]) -> tuple[HubForm, dict[str, str]]:
    form, places = _form(page, said)
    stops = {flaw.place: flaw.words for flaw in page.flaws if flaw.stops}
    for name, place in places.items():
        if place in stops:
            form[name].errors = [f"{stops[place]}: correct it"]
    return form, places


def _field(flaw: Flaw) -> Field:
    label = f"{flaw.words}, at {flaw.place}"
    return text(label) if len(flaw.value) > LONGEST_LINE else optional_line(label)


def _others(page: RepairPage) -> list[dict[str, str]]:
    """Return what is wrong where no value can be put."""
    return [{"words": flaw.words, "place": flaw.place} for flaw in page.flaws if not flaw.fixable]
