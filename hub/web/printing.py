"""Making a copy of a chronology for somebody: a page to print, or a PDF of the same words.

Asking is a POST and so is every copy: each is an act of its own, and no address of a page names a recipient.
"""

from typing import Final

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.consent import Channel
from hub.domain.errors import ConflictError
from hub.services.court_copy import COLUMNS, Copy
from hub.services.print_copy import print_copy
from hub.services.printing import Wanted
from hub.web import entrance
from hub.web.form_fields import OneOf
from hub.web.forms import HubForm
from hub.web.fresh import require_fresh
from hub.web.served import caller, served

blueprint = Blueprint("printing", __name__)
FORM: Final = "printing.choose"
_NEXT: Final = {
    "not_a_safe_way": (
        "There is no address on record that is sure to be safe, so nothing was made. This says nothing about why. "
        "Hand the copy over in person, or ask the person where it may go, record it, and try again."
    ),
    "quotes_a_place": (
        "An entry quotes where somebody else lives, learns or is treated, or how to reach them, so nothing was made. "
        "Ask whoever wrote it to correct the entry, then try again."
    ),
    "letter_not_printable": (
        "The PDF's letters lack one that somebody used, so no PDF was made. "
        "Choose the page instead and print it from the browser."
    ),
    "too_long_for_one_copy": "There are more entries than one copy can hold, so nothing was made. Ask the operator.",
}


class PrintForm(HubForm):
    """For whom, how it gets there, and on what."""

    recipient = OneOf(
        "Who is the copy for?",
        missing="Choose who the copy is for",
        hint="It will hold only what both you and they may see.",
        kind="select",
    )
    way = OneOf(
        "How does it get there?",
        missing="Choose how it gets there",
        options={
            Channel.IN_PERSON.value: "I hand it over, or send it inside our agencies' own secure mail",
            Channel.SAFE_POST.value: "By post to a member of the family, at the address they chose",
        },
        hint="The hub finds the address. It is never typed.",
    )
    sort = OneOf(
        "What do you need?",
        missing="Choose what you need",
        options={"page": "A page to print", "pdf": "A PDF"},
    )


@blueprint.route("/families/<id:family>/print", methods=["GET", "POST"])
def choose(family: str) -> ResponseReturnValue:
    """Ask for whom, then make the copy under an entry that names them."""
    hub, id_ = served(), entrance.enter(family)
    entrance.require_form(FORM)
    stated = hub.pages.stated(caller(), id_)
    if stated is None:
        return redirect(url_for("families.reason", family=family, then=FORM))
    require_fresh()
    register, reference = hub.pages.register(), hub.pages.reference(id_)
    form = PrintForm(
        options={"recipient": hub.files.prints.choices(caller().account, id_, stated, register)},
        data={"way": Channel.IN_PERSON.value, "sort": "page"},
    )
    if not form.validate_on_submit():
        return render_template("print_choose.html", reference=reference, family_id=id_, form=form)
    wanted = Wanted(id_, str(form.recipient.data), stated, reference, Channel(str(form.way.data)))
    try:
        copy = hub.files.prints.make(caller().account, wanted, register)
        return (
            _pdf(copy)
            if form.sort.data == "pdf"
            else render_template("print_copy.html", copy=copy, columns=COLUMNS, family_id=id_)
        )
    except ConflictError as stopped:
        words = _NEXT.get(stopped.code, "Nothing was made. Try again, or tell the operator.")
        return render_template("print_stopped.html", words=words, reference=reference, family_id=id_), 409


def _pdf(copy: Copy) -> Response:
    answer = Response(print_copy(copy), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = 'attachment; filename="chronology.pdf"'
    return answer
