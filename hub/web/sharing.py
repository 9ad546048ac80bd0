"""The duty to share: asking the holder why not, its decision, and the review of a decision not to share."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import NotFoundError
from hub.domain.ids import AgencyId, FamilyId
from hub.services.sharing import Answer
from hub.services.task_lines import HolderTask
from hub.web import duty_forms, entrance
from hub.web.acts import ActPage, show
from hub.web.served import caller, served

blueprint = Blueprint("sharing", __name__)
_ASKED = (
    "The law says: share what is relevant to a child's safety or welfare, unless sharing would harm the child more.",
    "The agency decides about the items it holds, for your agency alone. You read its answer here, and no reasons.",
)


@blueprint.route("/families/<id:family>/ask/<id:holder>/<category>", methods=["GET", "POST"])
def ask(family: str, holder: str, category: str) -> ResponseReturnValue:
    """Ask the agency that holds something back to decide whether to share it; again only with new facts."""
    hub, who, id_ = served(), caller(), entrance.enter(family)
    stated = hub.pages.stated(who, id_)
    if stated is None:
        return redirect(url_for("families.reason", family=family))
    register = hub.pages.register()
    if AgencyId(holder) not in register.agencies or category not in register.vocabulary.categories:
        raise NotFoundError(where=family)
    asked = hub.sharing.asked(who.account, id_, AgencyId(holder), category)
    form = duty_forms.AskAgainForm() if asked.again else duty_forms.AskForm()
    if not asked.waiting and form.validate_on_submit():
        hub.sharing.ask(who.account, id_, stated, AgencyId(holder), category, str(form["why"].data))
        flash("Recorded: the agency has a task to decide.")
        return redirect(url_for("families.family", family=family))
    intro = (*_ASKED, "They have been asked and have not answered yet.") if asked.waiting else _ASKED
    facts = (("Held by", register.agency(AgencyId(holder))), ("About", register.vocabulary.words(category)))
    send = "" if asked.waiting else "Ask them to decide"
    caption, back = f"Family {hub.pages.reference(id_)}", url_for("families.family", family=family)
    return show(ActPage("Ask why it is not shared", back, send, caption, intro, facts, asked.history), form)


@blueprint.route("/tasks/<id:task>/sharing", methods=["GET", "POST"])
def decide(task: str) -> ResponseReturnValue:
    """Record the holder's own decision about named items (Children Act 2004 s16LA)."""
    hub, who = served(), caller()
    waiting = hub.tasks.holder_task(who.account, task)
    register = hub.pages.register()
    why, category, asker = hub.sharing.why_asked(waiting)
    others: dict[str, str] = {a.id: a.name for a in register.agencies.values() if a.id != waiting.agency}
    takers = {str(asker): others[asker]} if asker else others
    options = {"recipient": takers, "children": _children(waiting)}
    form = duty_forms.SharingDecisionForm(options=options, data={"recipient": asker or ""})
    if form.validate_on_submit():
        hub.sharing.decide(who.account, waiting, _answer(form, waiting))
        shared = form.decision.data == "share"
        flash("Recorded: the item is shared." if shared else "Recorded: the item is not shared.")
        return redirect(url_for("tasks.tasks"))
    return render_template(
        "sharing_decision.html",
        reference=hub.pages.reference(waiting.family) if asker else "",
        received_words=waiting.received_words,
        asked={"why": why, "about": register.vocabulary.words(category), "by": others[asker]} if asker else None,
        form=form,
    )


@blueprint.route("/decisions-not-to-share/<id:decision>", methods=["GET", "POST"])
def review(decision: str) -> ResponseReturnValue:
    """Review a decision not to share: a manager or IG officer of the holder who did not make it."""
    hub, who = served(), caller()
    page = hub.sharing.review_page(who.account, decision)
    form = duty_forms.SharingReviewForm()
    if form.validate_on_submit():
        hub.sharing.review(who.account, decision, str(form.outcome.data), str(form.note.data))
        flash("Recorded: the review of the decision.")
        return redirect(url_for("tasks.tasks"))
    register = hub.pages.register()
    decider = register.accounts.get(page.decided_by)
    facts = (
        ("Decided by", f"{decider.name if decider else 'A worker'}, {page.decided_words}"),
        ("Asked for by", register.agency(page.recipient) if page.recipient else "Nobody in particular"),
        ("Items, children", f"{page.items}, {page.children}"),
        ("Would sharing harm the child more?", "Yes" if page.more_detrimental else "No"),
        ("Because", page.detriment),
        ("Ground for not sharing", page.ground),
        ("Reasons", page.reason),
    )
    back = url_for("tasks.tasks")
    return show(ActPage("Review a decision not to share", back, "Record the review", facts=facts), form)


def _children(waiting: HolderTask) -> dict[str, str]:
    """Return the children under their places, by name where the reader may know it: a number would tell since when."""
    hub, who = served(), caller()
    stated = hub.pages.stated(who, waiting.family)
    known = hub.pages.named(who.account, FamilyId(waiting.family), stated).people if stated else {}
    names = {child: known[child].name for child in waiting.named if child in known}
    return {str(n): names.get(c, f"Child {n} of this family") for n, c in enumerate(waiting.named, 1)}


def _answer(form: duty_forms.SharingDecisionForm, waiting: HolderTask) -> Answer:
    share = form.decision.data == "share"
    return Answer(
        share,
        str(form.recipient.data),
        form.harm.data == "yes",
        str(form.detriment.data),
        str(form.reason.data),
        "" if share else str(form.ground.data),
        tuple(waiting.named[int(place) - 1] for place in form.children.data),
    )
