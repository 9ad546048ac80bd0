"""A family's chronology, and the question for what and why it is opened."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from hub.domain.ids import FamilyId, RecordId
from hub.domain.partial_date import PartialDate
from hub.services.attachments import FileLine
from hub.services.chronology import Asked
from hub.services.family_page import FamilyPage, Known, Stated
from hub.services.looks import News
from hub.services.prior import children_of
from hub.services.signals import signals
from hub.web import entrance, forms, tasks
from hub.web.served import caller, register, role, served, standing

blueprint = Blueprint("families", __name__)


_MONTH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class FamilyView:
    """What the template prints: the page, what the reader can do, and where the chronology goes on.

    `where` turns the query of a narrower chronology into its address.
    """

    page: FamilyPage
    links: list[dict[str, str]]
    clocks: list[dict[str, object]]
    address: str
    next_url: str | None
    month_url: str
    find_url: str
    genogram_url: str
    known_words: str
    where: Callable[[Mapping[str, str]], str]
    news: News
    can_write: bool
    files: Mapping[RecordId, Sequence[FileLine]]
    answers: Mapping[str, str]
    signals: Sequence[str] | None


@blueprint.get("/families/<id:family>")
def family(family: str) -> ResponseReturnValue:
    """Show the family page, or ask for purpose and reason first."""
    hub, id_ = served(), entrance.enter(family)
    stated = hub.pages.stated(caller(), id_, standing())
    if stated is None:
        return redirect(url_for("families.reason", family=family))
    asked = Asked.read(request.args)
    known = Known(register(), standing())
    page = hub.pages.page(caller().account, id_, stated, asked, manager=role() == "team_manager", known=known)
    news = hub.casework.looks.opened(caller().account, id_, [entry.record for entry in page.chronology.entries])
    return render_template("family.html", view=_view(id_, page, asked, news))


def _view(family: FamilyId, page: FamilyPage, asked: Asked, news: News) -> FamilyView:
    address, cursor = url_for("families.family", family=family), page.chronology.cursor
    today = PartialDate.of(served().clock()).first
    known = {"known": asked.known.isoformat()} if asked.known else {}

    def where(query: Mapping[str, str]) -> str:
        return f"{address}?{urlencode({**query, **known})}"

    return FamilyView(
        page,
        entrance.links(family),
        tasks.lines(family),
        address,
        where({**asked.query(), "after": cursor}) if cursor else None,
        where({"from": (today - _MONTH).isoformat(), "until": today.isoformat()}),
        url_for("looking.find", family=family),
        url_for("looking.genogram", family=family, known=known.get("known")),
        PartialDate(asked.known).in_words() if asked.known else "",
        where,
        news,
        entrance.writes(),
        served().files.attachments.beside(page.files),
        _answers(family),
        _signals(page, today),
    )


def _signals(page: FamilyPage, today: date) -> Sequence[str] | None:
    """Return the remarks on patterns; None where not everything that this reader may see was looked through."""
    if page.whole is None:
        return None
    return signals(page.whole, children_of(page.people), today, served().desk.signals)


def _answers(family: FamilyId) -> dict[str, str]:
    """Return agency -> what it answered to a request, for readers whose agency asked."""
    found = served().desk.requests.answered(standing(), family)
    return {register().agency(agency): words for agency, words in found.items()}


@blueprint.route("/families/<id:family>/reason", methods=["GET", "POST"])
def reason(family: str) -> ResponseReturnValue:
    """Ask once per sitting what the reader is doing, and why; again when a decision was recorded or ended."""
    hub, who, id_ = served(), caller(), entrance.enter(family)
    vocabulary = register().vocabulary
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
