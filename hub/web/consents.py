"""What one person says about sharing: weighed before they are asked, read back before a yes is taken back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.domain.consent import LISTS, Advocate, Asking, Capacity, Channel, ConsentKind, Interpreter, Method, NotGiven
from hub.domain.errors import NotFoundError
from hub.domain.facts import Fact, person_chain
from hub.domain.ids import FamilyId, PersonId
from hub.services.consenting import ConsentWord
from hub.services.family_page import PURPOSES, Stated
from hub.services.register import Register
from hub.web import consent_words, entrance
from hub.web.consent_forms import SAID, ConsentForm, ConsentPersonForm, TakeBackForm
from hub.web.days import period, today
from hub.web.served import caller, served

blueprint = Blueprint("consents", __name__)
STATUSES: Final = {
    "given": "Yes",
    "given_with_conditions": "Yes, with conditions",
    "refused": "No",
    "withdrawn": "They take back an earlier yes",
    "not_sought": "They were not asked",
    "unable": "It cannot be decided at present",
}
_NOT_ASKED: Final = frozenset({"given", "given_with_conditions"})
_OTHER: Final = "other"
_NOT_ABOUT: Final = frozenset(
    {"coverage", "involvement", "lead_contact", "recorded_reason", "referral_receipt", "original"}
)
_USUAL: Final[Mapping[str, object]] = {
    "channel": Channel.NONE.value,
    "kind": ConsentKind.CONFIDENTIALITY_AGREEMENT.value,
    "method": Method.SPOKEN.value,
    "interpreter": Interpreter.NONE.value,
    "advocate": Advocate.NO.value,
    "purposes": PURPOSES,
}


@dataclass(frozen=True, slots=True)
class _Whose:
    """Whose answer it is, among whom, in which sitting."""

    family: FamilyId
    person: PersonId
    child: bool
    people: Mapping[str, str]
    stated: Stated
    heard: tuple[Fact, ...]


@blueprint.route("/families/<id:family>/consent", methods=["GET", "POST"])
def choose(family: str) -> ResponseReturnValue:
    """Choose whose answer is recorded, and read the earlier ones."""
    hub, id_ = served(), entrance.enter(family)
    entrance.require_form("consents.choose")
    named = entrance.named(id_)
    if named is None:
        return redirect(url_for("families.reason", family=family, then="consents.choose"))
    children, adults = entrance.in_words(named)
    people = adults | children
    form = ConsentPersonForm(options={"person": people})
    if form.validate_on_submit():
        return redirect(url_for("consents.answer", family=family, person=str(form.person.data)))
    register, here = hub.pages.register(), [PersonId(person) for person in people]
    mine = {person_chain(person) for person in hub.lives.clients(caller().account, id_, here)}
    history = [
        consent_words.history_line(fact, people, register) | {"receipt": fact.id if fact.chain in mine else ""}
        for fact in reversed(named.consents)
    ]
    reference = hub.pages.reference(id_)
    return render_template("consent.html", reference=reference, family_id=id_, form=form, history=history)


@blueprint.route("/families/<id:family>/consent/<id:person>", methods=["GET", "POST"])
def answer(family: str, person: str) -> ResponseReturnValue:
    """Say what an answer changes, then record it; it acts from the next time anyone looks."""
    hub, id_ = served(), entrance.enter(family)
    entrance.require_form("consents.choose")
    whose = _whose(id_, PersonId(person))
    if whose is None:
        return redirect(url_for("families.reason", family=family, then="consents.choose"))
    register = hub.pages.register()
    weighed = hub.consents.weighing.weigh(caller().account, id_, whose.person, whose.stated)
    form = _form(whose, register, ask=weighed.ask)
    if form.validate_on_submit():
        word = _word(form, whose)
        if request.form.get("confirmed") != "y":
            ahead = hub.consents.taking_back.look_ahead
            aftermath = ahead(caller().account, id_, word, whose.stated, whose.heard)
            if aftermath.undoes:
                return _read_first(whose, consent_words.leaves(aftermath, register))
        hub.recording.consent(caller().account, id_, word)
        flash("Recorded: the answer acts from now on.")
        return redirect(url_for("consents.choose", family=family))
    return render_template(
        "consent_answer.html",
        reference=hub.pages.reference(id_),
        family_id=id_,
        form=form,
        whose=whose.people[person],
        told=consent_words.told(weighed, register),
    )


def _read_first(whose: _Whose, found: consent_words.Leaves) -> ResponseReturnValue:
    """Show what taking it back leaves; sending that page sends the same answer again, confirmed."""
    sent = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
    return render_template(
        "consent_taking_back.html",
        reference=served().pages.reference(whose.family),
        family_id=whose.family,
        form=TakeBackForm(),
        whose=whose.people[whose.person],
        found=found,
        sent=sent,
    )


def _whose(family: FamilyId, person: PersonId) -> _Whose | None:
    """Return whose answer it is; None until a reason is stated. Who may not be named does not exist."""
    stated, named = served().pages.stated(caller(), family), entrance.named(family)
    if stated is None or named is None:
        return None
    children, adults = entrance.in_words(named)
    if person not in children | adults:
        raise NotFoundError(where=family)
    return _Whose(family, person, person in children, adults | children, stated, named.consents)


def _form(whose: _Whose, register: Register, *, ask: bool) -> ConsentForm:
    """Return the form; where nothing differs nobody is asked, so there is no yes to record."""
    words, terms = register.vocabulary.words, register.vocabulary.terms
    agencies: dict[str, str] = {a.id: a.name for a in register.agencies.values()}
    codes = {section: {code: said[0] for code, said in terms[section].items()} for section in LISTS}
    adult = {Capacity.ADULT.value: codes["consent_capacity"][Capacity.ADULT.value]}
    speak = {code: codes["consent_capacity"][code] for code in (Capacity.PARENTAL_RESPONSIBILITY, Capacity.GILLICK)}
    others = {one: name for one, name in whose.people.items() if one != whose.person}
    form = ConsentForm(
        options={
            "status": {code: said for code, said in STATUSES.items() if ask or code not in _NOT_ASKED},
            "capacity": speak | adult if whose.child else adult,
            "given_by": {whose.person: "They themselves", **others, _OTHER: "Somebody who is not named here"},
            "reason_code": codes["consent_not_given"],
            "categories": {code: words(code) for code in register.vocabulary.categories if code not in _NOT_ABOUT},
            "sources": agencies,
            "recipients": agencies,
            "purposes": {code: words(code) for code in PURPOSES},
            **{name: codes[f"consent_{name}"] for name in ("channel", "kind", "method", "interpreter", "advocate")},
        },
        data={**_USUAL, "capacity": "" if whose.child else Capacity.ADULT.value, **({} if ask else _TELLING)},
    )
    form.person, form.today = whose.person, today()
    return form


_TELLING: Final = {"status": "not_sought", "reason_code": NotGiven.DUTY_MAKES_ASKING_MISLEADING.value}
"""What is recorded when a person is told and not asked."""


def _word(form: ConsentForm, whose: _Whose) -> ConsentWord:
    """Read the form: after a no, or a yes taken back, nothing ticked means all of it."""
    status = str(form.status.data)

    def scope(chosen: object) -> list[str]:
        return [str(item) for item in chosen] if isinstance(chosen, list | tuple) and chosen else ["*"]

    return ConsentWord(
        whose.person,
        status,
        scope(form.categories.data),
        scope(form.sources.data),
        scope(form.recipients.data),
        scope(form.purposes.data),
        reason="" if status in SAID else str(form.reason_code.data or ""),
        said=str(form.reason.data or ""),
        agency=served().pages.agency_of(caller().account),
        until=period(None, form.until.data).end,
        asking=_asking(form, whose),
    )


def _asking(form: ConsentForm, whose: _Whose) -> Asking:
    """Say who spoke, by what right and how; a parent's word for a child is nobody's any more from its 16th birthday."""
    status = str(form.status.data)
    given_by = str(form.given_by.data or whose.person) if status in SAID else ""
    return Asking(
        given_by="" if given_by == _OTHER else given_by,
        capacity=_capacity(form, whose),
        method=Method(form.method.data),
        interpreter=Interpreter(form.interpreter.data),
        advocate=Advocate(form.advocate.data),
        notice=str(form.notice.data or ""),
        channel=Channel(form.channel.data),
        kind=ConsentKind(form.kind.data),
    )


def _capacity(form: ConsentForm, whose: _Whose) -> Capacity:
    if form.status.data in SAID:
        return Capacity(form.capacity.data)
    if form.reason_code.data == NotGiven.CONFLICT.value:
        return Capacity.PARENTAL_RESPONSIBILITY
    if form.status.data == "unable":
        return Capacity.UNABLE
    return Capacity.PARENTAL_RESPONSIBILITY if whose.child else Capacity.ADULT
