"""Every template with a context, in a small application of its own: no database, no sign-in, synthetic people."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from flask import Flask, Response, render_template
from flask_wtf import CSRFProtect, FlaskForm

from hub.web import (
    attachments,
    case_forms,
    components,
    door_forms,
    duty_forms,
    entry_forms,
    factor_forms,
    forms,
    printing,
    questions,
    request_forms,
    signing_forms,
    staff_forms,
    supervision_forms,
)
from hub.web.headers import secure
from tests.browser import consents, entry, matches, partners, referring, schools, signing
from tests.browser.contexts import RICH
from tests.browser.variants import EMPTY, OPTIONS

EMERGENCIES: Final = [{"words": "Emergency access to family NB-0412 ends by itself.", "url": "/f", "end_url": "/e"}]
DRAFT: Final = {"saved_words": "9 March 2026, 14:31"}
HOSTILE: Final = "<script>alert(1)</script>\"' onload=x"
_AS_IT_IS: Final = frozenset({"state", "symbol"})
_RULES: Final = {
    **entry.RULES,
    **partners.RULES,
    **referring.RULES,
    **schools.RULES,
    "main.sign_in": "/sign-in",
    "main.sign_out": "/sign-out",
    "main.home": "/home",
    "main.digest": "/digest",
    "main.accessibility": "/accessibility",
    "families.family": "/families/<family>",
    "looking.genogram": "/families/<family>/genogram",
    "recording.end_opening": "/families/<family>/openings/<opening>/end",
    "recording.allocation": "/families/<family>/allocation",
    "consents.choose": "/families/<family>/consent",
    "allocations.family": "/families/<family>/allocation",
    "allocations.end": "/families/<family>/allocation/<fact>/end",
    "allocations.people": "/families/<family>/allocation/<fact>/people",
    "allocations.hand_over": "/families/<family>/allocation/<fact>/handover",
    "allocations.take_back": "/families/<family>/handover/<fact>/back",
    "closing.closed": "/closed",
    "rota.end": "/rota/<fact>/end",
    "rota.note": "/duty/note",
    "rota.duty": "/duty",
    "closing.reopen": "/families/<family>/reopening",
    "recording.consent": "/families/<family>/consent",
    "entries.entry": "/families/<family>/entries/<entry>",
    "workbook.summary": "/families/<family>/workbook/summary",
    "workbook.session": "/families/<family>/workbook/session",
    "workbook.module": "/families/<family>/workbook/module",
    "supervision.room": "/supervisions/<supervision>/room",
    "supervision.contribution": "/supervisions/<supervision>/contribution",
    "supervision.outcome": "/supervisions/<supervision>/outcome",
    "receipts.page": "/families/<family>/consent/<event>/receipt",
    "printing.choose": "/families/<family>/print",
    "attachments.entry": "/families/<family>/entries/<entry>/files",
    "attachments.open_file": "/families/<family>/files/<file>",
    "attachments.check": "/families/<family>/files/<file>/check",
    "attachments.copy": "/families/<family>/files/<file>/copy",
    "life.end_event": "/families/<family>/life/<event>/end",
    "conflicts.restriction": "/families/<family>/restriction",
    "conflicts.end": "/families/<family>/conflicts/<fact>/end",
    "tasks.tasks": "/tasks",
    "sharing.ask": "/families/<family>/ask/<holder>/<category>",
    "tasks.queue": "/queue",
    "front_door.list_referrals": "/front-door",
    "front_door.referral": "/front-door/<referral>",
    **matches.RULES,
    "front_door.rate": "/front-door/<referral>/rating",
    "front_door.close": "/front-door/<referral>/closing",
    "front_door.again": "/front-door/<referral>/again",
    "front_door.withdrawn": "/front-door/withdrawn",
    "tasks.task": "/tasks/<task>",
    "front_door.passed_on": "/redirections/<redirection>",
    "requests.family": "/families/<family>/requests",
    "strategy.family": "/families/<family>/strategy",
    "strategy.discussion": "/strategy/<discussion>",
    "requests.asked": "/asked/<request>",
    "requests.desk": "/requests",
    "requests.answer": "/requests/<request>",
    "partners.receipts": "/receipts",
    "governance.log": "/log",
    "questions.family": "/log/families/<family>",
    "questions.rules": "/log/rules",
    "questions.draft": "/log/draft",
    "signing.versions": "/agreements",
    "signing.propose": "/agreements/propose",
    "signing.version": "/agreements/<code>/<number>",
    **{f"signing.{step}": f"/agreements/<code>/<number>/{step}" for step in signing.STEPS},
    "signatories.signatories": "/agreements/signatories",
    "signatories.offer": "/agreements/signatories/offer",
    "signatories.confirm": "/agreements/signatories/<code>/confirm",
    "signatories.roster_request": "/agreements/signatories/signing-request.json",
    "signatories.signature": "/agreements/signatories/signature",
}
FORMS: Final[Mapping[str, type[forms.HubForm]]] = {
    "sign_in": forms.SignInForm,
    **referring.FORMS,
    "ask_reason": forms.ReasonForm,
    "find": forms.FindForm,
    "allocation": forms.AllocationForm,
    "closing": case_forms.ClosingForm,
    "rota": case_forms.ShiftForm,
    "duty": case_forms.ReferenceForm,
    "opening": forms.OpeningForm,
    "end_opening": forms.EndOpeningForm,
    **consents.FORMS,
    "coverage": forms.CoverageForm,
    "life": forms.LifeEventForm,
    "end_life": forms.EndLifeEventForm,
    "conflicts": forms.ConflictForm,
    "new_identity": forms.NewIdentityForm,
    "restriction": forms.RestrictionForm,
    "sharing_decision": duty_forms.SharingDecisionForm,
    "referral": forms.MatchForm,
    "referral_close": door_forms.CloseForm,
    "requests": request_forms.AskAgencyForm,
    "strategy": door_forms.DiscussionForm,
    "act": duty_forms.ToldForm,
    "entry": entry_forms.EntryForm,
    "supervisions": supervision_forms.BeginForm,
    "question": questions.QuestionForm,
    "draft": questions.DraftForm,
    "propose": signing_forms.ProposeForm,
    "signature": signing_forms.SignatureForm,
    "print_choose": printing.PrintForm,
    "attachments": attachments.FileForm,
    "attachment_copy": attachments.CopyForm,
    "confirm": factor_forms.CodeForm,
    "staff": staff_forms.ConfirmingForm,
    **matches.FORMS,
    "set_up_factor": factor_forms.FirstCodeForm,
    **partners.FORMS,
}
NAMES: Final = tuple(RICH)


def hostile(value: Any) -> Any:  # noqa: ANN401  contexts are plain data of any shape
    """Return the same shape with markup in every text."""
    if isinstance(value, str):
        return value + HOSTILE
    if isinstance(value, list):
        return [hostile(item) for item in value]
    if isinstance(value, dict):
        return {key: item if key in _AS_IT_IS else hostile(item) for key, item in value.items()}
    return value


def form_for(name: str, kind: str) -> FlaskForm:
    """Return the page's form: with choices when rich, without when empty, with markup when hostile."""
    options = {} if kind == "empty" else OPTIONS.get(name, {})
    if kind == "hostile":
        options = {field: {key: words + HOSTILE for key, words in of.items()} for field, of in options.items()}
    form = FORMS[name](options, data={"username": HOSTILE, "reason": HOSTILE} if kind == "hostile" else None)
    if kind == "hostile":
        form.validate()
    if name == "allocation":
        form.starts.process(None, date(2026, 3, 27))
    return form


def context_for(name: str, kind: str) -> dict[str, Any]:
    """Return the context of a page: "rich", "empty" or "hostile"."""
    plain = {"rich": RICH, "empty": EMPTY, "hostile": RICH}[kind][name]
    context = hostile(plain) if kind == "hostile" else dict(plain)
    if name in FORMS:
        context["form"] = form_for(name, kind)
    return context


def application() -> Flask:
    """Build the small application: /show/KIND/NAME answers a page."""
    app = Flask("hub.web")
    app.config.update(SECRET_KEY="made up for pictures", TESTING=True)
    CSRFProtect(app)
    components.install(app)
    app.after_request(secure)
    for endpoint, rule in _RULES.items():
        app.add_url_rule(rule, endpoint, lambda **_: Response(""), methods=["GET", "POST"])

    @app.context_processor
    def everywhere() -> dict[str, Any]:
        viewer = {
            "name": "Ruth Okafor",
            "role_words": "Social worker",
            "agency": "Northbridge Council",
            "ends_words": "14:47",
        }
        nav = [
            {"url": "/home", "words": "Your families", "current": True},
            {"url": "/tasks", "words": "Tasks", "current": False},
            {"url": "/front-door", "words": "Front door", "current": False},
        ]
        return {"viewer": viewer, "synthetic": True, "nav": nav, "emergencies": EMERGENCIES, "draft": DRAFT}

    @app.get("/show/<kind>/<name>")
    def show(kind: str, name: str) -> str:
        nobody: dict[str, Any] = (
            {"viewer": None, "nav": [], "emergencies": [], "draft": None} if name == "sign_in" else {}
        )
        return render_template(f"{name}.html", **context_for(name, kind), **nobody)

    return app
