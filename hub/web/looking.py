"""Finding words in what a reader may see, and the genogram: pages beside the family's own, with the same reason."""

import re
from collections.abc import Iterable
from dataclasses import replace

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from hub.domain.partial_date import PartialDate
from hub.services.chronology import Asked
from hub.services.entry_lines import EntryLine
from hub.web import entrance, forms
from hub.web.served import caller, served

blueprint = Blueprint("looking", __name__)


@blueprint.route("/families/<id:family>/find", methods=["GET", "POST"])
def find(family: str) -> ResponseReturnValue:
    """Look for words. They are sent in the body, so that no address, log or history holds them."""
    hub, id_ = served(), entrance.enter(family)
    stated = hub.pages.stated(caller(), id_)
    if stated is None:
        return redirect(url_for("families.reason", family=family))
    form, found = forms.FindForm(), None
    if form.validate_on_submit():
        words = str(form.words.data)
        found = hub.looking.find(caller().account, id_, stated, words)
        found = replace(found, entries=tuple(marked(found.entries, words.split())))
    return render_template(
        "find.html", form=form, found=found, reference=hub.pages.reference(id_), family_id=family, send_words="Find"
    )


@blueprint.get("/families/<id:family>/genogram")
def genogram(family: str) -> ResponseReturnValue:
    """Show who is related to whom, and who lives where."""
    hub, id_ = served(), entrance.enter(family)
    stated = hub.pages.stated(caller(), id_)
    if stated is None:
        return redirect(url_for("families.reason", family=family))
    asked = Asked.read(request.args)
    picture = hub.looking.genogram(caller().account, id_, stated, asked)
    return render_template(
        "genogram.html",
        picture=picture,
        known=asked.known.isoformat() if asked.known else "",
        known_words=PartialDate(asked.known).in_words() if asked.known else "",
        reference=hub.pages.reference(id_),
        family_id=family,
    )


def marked(entries: Iterable[EntryLine], words: Iterable[str]) -> Iterable[EntryLine]:
    """Mark the words in the open fields; everything else is escaped as it always is."""
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    for entry in entries:
        fields = (f if f.withheld else f._replace(value=_marked(f.value, pattern)) for f in entry.fields)
        yield replace(entry, fields=tuple(fields))


def _marked(value: str, pattern: re.Pattern[str]) -> Markup:
    parts, last = [], 0
    for at in pattern.finditer(value):
        parts.append(escape(value[last : at.start()]) + Markup("<mark>{}</mark>").format(at.group()))
        last = at.end()
    return Markup("").join([*parts, escape(value[last:])])
