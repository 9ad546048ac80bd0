"""What the front door decides about a referral that becomes no family: rated, passed on, returned, no further action.

INVARIANT: a referral is never lost. Decided here, it stays in a family of its own that the front door goes on reading,
is found as a candidate when somebody writes again about the same people, and can be taken up again by a person.
INVARIANT: nothing is decided here before it was compared with the people the hub knows: what came before shows first.
INVARIANT: passed on is not closed: that it is over needs the receiver's acknowledgement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import ConflictError, InvalidRequestError, NotFoundError
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, IdMaker, RecordId, ReferralId
from hub.domain.labels import Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.records import NewRecord
from hub.gate.writer import Actor, Writer
from hub.policy.front_door import BEING_DECIDED, CLOSED_HERE, NO_ACTION, REDIRECTED, RETURNED, FrontDoorRules, Rating
from hub.policy.working_days import Calendar
from hub.services import door_tasks
from hub.services.comparing import Comparing, comparing
from hub.services.register import moment_words
from hub.services.sealed_words import SealedWords
from hub.services.task_lines import EventLine
from hub.store.clear import agencies, cases, door, partner_events, work
from hub.store.session import Transactions

AT_THE_DOOR: Final = frozenset({"on_duty_front_door", "front_door_staff"})
CONTACT, REFERRAL = "contact", "referral"
KINDS: Final = {
    CONTACT: "A contact: somebody tells us something",
    REFERRAL: "A referral: a service may be needed",
}
OUTCOMES: Final = {
    REDIRECTED: "Pass it to somebody else",
    RETURNED: "Return it to the sender",
    NO_ACTION: "No further action",
}


@dataclass(frozen=True, slots=True)
class Rated:
    """How urgent a message is, whether it is a contact or a referral, and why."""

    rating: str
    kind: str
    why: str


@dataclass(frozen=True, slots=True)
class Closing:
    """What is decided without a family, and why; `receiver` and its `agency` (or "") when it is passed on.

    `history_read`: whoever decides says that they read what is shown of earlier contacts. `searched`: where they
    searched by hand, while the comparison does not work.
    """

    outcome: str
    reason: str
    ground: str = ""
    receiver: str = ""
    agency: str = ""
    message: str = ""
    history_read: bool = False
    searched: str = ""


class Deciding:
    """Rates and decides. Built once by wiring."""

    def __init__(
        self,
        gate: tuple[Writer, Finder, Doorkeeper],
        rules: FrontDoorRules,
        words: SealedWords,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate's parts, local rules, what seals words, working days and clear rows."""
        self._writer, self._finder, self._doorkeeper = gate
        self.rules, self._words, self._calendar = rules, words, calendar
        self._clear, self._clock, self._ids = clear, clock, ids

    def find(
        self,
        account: AccountId,
        referral_id: str,
        states: Sequence[str] = cases.UNDECIDED,
        act: Act = Act.REFERRAL_CONSULT,
    ) -> cases.Referral:
        """Return a referral in one of these states to who works at the front door; the look is entered.

        Raises:
            NotFoundError: there is none, or it is about a family that is shut to this worker.
            ConflictError: it is in another state: somebody was faster.
        """
        self._doorkeeper.let_in(account, act, AT_THE_DOOR, purpose="front_door")
        with self._clear.read() as connection:
            referral = cases.find_referral(connection, self._clear.partnership, referral_id)
        if referral is None or self._finder.standing(account, referral.family).shut:
            raise NotFoundError(where=referral_id)
        if referral.state not in states:
            raise ConflictError("already_decided", where=referral_id, next_step="see_front_door")
        return referral

    def events(self, referrals: Sequence[cases.Referral]) -> dict[ReferralId, list[door.DoorEvent]]:
        """Return what was said about each of these referrals, oldest first."""
        found: dict[ReferralId, list[door.DoorEvent]] = {one.id: [] for one in referrals}
        with self._clear.read() as connection:
            for event in door.events_of(connection, self._clear.partnership, list(found)):
                found[event.referral].append(event)
        return found

    def due(self, referral: cases.Referral, events: Sequence[door.DoorEvent]) -> datetime:
        """Return by when it is decided: a first rating counts from receipt, a later one from when it was given.

        Taken up again, everything counts from then.
        """
        start, rated = referral.received_at, None
        for event in events:
            if event.what == door.AGAIN:
                start, rated = event.at, None
            elif event.what == door.RATED:
                rated = event.code, start if rated is None else event.at
        return self.rules.decide_by(start, self._calendar, rated)

    def history(self, events: Sequence[door.DoorEvent]) -> tuple[EventLine, ...]:
        """Write what was said, for who works at the front door."""
        return tuple(EventLine(moment_words(event.at), self._said(event)) for event in events)

    def standing_rating(self, events: Sequence[door.DoorEvent]) -> Rating | None:
        """Return the newest rating, if there is one."""
        rated = [event.code for event in events if event.what == door.RATED]
        return self.rules.ratings.get(rated[-1]) if rated else None

    def rate(self, account: AccountId, referral_id: str, said: Rated) -> None:
        """Say how urgent it is, or say it anew: every rating is kept with its reason.

        Raises:
            InvalidRequestError: a word is not in the lists, or the reason is missing.
        """
        referral = self.find(account, referral_id, act=Act.REFERRAL_RATE)
        if said.rating not in self.rules.ratings or said.kind not in KINDS:
            raise InvalidRequestError("unknown_rating", where="rating")
        if not said.why.strip():
            raise InvalidRequestError("reason_missing", where="why")
        event = self._event(account, referral, door.RATED, said.rating, {"why": said.why, "kind": said.kind})
        with self._clear.write() as connection:
            first = not door.events_of(connection, self._clear.partnership, [referral.id])
            door.add_event(connection, self._clear.partnership, event)
            if first:  # rated anew, its receipt says what it said
                partner_events.post_state(connection, self._clear.partnership, referral.id, BEING_DECIDED, event.at)

    def close(self, account: AccountId, referral_id: str, said: Closing) -> None:
        """Decide without a family. Why is sealed as a note about everybody in it, so that it is part of their history.

        Raises:
            InvalidRequestError: something is not said, or the earlier contacts were not read.
            ConflictError: somebody was faster, or it is not compared yet.
        """
        referral = self.find(account, referral_id, states=("received",), act=Act.REFERRAL_DECIDE)
        self._require_said(said)
        self._require_closes(referral, said.outcome)
        self._require_compared(referral, said)
        agency = AgencyId(self._finder.standing(account).agency)
        event = self._event(account, referral, door.DECIDED, said.outcome, {"why": _why(said), "ground": said.ground})
        passed = self._passed_on(account, referral, agency, said) if said.outcome == REDIRECTED else None

        def rows(connection: Connection) -> None:
            self._settle(connection, referral, said.outcome, account)
            door.add_event(connection, self._clear.partnership, event)
            if passed is not None:
                door.add_redirection(connection, self._clear.partnership, passed)
                task = door_tasks.to_acknowledge(passed, self.rules.receivers[said.receiver].desk, self._ids.new())
                if task is not None:
                    work.add_task(connection, self._clear.partnership, task)

        note = self._note(agency, f"{self._words_of(said)}. {_why(said)}")
        act, family = Act.REFERRAL_DECIDE, referral.own_family
        self._writer.record(Actor(account), act, family, [], purpose="front_door", records=[note], alongside=rows)

    def take_up_again(self, account: AccountId, referral_id: str, why: str) -> None:
        """Let a referral wait again that was decided without a family; its clock starts anew."""
        referral = self.find(account, referral_id, states=CLOSED_HERE, act=Act.REFERRAL_DECIDE)
        if not why.strip():
            raise InvalidRequestError("reason_missing", where="why")
        with self._clear.write() as connection:
            self.again(connection, account, referral.id, why)

    def again(self, connection: Connection, by: AccountId, referral: ReferralId, why: str) -> None:
        """Do the same inside another transaction; ConflictError when somebody was faster."""
        partnership, id_ = self._clear.partnership, self._ids.new()
        now, sealed = self._clock(), self._words.close(id_, {"why": why})
        if not door.take_up_again(connection, partnership, referral, CLOSED_HERE, now):
            raise ConflictError("already_decided", where=referral, next_step="see_front_door")
        for passed in door.take_back(connection, partnership, referral, now, by):
            work.finish_tasks_from(connection, partnership, door_tasks.source_of(passed), by, now)
        door.add_event(connection, partnership, door.DoorEvent(id_, referral, door.AGAIN, "received", now, by, sealed))

    def _settle(self, connection: Connection, referral: cases.Referral, state: str, by: AccountId) -> None:
        now, family = self._clock(), referral.own_family
        if not cases.decide_referral(connection, self._clear.partnership, referral.id, state, family, by, now):
            raise ConflictError("already_decided", where=referral.id, next_step="see_front_door")

    def _passed_on(
        self, account: AccountId, referral: cases.Referral, own: AgencyId, said: Closing
    ) -> door.Redirection:
        receiver, now, id_ = self.rules.receivers[said.receiver], self._clock(), self._ids.new()
        agency = own if receiver.desk else AgencyId(said.agency) if said.agency else None
        due = self._calendar.due(now, receiver.acknowledge_within)
        sealed = self._words.close(id_, {"why": said.message})
        return door.Redirection(id_, referral.id, said.receiver, agency, now, due, account, sealed)

    def _require_said(self, said: Closing) -> None:
        grounds = self.rules.grounds.get(said.outcome, {})
        if said.outcome not in OUTCOMES:
            raise InvalidRequestError("unknown_outcome", where="outcome")
        if not said.reason.strip():
            raise InvalidRequestError("reason_missing", where="reason")
        if grounds and said.ground not in grounds:
            raise InvalidRequestError("ground_missing", where="ground")
        if said.outcome == REDIRECTED and said.receiver not in self.rules.receivers:
            raise InvalidRequestError("receiver_missing", where="receiver")
        if said.agency and said.agency not in self._agencies():
            raise InvalidRequestError("unknown_agency", where="agency")
        if not said.history_read:
            raise InvalidRequestError("history_not_read", where="history_read", next_step="read_what_is_shown_above")

    def _agencies(self) -> set[str]:
        with self._clear.read() as connection:
            return {one.id for one in agencies.all_agencies(connection, self._clear.partnership)}

    def _require_closes(self, referral: cases.Referral, outcome: str) -> None:
        """What is rated as harm, or by nobody here, is neither returned nor left: its sender's own grade may be high.

        Whoever thinks otherwise rates it anew, with a reason.
        """
        standing = self.standing_rating(self.events([referral])[referral.id])
        if outcome == REDIRECTED:
            return
        if standing is None:
            raise InvalidRequestError("not_rated", where="outcome", next_step="rate_it_first")
        if not standing.closes:
            raise InvalidRequestError("rated_too_high", where="outcome", next_step="rate_it_anew_first")

    def _require_compared(self, referral: cases.Referral, said: Closing) -> None:
        """What is not compared yet shows nothing of what came before; where that lasts, a person searches by hand."""
        far = comparing(self._clear, referral.id, self._clock())
        if far is Comparing.GOING_ON:
            raise ConflictError("not_yet_matched", where=referral.id, next_step="look_again_in_a_minute")
        if far is Comparing.LATE and not said.searched.strip():
            raise InvalidRequestError("not_yet_matched", where="searched", next_step="say_where_you_searched_by_hand")

    def _words_of(self, said: Closing) -> str:
        if said.outcome == REDIRECTED:
            return f"Front door: passed to {self.rules.receivers[said.receiver].words}"
        return f"Front door: {OUTCOMES[said.outcome].lower()}. {self.rules.grounds[said.outcome][said.ground]}"

    def _said(self, event: door.DoorEvent) -> str:
        words = self._words.open(event.id, event.sealed)
        if event.what == door.RATED:
            rating = self.rules.ratings.get(event.code)
            what = f"{rating.words if rating else event.code}. {KINDS.get(words.get('kind', ''), '')}."
        elif event.what == door.AGAIN:
            what = "Taken up again."
        else:
            what = f"{OUTCOMES.get(event.code, event.code)}."
        return f"{what} {words.get('why', '')}"

    def _event(
        self, by: AccountId, referral: cases.Referral, what: str, code: str, words: dict[str, str]
    ) -> door.DoorEvent:
        id_ = self._ids.new()
        return door.DoorEvent(id_, referral.id, what, code, self._clock(), by, self._words.close(id_, words))

    def _note(self, owner: AgencyId, text: str) -> NewRecord:
        id_, today = RecordId(self._ids.new()), PartialDate.of(self._clock())
        return NewRecord(id_, RecordKind.NOTE, owner, today, frozenset(), {"text": text}, Sensitivity.RESTRICTED)


def _why(said: Closing) -> str:
    by_hand = f" Not compared by the hub; searched by hand: {said.searched}" if said.searched.strip() else ""
    return f"{said.reason}{by_hand}"
