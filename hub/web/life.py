"""What happened in a person's life that changes who may speak about sharing: recorded by who works with them."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import NotFoundError
from hub.domain.facts import Fact
from hub.domain.ids import FamilyId, PersonId
from hub.domain.life import RECORDED_BY, LifeEvent
from hub.services.lives import NewEvent
from hub.services.register import day_words
from hub.web import entrance, forms
from hub.web.days import midnight, today
from hub.web.served import caller, role, served

blueprint = Blueprint("life", __name__)
WORDS: Final[Mapping[LifeEvent, str]] = MappingProxyType(
    {
        LifeEvent.COMPETENT: "Under 16, and able to decide about sharing (Gillick competent)",
        LifeEvent.INCAPABLE: "Not able to decide about sharing at present (Mental Capacity Act 2005)",
        LifeEvent.ORDER: "A court order, or an agreement, says who has parental responsibility",
        LifeEvent.SPOKEN_FOR: "An attorney or deputy may speak for them",
        LifeEvent.DEATH: "Has died",
    }
)
NOBODY: Final = "nobody"


@blueprint.route("/families/<id:family>/life", methods=["GET", "POST"])
def events(family: str) -> ResponseReturnValue:
    """Record an event, or see the events that stand."""
    hub, id_ = served(), entrance.enter(family)
    entrance.require_form("life.events")
    people = _clients(id_)
    if people is None:
        return redirect(url_for("families.reason", family=family, then="life.events"))
    names = dict(people)
    form = forms.LifeEventForm(
        options={"person": names, "event": _mine(), "holders": _holders(id_)}, data={"day": today()}
    )
    form.latest = today()
    if form.validate_on_submit():
        hub.lives.record(caller().account, id_, _event_of(form))
        flash("Recorded: it counts from that day, for every answer about sharing.")
        return redirect(url_for("life.events", family=family))
    facts = hub.lives.recorded([PersonId(person) for person in names])
    lines = [_line(fact, names, id_) for fact in reversed(facts)]
    reference = hub.pages.reference(id_)
    return render_template("life.html", reference=reference, family_id=id_, form=form, lines=lines)


@blueprint.route("/families/<id:family>/life/<id:event>/end", methods=["GET", "POST"])
def end_event(family: str, event: str) -> ResponseReturnValue:
    """Record that an event is over, or was recorded wrongly."""
    hub, id_ = served(), entrance.enter(family)
    entrance.require_form("life.events")
    people = _clients(id_)
    if people is None:
        return redirect(url_for("families.reason", family=family, then="life.events"))
    found = next((f for f in hub.lives.recorded([PersonId(p) for p in people]) if f.id == event), None)
    if found is None or LifeEvent(str(found.body["event"])) not in _mine():
        raise NotFoundError(where=event)
    form = forms.EndLifeEventForm(data={"ends": today()})
    if form.validate_on_submit():
        day = form.ends.data
        at = midnight(day) if isinstance(day, date) and day < today() else hub.clock()
        agency = hub.pages.agency_of(caller().account)
        person = PersonId(str(found.body["person"]))
        ended = NewEvent(person, LifeEvent(str(found.body["event"])), at, agency, str(form.reason.data))
        hub.lives.end(caller().account, id_, found, ended, wrong=form.how.data == "wrong")
        flash("Recorded: it no longer counts.")
        return redirect(url_for("life.events", family=family))
    reference, line = hub.pages.reference(id_), _line(found, people, id_)
    return render_template("end_life.html", reference=reference, family_id=id_, form=form, line=line)


def _mine() -> dict[str, str]:
    """Return the events that this role may record."""
    return {event.value: words for event, words in WORDS.items() if role() in RECORDED_BY[event]}


def _named(family: FamilyId) -> dict[str, str] | None:
    """Return the people this reader may name; None until a reason is stated."""
    hub, who = served(), caller()
    stated = hub.pages.stated(who, family)
    if stated is None:
        return None
    found = hub.pages.named(who.account, family, stated).people.values()
    return {line.person: f"{line.name} ({line.part_words})" for line in found}


def _clients(family: FamilyId) -> dict[str, str] | None:
    """Return those of them whom the reader works with."""
    named = _named(family)
    if named is None:
        return None
    own = served().lives.clients(caller().account, family, [PersonId(person) for person in named])
    return {person: words for person, words in named.items() if person in own}


def _holders(family: FamilyId) -> dict[str, str]:
    return (_named(family) or {}) | {NOBODY: "Nobody named here, for example the local authority alone"}


def _event_of(form: forms.LifeEventForm) -> NewEvent:
    day = form.day.data
    at = midnight(day) if isinstance(day, date) and day != today() else served().clock()
    return NewEvent(
        PersonId(str(form.person.data)),
        LifeEvent(str(form.event.data)),
        at,
        served().pages.agency_of(caller().account),
        str(form.reason.data),
        [PersonId(person) for person in form.holders.data if person != NOBODY],
    )


def _line(fact: Fact, people: Mapping[str, str], family: FamilyId) -> dict[str, str]:
    event = LifeEvent(str(fact.body["event"]))
    words = f"{people.get(str(fact.body['person']), 'Somebody')}: {WORDS[event]}"
    holders = fact.body.get("holders")
    named = [people.get(str(one), "somebody else") for one in holders] if isinstance(holders, list | tuple) else []
    if named:
        words = f"{words}: {', '.join(named)}"
    url = "" if event not in _mine() else url_for("life.end_event", family=family, event=fact.id)
    return {"since_words": day_words(fact.valid_from), "words": words, "end_url": url}
