"""Referrals that were passed to somebody else, until the receiver acknowledges them or says that they are not theirs.

INVARIANT: who passed a referral on never acknowledges it for somebody who takes part here. Of a receiver outside the
hub the front door writes down who there took it: a name, sealed.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import AccessRefusedError, ConflictError, InvalidRequestError, NotFoundError
from hub.domain.ids import AccountId
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.services import door_tasks
from hub.services.deciding import AT_THE_DOOR, Deciding
from hub.services.register import moment_words
from hub.services.sealed_words import SealedWords
from hub.services.withdrawal import TWO_SIDES
from hub.store.clear import cases, door, work
from hub.store.session import Transactions

TAKEN, NOT_OURS = "taken", "not_ours"
ANSWERS: Final = {
    TAKEN: "It is acknowledged: they have it",
    NOT_OURS: "It is not theirs: it goes back to the front door",
}


@dataclass(frozen=True, slots=True)
class PassedLine:
    """One referral on its way; `ours` says that the front door writes down who took it."""

    id: str
    receiver_words: str
    agency: str
    sent_words: str
    due_words: str
    overdue: bool
    ours: bool


@dataclass(frozen=True, slots=True)
class PassedPage:
    """One of them as whoever answers reads it; `message` is what the front door wrote for the receiver."""

    id: str
    receiver_words: str
    sent_words: str
    due_words: str
    message: str
    ours: bool


class Redirections:
    """Lists and answers. Built once by wiring."""

    def __init__(
        self,
        gate: tuple[Finder, Doorkeeper],
        deciding: Deciding,
        words: SealedWords,
        clear: Transactions,
        clock: Clock,
    ) -> None:
        """Take the gate's finder and doorkeeper, the front door's decisions, what seals words, and clear rows."""
        self._finder, self._doorkeeper = gate
        self._deciding, self._words, self._clear, self._clock = deciding, words, clear, clock

    def waiting(self, account: AccountId) -> list[PassedLine]:
        """Return what nobody has acknowledged yet, for the front door; the look is entered."""
        self._doorkeeper.let_in(account, Act.FRONT_DOOR_LIST, AT_THE_DOOR, purpose="front_door")
        now = self._clock()
        with self._clear.read() as connection:
            found = door.unacknowledged(connection, self._clear.partnership)
        return [self._line(one, now) for one in found]

    def page(self, account: AccountId, redirection: str) -> PassedPage:
        """Return one to who may answer it, after entering that it was read; NotFoundError for everybody else."""
        found = self._mine(account, redirection)
        message = self._words.open(found.id, found.sealed).get("why", "")
        words, due = self._receiver(found), moment_words(found.due_at)
        return PassedPage(found.id, words, moment_words(found.sent_at), due, message, found.agency is None)

    def answer(self, account: AccountId, redirection: str, answer: str, note: str) -> None:
        """Keep the receiver's word. `note` says who took it (outside the hub), or why it is not theirs.

        Raises:
            InvalidRequestError: no such answer, or its note is missing.
            ConflictError: it was answered before.
        """
        found = self._mine(account, redirection)
        if answer not in ANSWERS:
            raise InvalidRequestError("unknown_answer", where="answer")
        if not note.strip() and (answer == NOT_OURS or found.agency is None):
            raise InvalidRequestError("note_missing", where="note")
        now, sealed = self._clock(), self._words.close(f"answer/{found.id}", {"note": note})
        with self._clear.write() as connection:
            if not door.answer_redirection(
                connection, self._clear.partnership, found.id, (answer, now, account, sealed)
            ):
                raise ConflictError("answered_already", where=found.id, next_step="see_front_door")
            self._close_task(connection, found, account, now)
            if answer == NOT_OURS:
                self._deciding.again(
                    connection, account, found.referral, f"{self._receiver(found)}: not theirs. {note}"
                )

    def _mine(self, account: AccountId, redirection: str) -> door.Redirection:
        who = self._finder.standing(account)
        with self._clear.read() as connection:
            found = door.find_redirection(connection, self._clear.partnership, redirection)
        if found is None or found.answer is not None:
            raise NotFoundError(where=redirection)
        if found.agency is None:
            self._doorkeeper.let_in(account, Act.REDIRECTION_ANSWER, AT_THE_DOOR, purpose="front_door")
            return found
        receiver = self._deciding.rules.receivers.get(found.receiver)
        desk = receiver.desk if receiver else ""
        may = {f"on_duty_{desk}"} if desk else {who.role} - TWO_SIDES - {""}
        if who.agency != found.agency or account == found.sent_by or self._is_shut(account, found):
            raise AccessRefusedError("not_the_receiver", where=redirection)
        self._doorkeeper.let_in(account, Act.REDIRECTION_ANSWER, may)
        return found

    def _is_shut(self, account: AccountId, found: door.Redirection) -> bool:
        with self._clear.read() as connection:
            referral = cases.find_referral(connection, self._clear.partnership, found.referral)
        return referral is None or self._finder.standing(account, referral.family).shut

    def _close_task(self, connection: Connection, found: door.Redirection, by: AccountId, now: datetime) -> None:
        work.finish_tasks_from(connection, self._clear.partnership, door_tasks.source_of(found.id), by, now)

    def _line(self, found: door.Redirection, now: datetime) -> PassedLine:
        return PassedLine(
            found.id,
            self._receiver(found),
            found.agency or "",
            moment_words(found.sent_at),
            f"to be acknowledged by {moment_words(found.due_at)}",
            now > found.due_at,
            found.agency is None,
        )

    def _receiver(self, found: door.Redirection) -> str:
        receiver = self._deciding.rules.receivers.get(found.receiver)
        return receiver.words if receiver else found.receiver
