"""The front door's pages: what was received, how urgent it is, where it belongs, and what became of it elsewhere."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import ConflictError
from hub.domain.ids import FamilyId
from hub.policy.front_door import NO_ACTION, RETURNED
from hub.services.comparing import Comparing
from hub.services.deciding import Closing, Rated
from hub.services.front_door import ReferralPage
from hub.services.redirections import NOT_OURS
from hub.services.withdrawn import Asked
from hub.web import door_forms
from hub.web.acts import ActPage, show
from hub.web.forms import MatchForm
from hub.web.served import caller, duties, register, role, served

blueprint = Blueprint("front_door", __name__)
_DESK = frozenset({"front_door_worker", "on_duty_front_door"})


@blueprint.get("/front-door")
def list_referrals() -> ResponseReturnValue:
    """List what waits, the most urgent first, what was passed on and not acknowledged, and what was decided here."""
    hub, who = served(), caller().account
    waiting = hub.front_door.waiting(who)
    passed = hub.desk.redirections.waiting(who)
    agencies = {a.id: a.name for a in register().agencies.values()}
    return render_template(
        "front_door.html", referrals=waiting, passed=passed, closed=hub.front_door.closed_here(who), agencies=agencies
    )


@blueprint.get("/front-door/withdrawn")
def withdrawn() -> ResponseReturnValue:
    """List what senders have withdrawn, and what was done with it."""
    page = served().withdrawals.page(caller().account, Asked.read(request.args))
    return render_template("withdrawn.html", page=page)


@blueprint.route("/front-door/<id:referral>", methods=["GET", "POST"])
def referral(referral: str) -> ResponseReturnValue:
    """Show one referral with its candidates and what came before, and record where it belongs."""
    hub, who = served(), caller()
    page = hub.front_door.page(who.account, referral)
    form = MatchForm(options={"candidate": {c.id: f"Family {c.family_reference}" for c in page.candidates}})
    if page.placeable and form.validate_on_submit():
        chosen = FamilyId(str(form.candidate.data)) if form.decision.data == "attach" else None
        family = hub.front_door.decide(who.account, referral, chosen)
        flash(f"Recorded: the referral is with family {hub.pages.reference(family)}.")
        return redirect(url_for("front_door.list_referrals"))
    return render_template("referral.html", referral=page, form=form)


@blueprint.route("/front-door/<id:referral>/rating", methods=["GET", "POST"])
def rate(referral: str) -> ResponseReturnValue:
    """Say how urgent a referral is, or say it anew."""
    hub, who = served(), caller()
    page = _waits(hub.front_door.page(who.account, referral))
    rules = hub.desk.deciding.rules
    form = door_forms.RateForm(options={"rating": {code: one.words for code, one in rules.ratings.items()}})
    if form.validate_on_submit():
        said = Rated(str(form.rating.data), str(form.kind.data), str(form.why.data))
        hub.desk.deciding.rate(who.account, referral, said)
        flash("Recorded: the rating.")
        return redirect(url_for("front_door.referral", referral=referral))
    back = url_for("front_door.referral", referral=referral)
    facts = (("From", page.agency), ("Received", page.received_words), ("Time", page.clock_words))
    return show(ActPage("How urgent is it?", back, "Record the rating", facts=facts, history=page.history), form)


@blueprint.route("/front-door/<id:referral>/closing", methods=["GET", "POST"])
def close(referral: str) -> ResponseReturnValue:
    """Decide without a family: pass on, return, no further action. What came before is shown first."""
    hub, who = served(), caller()
    page, rules = _waits(hub.front_door.page(who.account, referral)), hub.desk.deciding.rules
    others: dict[str, str] = {a.id: a.name for a in register().agencies.values() if a.id != who.agency}
    receivers = {code: one.words for code, one in rules.receivers.items()}
    grounds = {state: dict(rules.grounds[state]) for state in (RETURNED, NO_ACTION)}
    form = door_forms.CloseForm(options={"receiver": receivers, "agency": others, **grounds})
    form.rated, form.harm = bool(page.rating_words), not page.closes
    form.compared_since = page.comparing is Comparing.DONE and "searched" in request.form
    if page.comparing is not Comparing.LATE:
        del form.searched
    if page.placeable and page.comparing is not Comparing.GOING_ON and form.validate_on_submit():
        hub.desk.deciding.close(who.account, referral, _closing(form))
        flash("Recorded. The sender reads the outcome, and no reasons.")
        return redirect(url_for("front_door.list_referrals"))
    return render_template("referral_close.html", referral=page, form=form)


@blueprint.route("/front-door/<id:referral>/again", methods=["GET", "POST"])
def again(referral: str) -> ResponseReturnValue:
    """Take up again what was decided without a family."""
    hub, who = served(), caller()
    page, form = hub.front_door.page(who.account, referral), door_forms.AgainForm()
    if not page.again:
        raise ConflictError("waits_already", where=referral, next_step="see_front_door")
    if form.validate_on_submit():
        hub.desk.deciding.take_up_again(who.account, referral, str(form.why.data))
        flash("Recorded: the referral waits again.")
        return redirect(url_for("front_door.referral", referral=referral))
    back = url_for("front_door.referral", referral=referral)
    return show(ActPage("Take it up again", back, "Take it up again", history=page.history), form)


@blueprint.route("/redirections/<id:redirection>", methods=["GET", "POST"])
def passed_on(redirection: str) -> ResponseReturnValue:
    """Acknowledge what the front door passed on, or say that it is not ours."""
    hub, who = served(), caller()
    page = hub.desk.redirections.page(who.account, redirection)
    form = door_forms.OutsideForm() if page.ours else door_forms.PassedForm()
    back = "front_door.list_referrals" if _DESK & {role(), *duties()} and page.ours else "tasks.tasks"
    if form.validate_on_submit():
        hub.desk.redirections.answer(who.account, redirection, str(form.answer.data), str(form.note.data))
        returned = form.answer.data == NOT_OURS
        flash("Recorded: the front door has it again." if returned else "Recorded: it is acknowledged.")
        return redirect(url_for(back))
    intro = (
        "Ask them, then write down who there took it and when: a name, and how you know.",
        "Without their word it stays open, and the managers are asked.",
    )
    facts = (
        ("Passed to", page.receiver_words),
        ("Passed on", page.sent_words),
        ("To be acknowledged by", page.due_words),
        ("What the front door wrote", page.message or "Nothing"),
    )
    act = ActPage(
        "Passed on by the front door", url_for(back), "Record it", intro=intro if page.ours else (), facts=facts
    )
    return show(act, form)


def _waits(page: ReferralPage) -> ReferralPage:
    if page.again:
        raise ConflictError("already_decided", where=page.id, next_step="see_front_door")
    return page


def _closing(form: door_forms.CloseForm) -> Closing:
    outcome = str(form.outcome.data)
    ground = str(form[outcome].data) if outcome in (RETURNED, NO_ACTION) else ""
    return Closing(
        outcome,
        str(form.reason.data),
        ground,
        str(form.receiver.data),
        str(form.agency.data),
        str(form.message.data),
        history_read=bool(form.history_read.data),
        searched=str(form.searched.data) if "searched" in form else "",
    )
