"""Where an agency is told of events, and its notices of use: pages of the agency's own people."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.ids import AccountId
from hub.domain.partial_date import PartialDate
from hub.services.access_notices import LEAD, OWN, SENTENCE, Notice
from hub.services.webhooks import Added, Webhooks
from hub.web.form_fields import optional_line
from hub.web.forms import HubForm
from hub.web.fresh import require_fresh
from hub.web.served import caller, register, role, served

blueprint = Blueprint("webhooks", __name__)
READERS = frozenset({"agency_admin", "ig_officer", "partner_referrer"})
_WRONG = {
    "address_missing": "Enter an https address, an e-mail address, or both",
    "not_https": "The address must begin with https://",
    "address_unreadable": "That is not an address that can be called",
    "name_unknown": "No computer answers to that name",
    "address_not_public": "The hub calls public internet addresses only",
    "address_too_long": "Use 500 characters or fewer",
    "too_many": "Your agency has five already: end one first",
    "not_an_address": "That is not an e-mail address",
    "target_invalid": "Write the service as system|value, for example https://fhir.nhs.uk/Id/dos-service-id|111111111, "
    "or default",
}
_READER_WORDS = {LEAD: "Children's social care", OWN: "Your own agency"}


class WebhookForm(HubForm):
    """Where to tell."""

    url = optional_line("Address to call", hint="It begins with https:// and is on the public internet.")
    email = optional_line(
        "E-mail address", hint="Used when calls fail, or when there is no address to call. It gets a reference only."
    )
    target = optional_line(
        "Service that sends FHIR referrals",
        hint="Only where this address takes the replies to them: its identifier, as system|value, or the word default "
        "for every service of yours that has no address of its own. Replies come instead of news, and never by e-mail.",
    )


@blueprint.route("/webhooks", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """List the agency's registrations and add one; its secret is shown once."""
    webhooks, by, form = served().partners.webhooks, caller().account, WebhookForm()
    lines = webhooks.lines(by)
    if form.validate_on_submit():
        require_fresh()
        try:
            added = _added(webhooks, by, form)
        except InvalidRequestError as error:
            form[error.where if error.where in form else "url"].errors = [_WRONG[error.code]]
        else:
            return render_template("webhook_secret.html", secret=added.secret)
    return render_template("webhooks.html", form=form, lines=lines)


def _added(webhooks: Webhooks, by: AccountId, form: WebhookForm) -> Added:
    url, email, target = (str(field.data or "") for field in (form.url, form.email, form.target))
    return webhooks.add_for_replies(by, url, target) if target else webhooks.add(by, url, email)


@blueprint.post("/webhooks/<id:webhook>/secret")
def rotate(webhook: str) -> ResponseReturnValue:
    """Give a registration a new secret."""
    require_fresh()
    return render_template(
        "webhook_secret.html", secret=served().partners.webhooks.rotate(caller().account, webhook).secret
    )


@blueprint.post("/webhooks/<id:webhook>/end")
def end(webhook: str) -> ResponseReturnValue:
    """End a registration."""
    served().partners.webhooks.end(caller().account, webhook)
    flash("Recorded. Nothing more is sent there.")
    return redirect(url_for("webhooks.page"))


@blueprint.get("/access-notices")
def notices() -> ResponseReturnValue:
    """Show when something that the reader's agency sent was used."""
    if role() not in READERS:
        raise AccessRefusedError("role_may_not_read_notices")
    hub = served()
    found = hub.partners.notices.of(hub.pages.agency_of(caller().account))
    return render_template("access_notices.html", notices=[_line(notice) for notice in found], sentence=SENTENCE)


def _line(notice: Notice) -> dict[str, str]:
    purpose = register().vocabulary.words(notice.purpose) if notice.purpose else ""
    words = _READER_WORDS.get(notice.reader, "Another agency of the partnership")
    return {
        "day": PartialDate.parse(notice.day).in_words(),
        "reader": words,
        "purpose": purpose,
        "receipt": notice.receipt,
    }
