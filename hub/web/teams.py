"""The team's pages: a family's chronology, and what is recorded about it."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import AccessRefusedError
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, PersonId
from hub.domain.partial_date import LOCAL, PartialDate
from hub.services.arranging import day_words
from hub.services.family_page import Stated
from hub.services.recording import ConsentWord, Opening, Period
from hub.web import forms
from hub.web.served import caller, role, served

blueprint = Blueprint("teams", __name__)
PURPOSES = ("support_family", "protect_child")
MANAGED = ("strategy_discussion", "s47_enquiry", "child_protection_plan", "pre_proceedings", "care_proceedings")
_CHILDREN = ("Child", "Unborn child", "Brother or sister")


def _stated(family: FamilyId) -> Stated | None:
    """Return what was said in this sitting, unless the state of the case now proposes something else."""
    hub, who = served(), caller()
    said = hub.pages.stated(who, family)
    proposed = hub.pages.proposed_purpose(who.account, family)
    return said if said and (said.purpose == proposed or request.args.get("keep") == said.purpose) else None


@blueprint.get("/families/<family>")
def family(family: str) -> ResponseReturnValue:
    """Show the family page, or ask for purpose and reason first."""
    id_ = FamilyId(family)
    stated = _stated(id_) or served().pages.stated(caller(), id_)
    if stated is None or _needs_asking(id_, stated):
        return redirect(url_for("teams.reason", family=family))
    page = served().pages.page(caller().account, id_, stated, request.args.get("after", ""))
    following = url_for("teams.family", family=family, after=page.cursor) if page.cursor else None
    return render_template("family.html", page=_Page(page, _links(family), following))


class _Page:
    """A family page with its links: what a template asks for is found on the page first."""

    def __init__(self, page: object, links: list[dict[str, str]], next_url: str | None) -> None:
        self._page = page
        self.links = links
        self.next_url = next_url

    def __getattr__(self, name: str) -> object:
        return getattr(self._page, name)


def _needs_asking(family: FamilyId, stated: Stated) -> bool:
    """Ask again when the state of the case has come to propose another, weightier purpose since."""
    proposed = served().pages.proposed_purpose(caller().account, family)
    return proposed == "protect_child" and stated.purpose == "support_family"


def _links(family: str) -> list[dict[str, str]]:
    allowed = {
        "team_manager": ("allocation", "opening", "consent", "coverage"),
        "social_worker": ("consent", "coverage"),
    }
    words = {
        "allocation": "Allocate a worker",
        "opening": "Record a decision",
        "consent": "Record what a person said about sharing",
        "coverage": "Record which agency has looked",
        "reason": "Change purpose or reason",
    }
    names = (*allowed.get(role(), ("consent",)), "reason")
    return [{"url": url_for(f"teams.{name}", family=family), "words": words[name]} for name in names]


@blueprint.route("/families/<family>/reason", methods=["GET", "POST"])
def reason(family: str) -> ResponseReturnValue:
    """Ask once per sitting what the reader is doing, and why."""
    hub, who, id_ = served(), caller(), FamilyId(family)
    if not hub.pages.standing(who.account, id_).relationships:
        raise AccessRefusedError("no_relationship", where=family)
    vocabulary = hub.pages.register().vocabulary
    proposed = hub.pages.proposed_purpose(who.account, id_)
    choices = {purpose: vocabulary.words(purpose) for purpose in PURPOSES}
    said = hub.pages.stated(who, id_)
    form = forms.ReasonForm(
        options={"purpose": choices}, data={"purpose": proposed, "justification": said.reason if said else ""}
    )
    if form.validate_on_submit():
        hub.pages.state(who, id_, Stated(str(form.purpose.data), str(form.justification.data)))
        return redirect(url_for("teams.family", family=family))
    return render_template(
        "ask_reason.html",
        reference=hub.pages.reference(id_),
        form=form,
        proposed_purpose_words=vocabulary.words(proposed),
    )


def _people(family: FamilyId) -> tuple[dict[str, str], dict[str, str]]:
    """Return (children, adults) this reader may name: person id -> words."""
    stated = served().pages.stated(caller(), family)
    if stated is None:
        raise AccessRefusedError("reason_first", where=family)
    lines = served().pages.people(caller().account, family, stated).values()
    named = {line.person: (f"{line.name} ({line.part_words})", line.part_words) for line in lines}
    children = {id_: words for id_, (words, part) in named.items() if part.startswith(_CHILDREN)}
    return children, {id_: words for id_, (words, _) in named.items() if id_ not in children}


@blueprint.route("/families/<family>/allocation", methods=["GET", "POST"])
def allocation(family: str) -> ResponseReturnValue:
    """Give a worker a dated relationship with the whole family or with named people."""
    hub, id_ = served(), FamilyId(family)
    children, adults = _people(id_)
    register = hub.pages.register()
    workers: dict[str, str] = {a.id: f"{a.name}, {register.agency(a.agency)}" for a in register.accounts.values()}
    whole = {"family": "The whole family"}
    form = forms.AllocationForm(
        options={"account": workers, "works_with": whole | children | adults},
        data={"starts": _today(), "capacity": "allocated"},
    )
    if form.validate_on_submit():
        chosen = [] if "family" in form.works_with.data else [PersonId(p) for p in form.works_with.data]
        hub.recording.allocate(
            caller().account,
            id_,
            AccountId(str(form.account.data)),
            _period(form.starts.data, form.ends.data),
            capacity=str(form.capacity.data),
            lead=bool(form.lead.data),
            works_with=chosen,
        )
        return redirect(url_for("teams.family", family=family))
    return _form_page("allocation.html", id_, form)


@blueprint.route("/families/<family>/decision", methods=["GET", "POST"])
def opening(family: str) -> ResponseReturnValue:
    """Record a decision that lets confidence be overridden, for named people."""
    hub, id_ = served(), FamilyId(family)
    children, adults = _people(id_)
    vocabulary = hub.pages.register().vocabulary
    form = forms.OpeningForm(
        options={
            "opening": {code: vocabulary.words(code) for code in MANAGED},
            "children": children,
            "adults": adults,
        },
        data={"starts": _today(), "review": _today() + timedelta(days=45)},
    )
    if form.validate_on_submit():
        opened = Opening(
            str(form.opening.data),
            hub.pages.agency_of(caller().account),
            [PersonId(p) for p in form.children.data],
            [PersonId(p) for p in form.adults.data],
            evidence=str(form.evidence.data),
        )
        hub.recording.open(caller().account, id_, opened, _period(form.starts.data, None))
        return redirect(url_for("teams.family", family=family))
    return _form_page("opening.html", id_, form)


@blueprint.route("/families/<family>/decision/<opening>/end", methods=["GET", "POST"])
def end_opening(family: str, opening: str) -> ResponseReturnValue:
    """Record that a decision no longer stands."""
    form = forms.EndOpeningForm(data={"ends": _today()})
    if form.validate_on_submit():
        day = form.ends.data
        at = min(_midnight(day), served().clock()) if isinstance(day, date) else served().clock()
        at = served().clock() if day == _today() else at
        served().recording.end(caller().account, FamilyId(family), FactId(opening), at)
        return redirect(url_for("teams.family", family=family))
    return _form_page("end_opening.html", FamilyId(family), form)


@blueprint.route("/families/<family>/consent", methods=["GET", "POST"])
def consent(family: str) -> ResponseReturnValue:
    """Record what one person said about sharing; it acts from the next time anyone looks."""
    hub, id_ = served(), FamilyId(family)
    children, adults = _people(id_)
    register = hub.pages.register()
    vocabulary = register.vocabulary
    agencies: dict[str, str] = {a.id: a.name for a in register.agencies.values()}
    categories = {c: vocabulary.words(c) for c in vocabulary.categories if c not in _NOT_ASKED}
    form = forms.ConsentForm(
        options={
            "person": adults | children,
            "categories": categories,
            "sources": agencies,
            "recipients": agencies,
        }
    )
    if form.validate_on_submit():
        hub.recording.consent(caller().account, id_, _consent_word(form))
        return redirect(url_for("teams.family", family=family))
    people = adults | children
    history = [
        {"when_words": day_words(fact.valid_from), "words": _consent_words(fact.body, people, fact.chain, vocabulary)}
        for fact in hub.recording.consents_of([PersonId(person) for person in people])
    ]
    asks = {
        "no_changes": "What partners hold stays with them, unless the law says otherwise. Help does not depend on it.",
        "shared_anyway": "During a section 47 enquiry or a child protection plan: what the agreement names for it.",
    }
    return _form_page("consent.html", id_, form, history=history, asks=asks)


_NOT_ASKED = frozenset({"coverage", "involvement", "lead_contact", "recorded_reason", "referral_receipt", "original"})


def _consent_word(form: forms.ConsentForm) -> ConsentWord:
    """Read the form: after a no, or a yes taken back, nothing ticked means all of it."""

    def scope(chosen: object) -> list[str]:
        return [str(item) for item in chosen] if isinstance(chosen, list | tuple) and chosen else ["*"]

    return ConsentWord(
        PersonId(str(form.person.data)),
        str(form.status.data),
        scope(form.categories.data),
        scope(form.sources.data),
        scope(form.recipients.data),
    )


def _consent_words(body: Mapping[str, object], people: dict[str, str], chain: str, vocabulary: object) -> str:
    who = people.get(chain.removeprefix("person:"), "Somebody")
    words = getattr(vocabulary, "words")  # noqa: B009  typed as object: only its words are needed
    categories = body["categories"]
    about = "everything"
    if isinstance(categories, list) and "*" not in categories:
        about = ", ".join(words(category) for category in categories)
    return f"{who}: {words(str(body['status']))}, about {about}"


@blueprint.route("/families/<family>/coverage", methods=["GET", "POST"])
def coverage(family: str) -> ResponseReturnValue:
    """Record whether an agency was asked and has looked."""
    hub, id_ = served(), FamilyId(family)
    agencies: dict[str, str] = {a.id: a.name for a in hub.pages.register().agencies.values()}
    form = forms.CoverageForm(options={"agency": agencies})
    if form.validate_on_submit():
        hub.recording.cover(caller().account, id_, AgencyId(str(form.agency.data)), str(form.state.data))
        return redirect(url_for("teams.family", family=family))
    return _form_page("coverage.html", id_, form)


@blueprint.get("/tasks")
def tasks() -> ResponseReturnValue:
    """Show what waits for the reader's agency."""
    lines = [
        {
            "words": task.words,
            "due_words": task.due_words,
            "overdue": task.overdue,
            "url": url_for("teams.sharing_decision", task=task.id) if task.decide else url_for("teams.tasks"),
        }
        for task in served().tasks.open_for(caller().account)
    ]
    return render_template("tasks.html", tasks=lines)


@blueprint.route("/tasks/<task>/sharing", methods=["GET", "POST"])
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
        return redirect(url_for("teams.tasks"))
    return render_template("sharing_decision.html", reference=hub.pages.reference(waiting.family), form=form)


def _form_page(template: str, family: FamilyId, form: forms.HubForm, **more: object) -> ResponseReturnValue:
    reference = served().pages.reference(family)
    return render_template(template, reference=reference, family_id=family, form=form, **more)


def _today() -> date:
    return PartialDate.of(served().clock()).first


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, LOCAL)


def _period(start: object, end: object) -> Period:
    """Turn the days people wrote into instants: today means from now, the last day counts in full."""
    now = served().clock()
    begins = _midnight(start) if isinstance(start, date) and start != _today() else now
    ends = _midnight(end) + timedelta(days=1) if isinstance(end, date) else None
    return Period(begins, ends)
