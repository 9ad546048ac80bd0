"""What waits for the reader's agency, and a holder's own decision about one item."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.services.recording import Opening
from hub.web import forms
from hub.web.served import caller, served

blueprint = Blueprint("tasks", __name__)


def lines() -> list[dict[str, object]]:
    """Return the open tasks of the reader's agency as the templates list them; some have a page of their own."""
    return [
        {
            "words": task.words,
            "due_words": task.due_words,
            "overdue": task.overdue,
            "url": url_for("tasks.sharing_decision", task=task.id) if task.decide else None,
        }
        for task in served().tasks.open_for(caller().account)
    ]


@blueprint.get("/tasks")
def tasks() -> ResponseReturnValue:
    """Show what waits for the reader's agency."""
    return render_template("tasks.html", tasks=lines())


@blueprint.route("/tasks/<id:task>/sharing", methods=["GET", "POST"])
def sharing_decision(task: str) -> ResponseReturnValue:
    """Record the holder's own decision about one item (Children Act 2004 s16LA)."""
    hub, who = served(), caller()
    waiting = hub.tasks.holder_task(who.account, task)
    others: dict[str, str] = {a.id: a.name for a in hub.pages.register().agencies.values() if a.id != waiting.agency}
    form = forms.SharingDecisionForm(options={"recipient": others})
    if form.validate_on_submit():
        decision = Opening(
            "holder_decision",
            waiting.agency,
            waiting.children,
            waiting.adults,
            [waiting.record],
            str(form.recipient.data),
            f"{form.detriment.data}\n\n{form.reason.data}",
        )
        share = form.decision.data == "share"
        hub.recording.decide_sharing(who.account, waiting.family, task, decision, share=share)
        flash("Recorded: the item is shared." if share else "Recorded: the item is not shared.")
        return redirect(url_for("tasks.tasks"))
    return render_template(
        "sharing_decision.html",
        reference=hub.pages.reference(waiting.family),
        received_words=waiting.received_words,
        form=form,
    )
