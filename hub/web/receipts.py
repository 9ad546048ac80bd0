"""The receipt for one answer about sharing: a page to print and hand over, and the same as JSON."""

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.domain.consent import Channel
from hub.domain.errors import ConflictError, NotFoundError
from hub.domain.ids import FactId, FamilyId
from hub.services.consent_receipts import Receipt, Wanted
from hub.web import entrance
from hub.web.served import caller, served

blueprint = Blueprint("receipts", __name__)


@blueprint.get("/families/<id:family>/consent/<id:event>/receipt")
def page(family: str, event: str) -> ResponseReturnValue:
    """Show the receipt as it is handed over: in person, or by the safe way that was chosen."""
    try:
        made = _made(family, event)
    except ConflictError:
        reference = served().pages.reference(FamilyId(family))
        return render_template("receipt_refused.html", reference=reference, family_id=family, event=event), 409
    if made is None:
        return redirect(url_for("families.reason", family=family, then="consents.choose"))
    by_chosen = ""
    if made.channel is Channel.IN_PERSON and made.chosen not in {Channel.IN_PERSON, Channel.NONE}:
        by_chosen = url_for("receipts.page", family=family, event=event, by=made.chosen.value)
    chosen_words = served().pages.register().vocabulary.words_for("consent_channel", made.chosen.value)[0]
    return render_template(
        "receipt.html", receipt=made, family_id=family, by_chosen_url=by_chosen, chosen_words=chosen_words
    )


@blueprint.get("/families/<id:family>/consent/<id:event>/receipt.json")
def machine(family: str, event: str) -> ResponseReturnValue:
    """Return the record itself (ISO/IEC TS 27560), for somebody who asks for it; it holds no name and no address."""
    made = _made(family, event)
    if made is None:
        return redirect(url_for("families.reason", family=family, then="consents.choose"))
    answer: Response = jsonify(made.record)
    answer.headers["Content-Disposition"] = f'attachment; filename="consent-{made.event}.json"'
    return answer


def _made(family: str, event: str) -> Receipt | None:
    """Make the receipt; None until purpose and reason are stated."""
    hub, id_ = served(), entrance.enter(family)
    entrance.require_form("consents.choose")
    stated = hub.pages.stated(caller(), id_)
    if stated is None:
        return None
    wanted = Wanted(FamilyId(family), FactId(event), stated, _channel())
    return hub.receipts.make(caller().account, wanted, hub.pages.register())


def _channel() -> Channel:
    try:
        return Channel(request.args.get("by", Channel.IN_PERSON.value))
    except ValueError:
        raise NotFoundError(where="by") from None
