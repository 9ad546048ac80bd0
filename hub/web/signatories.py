"""Who signs for each agency: rosters in force, those that wait, offering one's own and confirming another's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import NotFoundError
from hub.services.rosters import NewSignatory, Waiting
from hub.services.signing_files import SignatureFile, in_groups
from hub.web.acts import ActPage, show
from hub.web.served import caller, served
from hub.web.signing import take
from hub.web.signing_forms import FingerprintForm, SignatoryForm, SignatureForm

blueprint = Blueprint("signatories", __name__)
_CONFIRM = (
    "Ask each signatory, in person or on a number you know, to read out the fingerprint of their key.",
    "Type what you heard. Your name stands in the log for it: whoever holds these keys signs for that agency.",
)
_OFFER = (
    "A roster names everybody who signs for your agency. The next one replaces it: whoever is left out signs no more.",
    "It counts when a signatory of the roster before has signed it, or when other officers have confirmed it.",
)


@dataclass(frozen=True, slots=True)
class RosterLine:
    """One agency's roster in force as the page lists it, and what waits."""

    code: str
    agency: str
    people: tuple[str, ...]
    waiting: str
    mine: bool


@blueprint.get("/agreements/signatories")
def signatories() -> ResponseReturnValue:
    """List who signs for each agency, and which roster waits for whom."""
    me, services = served().agreements.desk.reader(caller().account), served().agreements
    lines = []
    for code, name in _agencies().items():
        newest, waiting = services.rosters.newest(code), services.rosters.waiting(code)
        people = _people(newest["signatories"]) if newest else ()
        lines.append(RosterLine(code, name, people, _waits(waiting), code == me.party))
    return render_template("signatories.html", lines=lines)


def _agencies() -> Mapping[str, str]:
    return {one.code: one.name for one in served().pages.register().agencies.values()}


def _people(found: list[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(f"{one['name']}, {one['office']}, key {in_groups(one['key_id'])[:19]}" for one in found)


def _waits(waiting: Waiting | None) -> str:
    if waiting is None:
        return ""
    names = ", ".join(one["name"] for one in waiting.body["signatories"])
    return f"Roster {waiting.body['number']} waits ({names}): confirmed by {waiting.confirmations} of {waiting.needed}"


@blueprint.route("/agreements/signatories/offer", methods=["GET", "POST"])
def offer() -> ResponseReturnValue:
    """Offer the next roster of one's own agency."""
    who, rosters = caller().account, served().agreements.rosters
    me = served().agreements.desk.reader(who)
    newest, form = rosters.newest(me.party), SignatoryForm(data={"others": True})
    stay = newest["signatories"] if newest else []
    if form.validate_on_submit():
        people = [NewSignatory(one["name"], one["office"], one["public_key"]) for one in stay if form.others.data]
        public = str(form.public_key.data).removeprefix("PUBLIC").strip()
        people.append(NewSignatory(str(form.name.data), str(form.office.data), public))
        if take(lambda: rosters.offer(who, people), form, form.public_key):
            flash("Offered. It waits for a signature of the roster before, or for other officers.")
            return redirect(url_for("signatories.signatories"))
    facts = tuple(("Signs for you now", words) for words in _people(stay))
    back = url_for("signatories.signatories")
    return show(ActPage("Offer your agency's next roster", back, "Offer it", intro=_OFFER, facts=facts), form)


@blueprint.route("/agreements/signatories/<code>/confirm", methods=["GET", "POST"])
def confirm(code: str) -> ResponseReturnValue:
    """Confirm another agency's roster, or one's own as another officer, by the fingerprints that were read out."""
    who, rosters = caller().account, served().agreements.rosters
    served().agreements.desk.reader(who)
    waiting = rosters.waiting(code)
    if waiting is None:
        raise NotFoundError(where="roster")
    form = FingerprintForm()
    typed = str(form.fingerprints.data or "")
    if form.validate_on_submit() and take(lambda: rosters.confirm(who, code, typed), form, form.fingerprints):
        flash("Confirmed.")
        return redirect(url_for("signatories.signatories"))
    facts = tuple((one["name"], one["office"]) for one in waiting.body["signatories"])
    back, title = url_for("signatories.signatories"), f"Confirm the signatories of {_agencies().get(code, code)}"
    return show(ActPage(title, back, "I compared them", intro=_CONFIRM, facts=facts), form)


@blueprint.get("/agreements/signatories/signing-request.json")
def roster_request() -> ResponseReturnValue:
    """Hand out one's own agency's waiting roster, for a signatory of the roster before it."""
    found = served().agreements.desk.roster_request(caller().account)
    response = Response(found.text, mimetype="application/json")
    response.headers["Content-Disposition"] = 'attachment; filename="roster.signing-request.json"'
    return response


@blueprint.route("/agreements/signatories/signature", methods=["GET", "POST"])
def signature() -> ResponseReturnValue:
    """Hand in the signature of the roster before over the one that waits."""
    who, desk = caller().account, served().agreements.desk
    wanted, form = desk.roster_request(who), SignatureForm()
    given = str(form.signature.data or "")

    def hand_in() -> None:
        desk.hand_in(who, SignatureFile.read(given), "command_line")

    if form.validate_on_submit() and take(hand_in, form, form.signature):
        flash("The signature is good: the roster is in force.")
        return redirect(url_for("signatories.signatories"))
    facts = (("Roster", wanted.what), ("SHA-256 of its page", in_groups(wanted.digest)))
    intro = ("A signatory of the roster before signs it with `hub policy sign --page`, and sends you the file.",)
    back = url_for("signatories.signatories")
    return show(ActPage("Hand in a roster's signature", back, "Hand it in", intro=intro, facts=facts), form)
