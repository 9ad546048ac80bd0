"""Registers the API beside the pages, on the application wiring made."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, Response, request
from flask_smorest import Api
from werkzeug.exceptions import HTTPException

from hub.api import agencies, council, fhir, forms, hl7, partners, problems
from hub.api.contract import WholeContract
from hub.api.doors import DOORS, OPEN
from hub.api.served import Served
from hub.domain.errors import HubError

PATHS = ("/v1/", "/fhir/", "/oauth2/", "/openapi.json", "/hl7v2")


class ProblemApi(Api):
    """flask-smorest answers errors in JSON of its own: ours are problems for everybody on an API path."""

    def handle_http_exception(self, error: HTTPException) -> Response:
        """Answer with a problem."""
        return problems.answer_http(error)


def register(app: Flask, service: Served) -> None:
    """Add the API's routes and doors, and answer errors on its paths in the caller's dialect."""
    app.config.update(
        API_TITLE="Family Safeguarding hub",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
    )
    app.extensions["hub_api"] = service
    pages: dict[type[Exception], Callable[..., Any]] = {
        kind: app.error_handler_spec[None][None][kind] for kind in (HubError, HTTPException, Exception)
    }
    csrf = app.extensions["hub_csrf"]
    api = ProblemApi(app, spec_kwargs={"extra_plugins": [WholeContract(service.forms)]})
    for part in (agencies, fhir, hl7, council, forms, partners):
        blueprint = part.blueprint
        api.register_blueprint(blueprint)
        csrf.exempt(blueprint)
    app.extensions["hub_doors"] |= DOORS
    app.extensions["hub_open"] |= OPEN
    _split_errors(app, pages)


def _split_errors(app: Flask, pages: Mapping[type[Exception], Callable[..., Any]]) -> None:
    """Keep the pages' answers on the pages' paths."""

    def for_hub(error: HubError) -> Any:  # noqa: ANN401  Flask's own union is wider than its handlers'
        return problems.answer(error) if request.path.startswith(PATHS) else pages[HubError](error)

    def for_http(error: HTTPException) -> Any:  # noqa: ANN401  Flask's own union is wider than its handlers'
        return problems.answer_http(error) if request.path.startswith(PATHS) else pages[HTTPException](error)

    def for_defect(error: Exception) -> Any:  # noqa: ANN401  Flask's own union is wider than its handlers'
        return problems.defect(error) if request.path.startswith(PATHS) else pages[Exception](error)

    app.register_error_handler(Exception, for_defect)
    app.register_error_handler(HubError, for_hub)
    app.register_error_handler(HTTPException, for_http)
