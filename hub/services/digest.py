"""The morning e-mail: a neutral sentence and a link, to whoever asked for it and has work waiting. No case data, ever.

The letter is the same for everybody on every day: it holds no name, no count, no reference and no kind of task, as it
passes through servers and telephones that nobody here has decided about. What waits is read after signing in.
"""

import re
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final, Protocol

import structlog

from hub.domain.clock import Clock
from hub.domain.errors import InvalidRequestError, PostUnavailableError
from hub.domain.ids import AccountId
from hub.domain.partial_date import LOCAL
from hub.policy.working_days import Calendar
from hub.services.tasks import Tasks
from hub.store.clear import digests, work
from hub.store.session import Transactions

log = structlog.get_logger("hub.digest")
SUBJECT: Final = "Your work today"
SENTENCE: Final = "There is work for you. Sign in to read it:"
FOOT: Final = "This message holds nothing else. Stop it on the page that the link opens."
MORNING: Final = time(7)
AGAIN_AFTER: Final = timedelta(minutes=15)
"""How long the post is left alone after it failed."""
_ADDRESS: Final = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}", re.ASCII)
_MARK: Final = "digest_not_before"


@dataclass(frozen=True, slots=True)
class Letter:
    """One e-mail in plain text."""

    to: str
    subject: str
    text: str


class Post(Protocol):
    """What carries a letter; handed in by wiring."""

    def send(self, letter: Letter) -> None:
        """Hand the letter to the post; PostUnavailableError when it was not taken."""
        ...


class Digest:
    """Writes to people in the morning. Built once by wiring."""

    def __init__(
        self,
        post: Post | None,
        tasks: Tasks,
        address: str,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
    ) -> None:
        """Take the post (None where no server is set: nobody is written to), the hub's own address and clear rows."""
        self._post, self._tasks, self._address = post, tasks, address
        self._calendar, self._clear, self._clock = calendar, clear, clock

    @property
    def writes(self) -> bool:
        """Whether anybody is written to: not where no e-mail is set up."""
        return self._post is not None

    def address_of(self, account: AccountId) -> str:
        """Return where this account is written to, "" for nowhere."""
        with self._clear.read() as connection:
            return digests.address_of(connection, self._clear.partnership, account)

    def choose(self, account: AccountId, address: str) -> None:
        """Write to this account at an address from the next morning on; "" stops it.

        Raises:
            InvalidRequestError: not an e-mail address.
        """
        if address and _ADDRESS.fullmatch(address) is None:
            raise InvalidRequestError("not_an_address", where="address")
        today = self._clock().astimezone(LOCAL).date().isoformat()
        with self._clear.write() as connection:
            digests.choose(connection, self._clear.partnership, account, address, today)

    def run_once(self) -> int:
        """Write the letters of this morning that were not written yet; returns how many the post took.

        A letter is marked after the post took it: a process that dies in between writes it once more, which says
        nothing new. When the post fails, it is tried again after a while, and the other work of the worker goes on.
        """
        local = self._clock().astimezone(LOCAL)
        if self._post is None or local.time() < MORNING or not self._calendar.is_working(local.date()):
            return 0
        today = local.date().isoformat()
        with self._clear.read() as connection:
            waiting = digests.waiting(connection, self._clear.partnership, today)
            not_before = work.position(connection, self._clear.partnership, _MARK) if waiting else ""
        if not waiting or self._clock().isoformat() < not_before:
            return 0
        sent = 0
        for account, address in waiting:
            try:
                sent += self._written(self._post, account, address)
            except PostUnavailableError as error:
                log.error("digest_failed", code=error.code)  # noqa: TRY400  a trace could carry addresses
                self._leave_alone()
                return sent
            with self._clear.write() as connection:
                digests.sent(connection, self._clear.partnership, account, today)
        return sent

    def _written(self, post: Post, account: AccountId, address: str) -> bool:
        """Write to one account if anything waits for it; one that was stopped has nothing waiting."""
        if not self._tasks.open_for(account):
            return False
        post.send(Letter(address, SUBJECT, f"{SENTENCE}\n\n{self._address}/\n\n{FOOT}\n"))
        return True

    def _leave_alone(self) -> None:
        later = (self._clock() + AGAIN_AFTER).isoformat()
        with self._clear.write() as connection:
            work.set_position(connection, self._clear.partnership, _MARK, later)
