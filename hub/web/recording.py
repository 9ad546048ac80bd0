"""The forms about one family: who works with it, what was decided, what was agreed, which agency has looked."""

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import InvalidRequestError
from hub.domain.ids import AgencyId, FactId, FamilyId, PersonId
from hub.services.recording import Opening
from hub.web import entrance, forms, relied
from hub.web.days import midnight, period, today
from hub.web.served import caller, served

blueprint = Blueprint("recording", __name__)
MANAGED = (
    "front_door_no_consent",
    "strategy_discussion",
    "s47_enquiry",
    "child_protection_plan",
    "pre_proceedings",
    "care_proceedings",
)
_FIRST_LOOK = timedelta(days=15)
_REFUSED = {
    "until": ("ends", "That is later than the rules allow for this decision: leave it empty, or choose an earlier day"),
    "follows": ("follows", "The decision you chose cannot take over from that one: choose another, or none"),
}
"""Where the gate refuses a decision -> the field of the form, and its words."""


@blueprint.route("/families/<id:family>/decision", methods=["GET", "POST"])
def opening(family: str) -> ResponseReturnValue:
    """Record a decision that lets confidence be overridden, for named people."""
    hub, id_ = served(), entrance.enter(family)
    entrance.require_form("opening")
    people, stated = entrance.people(id_), hub.pages.stated(caller(), id_)
    if people is None or stated is None:
        return _reason_first(id_, "opening")
    children, adults = people
    words = hub.pages.register().vocabulary.words
    form = forms.OpeningForm(
        options={
            "opening": {code: words(code) for code in MANAGED},
            "children": children,
            "adults": adults,
            "follows": {"": "No, it stands by itself"} | hub.pages.decisions(id_),
            "relied": relied.choices(id_, stated),
        },
        data={"starts": today(), "review": today() + _FIRST_LOOK},
    )
    if form.validate_on_submit():
        try:
            kept = relied.relied(str(form.opening.data), form.relied.data, stated)
            hub.recording.open(caller().account, id_, _opened(form), period(form.starts.data, form.ends.data), kept)
            return _recorded(f"{words(str(form.opening.data))}.", "families.family", id_)
        except InvalidRequestError as error:
            if error.where not in _REFUSED:
                raise
            form[_REFUSED[error.where][0]].errors = [_REFUSED[error.where][1]]
    return _form_page("opening.html", id_, form)


def _opened(form: forms.OpeningForm) -> Opening:
    return Opening(
        str(form.opening.data),
        served().pages.agency_of(caller().account),
        [PersonId(p) for p in form.children.data],
        [PersonId(p) for p in form.adults.data],
        evidence=str(form.evidence.data),
        review=str(form.review.data),
        follows=FactId(str(form.follows.data)) if form.follows.data else None,
    )


@blueprint.route("/families/<id:family>/decision/<id:opening>/end", methods=["GET", "POST"])
def end_opening(family: str, opening: str) -> ResponseReturnValue:
    """Record that a decision no longer stands."""
    id_ = entrance.enter(family)
    entrance.require_form("opening")
    form = forms.EndOpeningForm(data={"ends": today()})
    if form.validate_on_submit():
        now, day = served().clock(), form.ends.data
        at = midnight(day) if isinstance(day, date) and day < today() else now
        served().recording.end(caller().account, id_, FactId(opening), at, str(form.reason.data))
        return _recorded("The decision has ended.", "families.family", id_)
    return _form_page("end_opening.html", id_, form)


@blueprint.route("/families/<id:family>/coverage", methods=["GET", "POST"])
def coverage(family: str) -> ResponseReturnValue:
    """Record whether an agency was asked and has looked."""
    hub, id_ = served(), entrance.enter(family)
    entrance.require_form("coverage")
    agencies: dict[str, str] = {a.id: a.name for a in hub.pages.register().agencies.values()}
    form = forms.CoverageForm(options={"agency": agencies})
    if form.validate_on_submit():
        hub.recording.cover(caller().account, id_, AgencyId(str(form.agency.data)), str(form.state.data))
        return _recorded(f"What {agencies[str(form.agency.data)]} has done.", "families.family", id_)
    return _form_page("coverage.html", id_, form)


def _reason_first(family: FamilyId, then: str) -> ResponseReturnValue:
    return redirect(url_for("families.reason", family=family, then=then))


def _recorded(words: str, endpoint: str, family: FamilyId | None = None) -> ResponseReturnValue:
    flash(f"Recorded: {words}")
    return redirect(url_for(endpoint, family=family) if family else url_for(endpoint))


def _form_page(template: str, family: FamilyId, form: forms.HubForm, **more: object) -> ResponseReturnValue:
    reference = served().pages.reference(family)
    return render_template(template, reference=reference, family_id=family, form=form, **more)
