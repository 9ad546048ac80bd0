"""Makes the application from ready-made services: no service is built here, none is global."""

from io import BytesIO
from typing import IO, Any, Final
from urllib.parse import urlsplit

from flask import Flask, Request, abort, current_app, request, url_for
from flask_login import LoginManager, current_user
from flask_wtf import CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response

from hub.domain.errors import HubError, NotSignedInError
from hub.services.rota import STAFF
from hub.web import (
    account,
    allocations,
    attachments,
    closing,
    components,
    conflicts,
    consents,
    drafts,
    emergency,
    entries,
    families,
    faults,
    front_door,
    governance,
    headers,
    identities,
    life,
    looking,
    main,
    matches,
    partners,
    printing,
    provider,
    quarantined,
    questions,
    receipts,
    recording,
    refer,
    requests,
    returning,
    rota,
    school_notices,
    sharing,
    signatories,
    signing,
    staff,
    steps,
    strategy,
    supervision,
    tasks,
    tell_us,
    transfers,
    webhooks,
    workbook,
)
from hub.web.days import hour_words
from hub.web.doors import DOORS, OPEN
from hub.web.served import Served, duties, load_viewer, register, role, served

_NAV: Final[tuple[tuple[str, str, frozenset[str]], ...]] = (
    ("main.home", "Your families", frozenset({"social_worker", "team_manager"})),
    ("front_door.list_referrals", "Front door", frozenset({"front_door_worker", "on_duty_front_door"})),
    ("quarantined.waiting", "Quarantine", frozenset({"front_door_worker", "on_duty_front_door"})),
    ("matches.desk", "Protected matches", frozenset({"on_duty_protected_identity"})),
    ("matches.joined", "Joined people", frozenset({"team_manager", "front_door_worker"})),
    ("rota.duty", "On duty", frozenset(f"on_duty_{desk}" for desk in STAFF)),
    ("refer.choose", "Refer", frozenset({"partner_referrer"})),
    ("partners.receipts", "Receipts", frozenset({"partner_referrer"})),
    ("governance.log", "Access log", frozenset({"ig_officer"})),
    ("questions.rules", "What the rules do", frozenset({"ig_officer"})),
    ("signing.versions", "Agreements", frozenset({"ig_officer", "signatory"})),
    ("staff.page", "Who works here", frozenset({"agency_admin"})),
    ("tasks.tasks", "Tasks", frozenset()),
    ("emergency.open_family", "Emergency", frozenset({"emergency"})),
    ("rota.page", "Rota", frozenset({"team_manager"})),
    ("closing.closed", "Closed families", frozenset({"team_manager"})),
    ("webhooks.page", "Webhooks", frozenset({"agency_admin"})),
    ("webhooks.notices", "Notices of use", frozenset({"agency_admin", "ig_officer", "partner_referrer"})),
    ("requests.desk", "Requests", frozenset({"partner_referrer", "ig_officer"})),
    ("tasks.queue", "Queue", frozenset({"team_manager", "ig_officer"})),
    ("school_notices.list_notices", "School notices", frozenset({"safeguarding_lead"})),
    ("school_notices.waiting", "Notices for schools", frozenset({"front_door_worker", "on_duty_front_door"})),
)


_PAGES: Final = (
    main,
    steps,
    provider,
    account,
    families,
    looking,
    recording,
    allocations,
    closing,
    consents,
    life,
    conflicts,
    identities,
    emergency,
    receipts,
    printing,
    attachments,
    entries,
    workbook,
    supervision,
    tasks,
    rota,
    sharing,
    front_door,
    partners,
    governance,
    questions,
    signing,
    signatories,
    staff,
    webhooks,
    quarantined,
    transfers,
    matches,
    refer,
    tell_us,
    requests,
    strategy,
    school_notices,
)

_LOOPBACK: Final = ("127.0.0.1", "localhost")


class IdConverter(BaseConverter):
    """An id as the hub makes them; any other text is no page of ours."""

    regex = "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"


class WordConverter(BaseConverter):
    """A code word of ours; any other text is no address of ours."""

    regex = "[a-z][a-z0-9_]{2,39}"


class InMemoryRequest(Request):
    """A request whose files stay in memory: nothing that is sent is ever written to a disk in plain.

    How much that can be is bounded by MAX_CONTENT_LENGTH.
    """

    def _get_file_stream(self, *_sizes: Any, **_named: Any) -> IO[bytes]:  # noqa: ANN401  as Werkzeug calls it
        return BytesIO()


def create_app(service: Served, secret: bytes, *, max_body: int, base_url: str) -> Flask:
    """Return the application with every page; the API is registered beside it by wiring."""
    app = Flask("hub.web", static_folder="static", template_folder="templates")
    address = urlsplit(base_url)
    https, host = address.scheme == "https", address.hostname or ""
    app.config.update(
        SECRET_KEY=secret,
        MAX_CONTENT_LENGTH=max_body,
        TRUSTED_HOSTS=list(_LOOPBACK) if host in _LOOPBACK else [host],
        PREFERRED_URL_SCHEME=address.scheme,
        SESSION_COOKIE_NAME="__Host-hub-form" if https else "hub-form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=https,
        WTF_CSRF_SSL_STRICT=False,  # pages send no referrer, which flask-wtf would ask for over HTTPS
        WTF_CSRF_TIME_LIMIT=8 * 3600,
    )
    app.url_map.converters["id"] = IdConverter
    app.url_map.converters["word"] = WordConverter
    app.request_class = InMemoryRequest
    _install(app, service)
    return app


def _install(app: Flask, service: Served) -> None:
    """Put pages, doors, headers and the answers to errors in."""
    app.extensions["hub"] = service
    components.install(app)
    app.extensions["hub_csrf"] = CSRFProtect(app)
    login = LoginManager(app)
    login.session_protection = None  # the sitting is ours (hub.services.sessions), flask-login only carries it
    login.request_loader(lambda _request: load_viewer())
    for module in _PAGES:
        app.register_blueprint(module.blueprint)
    app.before_request(_through_a_door)
    app.after_request(headers.secure)
    app.after_request(drafts.forget_when_done)
    app.context_processor(_every_page)
    app.register_error_handler(HubError, faults.answer)
    app.register_error_handler(HTTPException, faults.answer_http)
    app.register_error_handler(Exception, faults.unexpected)
    app.extensions["hub_doors"] = dict(DOORS)
    app.extensions["hub_open"] = set(OPEN)


def _through_a_door() -> Response | None:
    """Let nobody through a route without a door, nor anybody unknown through a door that is not open."""
    endpoint = request.endpoint
    if endpoint is None:
        return None
    if endpoint not in current_app.extensions["hub_doors"]:
        abort(403)
    if endpoint not in current_app.extensions["hub_open"] and not current_user.is_authenticated:
        returning.remember()
        drafts.keep_what_came_too_late()
        raise NotSignedInError(next_step="sign_in")
    return drafts.answer_button() if endpoint in DOORS and current_user.is_authenticated else None


def _every_page() -> dict[str, object]:
    """Give every page, error pages too, who reads it and where they can go."""
    synthetic = served().synthetic
    if not current_user.is_authenticated:
        return {"viewer": None, "synthetic": synthetic, "nav": [], "emergencies": [], "draft": None}
    who, known, mine = current_user.caller, register(), {role(), *duties()}
    nav = [
        {"url": url_for(endpoint), "words": words, "current": request.endpoint == endpoint}
        for endpoint, words, roles in _NAV
        if not roles or mine & (served().emergencies.roles() if "emergency" in roles else roles)
    ]
    if not any(item["words"] != "Tasks" for item in nav):
        nav.insert(
            0, {"url": url_for("main.home"), "words": "Your families", "current": request.endpoint == "main.home"}
        )
    viewer = {
        "name": who.name,
        "role_words": known.vocabulary.words(role()),
        "agency": known.agency(who.agency),
        "ends_words": hour_words(who.ends_at),
    }
    return {
        "viewer": viewer,
        "synthetic": synthetic,
        "nav": nav,
        "emergencies": emergency.standing(),
        "draft": drafts.shown(),
    }
