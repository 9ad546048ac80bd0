"""Closing a family after reading its history, the list of closed families, and opening one again."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import InvalidRequestError
from hub.domain.ids import AgencyId, FamilyId
from hub.services.closing import Closed, PriorLine
from hub.web import case_forms, entrance
from hub.web.acts import ActPage, show
from hub.web.refusals import told
from hub.web.served import caller, served

blueprint = Blueprint("closing", __name__)


@dataclass(frozen=True, slots=True)
class Line:
    """One closing as the pages print it."""

    id: FamilyId
    reference: str
    words: str
    when_words: str
    told_words: str
    reopened_words: str


@blueprint.route("/families/<id:family>/closing", methods=["GET", "POST"])
def family(family: str) -> ResponseReturnValue:
    """Show what came before, then close: outcome, who was told, whether the family was."""
    hub, who, id_ = served(), caller(), entrance.enter(family)
    entrance.require_form("closing.family")
    stated = hub.pages.stated(who, id_)
    if stated is None:
        return redirect(url_for("families.reason", family=family, then="closing.family"))
    agencies: dict[str, str] = {a.id: a.name for a in hub.pages.register().agencies.values()}
    form = case_forms.ClosingForm(options={"outcome": hub.casework.closings.outcomes, "told": agencies})
    if form.validate_on_submit():
        try:
            hub.casework.closings.close(who.account, id_, _closed(form))
        except InvalidRequestError as error:
            if not told(form, error):
                raise
        else:
            flash("Recorded: the family is closed. Everybody's view of it ends with this day.")
            return redirect(url_for("main.home"))
    page = hub.pages.page(who.account, id_, stated)
    prior = [_line(line) for line in hub.casework.closings.prior(who.account, id_)]
    shown = {"reference": page.reference, "family_id": id_, "prior": prior, "entries": page.chronology.entries}
    return render_template("closing.html", form=form, more=bool(page.chronology.cursor), **shown)


@blueprint.get("/closed")
def closed() -> ResponseReturnValue:
    """List the closed families for a manager, by reference and outcome."""
    found = served().casework.closings.closed(caller().account)
    return render_template("closed.html", families=[_line(line) for line in found])


@blueprint.route("/families/<id:family>/reopening", methods=["GET", "POST"])
def reopen(family: str) -> ResponseReturnValue:
    """Open a closed family again; the manager who does holds it until it is handed over."""
    hub, who, id_ = served(), caller(), FamilyId(family)
    hub.casework.allocations.require_manager(who.account, id_)
    caption = f"Family {hub.pages.reference(id_)}"
    prior = [_line(line) for line in hub.casework.closings.prior(who.account, id_)]
    form = case_forms.ReopenForm()
    if form.validate_on_submit():
        hub.casework.closings.reopen(who.account, id_, str(form.reason.data))
        flash("Recorded: the family is open again, and you hold it. Hand it over when a worker is ready.")
        return redirect(url_for("allocations.family", family=family))
    intro = ("Everything that was recorded is still there. You hold the family until you hand it over.",)
    facts = [(f"Closed on {line.when_words}", f"{line.words}. {line.told_words}") for line in prior]
    return show(
        ActPage("Reopen the family", url_for("closing.closed"), "Reopen it", caption, intro, tuple(facts)), form
    )


def _closed(form: case_forms.ClosingForm) -> Closed:
    return Closed(
        str(form.outcome.data),
        str(form.reason.data),
        [AgencyId(str(agency)) for agency in form.told.data],
        str(form.told_family.data),
        form.day.data if isinstance(form.day.data, date) else None,
        str(form.why_not.data or ""),
    )


def _line(line: PriorLine) -> Line:
    register = served().pages.register()
    names = ", ".join(register.agency(agency) for agency in line.told) or "no agency"
    told_words = f"Told: {names}. The family: {line.family_words}"
    words = (line.outcome, line.when_words, told_words, line.reopened_words)
    return Line(line.family, line.reference, *words)
