"""Agreements for who answers for them: every version, one version as it is signed, and each step it takes."""

from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Field

from hub.domain.errors import ConflictError, InvalidRequestError, PolicyError
from hub.services.signing_desk import Tried, VersionPage
from hub.services.signing_files import SignatureFile, in_groups
from hub.web.acts import ActPage, show
from hub.web.forms import HubForm
from hub.web.fresh import require_fresh
from hub.web.served import caller, served
from hub.web.signing_forms import ProposeForm, SignatureForm, StepForm, SuspendForm, refused

blueprint = Blueprint("signing", __name__)
_METHOD = "command_line"
_CHECK = (
    "Read the page below its title before you check it: it says what the text says, in words.",
    "By checking you say that it is what your agency meant. Then every party is asked to sign it.",
)
_WITHDRAW = ("It is over for good: the text needs a later version number to be proposed again.",)
_PUBLISH = ("Every party has signed it. Its worked cases are run once more, then it acts from its day on.",)
_SUSPEND = (
    "From the next page on it permits nothing, for anybody in any agency. What it forbids stays forbidden.",
    "You decide this alone. Resuming needs the signature of every party again.",
)


def take(step: Callable[[], object], form: HubForm, field: Field | None = None) -> bool:
    """Take one step of an agreement or a roster; a refusal becomes a sentence on the form.

    Every page that proposes, checks, signs, publishes, suspends or withdraws comes through here and through nothing
    else: a fresh proof that the person is still the one who signed in is asked for at this place, before `step`.
    """
    require_fresh()
    try:
        step()
    except (ConflictError, InvalidRequestError, PolicyError) as error:
        if field is None:
            form.form_errors = [*form.form_errors, refused(error)]
        else:
            field.errors = [*field.errors, refused(error)]
        return False
    return True


@blueprint.get("/agreements")
def versions() -> ResponseReturnValue:
    """List every version: where it stands, who has signed, and what is wrong."""
    desk = served().agreements.desk
    lines = desk.versions(caller().account)
    return render_template("agreements.html", lines=lines, unsigned=desk.house_rules_unsigned())


@blueprint.route("/agreements/propose", methods=["GET", "POST"])
def propose() -> ResponseReturnValue:
    """Try a text, then propose it: worked cases first, then what it would change, which stays with the proposal."""
    desk, who = served().agreements.desk, caller().account
    desk.reader(who)
    house = desk.house_rules() if request.args.get("text") == "house-rules" else ""
    form, tried = ProposeForm(data={"go": "try", "draft": house}), list[Tried]()
    if form.validate_on_submit():
        text, reason = _as_file(str(form.draft.data)), str(form.reason.data)
        if form.go.data == "propose":
            keys = list[str]()
            if take(lambda: keys.append(desk.propose(who, text, "text", reason)), form, form.draft):
                flash("Proposed. Another person of your agency checks it next.")
                return redirect(_url("version", keys[0]))
        else:
            take(lambda: tried.append(desk.try_out(who, text, "text", reason)), form, form.draft)
    return render_template("propose.html", form=form, tried=tried[0] if tried else None)


def _as_file(typed: str) -> str:
    """Return typed text with a file's line ends: what is signed must not hang on a browser's habits."""
    return typed.replace("\r\n", "\n").strip() + "\n"


@blueprint.get("/agreements/<code>/<int:number>")
def version(code: str, number: int) -> ResponseReturnValue:
    """Show one version as it is signed, with its digests, who has signed, and the next steps for this reader."""
    found = served().agreements.desk.version(caller().account, _key(code, number))
    return render_template("agreement.html", found=found, code=code, number=number, digest=in_groups(found.digest))


@blueprint.get("/agreements/<code>/<int:number>/copy.pdf")
def copy(code: str, number: int) -> ResponseReturnValue:
    """Hand out the signing copy: the words of the page, its digest at the foot of every sheet."""
    pdf = served().agreements.desk.copy(caller().account, _key(code, number))
    return _file(pdf, "application/pdf", f"{code}-{number}.pdf")


@blueprint.get("/agreements/<code>/<int:number>/signing-request.json")
def signing_request(code: str, number: int) -> ResponseReturnValue:
    """Hand out what the signatory of the reader's agency signs now, as a file for any machine."""
    found = served().agreements.desk.request(caller().account, _key(code, number))
    return _file(found.text.encode(), "application/json", f"{code}-{number}-{found.party}.signing-request.json")


@blueprint.route("/agreements/<code>/<int:number>/check", methods=["GET", "POST"])
def check(code: str, number: int) -> ResponseReturnValue:
    """Check a proposal, as another person of the agency that proposed it."""
    steps, who = served().agreements.steps, caller().account
    form, page = StepForm(), _page("check", code, number)
    key = page.line.key
    if form.validate_on_submit() and take(lambda: steps.check(who, key), form):
        flash("Checked. Every party is asked to sign it now.")
        return redirect(_url("version", key))
    return _show("Check this version", "It is what we meant", page, _CHECK, form)


@blueprint.route("/agreements/<code>/<int:number>/withdraw", methods=["GET", "POST"])
def withdraw(code: str, number: int) -> ResponseReturnValue:
    """Take back a version that is not in force yet."""
    steps, who = served().agreements.steps, caller().account
    form, page = StepForm(), _page("withdraw", code, number)
    key = page.line.key
    if form.validate_on_submit() and take(lambda: steps.withdraw(who, key), form):
        flash("Withdrawn.")
        return redirect(_url("version", key))
    return _show("Withdraw this version", "Withdraw it", page, _WITHDRAW, form)


@blueprint.route("/agreements/<code>/<int:number>/publish", methods=["GET", "POST"])
def publish(code: str, number: int) -> ResponseReturnValue:
    """Publish a version that waited for the house rules to be signed."""
    steps, form, page = served().agreements.steps, StepForm(), _page("publish", code, number)
    key = page.line.key
    if form.validate_on_submit() and take(lambda: steps.publish(key), form):
        flash("Published.")
        return redirect(_url("version", key))
    return _show("Publish this version", "Publish it", page, _PUBLISH, form)


@blueprint.route("/agreements/<code>/<int:number>/signature", methods=["GET", "POST"])
def signature(code: str, number: int) -> ResponseReturnValue:
    """Hand in a signature that the agency's signatory made elsewhere, to bring a version into force or to resume it."""
    page = _page("sign", code, number, or_else="resume")
    form, who = SignatureForm(), caller().account
    given = str(form.signature.data or "")
    if form.validate_on_submit() and take(lambda: _hand_in(given, page.line.key), form, form.signature):
        flash("The signature is good and recorded.")
        return redirect(_url("version", page.line.key))
    file = served().agreements.desk.request(who, page.line.key)
    shown = {"resumes": "resume" in page.steps, "digest": in_groups(file.digest), "party": file.party}
    return render_template("signature.html", form=form, found=page, code=code, number=number, **shown)


def _hand_in(text: str, key: str) -> None:
    given = SignatureFile.read(text)
    if given.what != key:
        raise PolicyError("signature_of_another_version", where=given.what)
    served().agreements.desk.hand_in(caller().account, given, _METHOD)


@blueprint.route("/agreements/<code>/<int:number>/suspend", methods=["GET", "POST"])
def suspend(code: str, number: int) -> ResponseReturnValue:
    """Stop a version at once, alone: with a reason and a confirmation."""
    steps, who = served().agreements.steps, caller().account
    form, page = SuspendForm(), _page("suspend", code, number)
    key = page.line.key
    if form.validate_on_submit():
        because, words = str(form.because.data), str(form.words.data)
        if take(lambda: steps.suspend(who, key, because, words), form):
            flash("Suspended. From the next page on it permits nothing.")
            return redirect(_url("version", key))
    return _show("Suspend this agreement", "Suspend it now", page, _SUSPEND, form)


def _page(step: str, code: str, number: int, or_else: str = "") -> VersionPage:
    """Return the version when this reader may take this step of it now; else a conflict that says where it stands."""
    found = served().agreements.desk.version(caller().account, _key(code, number))
    if not {step, or_else} & set(found.steps):
        raise ConflictError("step_not_yours_now", where=found.line.key, next_step=found.line.words)
    return found


def _show(title: str, send: str, page: VersionPage, intro: tuple[str, ...], form: HubForm) -> str:
    line, back = page.line, _url("version", page.line.key)
    facts = (
        ("Title", line.title),
        ("Where it stands", f"{line.state.value}. {line.words}"),
        ("Dates", line.dates),
        ("SHA-256 of its page", in_groups(page.digest)),
    )
    return show(ActPage(title, back, send, line.key, intro, facts), form)


def _key(code: str, number: int) -> str:
    return f"{code}/{number}"


def _url(endpoint: str, key: str) -> str:
    code, _, number = key.rpartition("/")
    return url_for(f"signing.{endpoint}", code=code, number=number)


def _file(content: bytes, kind: str, name: str) -> Response:
    response = Response(content, mimetype=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
