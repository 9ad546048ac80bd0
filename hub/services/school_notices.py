"""A safeguarding lead's desk: what the police sent for this school, and reading it, which says that it arrived.

INVARIANT: a notice is opened through the gate for one of its readers alone, as it stands at that moment: one that the
police took back or replaced opens no more, whatever the worker has done. For everybody else it is like none.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from hub.domain.access import Act, Operation
from hub.domain.clock import Clock
from hub.domain.errors import AccessRefusedError, InvalidRequestError, NotFoundError
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import ShownRecord
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.services import school_tasks
from hub.services.arrivals import SYSTEM
from hub.services.register import moment_words
from hub.services.school_decisions import PURPOSE, READABLE, SchoolDecisions
from hub.services.school_desks import SchoolDesks
from hub.services.school_tasks import ALARMS, AT_THE_DOOR, LEADS, UNAGREED
from hub.store.clear import cases, messages, school_notices, work
from hub.store.clear.school_notices import SchoolNotice
from hub.store.session import Transactions

REASON: Final = "Reading what the police sent for a child of the school before the school day"


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """One notice on a lead's list: who sent it, when it is to be read, and when it was read first."""

    id: str
    agency: AgencyId
    sent_words: str
    due_words: str
    overdue: bool
    read_words: str


@dataclass(frozen=True, slots=True)
class ChildLine:
    """What is told of one child, and nothing else; blank where the police did not say."""

    name: str = field(repr=False)
    born_words: str = field(repr=False)
    police_reference: str
    occurred_words: str
    present_words: str
    welfare_words: str
    voice: str = field(repr=False)
    circumstances: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """One notice on the front door's list: never a child, and never which school it is for."""

    id: str
    agency: AgencyId
    referral: str
    receipt: str
    sent_words: str
    due_words: str
    overdue: bool
    alarm_words: str


class SchoolNotices:
    """Lists and opens. Built once by wiring."""

    def __init__(
        self,
        gate: tuple[Reader, Doorkeeper],
        desks: SchoolDesks,
        decisions: SchoolDecisions,
        clear: Transactions,
        clock: Clock,
    ) -> None:
        """Take the gate, who reads where, what the police decided, and clear rows."""
        self._reader, self._doorkeeper = gate
        self._desks, self._decisions, self._clear, self._clock = desks, decisions, clear, clock

    def lines(self, account: AccountId) -> list[NoticeLine]:
        """Return this lead's notices, what waits first; the look is entered, and refused to everybody else."""
        who = self._doorkeeper.let_in(account, Act.SCHOOL_NOTICE_LIST, {LEADS}, purpose=PURPOSE)
        with self._clear.read() as connection:
            found = school_notices.standing_for(connection, self._clear.partnership, AgencyId(who.agency))
        mine = [(one, sent) for one in found if (sent := self._mine(account, one)) is not None]
        mine.sort(key=lambda pair: (pair[0].read_at is not None, pair[0].due_at))
        return [self._line(one, sent.agency) for one, sent in mine]

    def line(self, account: AccountId, id_: str) -> NoticeLine:
        """Return one notice of this lead, unopened; NotFoundError for anybody else's, as for none."""
        notice, referral = self._find(account, id_)
        self._doorkeeper.let_in(account, Act.SCHOOL_NOTICE_LIST, {LEADS}, purpose=PURPOSE)
        return self._line(notice, referral.agency)

    def read(self, account: AccountId, id_: str) -> tuple[ChildLine, ...]:
        """Open a notice for one of its readers; the first time, that says that it arrived.

        Nothing, and it did not arrive, when no agreement shows it at this moment: one is suspended, or the police set
        conditions. NotFoundError: not theirs, taken back, or none.
        """
        notice, referral = self._find(account, id_)
        self._decisions.see_that_it_stands(referral, notice)
        now, kinds = self._clock(), frozenset({RecordKind.SCHOOL_NOTICE})
        view = View(
            Act.SCHOOL_NOTICE_READ,
            account,
            referral.family,
            PURPOSE,
            kinds,
            at=now,
            known=now,
            justification=REASON,
            operation=Operation.DISCLOSURE,
            only=frozenset(notice.records),
        )
        try:
            shown = self._reader.disclose(view).records
        except AccessRefusedError:
            return ()
        if shown:
            self._acknowledge(notice, account)
        return tuple(sorted((_child(record) for record in shown), key=lambda child: child.name))

    def waiting(self, account: AccountId) -> list[WaitingLine]:
        """Return what no school has read yet, the longest waiting first, for the front door; the look is entered."""
        self._doorkeeper.let_in(account, Act.SCHOOL_NOTICE_WATCH, AT_THE_DOOR, purpose="front_door")
        with self._clear.read() as connection:
            found = school_notices.unread(connection, self._clear.partnership)
            referrals = [cases.find_referral(connection, self._clear.partnership, one.referral) for one in found]
        return [self._waiting_line(one, referral) for one, referral in zip(found, referrals, strict=True) if referral]

    def _find(self, account: AccountId, id_: str) -> tuple[SchoolNotice, cases.Referral]:
        with self._clear.read() as connection:
            notice = school_notices.find(connection, self._clear.partnership, id_)
        referral = self._mine(account, notice) if notice else None
        if notice is None or referral is None:
            raise NotFoundError(where=id_)
        return notice, referral

    def _mine(self, account: AccountId, notice: SchoolNotice) -> cases.Referral | None:
        """Return the referral behind a notice that this account may open now; else None."""
        over = notice.ended_at is not None or notice.made_at + READABLE < self._clock()
        if over or account not in notice.readers:
            return None
        with self._clear.read() as connection:
            partnership = self._clear.partnership
            referral = cases.find_referral(connection, partnership, notice.referral)
            newest = school_notices.version_of(connection, partnership, notice.referral)
            stands = {one.record for one in messages.standing_records(connection, partnership, notice.referral)}
        if referral is None or newest != notice.version or not stands.issuperset(notice.records):
            return None
        there = notice.agency is not None and self._desks.has(notice.agency, account)
        return referral if there and account not in self._desks.tied(referral) else None

    def _acknowledge(self, notice: SchoolNotice, account: AccountId) -> None:
        now, partnership = self._clock(), self._clear.partnership
        with self._clear.write() as connection:
            if school_notices.note_read(connection, partnership, notice.id, account, now):
                for source in school_tasks.sources(notice):
                    work.finish_tasks_from(connection, partnership, source, SYSTEM, now)

    def _line(self, notice: SchoolNotice, agency: AgencyId) -> NoticeLine:
        read = f"read {moment_words(notice.read_at)}" if notice.read_at else ""
        late = notice.read_at is None and notice.due_at <= self._clock()
        sent, due = moment_words(notice.made_at), f"read by {moment_words(notice.due_at)}"
        return NoticeLine(notice.id, agency, sent, due, late, read)

    def _waiting_line(self, notice: SchoolNotice, referral: cases.Referral) -> WaitingLine:
        at_the_door = referral.id if referral.state in cases.UNDECIDED else ""
        sent, due = moment_words(notice.made_at), f"to be read by {moment_words(notice.due_at)}"
        late, alarm = notice.due_at <= self._clock(), ALARMS.get(notice.alarm, "")
        if notice.alarm == UNAGREED:  # closed: nobody waits for it here
            late, due = False, "not passed on"
        return WaitingLine(notice.id, referral.agency, at_the_door, referral.receipt, sent, due, late, alarm)


def _child(record: ShownRecord) -> ChildLine:
    said = record.fields
    return ChildLine(
        said.get("child_name", ""),
        _date(said.get("birth_date", "")),
        said.get("police_reference", ""),
        _moment(said.get("occurred", "")),
        _answer(said.get("present", "")),
        _answer(said.get("welfare_check", "")),
        said.get("voice", ""),
        said.get("circumstances", ""),
    )


def _answer(word: str) -> str:
    return {"yes": "Yes", "no": "No"}.get(word, "Not known")


def _date(text: str) -> str:
    try:
        return PartialDate.parse(text).in_words()
    except InvalidRequestError:
        return ""


def _moment(text: str) -> str:
    """Write a day, a part of one, or an instant."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return _date(text)
    return moment_words(at) if at.tzinfo else _date(text)
