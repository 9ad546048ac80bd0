"""The duty to share: the question why not, the holder's answer, its review, and asking again with new facts.

Law: Children Act 2004 s16LA: whoever holds what is relevant to a child's safety or welfare must share it, unless they
consider that sharing would be more detrimental to the child than not sharing. A decision not to share is a record too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import ConflictError, InvalidRequestError, NotFoundError
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, FamilyId, IdMaker, PersonId, RecordId
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.policybook import PolicyBook
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.policy.working_days import Calendar
from hub.services.family_page import Stated
from hub.services.recording import Opening, Recording
from hub.services.register import moment_words
from hub.services.sealed_words import SealedWords
from hub.services.task_lines import EventLine, HolderTask
from hub.services.tasks import OVERSEERS
from hub.store.clear import duties, sharing, work
from hub.store.session import Transactions

GROUNDS: Final[Mapping[str, str]] = {
    "detriment": "Sharing would be more detrimental to the child than not sharing",
    "not_relevant": "It is not relevant to the safety or welfare of a child",
    "no_function": "It would not help the recipient with its work for the child",
    "forbidden": "A court order or another law forbids it",
}
OUTCOMES: Final = ("stands", "decide_again")
ANSWER_WITHIN = "P1D"
_KINDS = frozenset(RecordKind) - {RecordKind.ORIGINAL, RecordKind.NOTE, RecordKind.REFERRER}


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands between a recipient and a holder about one category: what happened, and whether asking is open."""

    history: tuple[EventLine, ...]
    waiting: bool
    again: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """A holder's decision as it is written down; `ground` is a word of GROUNDS when nothing is shared."""

    share: bool
    recipient: str
    more_detrimental: bool
    detriment: str
    reason: str
    ground: str = ""
    children: tuple[PersonId, ...] = ()


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """A decision not to share as whoever reviews it reads it."""

    decided_by: AccountId
    decided_words: str
    recipient: AgencyId | None
    items: int
    children: int
    more_detrimental: bool
    ground: str
    detriment: str
    reason: str


class SharingDuty:
    """Asks, decides and reviews. Built once by wiring."""

    def __init__(
        self,
        gate: tuple[Reader, Finder, Doorkeeper, PolicyBook],
        recording: Recording,
        words: SealedWords,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate's parts, what records a decision, what seals words, and clear rows."""
        self._reader, self._finder, self._doorkeeper, self._policy = gate
        self._recording, self._words, self._calendar = recording, words, calendar
        self._clear, self._clock, self._ids = clear, clock, ids

    def asked(self, account: AccountId, family: FamilyId, holder: AgencyId, category: str) -> Asked:
        """Return what was asked before and what came of it: that it was decided, never why."""
        flow = (holder, self._agency(account), category)
        lines: list[EventLine] = []
        waiting = again = False
        with self._clear.read() as connection:
            for request in sharing.requests_for(connection, self._clear.partnership, family, flow):
                found = sharing.decision_on(connection, self._clear.partnership, request.id)
                lines.append(EventLine(moment_words(request.asked_at), "Asked."))
                waiting = found is None
                again = found is not None and not found.shared
                if found is not None:
                    said = "Decided to share." if found.shared else "Decided not to share. Ask again with new facts."
                    lines.append(EventLine(moment_words(found.decided_at), said))
        return Asked(tuple(lines), waiting, again)

    def ask(
        self, account: AccountId, family: FamilyId, stated: Stated, holder: AgencyId, category: str, why: str
    ) -> str:
        """Ask a holder to decide about what is held back from this reader; returns the request's id.

        Raises:
            InvalidRequestError: nothing was written.
            NotFoundError: nothing is held back that a holder's decision could open for this reader.
            ConflictError: the same question waits for its answer.
        """
        if not why.strip():
            raise InvalidRequestError("why_missing", where="why")
        recipient, now, id_ = self._agency(account), self._clock(), self._ids.new()
        records = self._held_back(account, family, stated, holder, category)
        earlier = self._earlier(family, (holder, recipient, category))
        sealed = self._words.close(id_, {"why": why})
        request = sharing.Request(id_, family, holder, recipient, category, records, account, now, sealed, earlier)
        with self._clear.write() as connection:
            sharing.add_request(connection, self._clear.partnership, request)
            work.add_task(connection, self._clear.partnership, self._to_decide(request, f"ask/{id_}"))
        return id_

    def why_asked(self, waiting: HolderTask) -> tuple[str, str, AgencyId | None]:
        """Return (why, category, who asks) of the request behind a task of the holder; nothing for a refusal."""
        with self._clear.read() as connection:
            found = sharing.find_request(connection, self._clear.partnership, waiting.request)
        if found is None:
            return "", "", None
        return self._words.open(found.id, found.sealed).get("why", ""), found.category, found.recipient

    def decide(self, account: AccountId, waiting: HolderTask, answer: Answer) -> None:
        """Record the holder's decision with the detriment question answered; one not to share is reviewed."""
        _require_answer(answer, waiting)
        with self._clear.read() as connection:
            request = sharing.find_request(connection, self._clear.partnership, waiting.request)
        records = request.records if request else (waiting.record,)
        now, id_ = self._clock(), self._ids.new()
        opening = Opening(
            "holder_decision",
            waiting.agency,
            answer.children or waiting.children,
            waiting.adults,
            records,
            answer.recipient,
            f"{answer.detriment}\n\n{answer.reason}",
        )
        kept = sharing.Decision(
            id_,
            waiting.family,
            waiting.agency,
            AgencyId(answer.recipient) if answer.recipient else None,
            records,
            answer.children or waiting.named,
            answer.share,
            answer.more_detrimental,
            answer.ground,
            self._words.close(id_, {"detriment": answer.detriment, "reason": answer.reason}),
            account,
            now,
            self._calendar.due(now, f"P{self._review_days()}D"),
            waiting.id,
            waiting.request or None,
        )

        def rows(connection: Connection) -> None:
            sharing.add_decision(connection, self._clear.partnership, kept)
            if not answer.share:
                work.add_task(connection, self._clear.partnership, self._to_review(kept))

        self._recording.decide_sharing(account, waiting.family, waiting.id, opening, share=answer.share, also=rows)

    def review_page(self, account: AccountId, decision: str) -> DecisionPage:
        """Return a decision not to share to a manager or IG officer of the holder, after entering that it was read."""
        found = self._under_review(account, decision)
        said = self._words.open(found.id, found.sealed)
        return DecisionPage(
            found.decided_by,
            moment_words(found.decided_at),
            found.recipient,
            len(found.records),
            len(found.children),
            found.more_detrimental,
            GROUNDS.get(found.ground, found.ground),
            said.get("detriment", ""),
            said.get("reason", ""),
        )

    def review(self, account: AccountId, decision: str, outcome: str, note: str) -> None:
        """Keep what the review found; `decide_again` puts the question to the holder once more."""
        if outcome not in OUTCOMES or not note.strip():
            raise InvalidRequestError("review_incomplete", where="note")
        found = self._under_review(account, decision)
        now, id_ = self._clock(), self._ids.new()
        kept = sharing.Review(found.id, account, now, outcome, self._words.close(found.id, {"note": note}))
        with self._clear.write() as connection:
            if not sharing.review(connection, self._clear.partnership, kept):
                raise ConflictError("reviewed_already", where=decision, next_step="see_tasks")
            task = duties.task_about(connection, self._clear.partnership, "review_not_shared", found.id)
            if task is not None:
                event = duties.TaskEvent(id_, task.id, duties.DONE, now, account, None)
                duties.done(connection, self._clear.partnership, event)
            if outcome == "decide_again":
                work.add_task(connection, self._clear.partnership, self._again(found))

    def _held_back(
        self, account: AccountId, family: FamilyId, stated: Stated, holder: AgencyId, category: str
    ) -> tuple[RecordId, ...]:
        now = self._clock()
        met = frozenset({"state_purpose", "state_reason"}) if stated.reason.strip() else frozenset({"state_purpose"})
        view = View(
            Act.SHARING_ASK,
            account,
            family,
            stated.purpose,
            _KINDS,
            at=now,
            known=now,
            justification=stated.reason,
            satisfied=met,
        )
        records = self._reader.held_back(view, holder, category)
        if not records:
            raise NotFoundError(where=family)
        return records

    def _earlier(self, family: FamilyId, flow: tuple[AgencyId, AgencyId, str]) -> str | None:
        with self._clear.read() as connection:
            before = sharing.requests_for(connection, self._clear.partnership, family, flow)
            if not before:
                return None
            found = sharing.decision_on(connection, self._clear.partnership, before[-1].id)
        if found is None:
            raise ConflictError("asked_already", where=before[-1].id, next_step="wait_for_the_answer")
        return found.id

    def _under_review(self, account: AccountId, decision: str) -> sharing.Decision:
        who = self._finder.standing(account)
        with self._clear.read() as connection:
            found = sharing.find_decision(connection, self._clear.partnership, decision)
        if found is None or found.shared or found.holder != who.agency or found.decided_by == account:
            raise NotFoundError(where=decision)
        self._doorkeeper.let_in(account, Act.SHARING_REVIEW, OVERSEERS, family=found.family)
        return found

    def _to_decide(self, request: sharing.Request, source: str) -> work.Task:
        due = self._calendar.due(self._clock(), ANSWER_WITHIN)
        first = request.records[0]
        return work.Task(
            self._ids.new(),
            source,
            "decide_sharing",
            request.holder,
            request.family,
            first,
            self._clock(),
            due,
            None,
            request.id,
        )

    def _again(self, found: sharing.Decision) -> work.Task:
        now = self._clock()
        due, source = self._calendar.due(now, ANSWER_WITHIN), f"again/{found.id}"
        record, kind = found.records[0], "decide_sharing"
        return work.Task(
            self._ids.new(), source, kind, found.holder, found.family, record, now, due, None, found.request
        )

    def _to_review(self, kept: sharing.Decision) -> work.Task:
        id_, kind, source = self._ids.new(), "review_not_shared", f"not_shared/{kept.id}"
        return work.Task(
            id_, source, kind, kept.holder, kept.family, None, kept.decided_at, kept.review_at, kept.decided_by, kept.id
        )

    def _review_days(self) -> int:
        return self._policy.foundations.gateways.openings["holder_decision"].review_days

    def _agency(self, account: AccountId) -> AgencyId:
        return AgencyId(self._finder.standing(account).agency)


def _require_answer(answer: Answer, waiting: HolderTask) -> None:
    """The detriment question is answered, in words; the decision fits the answer (s16LA(1) and (2))."""
    if not answer.detriment.strip():
        raise InvalidRequestError("detriment_missing", where="detriment")
    if not answer.reason.strip():
        raise InvalidRequestError("reason_missing", where="reason")
    if answer.share and (answer.more_detrimental or not answer.recipient):
        raise InvalidRequestError("share_against_the_child", where="decision", next_step="choose_again")
    if not answer.share and (answer.ground not in GROUNDS or (answer.ground == "detriment") != answer.more_detrimental):
        raise InvalidRequestError("ground_missing", where="ground", next_step="say_why_not")
    if not set(answer.children) <= set(waiting.children):
        raise InvalidRequestError("not_a_member", where="children")
