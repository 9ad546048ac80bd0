"""Where an agency wants to be told of events: registered by its own administrator, with a secret that is shown once.

INVARIANT: an address is one on the public internet, over https, when it is registered and again at every call.
INVARIANT: a call holds the kind of event, its id and the receipt's: never content. Replies to FHIR messages go to a
registration of their own, which says for which service they are.
"""

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final, Protocol

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock, Randomness
from hub.domain.errors import InvalidRequestError, NotFoundError
from hub.domain.ids import AccountId, AgencyId, IdMaker
from hub.domain.roles import ADMINISTRATOR
from hub.gate.doorkeeper import Doorkeeper
from hub.services.register import moment_words
from hub.services.sealed_words import SealedWords
from hub.store.clear import reply_calls
from hub.store.clear import webhooks as rows
from hub.store.clear.reply_calls import Call
from hub.store.clear.webhooks import Webhook
from hub.store.session import Transactions

MOST: Final = 5
"""Registrations of one agency."""
OLD_SECRET_SIGNS: Final = timedelta(days=1)
PREFIX: Final = "whsec_"
_SECRET_BYTES: Final = 32
_LONGEST: Final = 500
SERVICE: Final = re.compile(r"https?://[A-Za-z0-9./_-]{1,120}\|[A-Za-z0-9-]{1,60}", re.ASCII)
"""A service as BaRS names it: `system|value`."""
ANY_OTHER: Final = "default"
"""Stands for every service of the agency that has no address of its own."""
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}", re.ASCII)
_OUTCOMES: Final = {
    rows.DELIVERED: "Delivered",
    rows.DEAD: "Given up",
    rows.MAILED: "Told by e-mail",
    rows.NO_EMAIL: "Waits, as no e-mail is set up on this hub",
    "": "Waiting",
    "ended": "Stopped",
}


class Caller(Protocol):
    """Calls an address; handed in by wiring."""

    def require_allowed(self, url: str) -> None:
        """Return silently when the address may be called at this moment; else raise InvalidRequestError."""
        ...

    def call(self, url: str, headers: dict[str, str], body: bytes) -> int:
        """POST and return the status, 0 when there was none or the address may not be called; the answer is ignored."""
        ...


@dataclass(frozen=True, slots=True)
class Line:
    """One registration as its administrator reads it, with its newest calls.

    `unsent` says that it has an e-mail address and no e-mail is set up on this hub: what is owed to it waits.
    """

    id: str
    url: str
    email: str
    target: str
    since_words: str
    calls: tuple[tuple[str, str], ...]
    unsent: bool


@dataclass(frozen=True, slots=True)
class Added:
    """A secret on its one way to its owner."""

    id: str
    secret: str = field(repr=False)


class Webhooks:
    """Registers, rotates and ends. Built once by wiring."""

    def __init__(
        self,
        caller: Caller,
        doorkeeper: Doorkeeper,
        words: SealedWords,
        clear: Transactions,
        hands: tuple[Clock, IdMaker, Randomness],
        *,
        by_email: bool,
    ) -> None:
        """Take who looks at addresses, who lets in, what seals secrets, clear rows, and whether e-mail is set up."""
        self._by_email = by_email
        self._caller, self._doorkeeper, self._words, self._clear = caller, doorkeeper, words, clear
        self._clock, self._ids, self._randomness = hands

    def lines(self, by: AccountId) -> list[Line]:
        """Return the registrations of the administrator's own agency."""
        agency = self._agency(by)
        with self._clear.read() as connection:
            found = rows.standing(connection, self._clear.partnership, agency)
            calls = {one.id: self._latest(connection, one) for one in found}
        return [self._line(one, calls[one.id]) for one in found]

    def add(self, by: AccountId, url: str, email: str) -> Added:
        """Register an address, an e-mail address, or both; returns the secret, which is shown this once.

        Raises:
            InvalidRequestError: no address at all, one that may not be called, or too many registrations.
        """
        return self._add(by, url.strip(), email.strip(), "")

    def add_for_replies(self, by: AccountId, url: str, target: str) -> Added:
        """Register where the replies to a service's FHIR messages go; `target` names it as `system|value`.

        `ANY_OTHER` takes those of every service of the agency that has no address of its own.

        Raises:
            InvalidRequestError: as for `add`, or `target_invalid`.
        """
        if target.strip() != ANY_OTHER and SERVICE.fullmatch(target.strip()) is None:
            raise InvalidRequestError("target_invalid", where="target", next_step="system|value or default")
        return self._add(by, url.strip(), "", target.strip())

    def _add(self, by: AccountId, url: str, email: str, target: str) -> Added:
        agency = self._agency(by)
        if not url and not email:
            raise InvalidRequestError("address_missing", where="url", next_step="an https address or an e-mail address")
        if url:
            if len(url) > _LONGEST:
                raise InvalidRequestError("address_too_long", where="url")
            self._caller.require_allowed(url)
        if email and _ADDRESS.fullmatch(email) is None:
            raise InvalidRequestError("not_an_address", where="email")
        id_, secret, now = self._ids.new(), self._secret(), self._clock()
        sealed = self._words.close(id_, {"secret": secret})
        with self._clear.write() as connection:
            if len(rows.standing(connection, self._clear.partnership, agency)) >= MOST:
                raise InvalidRequestError("too_many", where="url", next_step="end one first")
            made = Webhook(id_, agency, url, email, sealed, None, None, now, by, target=target)
            rows.add(connection, self._clear.partnership, made)
        return Added(id_, secret)

    def rotate(self, by: AccountId, id_: str) -> Added:
        """Give a registration a new secret; for one day calls are signed with both."""
        found, secret = self._own(by, id_), self._secret()
        sealed = self._words.close(id_, {"secret": secret})
        with self._clear.write() as connection:
            rows.rotate(connection, self._clear.partnership, found, sealed, self._clock() + OLD_SECRET_SIGNS)
        return Added(id_, secret)

    def end(self, by: AccountId, id_: str) -> None:
        """End a registration: nothing more is sent there."""
        found = self._own(by, id_)
        with self._clear.write() as connection:
            rows.end(connection, self._clear.partnership, found.id, self._clock())

    def _line(self, one: Webhook, calls: Sequence[rows.Delivery | Call]) -> Line:
        since, unsent = moment_words(one.added_at), bool(one.email) and not self._by_email
        return Line(one.id, one.url, one.email, one.target, since, _calls(calls), unsent)

    def _latest(self, connection: Connection, one: Webhook) -> Sequence[rows.Delivery | Call]:
        if one.target:
            return reply_calls.latest(connection, self._clear.partnership, one.id)
        return rows.latest(connection, self._clear.partnership, one.id)

    def _own(self, by: AccountId, id_: str) -> Webhook:
        agency = self._agency(by)
        with self._clear.read() as connection:
            found = rows.find(connection, self._clear.partnership, id_)
        if found is None or found.agency != agency or found.ended_at is not None:
            raise NotFoundError(where=id_)
        return found

    def _agency(self, by: AccountId) -> AgencyId:
        return AgencyId(self._doorkeeper.let_in(by, Act.WEBHOOK_RECORD, {ADMINISTRATOR}).agency)

    def _secret(self) -> str:
        return PREFIX + base64.b64encode(self._randomness(_SECRET_BYTES)).decode()


def _calls(found: Sequence[rows.Delivery | Call]) -> tuple[tuple[str, str], ...]:
    """Return (when, what became of it) of the newest calls."""
    words = ((one, _OUTCOMES.get(one.outcome, "Waiting")) for one in found)
    return tuple((moment_words(one.next_at), f"{said}, attempts: {one.attempts}") for one, said in words)
