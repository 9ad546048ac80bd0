"""Headers on pages, problems and static files."""

import pytest
from flask import Flask, Response

from hub.web.headers import CONTENT_SECURITY_POLICY, secure


@pytest.fixture
def app() -> Flask:
    app = Flask("hub.web")
    app.after_request(secure)
    app.add_url_rule("/page", "page", lambda: Response("x", headers={"Cache-Control": "public, max-age=60"}))
    return app


@pytest.mark.parametrize("path", ["/page", "/no-such-page", "/static/no-such-file.css"])
def test_pages_and_problems_are_never_stored(app: Flask, path: str) -> None:
    assert app.test_client().get(path).headers["Cache-Control"] == "no-store"


def test_static_files_may_be_stored(app: Flask) -> None:
    with app.test_client().get("/static/hub.css") as answer:
        assert "no-store" not in answer.headers["Cache-Control"]


@pytest.mark.parametrize("path", ["/page", "/no-such-page", "/static/hub.css"])
def test_every_answer_carries_the_policy(app: Flask, path: str) -> None:
    with app.test_client().get(path) as answer:
        headers = answer.headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in headers["Permissions-Policy"]


def test_the_policy_starts_from_nothing_and_allows_no_inline() -> None:
    rules = dict(rule.split(" ", 1) for rule in CONTENT_SECURITY_POLICY.split("; "))
    assert rules["default-src"] == rules["script-src"] == rules["frame-ancestors"] == rules["base-uri"] == "'none'"
    assert rules["style-src"] == rules["img-src"] == rules["form-action"] == "'self'"
    assert "unsafe" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize(("scheme", "wanted"), [("https", True), ("http", False)])
def test_only_a_hub_on_https_asks_browsers_to_stay_on_https(app: Flask, scheme: str, *, wanted: bool) -> None:
    app.config["PREFERRED_URL_SCHEME"] = scheme
    assert ("Strict-Transport-Security" in app.test_client().get("/page").headers) is wanted
