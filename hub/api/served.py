"""What the API is served from, and who is calling it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Final, ParamSpec, TypeVar, cast

from flask import current_app, g, request

from hub.domain.clock import Clock
from hub.domain.errors import HubError, InvalidRequestError, NotSignedInError
from hub.domain.form import Form
from hub.domain.referral import Connector, Limits
from hub.services.about_consent import AboutConsent
from hub.services.exchange import Exchange
from hub.services.family_page import FamilyPages
from hub.services.feedback import Feedback
from hub.services.intake import Intake
from hub.services.partnering import Partnering
from hub.services.replies import Replies
from hub.services.sessions import AgencyCaller, Sessions

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Served:
    """The services behind the API; `status_of` is the edge's one table of errors and statuses, `note` logs a defect.

    `max_page` is the most records of one page.
    """

    sessions: Sessions
    intake: Intake
    pages: FamilyPages
    consents: AboutConsent
    connectors: Mapping[str, Connector]
    limits: Limits
    status_of: Callable[[HubError], int]
    note: Callable[[Exception], str]
    max_page: int
    partners: Partnering
    exchange: Exchange
    clock: Clock
    replies: Replies
    forms: Mapping[str, Form]
    feedback: Feedback


def served() -> Served:
    """Return the services of this application."""
    return cast("Served", current_app.extensions["hub_api"])


def agency() -> AgencyCaller:
    """Return which agency's system is calling, and for whom; checked once on every request."""
    if "agency" not in g:
        g.agency = served().sessions.resolve_token(_token())
    return cast("AgencyCaller", g.agency)


def _token() -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.casefold() != "bearer" or not token:
        raise NotSignedInError("token_missing")
    return token.strip()


LONGEST_KEY: Final = 200
"""Characters of an `Idempotency-Key`."""


def body(*media: str) -> bytes:
    """Return the whole body, once its type, key, declared length and size fit; a cut-off message is never accepted."""
    if len(request.headers.get("Idempotency-Key", "")) > LONGEST_KEY:
        raise InvalidRequestError("header_invalid", where="Idempotency-Key", next_step="send_at_most_200_characters")
    if request.mimetype not in media:
        raise InvalidRequestError("media_type", where="Content-Type", next_step=" or ".join(media))
    if request.content_length is None:
        raise InvalidRequestError("length_required", where="Content-Length", next_step="send_the_length")
    data = request.get_data(cache=False)
    if len(data) != request.content_length:
        raise InvalidRequestError("length_differs", where="Content-Length", next_step="send_again")
    return data


def known_caller(view: Callable[P, R]) -> Callable[P, R]:
    """Ask who is calling before anything else is looked at: a stranger learns nothing of what a call should hold."""

    @wraps(view)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        agency()
        return view(*args, **kwargs)

    return asked
