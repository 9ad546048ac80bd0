"""Strategy discussions about a family: decided, then recorded as held with who attended."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import ConflictError
from hub.domain.ids import AgencyId, PersonId
from hub.services.strategy import DiscussionLine, Held
from hub.web import door_forms, entrance
from hub.web.acts import ActPage, show
from hub.web.served import caller, register, served

blueprint = Blueprint("strategy", __name__)


@blueprint.route("/families/<id:family>/strategy", methods=["GET", "POST"])
def family(family: str) -> ResponseReturnValue:
    """List the discussions about a family, and decide that one is held."""
    hub, who, id_ = served(), caller(), entrance.enter(family)
    entrance.require_form("strategy.family")
    lines = hub.desk.strategy.of(who.account, id_)
    agencies: dict[str, str] = {a.id: a.name for a in register().agencies.values() if a.id != who.agency}
    form = door_forms.DiscussionForm(options={"invited": agencies})
    if form.validate_on_submit():
        invited = [AgencyId(agency) for agency in form.invited.data]
        found = hub.desk.strategy.decide(who.account, id_, invited, str(form.why.data))
        flash("Recorded: those who must attend are asked. It opens nothing before it is held.")
        return redirect(url_for("strategy.discussion", discussion=found))
    required = ", ".join(one.words for one in hub.desk.strategy.rules.required.values())
    listed = [{"id": line.id, "words": _words(line)} for line in lines]
    return render_template(
        "strategy.html", reference=hub.pages.reference(id_), family_id=id_, form=form, lines=listed, required=required
    )


@blueprint.route("/strategy/<id:discussion>", methods=["GET", "POST"])
def discussion(discussion: str) -> ResponseReturnValue:
    """Show one discussion, and record that it was held, with who attended."""
    hub, who = served(), caller()
    line = hub.desk.strategy.one(who.account, discussion)
    people = entrance.people(line.family)
    if people is None:
        return redirect(url_for("families.reason", family=line.family, then="strategy.family"))
    invited: dict[str, str] = {agency: register().agency(agency) for agency in line.invited}
    form = door_forms.HeldForm(options={"attended": invited, "children": people[0], "adults": people[1]})
    if form.validate_on_submit():
        if line.came is not None:
            raise ConflictError("held_already", where=discussion, next_step="see_family")
        attended = [AgencyId(agency) for agency in form.attended.data]
        lacking = hub.desk.strategy.missing(attended)
        if lacking and not form.missing.data:
            form.missing.errors = [f"Write why these did not attend, or hold it again: {', '.join(lacking)}"]
        else:
            children, adults = ([PersonId(p) for p in form[name].data] for name in ("children", "adults"))
            held = Held(attended, str(form.decided.data), children, adults, str(form.missing.data))
            hub.desk.strategy.hold(who.account, discussion, held)
            flash("Recorded: the discussion was held. What it opens, it opens from now on.")
            return redirect(url_for("strategy.family", family=line.family))
    send = "" if line.came is not None else "Record that it was held"
    back, caption = url_for("strategy.family", family=line.family), f"Family {hub.pages.reference(line.family)}"
    return show(ActPage("Strategy discussion", back, send, caption, facts=_facts(line)), form)


def _facts(line: DiscussionLine) -> tuple[tuple[str, str], ...]:
    names = ", ".join(register().agency(agency) for agency in line.invited)
    facts = (("Decided", f"{line.decided_words}, to be held by {line.due_words}"), ("Why", line.why), ("Asked", names))
    if line.came is None:
        return facts
    came = ", ".join(register().agency(agency) for agency in line.came) or "Nobody"
    held = (("Held", line.held_words), ("Attended", came), ("Decided there", line.decided))
    return (*facts, *held, ("Why somebody was missing", line.missing or "Nobody who must attend was missing"))


def _words(line: DiscussionLine) -> str:
    if line.held_words:
        return f"Held {line.held_words}"
    return f"Decided {line.decided_words}, to be held by {line.due_words}"
