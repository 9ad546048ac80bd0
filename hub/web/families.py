"""A family's chronology, and the question for what and why it is opened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.domain.ids import FamilyId, RecordId
from hub.services.attachments import FileLine
from hub.services.family_page import FamilyPage, Stated
from hub.web import entrance, forms
from hub.web.served import caller, served

blueprint = Blueprint("families", __name__)


@dataclass(frozen=True, slots=True)
class FamilyView:
    """What the template prints: the page, what the reader can do, and where the chronology goes on."""

    page: FamilyPage
    links: list[dict[str, str]]
    next_url: str | None
    files: Mapping[RecordId, Sequence[FileLine]]


@blueprint.get("/families/<id:family>")
def family(family: str) -> ResponseReturnValue:
    """Show the family page, or ask for purpose and reason first."""
    hub, id_ = served(), entrance.enter(family)
    stated = hub.pages.stated(caller(), id_)
    if stated is None:
        return redirect(url_for("families.reason", family=family))
    page = hub.pages.page(caller().account, id_, stated, request.args.get("after", ""))
    files = hub.files.attachments.beside(page.files)
    following = url_for("families.family", family=family, after=page.cursor) if page.cursor else None
    return render_template("family.html", view=FamilyView(page, entrance.links(id_), following, files))


@blueprint.route("/families/<id:family>/reason", methods=["GET", "POST"])
def reason(family: str) -> ResponseReturnValue:
    """Ask once per sitting what the reader is doing, and why; again when a decision was recorded or ended."""
    hub, who, id_ = served(), caller(), entrance.enter(family)
    vocabulary = hub.pages.register().vocabulary
    purposes = hub.pages.purposes(who.account, id_)
    form = forms.ReasonForm(
        options={"purpose": {purpose: vocabulary.words(purpose) for purpose in purposes}},
        data={"purpose": purposes[0], "justification": hub.pages.earlier_reason(who, id_)},
    )
    if form.validate_on_submit():
        hub.pages.state(who, id_, Stated(str(form.purpose.data), str(form.justification.data)))
        return redirect(_afterwards(id_))
    return render_template(
        "ask_reason.html",
        reference=hub.pages.reference(id_),
        form=form,
        proposed_purpose_words=vocabulary.words(purposes[0]),
    )


def _afterwards(family: FamilyId) -> str:
    """Return where the reader was going: to a form of ours by its name, never to an address that was sent."""
    wanted = request.args.get("then", "")
    return url_for(entrance.endpoint(wanted) if wanted in entrance.FORMS else "families.family", family=family)
