"""Who is who: candidates side by side, people joined and taken apart, and the protected identity desk's matches."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.services.candidates import CandidatesPage
from hub.services.merging import MergePage
from hub.services.newcomers import NOBODY, NewcomersPage
from hub.web.match_forms import ApartForm, CandidatesForm, DeskForm, JoinForm, NewcomerForm
from hub.web.served import caller, served

blueprint = Blueprint("matches", __name__)


@blueprint.route("/front-door/<id:referral>/candidates", methods=["GET", "POST"])
def candidates(referral: str) -> ResponseReturnValue:
    """Compare the people of a referral with those they may be, and place it with whom they are."""
    hub, who = served(), caller()
    page = hub.joining.candidates.page(who.account, referral)
    form = CandidatesForm(options={"chosen": _choices(page)})
    if page.people and form.validate_on_submit():
        chosen = [str(one) for one in form.chosen.data]
        family = hub.joining.candidates.confirm(who.account, referral, chosen, str(form.reason.data))
        flash(f"Recorded: the referral is with family {hub.pages.reference(family)}.")
        return redirect(url_for("front_door.list_referrals"))
    return render_template("candidates.html", page=page, form=form, twice=_twice(page))


@blueprint.route("/front-door/<id:referral>/candidates/join", methods=["GET", "POST"])
def join(referral: str) -> ResponseReturnValue:
    """Join two candidates for one person: the hub has known somebody twice."""
    hub, who = served(), caller()
    page = hub.joining.candidates.page(who.account, referral)
    choices = _twice(page)
    form = JoinForm(options={"kept": choices, "other": choices})
    if choices and form.validate_on_submit():
        kept, other = str(form.kept.data), str(form.other.data)
        hub.joining.candidates.merge(who.account, referral, kept, other, str(form.reason.data))
        flash("Recorded: from now on they are one person. It can be taken apart.")
        return redirect(url_for("matches.candidates", referral=referral))
    return render_template("join.html", page=page, form=form, choices=choices)


@blueprint.get("/joined")
def joined() -> ResponseReturnValue:
    """List who was joined with whom, the newest first; what the program joined stands by family."""
    hub, who = served().joining, caller().account
    lines, names = hub.merging.listed(who), _names()
    by_program: dict[str, list[MergePage]] = {}
    for line in lines:
        if line.merge.by not in names:
            by_program.setdefault(line.reference, []).append(line)
    return render_template(
        "joined.html",
        by_people=[line for line in lines if line.merge.by in names],
        by_program=by_program,
        newcomers=hub.newcomers.waiting(who),
        names=names,
    )


@blueprint.route("/joined/<id:merge>", methods=["GET", "POST"])
def joining(merge: str) -> ResponseReturnValue:
    """Show one joining, and take it apart."""
    hub, who = served(), caller()
    page, form = hub.joining.merging.page(who.account, merge), ApartForm()
    if page.may_take_apart and form.validate_on_submit():
        hub.joining.merging.unmerge(who.account, merge, str(form.reason.data))
        flash("Recorded: they are two people again.")
        return redirect(url_for("matches.joined"))
    return render_template("joining.html", page=page, form=form, names=_names())


def _names() -> dict[str, str]:
    return {account: found.name for account, found in served().pages.register().accounts.items()}


@blueprint.route("/joined/new/<id:referral>", methods=["GET", "POST"])
def newcomers(referral: str) -> ResponseReturnValue:
    """Compare the people of a decided referral with those they may be, and say who it is."""
    hub, who = served().joining.newcomers, caller()
    page = hub.page(who.account, referral)
    form = NewcomerForm(options={"chosen": _answers(page)})
    if page.may_answer and form.validate_on_submit():
        hub.answer(who.account, referral, str(form.chosen.data), str(form.reason.data))
        flash("Recorded. People who were joined can be taken apart again.")
        return redirect(url_for("matches.joined"))
    return render_template("newcomers.html", page=page, form=form)


@blueprint.get("/protected-matches")
def desk() -> ResponseReturnValue:
    """List the matches that only the protected identity desk may hear of."""
    return render_template("protected_matches.html", lines=served().joining.protected.waiting(caller().account))


@blueprint.route("/protected-matches/<id:referral>", methods=["GET", "POST"])
def protected(referral: str) -> ResponseReturnValue:
    """Show one of the desk's matches with whom to ring at the sender, and record what came of it."""
    hub, who, form = served(), caller(), DeskForm()
    page = hub.joining.protected.page(who.account, referral)
    if form.validate_on_submit():
        hub.joining.protected.answer(who.account, referral, str(form.outcome.data), str(form.note.data))
        flash("Recorded.")
        return redirect(url_for("matches.desk"))
    return render_template("protected_match.html", page=page, form=form)


def _choices(page: CandidatesPage) -> dict[str, str]:
    return {
        side.id: f"{one.name or 'A person of the referral'} is the person of family {side.family_reference}"
        for one in page.people
        for side in one.sides
    }


def _answers(page: NewcomersPage) -> dict[str, str]:
    """Return what may be said of each person: nobody the hub knows, or where the referral is placed, a candidate."""
    people = page.compared.people
    nobody = {f"{NOBODY}/{one.person}": f"{one.name or 'A new person'} is none of these" for one in people}
    if page.closed:
        return nobody
    return {
        side.id: f"{one.name or 'A new person'} is the person of family {side.family_reference}"
        for one in people
        for side in one.sides
    } | nobody


def _twice(page: CandidatesPage) -> dict[str, str]:
    """Return the candidates of the people who have several, who may be one person known twice."""
    return {
        side.id: f"{one.name or 'A person of the referral'}, as known in family {side.family_reference}"
        for one in page.people
        if len(one.sides) > 1
        for side in one.sides
    }
