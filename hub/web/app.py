"""Makes the application from ready-made services: no service is built here, none is global."""

from typing import Final

from flask import Flask, abort, current_app, request, url_for
from flask_login import LoginManager, current_user
from flask_wtf import CSRFProtect
from werkzeug.exceptions import HTTPException

from hub.domain.errors import HubError, NotSignedInError
from hub.web import components, faults, front_door, governance, headers, main, partners, teams
from hub.web.doors import DOORS, OPEN
from hub.web.served import Served, load_viewer, role, served

_NAV: Final[tuple[tuple[str, str, frozenset[str]], ...]] = (
    ("main.home", "Your families", frozenset({"social_worker", "team_manager"})),
    ("front_door.list_referrals", "Front door", frozenset({"front_door_worker"})),
    ("partners.receipts", "Receipts", frozenset({"partner_referrer"})),
    ("governance.log", "Access log", frozenset({"ig_officer"})),
    ("teams.tasks", "Tasks", frozenset()),
)


def create_app(service: Served, secret: bytes, *, max_body: int) -> Flask:
    """Return the application with every page; the API is registered beside it by wiring."""
    app = Flask("hub.web", static_folder="static", template_folder="templates")
    app.config.update(
        SECRET_KEY=secret,
        MAX_CONTENT_LENGTH=max_body,
        SESSION_COOKIE_NAME="hub-form",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_SSL_STRICT=False,  # pages send no referrer, which flask-wtf would ask for over HTTPS
        WTF_CSRF_TIME_LIMIT=8 * 3600,
    )
    app.extensions["hub"] = service
    components.install(app)
    app.extensions["hub_csrf"] = CSRFProtect(app)
    login = LoginManager(app)
    login.session_protection = None  # the sitting is ours (hub.services.sessions), flask-login only carries it
    login.request_loader(lambda _request: load_viewer())
    for module in (main, teams, front_door, partners, governance):
        app.register_blueprint(module.blueprint)
    app.before_request(_through_a_door)
    app.after_request(headers.secure)
    app.context_processor(_every_page)
    app.register_error_handler(HubError, faults.answer)
    app.register_error_handler(HTTPException, faults.answer_http)
    app.extensions["hub_doors"] = dict(DOORS)
    app.extensions["hub_open"] = set(OPEN)
    return app


def _through_a_door() -> None:
    """Let nobody through a route without a door, nor anybody unknown through a door that is not open."""
    endpoint = request.endpoint
    if endpoint is None:
        return
    if endpoint not in current_app.extensions["hub_doors"]:
        abort(403)
    if endpoint not in current_app.extensions["hub_open"] and not current_user.is_authenticated:
        raise NotSignedInError(next_step="sign_in")


def _every_page() -> dict[str, object]:
    """Give every page, error pages too, who reads it and where they can go."""
    synthetic = served().synthetic
    if not current_user.is_authenticated:
        return {"viewer": None, "synthetic": synthetic, "nav": []}
    who, register = current_user.caller, served().pages.register()
    nav = [
        {"url": url_for(endpoint), "words": words, "current": request.endpoint == endpoint}
        for endpoint, words, roles in _NAV
        if not roles or role() in roles
    ]
    if not any(item["words"] != "Tasks" for item in nav):
        nav.insert(
            0, {"url": url_for("main.home"), "words": "Your families", "current": request.endpoint == "main.home"}
        )
    viewer = {"name": who.name, "role_words": register.vocabulary.words(role()), "agency": register.agency(who.agency)}
    return {"viewer": viewer, "synthetic": synthetic, "nav": nav}
