"""One table: which error answers with which status, and what a person reads. HTTP numbers live here only.

A record that a reader may not know of and a record that does not exist answer alike: 404, same bytes.
"""

from dataclasses import dataclass
from typing import Final

from flask import Response, redirect, render_template, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as BaseResponse

from hub.domain import errors

_STATUS: Final[tuple[tuple[type[errors.HubError], int], ...]] = (
    (errors.NotSignedInError, 401),
    (errors.AccessRefusedError, 404),
    (errors.NotFoundError, 404),
    (errors.ConflictError, 409),
    (errors.InvalidRequestError, 422),
    (errors.RejectedMessageError, 400),
    (errors.LedgerUnavailableError, 503),
    (errors.KeyUnavailableError, 503),
    (errors.StaleFactsError, 503),
    (errors.PolicyError, 503),
)
_WORDS: Final = {
    401: ("Sign in first", "Your sitting is over, or you have not signed in.", "Sign in and open the page again."),
    404: (
        "There is nothing here for you",
        "This page does not exist, or it is not for you. Which of the two is not said.",
        "Go back to your families. If you expected something here, ask your manager to check the allocation.",
    ),
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
    status = status_of(error)
    if status == 401:  # noqa: PLR2004  the one status that has a better answer than a page
        return redirect(url_for("main.sign_in"))
    reference = "" if status == 404 else error.code  # noqa: PLR2004  refused and absent read alike
    return page(status, reference)


def answer_http(error: HTTPException) -> tuple[str, int] | Response:
    """Answer what Flask itself refuses (unknown page, wrong method, missing CSRF token)."""
    return page(error.code or 500, "")


def page(status: int, reference: str) -> tuple[str, int]:
    """Render the error page."""
    problem = Problem(*_WORDS.get(status, _BLAND), reference)
    return render_template("problem.html", problem=problem), status
