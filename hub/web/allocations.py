"""The manager's page about who works with a family, and the page on which a worker accepts a handover."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import InvalidRequestError, NotFoundError
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, PersonId
from hub.services.allocations import Allocated, NewAllocation
from hub.services.register import day_words
from hub.web import case_forms, entrance, forms
from hub.web.acts import ActPage, show
from hub.web.days import midnight, period, today
from hub.web.refusals import told
from hub.web.served import caller, served

blueprint = Blueprint("allocations", __name__)
_WHOLE = {"family": "The whole family"}


@dataclass(frozen=True, slots=True)
class Line:
    """One worker on the list: who, in which way, with whom, for how long, and to whom it has been offered."""

    id: FactId
    name: str
    words: str
    with_words: str
    time_words: str
    lead: bool
    offered_words: str
    offer: str


@blueprint.route("/families/<id:family>/allocation", methods=["GET", "POST"])
def family(family: str) -> ResponseReturnValue:
    """Show who works with the family, and give a worker a dated relationship with it; a manager needs none first."""
    hub, id_ = served(), _managed(family)
    people = _people(id_)
    found = hub.casework.allocations.allocated(caller().account, id_)
    options = {"account": _workers(id_), "works_with": _WHOLE | people}
    unowned = not any(one.lead for one in found)
    first = {"starts": today(), "capacity": "allocated", "lead": unowned}
    form = forms.AllocationForm(options=options, data=first)
    form.own_account = caller().account
    if form.validate_on_submit():
        try:
            hub.casework.allocations.allocate(caller().account, id_, _new(form))
        except InvalidRequestError as error:
            if not told(form, error):
                raise
        else:
            return _recorded(f"{options['account'][str(form.account.data)]} is allocated.", id_)
    lines = [_line(one, people) for one in found]
    shown = {"reference": hub.pages.reference(id_), "family": id_, "lines": lines, "unowned": unowned}
    if hub.pages.standing(caller().account, id_).relationships:
        shown["family_id"] = id_
    return render_template("allocation.html", form=form, **shown)


@blueprint.route("/families/<id:family>/allocation/<id:fact>/end", methods=["GET", "POST"])
def end(family: str, fact: str) -> ResponseReturnValue:
    """End a worker's time with the family; the lead only when somebody is named as owner."""
    id_ = _managed(family)
    line = _one(id_, fact)
    form = case_forms.EndAllocationForm(data={"when": "now", "ends": today()})
    if form.validate_on_submit():
        try:
            served().casework.allocations.end(
                caller().account,
                id_,
                FactId(fact),
                _at(form),
                str(form.reason.data),
                hold=form.hold.data == "hold",
            )
        except InvalidRequestError as error:
            if not told(form, error):
                raise
        else:
            return _recorded(f"{line.name}'s work with this family ends.", id_)
    intro = ("From that moment on the family does not exist for them. What they wrote stays.",)
    return _act("End work with the family", id_, "End it", form, intro, line)


@blueprint.route("/families/<id:family>/allocation/<id:fact>/people", methods=["GET", "POST"])
def people(family: str, fact: str) -> ResponseReturnValue:
    """Change with whom a worker works."""
    id_ = _managed(family)
    line = _one(id_, fact)
    form = case_forms.WorksWithForm(options={"works_with": _WHOLE | _people(id_)})
    if form.validate_on_submit():
        chosen = _chosen(form.works_with.data)
        try:
            served().casework.allocations.change(caller().account, id_, FactId(fact), chosen)
        except InvalidRequestError as error:
            if not told(form, error):
                raise
        else:
            return _recorded(f"Whom {line.name} works with.", id_)
    intro = ("It counts from now. What they could see because of somebody else ends at once.",)
    return _act("Change whom they work with", id_, "Change it", form, intro, line)


@blueprint.route("/families/<id:family>/allocation/<id:fact>/handover", methods=["GET", "POST"])
def hand_over(family: str, fact: str) -> ResponseReturnValue:
    """Ask another worker to take the work over, in writing; until they accept, nothing changes."""
    id_ = _managed(family)
    line, workers = _one(id_, fact), _workers(id_)
    form = case_forms.HandoverForm(options={"account": workers})
    if form.validate_on_submit():
        to, written = AccountId(str(form.account.data)), str(form.written.data)
        try:
            served().casework.handovers.offer(caller().account, id_, FactId(fact), to, written)
        except InvalidRequestError as error:
            if not told(form, error):
                raise
        else:
            return _recorded(f"{workers[to]} is asked to take it over. Until then {line.name} stays.", id_)
    intro = ("The next worker reads this and accepts or declines. Until they accept, the earlier worker stays.",)
    return _act("Hand over", id_, "Ask them to take it over", form, intro, line)


@blueprint.post("/families/<id:family>/handover/<id:fact>/back")
def take_back(family: str, fact: str) -> ResponseReturnValue:
    """Take an offer back that has not been accepted."""
    id_ = _managed(family)
    served().casework.handovers.take_back(caller().account, id_, FactId(fact))
    return _recorded("The handover is taken back.", id_)


@blueprint.route("/handovers/<id:task>", methods=["GET", "POST"])
def accept(task: str) -> ResponseReturnValue:
    """Read what was written, and accept the family or say why not."""
    hub, who = served(), caller()
    page = hub.casework.handovers.page(who.account, task)
    form = case_forms.AnswerForm()
    if form.validate_on_submit():
        if form.answer.data == "decline":
            hub.casework.handovers.decline(who.account, task, str(form.reason.data))
            flash("Recorded: you cannot take it over. Your manager reads why.")
            return redirect(url_for("tasks.tasks"))
        hub.casework.handovers.accept(who.account, task)
        flash(f"Recorded: you work with family {page.reference} from now on.")
        return redirect(url_for("main.home"))
    earlier = hub.pages.register().accounts.get(page.earlier)
    facts = (
        ("Family", page.reference),
        ("Until now", earlier.name if earlier else "A colleague"),
        ("You would be", "Lead practitioner" if page.lead else "One of the family's workers"),
        ("Answer", f"by {page.due_words}"),
        ("Handover", page.written),
    )
    intro = ("The family's record opens to you when you accept. Until then your colleague stays.",)
    return show(ActPage("A handover for you", url_for("tasks.tasks"), "Send", intro=intro, facts=facts), form)


def _managed(family: str) -> FamilyId:
    id_ = FamilyId(family)
    entrance.require_form("allocations.family")
    served().casework.allocations.require_manager(caller().account, id_)
    served().pages.reference(id_)
    return id_


def _people(family: FamilyId) -> dict[str, str]:
    """Return the people this reader may name; nobody before a reason is stated."""
    children, adults = entrance.people(family) or ({}, {})
    return children | adults


def _workers(family: FamilyId) -> dict[str, str]:
    register = served().pages.register()
    found = served().casework.allocations.workers(family)
    names = {account: register.accounts[account].name for account in found if account in register.accounts}
    return {
        account: f"{names[account]}, {register.vocabulary.words(role)}, {register.agency(AgencyId(agency))}"
        for account, (role, agency) in sorted(found.items(), key=lambda one: names.get(one[0], ""))
        if account in names
    }


def _new(form: forms.AllocationForm) -> NewAllocation:
    return NewAllocation(
        AccountId(str(form.account.data)),
        period(form.starts.data, form.ends.data),
        str(form.capacity.data),
        lead=bool(form.lead.data),
        works_with=_chosen(form.works_with.data),
    )


def _chosen(people: object) -> list[PersonId]:
    found = [str(one) for one in people] if isinstance(people, list | tuple) else []
    return [] if "family" in found else [PersonId(one) for one in found]


def _at(form: case_forms.EndAllocationForm) -> datetime:
    day = form.ends.data
    if form.when.data == "now" or not isinstance(day, date) or day < today():
        return served().clock()
    return midnight(day + timedelta(days=1))


def _one(family: FamilyId, fact: str) -> Line:
    found = served().casework.allocations.allocated(caller().account, family)
    line = next((_line(one, {}) for one in found if one.id == fact), None)
    if line is None:
        raise NotFoundError(where=fact)
    return line


def _line(one: Allocated, people: Mapping[str, str]) -> Line:
    register = served().pages.register()
    name = _name(one.account)
    named = [people[person] for person in one.works_with if person in people]
    unnamed = len(one.works_with) - len(named)
    some = [f"{unnamed} {'person' if unnamed == 1 else 'people'} whom you have not opened"] if unnamed else []
    since = f"{'since' if one.since <= served().clock() else 'from'} {day_words(one.since)}"
    until = f", until {_last_day(one.until)}" if one.until else ""
    role = register.vocabulary.words(one.role) if one.role else "Account stopped"
    way = "Lead practitioner" if one.lead else forms.CAPACITY_WORDS[one.capacity].partition(",")[0]
    with_words = ", ".join([*named, *some]) if one.works_with else "The whole family"
    offered = f"Offered to {_name(one.offered)}, who has not answered yet" if one.offered else ""
    return Line(one.id, name, f"{way}: {role}", with_words, since + until, one.lead, offered, one.offer or "")


def _name(account: AccountId) -> str:
    found = served().pages.register().accounts.get(account)
    return found.name if found else "A worker"


def _last_day(until: datetime) -> str:
    """Write the last day on which it counts: an end at midnight belongs to the day before."""
    return day_words(until - timedelta(microseconds=1))


def _recorded(words: str, family: FamilyId) -> ResponseReturnValue:
    flash(f"Recorded: {words}")
    return redirect(url_for("allocations.family", family=family))


def _act(
    title: str, family: FamilyId, send: str, form: forms.HubForm, intro: tuple[str, ...], line: Line
) -> ResponseReturnValue:
    caption, back = f"Family {served().pages.reference(family)}", url_for("allocations.family", family=family)
    facts = (("Worker", line.name), ("In the family", f"{line.words}, {line.time_words}"))
    return show(ActPage(title, back, send, caption, intro, facts), form)
