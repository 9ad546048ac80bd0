"""The headers of BaRS: which call this is, whom it is for, which version; read before the body is looked at.

A header that is missing is remarked on, because a referral that comes straight from a service, without the national
proxy, must not be lost for it. One that is there and cannot be read is refused. Which service a target names is not
compared: the partnership has one address, and agencies register no identifiers of theirs.
"""

import base64
import binascii
import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Final

from flask import Response, request

from connectors.fhir_bars.capability import VERSION
from connectors.strict_json import read_json
from hub.domain.errors import InvalidRequestError, RejectedMessageError
from hub.domain.referral import Issue, Limits, Severity

MEDIA: Final = ("application/fhir+json", "application/json")
_TRACED: Final = ("X-Request-Id", "X-Correlation-Id")
_TARGET: Final = "NHSD-Target-Identifier"
_ABOUT_SENDER: Final = ("NHSD-End-User-Organisation", "NHSD-Requesting-Practitioner", "NHSD-Requesting-Software")
_VERSIONS: Final = re.compile(r"1(\.[0-9]{1,3}){0,2}(-[a-z]{1,10})?", re.ASCII)
_ANY: Final = frozenset({"application/fhir+json", "application/json", "application/*", "*/*"})
_LONGEST: Final = 8_000


def header_remarks() -> list[Issue]:
    """Return warnings on the headers of a message.

    Raises:
        InvalidRequestError: `header_invalid`: an id that is no UUID, or a target that is not base64 of an identifier.
    """
    for name in _TRACED:
        if name in request.headers and not _is_uuid(request.headers[name]):
            raise InvalidRequestError("header_invalid", where=name, next_step="send_a_uuid")
    if _TARGET in request.headers and not isinstance(_object(request.headers[_TARGET]).get("value"), str):
        raise InvalidRequestError("header_invalid", where=_TARGET, next_step="send_an_identifier_in_base64")
    return list(_remarks())


def require_version() -> None:
    """Refuse a version of the standard that is not read, in what was sent and in what is asked for.

    Raises:
        InvalidRequestError: `version_not_supported` (Content-Type), `not_acceptable` (Accept).
    """
    sent = request.mimetype_params.get("version", VERSION)
    if not _VERSIONS.fullmatch(sent):
        raise InvalidRequestError("version_not_supported", where="Content-Type", next_step=f"version={VERSION}")
    wanted = [(value, quality) for value, quality in request.accept_mimetypes if quality > 0]
    if request.accept_mimetypes and not any(_acceptable(value) for value, _ in wanted):
        raise InvalidRequestError("not_acceptable", where="Accept", next_step=f"{MEDIA[0]};version={VERSION}")


def mirrored(response: Response) -> Response:
    """Give back the ids of the call; only UUIDs, so that nothing else of a header comes back."""
    for name in _TRACED:
        if _is_uuid(request.headers.get(name, "")):
            response.headers[name] = request.headers[name]
    return response


def _remarks() -> Iterator[Issue]:
    for name in (*_TRACED, _TARGET):
        if name not in request.headers:
            yield Issue(Severity.WARNING, "header_missing", name)
    for name in _ABOUT_SENDER:
        if name in request.headers and not _object(request.headers[name]):
            yield Issue(Severity.WARNING, "header_not_read", name)


def _acceptable(media: str) -> bool:
    kind, *parameters = (part.strip() for part in media.lower().split(";"))
    versions = [part.removeprefix("version=").strip('"') for part in parameters if part.startswith("version=")]
    return kind in _ANY and all(_VERSIONS.fullmatch(version) for version in versions)


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def _object(header: str) -> Mapping[str, object]:
    """Return the JSON object that a header holds in base64, an empty one when it holds none."""
    try:
        found = read_json(base64.b64decode(header, validate=True), Limits(max_bytes=_LONGEST, max_depth=16))
    except (binascii.Error, ValueError, RejectedMessageError):
        return {}
    return found if isinstance(found, dict) else {}
