"""One table: which error answers with which status, and what a person reads. HTTP numbers live here only.

A record that a reader may not know of and a record that does not exist answer alike: 404, same bytes.
"""

from dataclasses import dataclass
from typing import Final

from flask import Response, redirect, render_template, url_for
from werkzeug.exceptions import HTTPException, SecurityError
from werkzeug.wrappers import Response as BaseResponse

from hub.domain import errors
from hub.services.faults import note

_STATUS: Final[tuple[tuple[type[errors.HubError], int], ...]] = (
    (errors.NotSignedInError, 401),
    (errors.AccessRefusedError, 404),
    (errors.NotFoundError, 404),
    (errors.ConflictError, 409),
    (errors.InvalidRequestError, 422),
    (errors.RejectedMessageError, 400),
    (errors.LedgerUnavailableError, 503),
    (errors.KeyUnavailableError, 503),
    (errors.StoreUnavailableError, 503),
    (errors.StaleFactsError, 503),
    (errors.PolicyError, 503),
)
_WORDS: Final = {
    400: (
        "That could not be read",
        "The page was open too long, or what was sent is not what the page asked for. Nothing was recorded.",
        "Open the page again and send it again.",
    ),
    401: ("Sign in first", "Your sitting is over, or you have not signed in.", "Sign in and open the page again."),
    404: (
        "There is nothing here for you",
        "This page does not exist, or it is not for you. Which of the two is not said.",
        "Go back to your families. If you expected something here, ask your manager to check the allocation.",
    ),
    405: ("That is not how this page works", "Nothing was shown or stored.", "Open the page from its link."),
    413: ("That is too much at once", "What was sent is larger than the hub takes.", "Send less, or in parts."),
    409: ("Somebody was faster", "This was decided or changed in the meantime.", "Open the page again and look."),
    422: ("That could not be done", "Something in the form did not fit.", "Go back, check it, and send it again."),
    503: (
        "Nothing was opened",
        "The access log, the keys or the rules could not be reached or trusted, so nothing was shown.",
        "Try again in a minute. If it stays like this, tell the operator the reference below.",
    ),
}
_BLAND: Final = ("Something went wrong", "Nothing was shown or stored.", "Try again, or tell the operator.")


@dataclass(frozen=True, slots=True)
class Problem:
    """What the error page prints; `reference` is a code, never a value."""

    title: str
    what: str
    next_step: str
    reference: str


def status_of(error: errors.HubError) -> int:
    """Return the status of a deliberate error; a defect is 500."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def answer(error: errors.HubError) -> tuple[str, int] | BaseResponse:
    """Answer a person who met a deliberate error."""
    if isinstance(error, errors.ProofTooOldError):
        return redirect(url_for("account.confirm"))
    status = status_of(error)
    if status == 401:  # noqa: PLR2004  the one status that has a better answer than a page
        return redirect(url_for("main.sign_in"))
    if status == 500:  # noqa: PLR2004  a defect, though one that was foreseen
        return unexpected(error)
    reference = "" if status == 404 else error.code  # noqa: PLR2004  refused and absent read alike
    return page(status, reference)


def answer_http(error: HTTPException) -> tuple[str, int] | Response:
    """Answer what Flask itself refuses (unknown page, wrong method, missing CSRF token)."""
    if isinstance(error, SecurityError):  # a foreign Host: no address of ours may be built from it
        return Response("This is not the address of this hub.\n", 400, content_type="text/plain")
    return page(error.code or 500, "")


def unexpected(error: Exception) -> tuple[str, int]:
    """Answer a defect with an opaque reference."""
    return page(500, note(error))


def page(status: int, reference: str) -> tuple[str, int]:
    """Render the error page."""
    problem = Problem(*_WORDS.get(status, _BLAND), reference)
    return render_template("problem.html", problem=problem), status
