"""Group supervision: who sits in it first, one screen for all of them, and a decision that pins what it relied on.

INVARIANT: the shared screen is made only of what the gate discloses to each attendee, each entered in the log.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.ids import AccountId, FamilyId, IdMaker, RecordId
from hub.gate.disclosure import Disclosure
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.gate.writer import Actor, Writer
from hub.services import arranging, entry_lines, persons
from hub.services.entries import Entries, NewEntry
from hub.services.family_page import FamilyPages, Stated
from hub.services.recording import Recording, Relied
from hub.services.register import day_words
from hub.services.remarks import Remarks
from hub.services.room import common
from hub.services.subjects import Subjects
from hub.services.supervision_record import Line, Outcome, Room, Sitting, check, record_of, tasks_of
from hub.services.view_kinds import SHOWN_KINDS
from hub.store.clear import team, work
from hub.store.session import Transactions

CHAIRS: Final = frozenset({"social_worker", "team_manager"})
MOST: Final = 5_000
"""How many entries one screen holds: more than a family has."""
_MET: Final = frozenset({"state_purpose", "state_reason"})
_SUGGESTED: Final = (("danger_statement", "concern"), ("strength_statement", "strengths"), ("decision", "next_steps"))
_LATEST: Final = 5


class Supervisions:
    """Begins, shows, records. Built once by wiring."""

    def __init__(  # noqa: PLR0913, PLR0917  what group supervision is made of
        self,
        gate: tuple[Reader, Writer],
        pages: FamilyPages,
        entries: Entries,
        remarks: Remarks,
        subjects: Subjects,
        recording: Recording,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate's reader and writer, what reads a family, what adds entries and pins, and clear rows."""
        self._reader, self._writer = gate
        self._pages, self._entries, self._remarks, self._subjects = pages, entries, remarks, subjects
        self._recording = recording
        self._clear, self._clock, self._ids = clear, clock, ids

    def candidates(self, account: AccountId, family: FamilyId, stated: Stated) -> dict[AccountId, str]:
        """Return whom a chair may ask in: the workers that the chair may know of, besides the chair."""
        shown, register = self._pages.disclose(account, family, stated, limit=1), self._pages.register()
        found = {one.account: arranging.worker(one, register) for one in shown.involved}
        return {one: f"{line.name}, {line.role_words}" for one, line in found.items() if one != account}

    def begin(self, by: AccountId, family: FamilyId, stated: Stated, attendees: Sequence[AccountId]) -> str:
        """Begin with who is there. The chair is one of them; nobody is asked in whom the chair may not know of."""
        self._require_chair(by, family)
        if not attendees or not set(attendees) <= self.candidates(by, family, stated).keys():
            raise InvalidRequestError("attendee_unknown", where="attendees")
        now = self._clock()
        begun = team.Supervision(self._ids.new(), family, by, now)

        def rows(connection: Connection) -> None:
            team.add_supervision(connection, self._clear.partnership, begun, {by, *attendees})

        right = self._subjects.right_to_write(by, self._remarks.client(by, family))
        self._writer.record(
            Actor(by),
            Act.SUPERVISION_BEGIN,
            family,
            [],
            purpose=stated.purpose,
            may_also=[right],
            alongside=rows,
        )
        return begun.id

    def found(self, account: AccountId, supervision: str) -> team.Supervision:
        """Return a supervision this account sits in; AccessRefusedError, as for one that does not exist, otherwise."""
        with self._clear.read() as connection:
            found = team.find_supervision(connection, self._clear.partnership, supervision)
            there = team.attendees_of(connection, self._clear.partnership, supervision) if found else []
        if found is None or account not in there:
            raise AccessRefusedError("not_an_attendee", where=supervision)
        return found

    def of_family(self, account: AccountId, family: FamilyId) -> tuple[Line, ...]:
        """Return the supervisions this account sat in, newest first; of others it learns nothing."""
        with self._clear.read() as connection:
            partnership = self._clear.partnership
            mine = [
                one
                for one in team.supervisions_of(connection, partnership, family)
                if account in team.attendees_of(connection, partnership, one.id)
            ]
        return tuple(Line(s.id, day_words(s.begun_at), s.closed_at is None, s.chair == account) for s in mine)

    def room(self, chair: AccountId, supervision: str, stated: Stated) -> Room:
        """Return the shared screen; every attendee's view is decided and entered for them, and the chair opens it.

        Somebody who may see nothing of the family leaves a screen with nothing on it.
        """
        found = self.found(chair, supervision)
        if found.chair != chair:
            raise AccessRefusedError("not_the_chair", where=supervision)
        register = self._pages.register()
        accounts = sorted(self._attendees(supervision), key=lambda account: account != chair)
        view = self._common(accounts, found.family, stated)
        names = tuple(register.accounts[a].name if a in register.accounts else "A worker" for a in accounts)
        return Room(names, persons.people(view, register), entry_lines.entries(view, register), view)

    def say(self, by: AccountId, supervision: str, stated: Stated, new: NewEntry) -> RecordId:
        """Record what somebody present adds: an entry of their own agency, under its own label.

        It comes to the shared screen only when everybody present may see it.
        """
        found = self._open(by, supervision)
        said = replace(new, event="group_supervision", supervision=supervision)
        return self._entries.add(by, found.family, stated, said)

    def suggestion(self, room: Room) -> dict[str, str]:
        """Return the beginning of a record from what is on the shared screen: the newest worries, strengths, steps."""
        newest = sorted(room.view.records, key=lambda record: (record.event_date, record.recorded), reverse=True)
        said = {into: [one.fields[name] for one in newest if name in one.fields][:_LATEST] for into, name in _SUGGESTED}
        return {into: "\n".join(texts) for into, texts in said.items() if texts}

    def attendees(self, account: AccountId, supervision: str) -> dict[AccountId, str]:
        """Return who is there, by name, for the chair's choice of who acts."""
        if self.found(account, supervision).chair != account:
            raise AccessRefusedError("not_the_chair", where=supervision)
        register = self._pages.register()
        return {a: register.accounts[a].name for a in self._attendees(supervision) if a in register.accounts}

    def close(self, by: AccountId, supervision: str, stated: Stated, outcome: Outcome) -> RecordId:
        """Record the outcome: actions become tasks, and the decision pins the entries that it relied on.

        Raises:
            InvalidRequestError: something is missing, or an action is for somebody who was not there.
            AccessRefusedError: not the chair, or an entry relied on is not one that the chair sees.
        """
        found = self._open(by, supervision)
        if found.chair != by:
            raise AccessRefusedError("not_the_chair", where=supervision)
        there = self.attendees(by, supervision)
        sitting = Sitting(supervision, found.family, by, self._pages.agency_of(by), there, self._clock())
        check(outcome, sitting)
        self._subjects.require_members(found.family, outcome.about)
        record = record_of(self._ids.new(), outcome, sitting, self._subjects.all_references(outcome.about))
        relied = Relied("group_supervision", record.owner, outcome.relied_on, stated.purpose)
        pins = [self._recording.pin_fact(by, found.family, relied, record)] if outcome.relied_on else []
        agencies = {account: one.agency for account, one in self._pages.register().accounts.items()}
        tasks = tasks_of(outcome, sitting, record.id, agencies, self._ids.new)

        def rows(connection: Connection) -> None:
            team.close_supervision(connection, self._clear.partnership, supervision, record.id, self._clock())
            for task in tasks:
                work.add_task(connection, self._clear.partnership, task)

        right = self._subjects.right_to_write(by, self._remarks.client(by, found.family))
        self._writer.record(
            Actor(by),
            Act.SUPERVISION_RECORD,
            found.family,
            pins,
            purpose=stated.purpose,
            records=[record],
            may_also=[right],
            alongside=rows,
        )
        return record.id

    def _common(self, accounts: Sequence[AccountId], family: FamilyId, stated: Stated) -> Disclosure:
        """Disclose to each attendee no more than all may see, and keep what the disclosures share."""
        now = self._clock()
        views = [
            View(
                Act.ROOM_VIEW,
                account,
                family,
                stated.purpose,
                SHOWN_KINDS,
                at=now,
                known=now,
                justification=stated.reason,
                satisfied=_MET if stated.reason.strip() else frozenset({"state_purpose"}),
                limit=MOST,
            )
            for account in accounts
        ]
        within = self._reader.visible_to_all(views)
        try:
            return common([self._reader.disclose(replace(view, within=within)) for view in views])
        except AccessRefusedError:
            return common([self._reader.disclose(replace(views[0], within=frozenset()))])

    def _attendees(self, supervision: str) -> list[AccountId]:
        with self._clear.read() as connection:
            return team.attendees_of(connection, self._clear.partnership, supervision)

    def _open(self, account: AccountId, supervision: str) -> team.Supervision:
        found = self.found(account, supervision)
        if found.closed_at is not None:
            raise InvalidRequestError("supervision_closed", where=supervision, next_step="see_family")
        return found

    def may_chair(self, account: AccountId, family: FamilyId) -> bool:
        """Say whether this account's role begins and closes group supervision."""
        return self._pages.standing(account, family).role in CHAIRS

    def _require_chair(self, account: AccountId, family: FamilyId) -> None:
        if not self.may_chair(account, family):
            raise AccessRefusedError("role_may_not_record", where="supervision")
