"""Adding and correcting an entry, and what is said beside it: disagreement, challenge, answer."""

from collections.abc import Mapping
from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.domain.entries import FamilyVisibility
from hub.domain.errors import InvalidRequestError
from hub.domain.fields import words_for
from hub.domain.ids import FamilyId, PersonId
from hub.domain.labels import Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import ShownRecord
from hub.services import entry_lines
from hub.services.entries import Correction, NewEntry, Said
from hub.services.family_page import Stated
from hub.web import entrance
from hub.web.acts import ActPage, show
from hub.web.entry_forms import TEXTS, AnswerForm, ChallengeForm, DisagreementForm, EntryForm, VisibilityForm
from hub.web.served import caller, served

blueprint = Blueprint("entries", __name__)
_ACTS = {
    "attachments.entry": "Photographs and documents",
    "entries.disagree": "Record that somebody of the family disagrees",
    "entries.challenge": "Challenge it as a professional",
    "entries.correct": "Correct it",
}
_ALSO = " The family will read it, and some words may be worth another look: open the entry."
_PROBLEMS = {
    "day_missing": "Enter a day to come",
    "review_too_late": "Enter a review within three months",
    "day_to_come": "Enter a day that is not in the future",
    "not_among_those_named": "Choose only people named above",
}


@blueprint.route("/families/<id:family>/entries/new", methods=["GET", "POST"])
def add(family: str) -> ResponseReturnValue:
    """Add an entry."""
    id_, stated = _opened(family)
    if stated is None:
        return redirect(url_for("families.reason", family=family, then="entries.add"))
    form = entry_form(id_, stated, None)
    if is_sent(form):
        try:
            served().team.entries.add(caller().account, id_, stated, entry_of(form))
        except InvalidRequestError as error:
            say(form, error)
        else:
            return _recorded(f"The entry is in the chronology.{_ALSO if _suggestions(form) else ''}", id_)
    return entry_page(id_, form, "Add an entry", "Add the entry")


@blueprint.get("/families/<id:family>/entries/<id:entry>")
def entry(family: str, entry: str) -> ResponseReturnValue:
    """Show one entry with what stands beside it, and what this reader can do about it."""
    id_, stated = _opened(family)
    if stated is None:
        return redirect(url_for("families.reason", family=family))
    team, register, who = served().team, served().pages.register(), caller().account
    found = team.reading.find(who, id_, stated, entry)
    mine = team.entries.may_correct(who, id_, found.record)
    links = [(name, words) for name, words in _ACTS.items() if mine or name != "entries.correct"]
    return render_template(
        "entry_beside.html",
        reference=served().pages.reference(id_),
        family_id=id_,
        entries=[line for line in entry_lines.entries(found.disclosure, register) if line.record == entry],
        suggestions=_on(found.record) if mine else [],
        links=[{"url": url_for(name, family=family, entry=entry), "words": words} for name, words in links],
    )


@blueprint.route("/families/<id:family>/entries/<id:entry>/correct", methods=["GET", "POST"])
def correct(family: str, entry: str) -> ResponseReturnValue:
    """Let a corrected entry stand in the place of an earlier one."""
    id_, stated = _opened(family)
    if stated is None:
        return redirect(url_for("families.reason", family=family))
    team, who = served().team.entries, caller().account
    earlier = team.entry(who, id_, stated, entry)
    form = entry_form(id_, stated, earlier)
    if is_sent(form):
        try:
            team.correct(who, id_, stated, entry_of(form), Correction(earlier, str(form.correction_reason.data)))
        except InvalidRequestError as error:
            say(form, error)
        else:
            return _recorded("The corrected entry stands in its place. Both times are kept.", id_)
    return entry_page(id_, form, "Correct an entry", "Put the corrected entry in its place")


@blueprint.route("/families/<id:family>/entries/<id:entry>/disagreement", methods=["GET", "POST"])
def disagree(family: str, entry: str) -> ResponseReturnValue:
    """Record that somebody of the family disagrees with an entry."""
    id_, stated = _opened(family)
    if stated is None:
        return redirect(url_for("families.reason", family=family))
    remarks, who = served().team.remarks, caller().account
    people = clients(id_, stated)
    served().team.reading.find(who, id_, stated, entry)
    form = DisagreementForm(options={"person": people})
    if form.validate_on_submit():
        remarks.disagree(who, id_, stated, entry, (PersonId(str(form.person.data)), str(form.words.data)))
        return _recorded("The disagreement stands beside the entry, wherever it is shown.", id_)
    intro = "It stands beside the entry for everyone who sees the entry, and for nobody else. The entry stays as it is."
    return show(_beside("Record that somebody disagrees", id_, "Record the disagreement", intro), form)


@blueprint.route("/families/<id:family>/entries/<id:entry>/challenge", methods=["GET", "POST"])
def challenge(family: str, entry: str) -> ResponseReturnValue:
    """Challenge an entry as a professional."""
    id_, stated = _opened(family)
    if stated is None:
        return redirect(url_for("families.reason", family=family))
    served().team.reading.find(caller().account, id_, stated, entry)
    form = ChallengeForm()
    if form.validate_on_submit():
        served().team.remarks.challenge(caller().account, id_, stated, entry, str(form.words.data))
        return _recorded("The agency that wrote the entry has five working days to answer.", id_)
    intro = "Challenging one another keeps children safe. Your words and the answer stay beside the entry."
    return show(_beside("Challenge an entry", id_, "Send the challenge", intro), form)


@blueprint.route("/entries/<id:entry>/family", methods=["GET", "POST"])
def visibility(entry: str) -> ResponseReturnValue:
    """Say anew when the family may see an entry; that closes its task, and begins the next clock."""
    team, who = served().team.entries, caller().account
    task = team.waiting(who, entry)
    id_, stated = _opened(str(task.family))
    if stated is None:
        return redirect(url_for("families.reason", family=id_))
    found = team.entry(who, id_, stated, entry)
    form = VisibilityForm()
    if form.validate_on_submit():
        said = (entry, _visibility(form, form.family_day.data))
        try:
            team.show_family(who, id_, stated, said, str(form.correction_reason.data))
        except InvalidRequestError as error:
            form.family_day.errors = [*form.family_day.errors, _PROBLEMS.get(error.code, "Check this again")]
        else:
            return _recorded("When the family sees the entry is up to date.", id_)
    now = FamilyVisibility.read(found.fields["family_visibility"]).in_words()
    return show(_beside("When may the family see it?", id_, "Record it", f"At present: {now}"), form)


@blueprint.route("/challenges/<id:challenge>", methods=["GET", "POST"])
def answer(challenge: str) -> ResponseReturnValue:
    """Answer a challenge to an entry of one's own agency."""
    remarks, who = served().team.remarks, caller()
    task = remarks.waiting(who.account, challenge)
    id_, stated = _opened(str(task.family))
    if stated is None:
        return redirect(url_for("families.reason", family=id_))
    asked = remarks.challenged(who.account, stated, task)
    form = AnswerForm()
    if form.validate_on_submit():
        remarks.answer(who.account, stated, task, str(form.words.data))
        return _recorded("The answer stands beside the challenge.", id_)
    act = _beside("Answer a challenge", id_, "Record the answer", asked.words)
    return show(act, form)


def _opened(family: str) -> tuple[FamilyId, Stated | None]:
    id_ = entrance.enter(family)
    entrance.require_form("entries.add")
    return id_, served().pages.stated(caller(), id_)


def _people(family: FamilyId, stated: Stated) -> dict[str, str]:
    found = served().pages.named(caller().account, family, stated).people.values()
    return {line.person: f"{line.name} ({line.part_words})" for line in found}


def clients(family: FamilyId, stated: Stated) -> dict[str, str]:
    """Return whom this worker works with, as far as they may be named."""
    people = _people(family, stated)
    mine = served().lives.clients(caller().account, family, [PersonId(person) for person in people])
    return {person: words for person, words in people.items() if person in mine}


def entry_form(family: FamilyId, stated: Stated, earlier: ShownRecord | None) -> EntryForm:
    """Return the form with what this role writes and whom this reader may name; filled in for a correction."""
    team, who = served().team.entries, caller().account
    texts = team.texts_for(who, family)
    people = clients(family, stated) if team.only_clients(who, family) else _people(family, stated)
    options = {"about": people} | {f"{name}_about": people for name in texts}
    first: dict[str, object] = {"family_state": "shared", "significance": "routine", "sensitivity": "sensitive"}
    if earlier is not None:
        first = dict(earlier.fields) | _first(earlier, people)
    form = EntryForm(data=first)
    form.keep(texts, correcting=earlier is not None)
    for name, choices in options.items():
        form[name].options = dict(choices)
    return form


def _first(earlier: ShownRecord, people: dict[str, str]) -> dict[str, object]:
    """Return what a correction begins with: the earlier entry, except whom it speaks of, which is chosen anew."""
    seen = FamilyVisibility.read(earlier.fields["family_visibility"])
    return {
        "occurred": PartialDate.parse(earlier.event_date),
        "event": earlier.fields["event_kind"],
        "statement": earlier.fields["statement_type"],
        "family_state": seen.state,
        "family_day": seen.day,
        "family_reason": seen.reason,
        "about": tuple(person for person in earlier.persons if person in people),
        "sensitivity": "",
    }


def entry_of(form: EntryForm) -> NewEntry:
    """Read the form."""
    texts = {
        name: Said(str(form[name].data), tuple(PersonId(p) for p in form[f"{name}_about"].data))
        for name in served().team.entries.texts_for(caller().account, FamilyId(""))
        if form[name].data
    }
    day = form.family_day.data
    return NewEntry(
        str(form.event.data),
        str(form.statement.data),
        form.occurred.when or PartialDate.of(served().clock()),
        tuple(PersonId(person) for person in form.about.data),
        texts,
        str(form.significance.data),
        str(form.reported_by.data or ""),
        _visibility(form, day),
        Sensitivity(str(form.sensitivity.data)),
        bool(form.own_only.data),
    )


def _visibility(form: EntryForm | VisibilityForm, day: object) -> FamilyVisibility:
    """Read when the family may see it; what does not belong to the choice is left out."""
    state = str(form.family_state.data)
    if state == "shared":
        return FamilyVisibility()
    reason = str(form.family_reason.data) if state == "withheld" else ""
    return FamilyVisibility(state, day if isinstance(day, date) else None, reason)


def is_sent(form: EntryForm) -> bool:
    """Say whether the entry is to be stored: looking at its wording first stores nothing."""
    return bool(form.validate_on_submit()) and "look" not in request.form


def say(form: EntryForm, error: InvalidRequestError) -> None:
    """Put what was refused beside its field."""
    words = _PROBLEMS.get(error.code, "Check this again")
    place = error.where if error.where in form else "what_happened"
    form[place].errors = [*form[place].errors, words]


def _recorded(words: str, family: FamilyId) -> ResponseReturnValue:
    flash(f"Recorded: {words}")
    return redirect(url_for("families.family", family=family))


def _beside(title: str, family: FamilyId, send: str, intro: str) -> ActPage:
    caption = f"Family {served().pages.reference(family)}"
    return ActPage(title, url_for("families.family", family=family), send, caption, (intro,))


def entry_page(family: FamilyId, form: EntryForm, title: str, send: str) -> str:
    """Render the form, with suggestions about its words."""
    return render_template(
        "entry.html",
        reference=served().pages.reference(family),
        family_id=family,
        form=form,
        entry_title=title,
        send_words=send,
        looked="look" in request.form,
        suggestions=_suggestions(form),
    )


def _suggestions(form: EntryForm) -> list[dict[str, str]]:
    """Return what the language helper would write otherwise; it never stands in the way of an entry."""
    return _suggested({name: str(form[name].data or "") for name in TEXTS if name in form})


def _on(record: ShownRecord) -> list[dict[str, str]]:
    return _suggested({name: record.fields[name] for name in TEXTS if name in record.fields})


def _suggested(texts: Mapping[str, str]) -> list[dict[str, str]]:
    wording = served().team.wording
    return [
        {"where": words_for(name), "found": one.found, "words": one.words}
        for name, text in texts.items()
        for one in wording.suggest(text)
    ]
