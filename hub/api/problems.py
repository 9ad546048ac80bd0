"""Errors for machines: RFC 9457 problems, or a FHIR OperationOutcome for FHIR senders. Codes and places, no values."""

from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from connectors.fhir_bars import operation_outcome
from connectors.fhir_bars.capability import VERSION
from hub.api import hl7
from hub.api.schemas import ViewArgsSchema
from hub.api.served import served
from hub.domain.errors import HubError, RejectedMessageError
from hub.domain.referral import Issue, Severity

_ASKED = frozenset(ViewArgsSchema().fields)
_AGAIN = "10"
_SPECIAL = {
    "media_type": 415,
    "length_required": 411,
    "header_invalid": 400,
    "not_acceptable": 406,
}


def answer(error: HubError) -> Response:
    """Answer a deliberate error."""
    status = _SPECIAL.get(error.code) or served().status_of(error)
    if status == 404:  # noqa: PLR2004  refused and absent read alike
        return problem(status, "not_found", "", "")
    if status == 500:  # noqa: PLR2004  a defect, though one that was foreseen
        return defect(error)
    whole = "/" if isinstance(error, RejectedMessageError) else ""
    return problem(status, error.code, error.where or whole, error.next_step)


def answer_http(error: HTTPException) -> Response:
    """Answer what Flask itself refuses, and parameters that do not fit: their names are ours, their values are not."""
    status = error.code or 500
    names = {400: "bad_request", 404: "not_found", 405: "method_not_allowed", 413: "message_too_large"}
    messages = getattr(error, "data", {}).get("messages", {}).get("json", {})
    where = ",".join(f"/{name}" for name in sorted(messages) if name in _ASKED)
    response = problem(status, names.get(status, "refused"), where, "")
    if isinstance(error, MethodNotAllowed):  # RFC 9110 section 15.5.6
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def defect(error: Exception) -> Response:
    """Answer a defect with the opaque reference it was logged under."""
    return problem(500, "unexpected", served().note(error), "tell_the_operator")


def problem(status: int, code: str, where: str, next_step: str) -> Response:
    """Return the problem in the caller's own dialect."""
    response = _said(status, code, where, next_step)
    if status == 401:  # noqa: PLR2004  RFC 9110 section 15.5.2 asks for the scheme
        response.headers["WWW-Authenticate"] = "Bearer"
    if status == 503:  # noqa: PLR2004  RFC 9110 section 15.6.4: send it again, as it is, so many seconds later
        response.headers["Retry-After"] = _AGAIN
    return response


def _said(status: int, code: str, where: str, next_step: str) -> Response:
    if request.path.startswith("/fhir/"):
        return fhir(status, [Issue(Severity.ERROR, code, where)])
    if hl7.is_ours(request.path):
        return hl7.refusal(status, code, where)
    response = jsonify(
        {
            "type": f"urn:hub:problem:{code}",
            "title": code.replace("_", " "),
            "status": status,
            "errors": [{"code": code, "location": where}] if where else [],
            "next_step": next_step,
        }
    )
    response.status_code = status
    response.content_type = "application/problem+json"
    return response


def fhir(status: int, issues: list[Issue], receipt: str = "", action: str = "new") -> Response:
    """Return an OperationOutcome; `action` is what was done with what was received ("": it waits)."""
    response = resource(operation_outcome(status, issues, receipt, action))
    response.status_code = status
    return response


def resource(value: object) -> Response:
    """Return a FHIR resource."""
    response = jsonify(value)
    response.content_type = f"application/fhir+json;version={VERSION}"
    return response
