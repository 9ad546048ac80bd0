"""A family that moves to another partnership: the manager makes the signed bundle, and keeps the receipt."""

from typing import Final

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import ConflictError, RejectedMessageError
from hub.domain.ids import AgencyId, FamilyId
from hub.services.family_page import Stated
from hub.web import entrance
from hub.web.form_fields import OneOf, text
from hub.web.forms import HubForm
from hub.web.fresh import require_fresh
from hub.web.served import caller, register, served

blueprint = Blueprint("transfers", __name__)
FORM: Final = "transfers.family"
LONGEST_RECEIPT: Final = 8_000
_STOPPED: Final = {
    "nothing_to_hand_over": "No agreement gives them anything about this family",
    "too_much": "There is more than one bundle can hold: tell the operator",
}


class TransferForm(HubForm):
    """To whom, and why."""

    recipient = OneOf("Where does the family move to?", missing="Choose the partnership", kind="select")
    reason = text("Why is the family handed over?", missing="Write why; it stands in the bundle and in both logs")


class ReceiptForm(HubForm):
    """The answer that came back."""

    receipt = text("Their receipt", missing="Paste the whole receipt", longest=LONGEST_RECEIPT)


@blueprint.route("/families/<id:family>/transfer", methods=["GET", "POST"])
def family(family: str) -> ResponseReturnValue:
    """Make the bundle for a named partnership, under an entry that names it."""
    hub, id_ = served(), entrance.enter(family)
    entrance.require_form(FORM)
    stated = hub.pages.stated(caller(), id_)
    if stated is None:
        return redirect(url_for("families.reason", family=family, then=FORM))
    require_fresh()
    known = hub.partners.transfers.recipients(register())
    form = TransferForm(options={"recipient": known})
    if form.validate_on_submit():
        asked = Stated(stated.purpose, str(form.reason.data))
        try:
            return _bundle(id_, AgencyId(str(form.recipient.data)), asked)
        except ConflictError as stopped:
            form.recipient.errors = [_STOPPED.get(stopped.code, "Nothing was made: try again")]
    return render_template(
        "transfer.html", reference=hub.pages.reference(id_), family_id=id_, form=form, nobody=not known
    )


@blueprint.route("/families/<id:family>/transfer/receipt", methods=["GET", "POST"])
def receipt(family: str) -> ResponseReturnValue:
    """Check and keep the receipt that the other partnership sent back."""
    hub, id_ = served(), entrance.enter(family)
    entrance.require_form(FORM)
    form = ReceiptForm()
    if form.validate_on_submit():
        try:
            hub.partners.transfers.acknowledge(caller().account, str(form.receipt.data).encode())
        except RejectedMessageError:
            form.receipt.errors = ["That is not their receipt for a family you handed over"]
        else:
            flash("Recorded: they have received the family.")
            return redirect(url_for("families.family", family=family))
    return render_template("transfer_receipt.html", reference=hub.pages.reference(id_), family_id=id_, form=form)


def _bundle(family: FamilyId, recipient: AgencyId, stated: Stated) -> Response:
    bundle = served().partners.transfers.hand_over(caller().account, family, recipient, stated, register())
    answer = Response(bundle, mimetype="application/json")
    answer.headers["Content-Disposition"] = 'attachment; filename="transfer.json"'
    return answer
