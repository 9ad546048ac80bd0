"""The answer to a BaRS sender: a FHIR OperationOutcome with BaRS codes (connectors reference 1.1, table)."""

from collections.abc import Iterable
from typing import Any

from hub.domain.referral import Issue, Severity

_ERROR_SYSTEM = "https://fhir.nhs.uk/Codesystem/http-error-codes"
_SUCCESS_SYSTEM = "https://fhir.nhs.uk/CodeSystem/NRLF-SuccessCode"
_PROFILE = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-OperationOutcome"

# HTTP status -> (BaRS code, FHIR issue code when the issue itself does not say).
_STATUSES = {
    400: ("REC_BAD_REQUEST", "invalid"),
    401: ("SEND_UNAUTHORIZED", "security"),
    403: ("REC_FORBIDDEN", "forbidden"),
    404: ("REC_NOT_FOUND", "not-found"),
    405: ("SEND_METHOD_NOT_ALLOWED", "not-supported"),
    406: ("SEND_NOT_ACCEPTABLE", "processing"),
    408: ("REC_TIMEOUT", "timeout"),
    409: ("REC_CONFLICT", "conflict"),
    411: ("SEND_BAD_REQUEST", "required"),
    413: ("REC_UNPROCESSABLE_ENTITY", "too-costly"),
    415: ("SEND_BAD_REQUEST", "not-supported"),
    422: ("REC_UNPROCESSABLE_ENTITY", "processing"),
    429: ("SEND_TOO_MANY_REQUESTS", "throttled"),
    500: ("REC_SERVER_ERROR", "exception"),
    501: ("REC_NOT_IMPLEMENTED", "not-supported"),
    503: ("REC_SERVICE_UNAVAILABLE", "transient"),
}
_ISSUE_CODES = {
    "attachment_elsewhere": "not-supported",
    "attachment_not_readable": "value",
    "date_missing": "required",
    "duplicate_key": "structure",
    "event_not_supported": "not-supported",
    "field_too_long": "too-costly",
    "focus_unresolved": "not-found",
    "header_invalid": "invalid",
    "header_missing": "required",
    "header_not_read": "invalid",
    "invalid_value": "value",
    "key_used_for_other_content": "duplicate",
    "length_required": "required",
    "malformed_json": "structure",
    "media_type": "not-supported",
    "message_header_missing": "required",
    "message_too_large": "too-costly",
    "nhs_number_fails_check_digit": "value",
    "nhs_number_outside_test_range": "value",
    "non_ascii_digits": "value",
    "not_a_message_bundle": "structure",
    "not_utf8": "structure",
    "protected_value_in_narrative": "security",
    "reason_not_known": "invariant",
    "reference_unresolved": "not-found",
    "required": "required",
    "subject_unresolved": "not-found",
    "token_missing": "unknown",
    "token_over": "expired",
    "too_deep": "too-costly",
    "too_many_entries": "too-costly",
    "unknown_elements": "informational",
    "version_not_supported": "not-supported",
}
_DONE = {
    "new": ("RESOURCE_CREATED", "Resource created"),
    "amend": ("RESOURCE_UPDATED", "Resource updated"),
    "withdraw": ("RESOURCE_DELETED", "Resource deleted"),
}
_WAITS = "Kept for a person to look at; do not send it again"
_FAILED = 400


def operation_outcome(
    http_status: int, issues: Iterable[Issue], receipt: str = "", action: str = "new"
) -> dict[str, Any]:
    """Return the OperationOutcome for an answer.

    Args:
        http_status: of the answer; a status outside the table is answered as 500.
        issues: remarks on the message; each gives its code and its place, never a value.
        receipt: what a receipt says in words (its id, when, what became of each record), for what was received.
        action: `new`, `amend` or `withdraw`, as it was done; "" when nothing was: what came waits for a person.
    """
    remarks = [_issue(http_status, issue) for issue in issues]
    if http_status < _FAILED:
        remarks = [_received(action, receipt), *remarks]
    return {
        "resourceType": "OperationOutcome",
        "meta": {"profile": [_PROFILE]},
        "issue": remarks or [_bare(http_status)],
    }


def _received(action: str, receipt: str) -> dict[str, Any]:
    code, words = _DONE.get(action, ("", _WAITS))
    coding = [{"system": _SUCCESS_SYSTEM, "code": code, "display": words}]
    return {
        "severity": "information",
        "code": "informational",
        "details": {"coding": coding} if code else {"text": words},
        "diagnostics": f"{words}. {receipt}" if receipt else words,
    }


def _issue(http_status: int, issue: Issue) -> dict[str, Any]:
    failed = http_status >= _FAILED
    answer: dict[str, Any] = {
        "severity": "error" if issue.severity is Severity.ERROR else "warning",
        "code": _ISSUE_CODES.get(issue.code, _status(http_status)[1] if failed else "processing"),
        "details": {"coding": [_coding(http_status)]} if failed else {"text": issue.code},
        "diagnostics": f"{issue.code} at {issue.location}" if issue.location else issue.code,
    }
    return answer | ({"expression": [issue.location.split(" ")[0]]} if issue.location.startswith("Bundle") else {})


def _bare(http_status: int) -> dict[str, Any]:
    return {"severity": "error", "code": _status(http_status)[1], "details": {"coding": [_coding(http_status)]}}


def _coding(http_status: int) -> dict[str, str]:
    return {"system": _ERROR_SYSTEM, "code": _status(http_status)[0]}


def _status(http_status: int) -> tuple[str, str]:
    return _STATUSES.get(http_status, _STATUSES[500])
