"""Completes the published description: how to sign in, what a body may be, and every refusal of every operation.

What an operation itself says (summary, parameters, its answer) stands beside its route; what is the same everywhere is
added here once, so that an operation cannot forget it.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from apispec import APISpec, BasePlugin
from flask_smorest import Blueprint

from hub.api import schemas, shapes
from hub.api.served import LONGEST_KEY
from hub.domain.form import Form

SCHEME: Final = "agency"
_SCHEMES: Final = {
    SCHEME: {
        "type": "oauth2",
        "description": "A signed assertion (RFC 7523, `private_key_jwt`) is given for an opaque token of 300 seconds. "
        "The claim `act` names a user of the agency where an operation needs one.",
        "flows": {"clientCredentials": {"tokenUrl": "/oauth2/token", "scopes": {}}},
    }
}
PUBLIC: Final = frozenset({"/oauth2/token", "/openapi.json", "/fhir/metadata", "/fhir/MessageDefinition"})
_PUBLISHED: Final = re.compile(r"/v1/schemas/.*|/v1/forms/.*/(?:schema\.json|template\.csv)")
_WORDS: Final[Mapping[int, str]] = {
    400: "The request or the message could not be read; the place and a code say why, never a value.",
    401: "Nobody known is asking: no token, one that is over, or an assertion that does not hold.",
    404: "Nothing here for this caller: the same answer whether or not something exists.",
    405: "Not with this method.",
    406: "No version of the answer that the caller takes.",
    409: "The same key was used for another content, or what was asked about changed meanwhile.",
    411: "The length of the body was not declared.",
    413: "The body is larger than the hub takes.",
    415: "Not one of the media types of this operation.",
    422: "It was read, and could not be acted on; the place and a code say why.",
    500: "A defect, logged under the reference in the answer.",
    503: "The log, the keys or the rules could not be reached: nothing was opened or stored. Try again.",
}
_KEY: Final = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "The sender's own key of this message: the same key and content give the first receipt again.",
    "schema": {"type": "string", "maxLength": LONGEST_KEY},
}
_ALWAYS: Final = (400, 422, 500, 503)
_OF_A_BODY: Final = (409, 411, 413, 415)


class WholeContract(BasePlugin):
    """Adds security, this partnership's forms, and refusals to what flask-smorest describes."""

    def __init__(self, forms: Mapping[str, Form]) -> None:
        """Take the forms that are published."""
        self._forms = forms

    def init_spec(self, spec: APISpec) -> None:
        """Add what the operations refer to."""
        for name, scheme in _SCHEMES.items():
            spec.components.security_scheme(name, scheme)
        spec.components.schema("Problem", schema=schemas.ProblemSchema)
        for name, shape in shapes.form_shapes(self._forms).items():
            spec.components.schema(name, shape)

    def operation_helper(
        self,
        path: str | None = None,
        operations: dict[str, dict[str, Any]] | None = None,
        **_: object,
    ) -> None:
        """Complete each operation of a path."""
        for method, operation in (operations or {}).items():
            _complete(path or "", method, operation)


def taking(
    *media: str, shape: Mapping[str, Any] = shapes.ANY_JSON
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Describe a body that our own strict readers check: its media types, and the shape of its JSON."""
    content = {one: {"schema": shape if "json" in one else {"type": "string"}} for one in media}
    described: Callable[[Callable[..., Any]], Callable[..., Any]] = Blueprint.doc(
        requestBody={"required": True, "content": content}, parameters=[_KEY]
    )
    return described


def is_public(path: str) -> bool:
    """Say whether anybody may call an operation without signing in."""
    return path in PUBLIC or _PUBLISHED.fullmatch(path) is not None


def _complete(path: str, method: str, operation: dict[str, Any]) -> None:
    operation.setdefault("description", operation.get("summary", ""))
    operation["operationId"] = operation.get("operationId") or _name(path, method)
    operation["security"] = [] if is_public(path) else [{SCHEME: []}]
    answers = operation.setdefault("responses", {})
    for generic in ("default", "422", 422):
        answers.pop(generic, None)
    for answer in answers.values():
        if answer.get("description") == "OK":
            answer["description"] = operation.get("summary") or "Done."
    for status in _refusals(path, operation):
        answers.setdefault(str(status), _refusal(path, status))


def _refusals(path: str, operation: Mapping[str, Any]) -> tuple[int, ...]:
    signed = () if path != "/oauth2/token" and is_public(path) else (401,)
    body = _OF_A_BODY if operation.get("requestBody") else ()
    return (*_ALWAYS, *signed, 404, 405, *body)


def _refusal(path: str, status: int) -> dict[str, Any]:
    said = _WORDS[status]
    if path == "/hl7v2":
        return {"description": said, "content": {"application/hl7-v2": {"schema": {"type": "string"}}}}
    fhir = path.startswith("/fhir/")
    media, name = ("application/fhir+json", "Outcome") if fhir else ("application/problem+json", "Problem")
    return {"description": said, "content": {media: {"schema": {"$ref": f"#/components/schemas/{name}"}}}}


def _name(path: str, method: str) -> str:
    """Return a stable name for generated clients: `post_v1_notices`."""
    words = "".join(sign if sign.isalnum() else " " for sign in path).split()
    return "_".join([method, *words])
