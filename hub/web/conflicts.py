"""Declaring that a worker is tied to a family, and giving a family to a restricted team."""

from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.facts import TIES
from hub.domain.ids import AccountId, FactId, FamilyId
from hub.services.conflicts import OVERSEERS
from hub.web import forms
from hub.web.served import caller, role, served

blueprint = Blueprint("conflicts", __name__)
WORDS = {
    "subject": "They are one of the family",
    "relative": "They are a relative",
    "partner": "They are or were a partner of somebody in the family",
    "neighbour": "They are a neighbour or friend",
    "other": "Another tie",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One tie or restriction as the page prints it."""

    id: FactId
    words: str


@blueprint.route("/families/<id:family>/conflicts", methods=["GET", "POST"])
def family(family: str) -> ResponseReturnValue:
    """Declare a tie: one's own, or, as a manager or IG officer, anybody's."""
    hub, id_, who = served(), _entered(family), caller()
    register = hub.pages.register()
    workers: dict[str, str] = {who.account: f"{who.name} (you)"}
    if role() in OVERSEERS:
        workers |= {a.id: f"{a.name}, {register.agency(a.agency)}" for a in register.accounts.values()}
    form = forms.ConflictForm(
        options={"account": workers, "tie": {tie: WORDS[tie] for tie in TIES}}, data={"account": who.account}
    )
    if form.validate_on_submit():
        worker = AccountId(str(form.account.data))
        hub.conflicts.declare(who.account, id_, worker, str(form.tie.data))
        flash("Recorded. From now on this family does not exist for that worker.")
        return redirect(url_for("main.home"))
    ties = hub.conflicts.ties(id_) if role() in OVERSEERS else ()
    names = {account: found.name for account, found in register.accounts.items()}
    lines = [Line(t.id, f"{names.get(t.account, 'A worker')}: {WORDS[t.tie].lower()}, since {t.since}") for t in ties]
    return _page("conflicts.html", id_, form, lines)


@blueprint.route("/families/<id:family>/restriction", methods=["GET", "POST"])
def restriction(family: str) -> ResponseReturnValue:
    """Give the family to a restricted team; only who is on duty at that desk enters from then on."""
    hub, id_ = served(), _entered(family)
    hub.conflicts.require_overseer(caller().account, id_)
    vocabulary = hub.pages.register().vocabulary
    form = forms.RestrictionForm(options={"desk": {"restricted": vocabulary.words("restricted")}})
    if form.validate_on_submit():
        hub.conflicts.restrict(caller().account, id_, str(form.desk.data))
        flash("Recorded. From now on only the restricted team enters this family.")
        return redirect(url_for("main.home"))
    lines = [Line(fact, vocabulary.words_for("desks", desk)[0]) for fact, desk in hub.conflicts.held_by(id_)]
    return _page("restriction.html", id_, form, lines)


@blueprint.post("/families/<id:family>/conflicts/<id:fact>/end")
def end(family: str, fact: str) -> ResponseReturnValue:
    """End a tie or a restriction."""
    id_ = _entered(family)
    served().conflicts.end(caller().account, id_, FactId(fact))
    flash("Recorded: it has ended.")
    return redirect(url_for("main.home"))


def _entered(family: str) -> FamilyId:
    id_ = FamilyId(family)
    served().conflicts.enter(caller().account, id_)
    return id_


def _page(template: str, family: FamilyId, form: forms.HubForm, lines: list[Line]) -> ResponseReturnValue:
    reference = served().pages.reference(family)
    overseer = role() in OVERSEERS
    return render_template(template, reference=reference, family=family, form=form, lines=lines, overseer=overseer)
