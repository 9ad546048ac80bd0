"""Passes police notices on to schools, in the worker: one notice a school, for that school's children alone.

INVARIANT: what is passed on is what the police sent for schools (`RecordKind.SCHOOL_NOTICE`), by their own decision:
recorded as theirs, naming those records and that one recipient. The gate opens them for nobody else.
INVARIANT: a notice that nobody can be given is never silent: the front door hears of it at once.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Final

import structlog
from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import AccessRefusedError, HubError, InvalidRequestError
from hub.domain.fields import RecordKind
from hub.domain.ids import IdMaker, RecordId
from hub.domain.labels import Handling
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import ShownRecord
from hub.gate.policybook import PolicyBook
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.policy.encompass import EncompassRules
from hub.policy.working_days import Calendar
from hub.services import school_tasks
from hub.services.arrivals import SCHOOLS, SYSTEM
from hub.services.school_agreement import Agreed, agreed
from hub.services.school_decisions import PURPOSE, READABLE, SchoolDecisions
from hub.services.school_desks import Desk, SchoolDesks
from hub.services.school_tasks import CONDITIONS, SUSPENDED, UNAGREED
from hub.services.setup import MATCHER
from hub.store.clear import cases, messages, partner_events, school_notices, work
from hub.store.clear.partner_events import SCHOOL_NOTICE, PartnerEvent
from hub.store.clear.school_notices import SchoolNotice
from hub.store.session import Transactions

log = structlog.get_logger("hub.schools")
_KEPT_BACK: Final = frozenset({Handling.C, Handling.PROHIBITED})
"""What the police say of a notice that house rules H4 and H12 keep from every school."""
_FORMAT: Final = "safeguarding_notice"
"""Every form of the message that says something for schools begins so."""
_LOOK_WITHIN: Final = "P1D"
_WHY_UNOPENED: Final = {Agreed.SUSPENDED: SUSPENDED, Agreed.NO: UNAGREED}
"""What stands in the place of a desk where no agreement lets a notice be opened."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What a referral says for schools: its thin records, those that the police keep back, and whom it names."""

    children: tuple[ShownRecord, ...]
    held: frozenset[RecordId]
    named: tuple[str, ...]


class SchoolRouting:
    """Gives notices out. Built by wiring for the worker."""

    def __init__(
        self,
        gate: tuple[Reader, PolicyBook],
        desks: SchoolDesks,
        decisions: SchoolDecisions,
        local: tuple[EncompassRules, Calendar],
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate, who reads where, what the police decided, local rules with working days, and clear rows."""
        self._reader, self._policy = gate
        self._desks, self._decisions = desks, decisions
        self._rules, self._calendar = local
        self._clear, self._clock, self._ids = clear, clock, ids

    def run_once(self) -> int:
        """Give out what came in, was replaced or taken back; returns how many referrals were done.

        Without an agreement in force nothing is opened: a notice is made that says why it is nobody's, under its clock.
        """
        with self._clear.read() as connection:
            jobs = work.waiting_jobs(connection, self._clear.partnership, SCHOOLS)
        return sum(self._tried(job, referral) for job, referral in jobs)

    def over(self, notice: SchoolNotice) -> None:
        """End a notice whose time to be read again is over."""
        with self._clear.read() as connection:
            referral = cases.find_referral(connection, self._clear.partnership, notice.referral)
        if referral is not None:
            self._replace(referral, [notice], [])

    def again(self, notice: SchoolNotice) -> None:
        """Have a notice given out anew: other people read at its desk by now, or an agreement is in force."""
        with self._clear.write() as connection:
            work.post(connection, self._clear.partnership, (self._ids.new(), SCHOOLS, notice.referral), self._clock())

    def agreed(self) -> Agreed:
        """Say whether an agreement lets notices be passed on to schools at this moment."""
        return agreed(self._policy.current(), self._desks.of_agreements(), self._clock())

    def _tried(self, job: str, id_: str) -> int:
        """Do one job; a failure is logged by code, leaves the job waiting, and does not stop the next."""
        try:
            with self._clear.read() as connection:
                referral = cases.find_referral(connection, self._clear.partnership, id_)
            if referral is not None:
                self._give_out(referral)
            with self._clear.write() as connection:
                work.job_done(connection, self._clear.partnership, job, self._clock())
        except HubError as error:
            log.error("school_notice_failed", job=job, code=error.code)  # noqa: TRY400  a trace could carry values
            return 0
        return 1

    def _give_out(self, referral: cases.Referral) -> None:
        """Bring what stands into line with the newest version: end what it no longer says, make what it says."""
        with self._clear.read() as connection:
            standing = school_notices.standing_of(connection, self._clear.partnership, referral.id)
            version = school_notices.version_of(connection, self._clear.partnership, referral.id)
        if version is None or referral.received_at + READABLE < self._clock():
            return self._replace(referral, standing, [])
        wanted = [_as_early(one, standing) for one in self._said(referral, version, standing)]
        made = [one for one in wanted if not any(_same(one, before) for before in standing)]
        return self._replace(referral, [one for one in standing if not any(_same(w, one) for w in wanted)], made)

    def _said(self, referral: cases.Referral, version: int, standing: Sequence[SchoolNotice]) -> list[SchoolNotice]:
        """Return what the newest version says for schools; what may not be opened at this moment is nobody's."""
        found = self._found(referral) if self.agreed() is Agreed.YES else None
        if found is not None:
            return self._wanted(referral, version, found)
        if not standing and not referral.connector.startswith(_FORMAT):
            return []
        due = self._rules.due(referral.received_at, "", self._calendar)
        new = self._nobodys(referral, version, (), due)
        return [replace(new, desk=_WHY_UNOPENED.get(self.agreed(), new.desk))]

    def _found(self, referral: cases.Referral) -> _Found | None:
        """Open what a referral says for schools, as the program that passes it on; None when it may not."""
        with self._clear.read() as connection:
            records = messages.standing_records(connection, self._clear.partnership, referral.id)
        now, only = self._clock(), frozenset(one.record for one in records)
        kinds = frozenset({RecordKind.SCHOOL_NOTICE, RecordKind.PERSON})
        view = View(Act.SCHOOL_NOTICE_ROUTE, MATCHER, referral.family, PURPOSE, kinds, now, now, only=only, limit=1_000)
        try:
            disclosure = self._reader.disclose(view)
        except AccessRefusedError:
            return None
        shown, labels = disclosure.records, disclosure.labels
        people = [one for one in shown if one.kind is RecordKind.PERSON]
        children = tuple(one for one in shown if one.kind is RecordKind.SCHOOL_NOTICE)
        held = frozenset(one.record for one in children if _KEPT_BACK & {labels[n].handling for n in one.labels})
        names = (one.fields.get(key, "") for one in people for key in ("name", "other_names"))
        named = tuple(name for text in names for name in text.split(";"))
        return _Found(children, held, named) if people else None

    def _wanted(self, referral: cases.Referral, version: int, found: _Found) -> list[SchoolNotice]:
        """Return one notice for each desk: the school's, else the local authority's officer's, else nobody's.

        What the police keep back is nobody's until they lift that.
        """
        schools, authority = self._desks.schools(), self._desks.authority()
        of_school: dict[str, list[ShownRecord]] = {}
        for child in found.children:
            code = self._rules.school_of(child.fields.get("school_told", ""))
            if code in schools or self._missed(child, referral):
                of_school.setdefault(code if code in schools else "", []).append(child)
        at_desk: dict[Desk | None, list[tuple[str, ShownRecord]]] = {}
        held = [(code, child) for code, some in of_school.items() for child in some if child.record in found.held]
        for code, some in of_school.items():
            children = [child for child in some if child.record not in found.held]
            desks = [self._desks.desk(one, referral, found.named) for one in (schools.get(code), authority) if one]
            desk = next((one for one in desks if one.readers), None)
            at_desk.setdefault(desk, []).extend((code, child) for child in children)
        made = [self._notice(referral, version, desk, some) for desk, some in at_desk.items() if some]
        return [*made, replace(self._notice(referral, version, None, held), desk=CONDITIONS)] if held else made

    def _missed(self, child: ShownRecord, referral: cases.Referral) -> bool:
        """Say whether somebody should hear of a child whose school is not known here; a baby has none."""
        told, on = child.fields.get("school_told", ""), PartialDate.of(referral.received_at).first
        return bool(told) or self._rules.of_school_age(_day(child.fields.get("birth_date", "")), on)

    def _notice(
        self, referral: cases.Referral, version: int, desk: Desk | None, some: Sequence[tuple[str, ShownRecord]]
    ) -> SchoolNotice:
        records = tuple(sorted(child.record for _, child in some))
        start = referral.received_at if version <= 1 else self._clock()
        due = min(self._rules.due(start, code, self._calendar) for code, _ in some)
        new = self._nobodys(referral, version, records, due)
        return replace(new, agency=desk.agency, readers=desk.readers, desk=desk.digest, told=desk.told) if desk else new

    def _nobodys(
        self, referral: cases.Referral, version: int, records: tuple[RecordId, ...], due: datetime
    ) -> SchoolNotice:
        """Return a notice that nobody is given yet; whoever reads for the local authority by and by gets it."""
        staff = self._desks.staff(self._desks.authority())
        return SchoolNotice(self._ids.new(), referral.id, version, None, records, (), staff, self._clock(), due)

    def _replace(self, referral: cases.Referral, gone: Sequence[SchoolNotice], made: Sequence[SchoolNotice]) -> None:
        """End some notices and make others, with the police's decisions about them, in one transaction."""
        if not gone and not made:
            return
        now = self._clock()
        facts = [*self._decisions.ended(referral, gone), *self._decisions.made(referral, made)]

        def rows(connection: Connection) -> None:
            partnership = self._clear.partnership
            school_notices.end(connection, partnership, [one.id for one in gone], now)
            for source in (source for one in gone for source in school_tasks.sources(one)):
                work.finish_tasks_from(connection, partnership, source, SYSTEM, now)
            for one in made:
                school_notices.add(connection, partnership, one)
            for task in (*self._to_look_again(gone), *self._to_read(made)):
                work.add_task(connection, partnership, task)
            for event in self._events(made):
                partner_events.post(connection, partnership, event)

        self._decisions.record(referral, facts, rows)

    def _to_read(self, made: Iterable[SchoolNotice]) -> Iterator[work.Task]:
        for one in made:
            if one.agency:
                for reader in one.readers:
                    yield school_tasks.to_read(one, reader, one.agency, self._ids.new())

    def _to_look_again(self, gone: Iterable[SchoolNotice]) -> Iterator[work.Task]:
        now = self._clock()
        for one in gone:
            if one.agency and one.read_at:
                clock = now, self._calendar.due(now, _LOOK_WITHIN)
                yield school_tasks.to_look_again(one, one.agency, clock, self._ids.new())

    def _events(self, made: Iterable[SchoolNotice]) -> Iterator[PartnerEvent]:
        """Tell an agency that something waits; not while somebody there is passed over: addresses are shared."""
        for one in made:
            if one.agency and one.told:
                yield PartnerEvent(one.id, SCHOOL_NOTICE, one.agency, one.id, one.made_at, one.made_at)


def _day(text: str) -> date | None:
    try:
        return PartialDate.parse(text).first
    except InvalidRequestError:
        return None


def _same(wanted: SchoolNotice, standing: SchoolNotice) -> bool:
    """Say whether what is wanted stands already; what was read stays, whoever reads at that desk by now."""
    desk = standing.read_at is not None or (wanted.readers, wanted.desk) == (standing.readers, standing.desk)
    said = wanted.version, wanted.agency, wanted.records
    return desk and said == (standing.version, standing.agency, standing.records)


def _as_early(wanted: SchoolNotice, standing: Iterable[SchoolNotice]) -> SchoolNotice:
    """Give out anew what waited under the clock that it had."""
    before = [one.due_at for one in standing if one.version == wanted.version]
    return replace(wanted, due_at=min(wanted.due_at, *before)) if before else wanted
