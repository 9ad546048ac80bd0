"""Photographs and documents beside an entry: listed, added, handed out, and copied for somebody."""

from typing import Final

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.file import FileField, FileRequired

from hub.domain.consent import Channel
from hub.domain.errors import ConflictError, InvalidRequestError
from hub.domain.fields import SHAPES
from hub.domain.ids import FamilyId, RecordId
from hub.domain.partial_date import PartialDate
from hub.services.attachments import Asking, NewFile, Opened
from hub.services.family_page import Stated
from hub.services.printing import MAKERS, Wanted
from hub.web import entrance
from hub.web.form_fields import OneOf, line
from hub.web.forms import HubForm
from hub.web.fresh import require_fresh
from hub.web.printing import FORM
from hub.web.served import caller, role, served

blueprint = Blueprint("attachments", __name__)
_NOT_YET = "The family is not to be told of this yet. Change on the entry when they may see it, or choose somebody else"
_WRONG: Final = {
    "file_not_allowed": "Choose a photograph (JPEG or PNG), a PDF or a plain text file",
    "file_broken": "The file is not whole. Save it again and choose it again",
    "file_can_act": "This PDF holds scripts, files or a password. Print it to a new PDF and choose that",
    "file_too_large": "The file is too large. Choose a smaller one, or send it in parts",
}


class FileForm(HubForm):
    """What a file shows, and the file."""

    title = line("What does it show?", missing="Write what the file shows", hint="For example: bruise on the left arm.")
    file = FileField(
        "File",
        [FileRequired("Choose a file")],
        description="A photograph (JPEG or PNG), a PDF or plain text. Where a picture was taken is removed.",
        render_kw={"kind": "file"},
    )


class CopyForm(HubForm):
    """For whom a copy is."""

    recipient = OneOf("Who is the copy for?", missing="Choose who the copy is for", kind="select")


@blueprint.route("/families/<id:family>/entries/<id:entry>/files", methods=["GET", "POST"])
def entry(family: str, entry: str) -> ResponseReturnValue:
    """List the files of an entry, and take another one in."""
    hub, id_ = served(), entrance.enter(family)
    stated = hub.pages.stated(caller(), id_)
    if stated is None:
        return redirect(url_for("families.reason", family=family))
    asking, form = _asking(id_, stated), FileForm()
    if form.validate_on_submit() and _added(asking, RecordId(entry), form):
        return redirect(url_for("attachments.entry", family=family, entry=entry))
    shown, files = hub.files.attachments.of_entry(asking, RecordId(entry))
    return render_template(
        "attachments.html",
        reference=hub.pages.reference(id_),
        family_id=id_,
        kind_words=SHAPES[shown.kind].words,
        date_words=PartialDate.parse(shown.event_date).in_words(),
        files=files,
        may_add=hub.files.attachments.may_add(caller().account, shown),
        may_print=role() in MAKERS,
        form=form,
    )


def _added(asking: Asking, entry_: RecordId, form: FileForm) -> bool:
    try:
        new = NewFile(str(form.title.data), form.file.data.read())
        state = served().files.attachments.add(asking, entry_, new)
    except InvalidRequestError as wrong:
        if wrong.code not in _WRONG:
            raise
        form.file.errors = [_WRONG[wrong.code]]
        return False
    waits = "Recorded: the file was stopped and is kept until somebody has checked it."
    flash("Recorded: the file is beside its entry." if state == "clean" else waits)
    return True


@blueprint.get("/families/<id:family>/files/<id:file>")
def open_file(family: str, file: str) -> ResponseReturnValue:
    """Hand a file out, as a file: a browser never shows it as a page of ours."""
    hub, id_ = served(), entrance.enter(family)
    stated = hub.pages.stated(caller(), id_)
    if stated is None:
        return redirect(url_for("families.reason", family=family))
    return _file(hub.files.attachments.open(_asking(id_, stated), RecordId(file)))


@blueprint.post("/families/<id:family>/files/<id:file>/check")
def check(family: str, file: str) -> ResponseReturnValue:
    """Let the scanner look again at a file that was stopped."""
    hub, id_ = served(), entrance.enter(family)
    stated = hub.pages.stated(caller(), id_)
    if stated is None:
        return redirect(url_for("families.reason", family=family))
    clean = hub.files.attachments.check(_asking(id_, stated), RecordId(file))
    flash("The file is free now." if clean else "The file is still stopped. Ask your operator what the scanner found.")
    return redirect(url_for("families.family", family=family))


@blueprint.route("/families/<id:family>/files/<id:file>/copy", methods=["GET", "POST"])
def copy(family: str, file: str) -> ResponseReturnValue:
    """Hand a file out as a copy for somebody, under an entry that names them."""
    hub, id_ = served(), entrance.enter(family)
    entrance.require_form(FORM)
    stated = hub.pages.stated(caller(), id_)
    if stated is None:
        return redirect(url_for("families.reason", family=family))
    require_fresh()
    register, reference = hub.pages.register(), hub.pages.reference(id_)
    form = CopyForm(
        options={"recipient": hub.files.prints.choices(caller().account, id_, stated, register)},
    )
    if not form.validate_on_submit():
        return render_template("attachment_copy.html", reference=reference, family_id=id_, form=form)
    wanted = Wanted(id_, str(form.recipient.data), stated, reference, Channel.IN_PERSON)
    taking = hub.files.prints.audience(caller().account, wanted, register)
    beside = hub.files.attachments.entry_of(RecordId(file))
    if taking.person and beside not in hub.files.prints.told(caller().account, wanted):
        form.recipient.errors = [_NOT_YET]
        return render_template("attachment_copy.html", reference=reference, family_id=id_, form=form)
    try:
        return _file(hub.files.attachments.open(_asking(id_, stated), RecordId(file), taking))
    except ConflictError:
        words = "The file is being checked and is handed out to nobody yet. Ask your manager what came of it."
        return render_template("print_stopped.html", words=words, reference=reference, family_id=id_), 409


def _asking(family: FamilyId, stated: Stated) -> Asking:
    return Asking(caller().account, family, stated)


def _file(opened: Opened) -> Response:
    answer = Response(opened.content, content_type=opened.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{opened.name}"'
    return answer
