"""What senders have withdrawn, for the front door: what, when, by whom, why where that came, and what was done with it.

INVARIANT: nothing of the message itself is opened: it is gone from every view. A family that is shut to this reader has
no line, and of one that holds somebody protected no reason is read.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import InvalidRequestError
from hub.domain.ids import AccountId, AgencyId
from hub.domain.partial_date import PartialDate
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.policy.front_door import CLOSED_HERE
from hub.services.amending import TAKEN_BACK, WITHDRAWN, why_of
from hub.services.chronology import Choice
from hub.services.deciding import AT_THE_DOOR
from hub.services.family_page import FamilyPages
from hub.services.placing import PLACED, Placing
from hub.services.protected import protected_among
from hub.services.register import Register, moment_words
from hub.services.sealed_words import SealedWords
from hub.services.spelling import message_words
from hub.store.clear import duties, messages, work
from hub.store.session import Transactions

OPEN, DONE = "open", "done"
_LATELY: Final = 200
_BECAME: Final = (
    (frozenset({TAKEN_BACK}), "It waited here, and waits no more."),
    (PLACED, "It was placed with a family."),
    (frozenset(CLOSED_HERE), "It was decided without a family."),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader narrows the list to; "" or None leaves a part out. Days are days of withdrawal, inclusive."""

    agency: str = ""
    done: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, sent: Mapping[str, str]) -> "Asked":
        """Read the query of a page; InvalidRequestError for a day that is none."""
        return cls(sent.get("agency", ""), sent.get("done", ""), _day(sent, "from"), _day(sent, "until"))

    @property
    def narrows(self) -> bool:
        """Say whether anything is left out."""
        return self != Asked()


@dataclass(frozen=True, slots=True)
class WithdrawnLine:
    """One withdrawn message; `task` is the front door's own, "" once it is done."""

    agency: str
    kind_words: str
    received_words: str
    withdrawn_words: str
    why: str
    became_words: str
    done_words: str
    task: str


@dataclass(frozen=True, slots=True)
class WithdrawnPage:
    """The list, and by what it can be narrowed; `some` says that there is anything at all."""

    lines: tuple[WithdrawnLine, ...]
    asked: Asked
    agencies: tuple[Choice, ...]
    some: bool


class Withdrawals:
    """Lists them. Built once by wiring."""

    def __init__(
        self,
        pages: FamilyPages,
        gate: tuple[Finder, Doorkeeper],
        placing: Placing,
        words: SealedWords,
        clear: Transactions,
        clock: Clock,
    ) -> None:
        """Take the register, the gate's finder and doorkeeper, who knows what is protected, and clear rows."""
        self._pages, self._placing, self._words, self._clear, self._clock = pages, placing, words, clear, clock
        self._finder, self._doorkeeper = gate

    def page(self, account: AccountId, asked: Asked) -> WithdrawnPage:
        """Return the newest withdrawals, after entering the look; refused to everyone but the front door."""
        who = self._doorkeeper.let_in(account, Act.FRONT_DOOR_LIST, AT_THE_DOOR, purpose="front_door")
        with self._clear.read() as connection:
            newest = messages.withdrawn(connection, self._clear.partnership, _LATELY)
            tasks = duties.of_kind(connection, self._clear.partnership, AgencyId(who.agency), WITHDRAWN)
        found = [one for one in newest if not self._finder.standing(account, one.referral.family).shut]
        seen_to = {task.source.partition("/")[0]: task for task in tasks}
        register = self._pages.register()
        lines = tuple(
            self._line(one, seen_to.get(one.referral.id), register)
            for one in found
            if _takes(asked, one, seen_to.get(one.referral.id))
        )
        return WithdrawnPage(lines, asked, _agencies(found, register), bool(found))

    def _line(self, one: messages.Withdrawn, task: work.Task | None, register: Register) -> WithdrawnLine:
        referral = one.referral
        return WithdrawnLine(
            register.agency(referral.agency),
            message_words(referral.connector),
            moment_words(referral.received_at),
            moment_words(one.at),
            "" if self._protected(one) else self._words.open(why_of(referral.id), one.sealed).get("why", ""),
            next((words for states, words in _BECAME if referral.state in states), ""),
            self._done(task, register),
            task.id if task and task.done_at is None else "",
        )

    def _protected(self, one: messages.Withdrawn) -> bool:
        family = one.referral.family
        people = dict.fromkeys(self._placing.people(family), family)
        return bool(one.sealed and protected_among(self._finder, self._placing, people))

    def _done(self, task: work.Task | None, register: Register) -> str:
        """Say who saw to it and what they wrote; or by when somebody has to."""
        if task is None:
            return ""
        if task.done_at is None:
            late = ", overdue" if task.due_at < self._clock() else ""
            return f"Not seen to yet: by {moment_words(task.due_at)}{late}."
        with self._clear.read() as connection:
            events = [one for one in duties.events_of(connection, self._clear.partnership, task.id) if one.by]
        if not events:
            return f"Closed {moment_words(task.done_at)}."
        last, who = events[-1], register.accounts.get(events[-1].by or AccountId(""))
        note = self._words.open(last.id, last.sealed).get("note", "")
        return f"Seen to {moment_words(last.at)}{f' by {who.name}' if who else ''}.{f' {note}' if note else ''}"


def _takes(asked: Asked, one: messages.Withdrawn, task: work.Task | None) -> bool:
    day = PartialDate.of(one.at).first
    seen_to = OPEN if task and task.done_at is None else DONE
    return (
        asked.agency in {"", one.referral.agency}
        and asked.done in {"", seen_to}
        and (asked.since is None or asked.since <= day)
        and (asked.until is None or day <= asked.until)
    )


def _agencies(found: Sequence[messages.Withdrawn], register: Register) -> tuple[Choice, ...]:
    senders: Collection[AgencyId] = {one.referral.agency for one in found}
    return tuple(Choice(one, words) for words, one in sorted((register.agency(one), one) for one in senders))


def _day(sent: Mapping[str, str], name: str) -> date | None:
    text = sent.get(name, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise InvalidRequestError("day_unknown", where=name, next_step="choose_a_day") from None
