"""The protected identity desk: a new identity with no traceable link, and which one somebody had before."""

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.ids import FamilyId, PersonId
from hub.domain.partial_date import PartialDate
from hub.domain.referral import Part
from hub.services.new_identities import GROUNDS, NewIdentity
from hub.web import forms
from hub.web.served import caller, served

blueprint = Blueprint("identities", __name__)
WORDS: Final = {"adoption": "An adoption order", "gender_recognition": "A gender recognition certificate"}
_PARTS: Final = {Part.CHILD.value: "Child", Part.PARENT.value: "Parent", Part.OTHER.value: "Other person"}
_READING: Final = "Read at the protected identity desk"


@dataclass(frozen=True, slots=True)
class Line:
    """One earlier identity as the desk reads it."""

    reference: str
    words: str
    reason: str


@blueprint.route("/families/<id:family>/identity", methods=["GET", "POST"])
def family(family: str) -> ResponseReturnValue:
    """Open a new identity for a member of the family; list the earlier ones of its people."""
    hub, id_, who = served(), FamilyId(family), caller()
    hub.identities.require_desk(who.account, id_)
    stated = hub.pages.stated(who, id_)
    if stated is None:
        return redirect(url_for("families.reason", family=family, then="identities.family"))
    named = hub.pages.named(who.account, id_, stated).people
    people: dict[str, str] = {person: line.name for person, line in named.items()}
    form = forms.NewIdentityForm(
        options={"person": people, "ground": {ground: WORDS[ground] for ground in GROUNDS}, "part": dict(_PARTS)}
    )
    if form.validate_on_submit():
        opened = hub.identities.open(who.account, id_, PersonId(str(form.person.data)), _new(form))
        flash(f"Opened as family {hub.pages.reference(opened)}. Nothing outside this desk connects the two.")
        return redirect(url_for("main.home"))
    found = hub.identities.earlier(who.account, id_, stated.reason or _READING)
    lines = [Line(hub.pages.reference(one.family), WORDS[one.ground], one.reason) for one in found]
    return render_template(
        "new_identity.html", reference=hub.pages.reference(id_), family_id=id_, form=form, lines=lines
    )


def _new(form: forms.NewIdentityForm) -> NewIdentity:
    return NewIdentity(
        str(form.full_name.data),
        PartialDate.parse(str(form.born.data)),
        Part(str(form.part.data)),
        str(form.ground.data),
        str(form.reason.data),
    )
