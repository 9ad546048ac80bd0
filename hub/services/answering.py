"""Answering what another agency asked: the holder looks, and chooses one of four answers.

INVARIANT: only the holder says whether it shares, does not share, or neither confirms nor denies; the last two with a
reason that the asker never reads in the last case, and both are reviewed at the holder.
INVARIANT: what is shared is sealed as the holder's own record and opens by the holder's recorded decision, for the
asking agency alone (Children Act 2004 s16LA). A second answer takes the first one's place, and closes what it opened.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.entries import STATEMENTS
from hub.domain.errors import InvalidRequestError, NotFoundError
from hub.domain.facts import AGENCIES_CHAIN, Fact, FactKind, family_chain
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, FactId, FamilyId, IdMaker, PersonId, RecordId, ReferenceId
from hub.domain.labels import Sensitivity
from hub.domain.partial_date import PartialDate
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.policybook import PolicyBook
from hub.gate.records import NewRecord
from hub.gate.writer import Actor, Writer
from hub.policy.working_days import Calendar
from hub.services import opening_decisions, request_tasks
from hub.services.covering import CHECKED, Covering
from hub.services.request_parts import Question, RequestLine
from hub.services.requests import ANSWERS, NOT_SHARED, NOTHING, SHARED, SPEAK, Requests
from hub.services.sealed_words import SealedWords
from hub.services.sharing import GROUNDS
from hub.store.clear import requests, sharing, work
from hub.store.session import Transactions

OPENING: Final = "holder_decision"
REFUSALS: Final = frozenset({NOT_SHARED, SPEAK})
KINDS_OF_STATEMENT: Final = {
    code: STATEMENTS[code] for code in ("fact_observed", "reported_by", "professional_opinion")
}


@dataclass(frozen=True, slots=True)
class Given:
    """What the holder answers.

    `checked` is the day it last looked. When it shares: the information, what kind of statement it is, how deeply it is
    involved, how each adult named is connected with the child, and what came of any allegation.
    """

    answer: str
    checked: date | None = None
    information: str = ""
    statement: str = ""
    involvement: str = ""
    relations: str = ""
    allegation: str = ""
    ground: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class AskedPage:
    """One request as the holder's desk reads it; `duty` says that the law makes this agency answer."""

    line: RequestLine
    question: Question
    law: str
    duty: bool
    history: tuple[str, ...]


class Answering:
    """Lists what an agency is asked, and answers. Built once by wiring."""

    def __init__(  # noqa: PLR0913, PLR0917  what answering takes
        self,
        gate: tuple[Writer, Finder, Doorkeeper, PolicyBook],
        asking: Requests,
        covering: Covering,
        words: SealedWords,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate's parts, the requests, what states that a holder looked, what seals words, and clear rows."""
        self._writer, self._finder, self._doorkeeper, self._policy = gate
        self._asking, self._covering, self._words, self._calendar = asking, covering, words, calendar
        self._clear, self._clock, self._ids = clear, clock, ids

    def desk(self, account: AccountId) -> list[RequestLine]:
        """Return what this reader's agency was asked, the newest first; the look is entered."""
        who = self._doorkeeper.let_in(account, Act.REQUEST_READ, request_tasks.HOLDERS)
        with self._clear.read() as connection:
            found = requests.asked_of(connection, self._clear.partnership, AgencyId(who.agency))
            answers = requests.answers_to(connection, self._clear.partnership, [one.id for one in found])
        open_to = [one for one in found if not self._finder.standing(account, self._asking.family_now(one)).shut]
        return [self._asking.line(one, one.asker, answers[one.id]) for one in open_to]

    def page(self, account: AccountId, request: str) -> AskedPage:
        """Return one request to the holder's desk, after entering that; NotFoundError for everybody else."""
        found = self._mine(account, request)
        with self._clear.read() as connection:
            answers = requests.answers_to(connection, self._clear.partnership, [found.id])[found.id]
        return AskedPage(
            self._asking.line(found, found.asker, answers),
            self._asking.question(found),
            self._asking.law(found),
            self._is_duty(found),
            tuple(self._asking.line(found, found.asker, answers[: n + 1]).answer_words for n in range(len(answers))),
        )

    def answer(self, account: AccountId, request: str, given: Given) -> None:
        """Answer, or answer again: the newest answer counts.

        Raises:
            InvalidRequestError: something that this answer needs is not said.
            AccessRefusedError: this role may not decide for the holder about sharing.
        """
        found = self._mine(account, request)
        question = self._asking.question(found)
        _require_given(given, question, PartialDate.of(self._clock()).first)
        family, now, id_ = self._asking.family_now(found), self._clock(), self._ids.new()
        facts = self._closing_earlier(account, family, found)
        record, opening = None, None
        if given.answer == SHARED:
            record = self._record(found, question, given, account)
            opening = self._decision(account, family, found, question, record.id)
            facts.append(opening)
        day = given.checked.isoformat() if given.checked else ""
        sealed = self._words.close(id_, {"checked": day, "reason": given.reason, "ground": given.ground})
        row = requests.Answer(
            id_,
            found.id,
            given.answer,
            now,
            account,
            sealed,
            record.id if record else None,
            opening.id if opening else None,
        )

        def rows(connection: Connection) -> None:
            requests.add_answer(connection, self._clear.partnership, row)
            self._review(connection, found, question, given, account)
            source = request_tasks.source_of(found.id)
            work.finish_tasks_from(connection, self._clear.partnership, source, account, now)
            if given.answer != SPEAK:
                work.post(connection, self._clear.partnership, (self._ids.new(), CHECKED, found.id), now)

        act, may_also = Act.REQUEST_ANSWER, [] if opening else [self._decision(account, family, found, question, "")]
        self._writer.record(
            Actor(account), act, family, facts, records=[record] if record else [], may_also=may_also, alongside=rows
        )
        self._covering.run_once()

    def _mine(self, account: AccountId, request: str) -> requests.Request:
        with self._clear.read() as connection:
            found = requests.find_request(connection, self._clear.partnership, request)
        who = self._finder.standing(account, self._asking.family_now(found) if found else None)
        if found is None or who.agency != found.holder or who.shut:
            raise NotFoundError(where=request)
        self._doorkeeper.let_in(account, Act.REQUEST_READ, request_tasks.HOLDERS)
        return found

    def _is_duty(self, found: requests.Request) -> bool:
        function = self._asking.rules.functions.get(found.function)
        return function is not None and self._kind(found.holder) in function.duty_on

    def _kind(self, agency: AgencyId) -> str:
        facts = self._writer.standing_facts([AGENCIES_CHAIN], self._clock())
        kinds = {str(f.body.get("agency")): str(f.body.get("kind")) for f in facts if f.kind is FactKind.AGENCY}
        return kinds.get(agency, "")

    def _people(self, question: Question) -> tuple[list[PersonId], list[PersonId]]:
        """Return (children, adults) whom the request names, as links say today who they are."""
        behind = self._finder.persons_behind([r for one in question.people for r in one.references])

        def those(*, child: bool) -> list[PersonId]:
            named = [one for one in question.people if one.child is child]
            return list(dict.fromkeys(behind[r] for one in named for r in one.references if r in behind))

        return those(child=True), those(child=False)

    def _record(self, found: requests.Request, question: Question, given: Given, account: AccountId) -> NewRecord:
        about = frozenset(ReferenceId(r) for one in question.people for r in one.references)
        name = self._asking.rules.information.get(self._kind(found.holder), "concern")
        fields: Mapping[str, str] = {
            name: given.information,
            "involvement": given.involvement,
            "last_checked": given.checked.isoformat() if given.checked else "",
            "statement_type": given.statement,
            "relations": given.relations,
            "allegation_outcome": given.allegation,
            "written_by": account,
        }
        said = {key: value for key, value in fields.items() if value.strip()}
        id_, today = RecordId(self._ids.new()), PartialDate.of(self._clock())
        return NewRecord(id_, RecordKind.ANSWER, found.holder, today, about, said, Sensitivity.SENSITIVE)

    def _decision(
        self, by: AccountId, family: FamilyId, found: requests.Request, question: Question, item: str
    ) -> Fact:
        """Return the holder's decision to share an item with who asked.

        Without an item it is only what any other answer asks for: the right to decide for the holder.
        """
        children, adults = self._people(question)
        body = {"opening": OPENING, "agency": found.holder, "children": children, "adults": adults}
        body |= {"items": [item or found.id], "recipient": found.asker, "review": ""}
        now, gateways = self._clock(), self._policy.foundations.gateways.openings
        ends = opening_decisions.latest_end(gateways, OPENING, now)
        chain = family_chain(family)
        return Fact(FactId(self._ids.new()), chain, 0, FactKind.OPENING, body, now, ends, now, by)

    def _closing_earlier(self, by: AccountId, family: FamilyId, found: requests.Request) -> list[Fact]:
        """Return what ends the decision behind an earlier answer."""
        with self._clear.read() as connection:
            answers = requests.answers_to(connection, self._clear.partnership, [found.id])[found.id]
        earlier, now = {one.opening for one in answers if one.opening}, self._clock()
        chain = family_chain(family)
        standing = [fact for fact in self._writer.standing_facts([chain], now) if fact.id in earlier]
        return [
            Fact(FactId(self._ids.new()), chain, 0, one.kind, one.body, now, None, now, by, one.id) for one in standing
        ]

    def _review(
        self, connection: Connection, found: requests.Request, question: Question, given: Given, by: AccountId
    ) -> None:
        """A decision not to share is a record too, and somebody else at the holder reviews it."""
        if given.answer not in REFUSALS:
            return
        now, id_ = self._clock(), self._ids.new()
        days = self._policy.foundations.gateways.openings[OPENING].review_days
        clock = now, self._calendar.due(now, f"P{days}D")
        task = request_tasks.to_review(id_, found, by, clock, self._ids.new())
        children, _ = self._people(question)
        words = self._words.close(id_, {"detriment": "", "reason": given.reason})
        work.add_task(connection, self._clear.partnership, task)
        sharing.add_decision(
            connection,
            self._clear.partnership,
            sharing.Decision(
                id_,
                found.family,
                found.holder,
                found.asker,
                (),
                tuple(children),
                shared=False,
                more_detrimental=given.ground == "detriment",
                ground=given.ground,
                sealed=words,
                decided_by=by,
                decided_at=now,
                review_at=task.due_at,
                task=task.id,
                request=None,
            ),
        )


def _require_given(given: Given, question: Question, today: date) -> None:
    """What each answer needs: a day last checked; what is shared, and of which kind; a ground and a reason."""
    if given.answer not in ANSWERS:
        raise InvalidRequestError("unknown_answer", where="answer")
    if given.answer in REFUSALS and (given.ground not in GROUNDS or not given.reason.strip()):
        raise InvalidRequestError("reason_missing", where="reason")
    if given.answer in {NOTHING, SHARED} and (given.checked is None or given.checked > today):
        raise InvalidRequestError("checked_missing", where="checked")
    if given.answer != SHARED:
        return
    for name in ("information", "involvement"):
        if not str(getattr(given, name)).strip():
            raise InvalidRequestError(f"{name}_missing", where=name)
    if given.statement not in KINDS_OF_STATEMENT:
        raise InvalidRequestError("statement_missing", where="statement")
    if not given.relations.strip() and any(not one.child for one in question.people):
        raise InvalidRequestError("relations_missing", where="relations")
