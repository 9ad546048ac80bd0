"""The pages of an agency's own administrator: who works here, in which role, confirmed each month."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from hub.domain.errors import InvalidRequestError
from hub.domain.ids import AccountId
from hub.domain.roles import PROGRAMS
from hub.services.appointments import Member, NewMember
from hub.services.register import day_words
from hub.web.acts import ActPage, show
from hub.web.fresh import require_fresh
from hub.web.served import caller, served
from hub.web.staff_forms import DEEDS, ConfirmingForm, MemberForm, NewMemberForm

blueprint = Blueprint("staff", __name__)
_WRONG = {
    "username_taken": "That user name is taken: choose another",
    "subject_taken": "That id is linked to somebody else",
    "roles_not_for_one_person": "One person cannot have these roles together",
}


@blueprint.route("/staff", methods=["GET", "POST"])
def page() -> ResponseReturnValue:
    """List the agency's accounts; those due are ticked and confirmed together."""
    appointments, by = served().entry.appointments, caller().account
    members = appointments.members(by)
    own = next(one.login for one in members if one.account == by)
    waiting = {str(one.account): _words(one) for one in members if one.active and one.login != own}
    form = ConfirmingForm(options={"accounts": waiting})
    if form.validate_on_submit():
        require_fresh()
        count = appointments.confirm(by, [AccountId(one) for one in form.accounts.data])
        flash(f"Recorded: {count} confirmed.")
        return redirect(url_for("staff.page"))
    lines = [_line(one) for one in members if one.active]
    stopped = [_line(one) for one in members if not one.active]
    return render_template("staff.html", form=form, lines=lines, stopped=stopped)


@blueprint.route("/staff/start", methods=["GET", "POST"])
def start() -> ResponseReturnValue:
    """Let somebody start, and show their starting code once."""
    entry, by = served().entry, caller().account
    entry.appointments.agency_of(by)
    require_fresh()
    form = NewMemberForm(options={"role": _roles()})
    if form.validate_on_submit():
        username, name, phone, role = (str(form[field].data) for field in ("username", "name", "phone", "role"))
        new = NewMember(username, name, phone, role, entry.starting.unknown_password())
        try:
            account = entry.appointments.start(by, new)
        except InvalidRequestError as error:
            form.username.errors = [_WRONG[error.code]]
        else:
            return _code(name, account, account)
    ask = ActPage("Somebody starts", url_for("staff.page"), "Add them", intro=("They sign in under their own name.",))
    return show(ask, form)


@blueprint.route("/staff/<id:account>", methods=["GET", "POST"])
def member(account: str) -> ResponseReturnValue:
    """Do one thing about one account of the own agency; any other account is not there."""
    one = served().entry.appointments.member(caller().account, AccountId(account))
    require_fresh()
    deeds = {deed: words for deed, words in DEEDS.items() if deed != "link" or served().entry.single_sign_on.name}
    form = MemberForm(options={"deed": deeds, "role": _roles()})
    if form.validate_on_submit():
        try:
            return _done(one, form)
        except InvalidRequestError as error:
            form["subject" if error.where == "subject" else "role"].errors = [_WRONG[error.code]]
    facts = (
        ("User name", one.username),
        ("Role", served().pages.register().vocabulary.words(one.role)),
        ("State", "Works here" if one.active else "Stopped"),
        ("Last confirmed", day_words(one.confirmed_at)),
    )
    return show(ActPage(one.name, url_for("staff.page"), "Do it", facts=facts), form)


def _done(one: Member, form: MemberForm) -> ResponseReturnValue:
    entry, by, deed, role = served().entry, caller().account, str(form.deed.data), str(form.role.data)
    if deed == "restart":
        return _code(one.name, one.account, one.login)
    if deed == "move":
        entry.appointments.move(by, one.account, role)
    elif deed == "add":
        entry.appointments.add_role(by, one.account, role)
    elif deed == "link":
        entry.appointments.link(by, one.account, entry.single_sign_on.issuer, str(form.subject.data or ""))
    elif deed == "end":
        entry.appointments.end_sittings(by, one.account)
    else:
        entry.appointments.stop(by, one.account)
    flash("Recorded. It acts from the next page they open.")
    return redirect(url_for("staff.page"))


def _code(name: str, account: AccountId, login: AccountId) -> str:
    """Make a starting code, enter that it was made, and show it once."""
    entry = served().entry
    code, keep = entry.starting.issue(login)
    entry.appointments.note(caller().account, account, keep)
    return render_template("starting_code.html", name=name, code=code, address=url_for("steps.start"))


def _roles() -> dict[str, str]:
    words = served().pages.register().vocabulary.roles
    return {role: served().pages.register().vocabulary.words(role) for role in sorted(words) if role not in PROGRAMS}


def _words(one: Member) -> str:
    role = served().pages.register().vocabulary.words(one.role)
    late = "overdue since" if one.overdue else "due"
    return f"{one.name}, {role}: {late} {day_words(one.due_at)}"


def _line(one: Member) -> dict[str, object]:
    words = served().pages.register().vocabulary.words(one.role)
    url = url_for("staff.member", account=one.account)
    due = day_words(one.due_at)
    return {"name": one.name, "role_words": words, "due_words": due, "overdue": one.overdue, "url": url}
