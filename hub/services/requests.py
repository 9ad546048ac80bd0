"""Asking another agency what it holds: for which child, for which function, why now, about which people and time.

INVARIANT: who asked and what was answered is read by those of the asking agency who work with the family and ask for
it, and by the holder's desk; nobody else finds a trace of it. What the holder shares opens through the gate alone.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from hub.domain.access import Act, Operation
from hub.domain.clock import Clock
from hub.domain.errors import AccessRefusedError, ConflictError, InvalidRequestError, NotFoundError
from hub.domain.facts import FactKind, family_chain
from hub.domain.fields import RecordKind
from hub.domain.ids import AccountId, AgencyId, FamilyId, IdMaker, PersonId
from hub.domain.partial_date import PartialDate
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder, Standing
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.gate.writer import Writer
from hub.policy.requests import RequestRules
from hub.policy.working_days import Calendar
from hub.services import entry_lines, request_tasks
from hub.services.family_page import FamilyPages, Stated
from hub.services.register import moment_words
from hub.services.request_parts import Named, Question, RequestLine, RequestPage
from hub.services.sealed_words import SealedWords
from hub.services.subjects import Subjects
from hub.store.clear import cases, partner_events, requests, work
from hub.store.clear.partner_events import REQUEST_RECEIVED, PartnerEvent, event_id
from hub.store.session import Transactions

ASKERS: Final = frozenset({"social_worker", "team_manager", "front_door_worker", "duty_worker"})
NOTHING, SHARED, NOT_SHARED, SPEAK = "nothing_held", "shared", "not_shared", "speak_to_us"
ANSWERS: Final = {
    NOTHING: "Checked, nothing held",
    SHARED: "Held, and shared",
    NOT_SHARED: "Held, and not shared",
    SPEAK: "Neither confirmed nor denied: speak to us",
}
_LONGEST: Final = 50


@dataclass(frozen=True, slots=True)
class Asking:
    """What a worker asks. `people` are named people of the family, `period` the time it is about, in words."""

    holder: AgencyId
    function: str
    people: Collection[PersonId]
    why: str
    period: str


class Requests:
    """Asks, and shows what came of it. Built once by wiring."""

    def __init__(  # noqa: PLR0913, PLR0917  what asking takes
        self,
        gate: tuple[Reader, Writer, Finder, Doorkeeper],
        pages: FamilyPages,
        subjects: Subjects,
        rules: RequestRules,
        words: SealedWords,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the gate's parts, what opens families, local rules, what seals words, working days and clear rows."""
        self._reader, self._writer, self._finder, self._doorkeeper = gate
        self._pages, self._subjects, self.rules, self._words = pages, subjects, rules, words
        self._calendar, self._clear, self._clock, self._ids = calendar, clear, clock, ids

    def ask(self, account: AccountId, family: FamilyId, stated: Stated, asking: Asking) -> str:
        """Ask a holder; returns the request's id. What it tells the holder is entered as a disclosure to them.

        Raises:
            InvalidRequestError: something is not said, or the decision that the function needs is not recorded.
            ConflictError: the same question waits for its answer.
        """
        who = self._enter(account, family)
        function = self._require_said(family, asking, AgencyId(who.agency))
        people = self._named(account, family, stated, asking.people)
        earlier = [one for one in self.lines(account, family) if one.agency == asking.holder and not one.answer]
        if any(one.function_words == self.rules.functions[asking.function].words for one in earlier):
            raise ConflictError("asked_already", where=family, next_step="wait_for_the_answer")
        self._doorkeeper.let_in(
            account,
            Act.REQUEST_ASK,
            ASKERS,
            operation=Operation.DISCLOSURE,
            purpose=stated.purpose,
            family=family,
            justification=asking.why,
            recipient=asking.holder,
            selection={"function": asking.function, "people": len(people)},
        )
        now, id_ = self._clock(), self._ids.new()
        told = json.dumps([[one.words, one.child, list(one.references)] for one in people])
        sealed = self._words.close(id_, {"people": told, "why": asking.why, "period": asking.period})
        due, asker = self._calendar.due(now, function), AgencyId(who.agency)
        row = requests.Request(id_, family, account, asker, asking.holder, asking.function, now, due, sealed)
        task = request_tasks.task(request_tasks.ANSWER, row, now, due, self._ids.new())
        news = PartnerEvent(event_id(REQUEST_RECEIVED, id_), REQUEST_RECEIVED, asking.holder, id_, now, now)
        with self._clear.write() as connection:
            requests.add_request(connection, self._clear.partnership, row)
            partner_events.post(connection, self._clear.partnership, news)
            work.add_task(connection, self._clear.partnership, task)
        return id_

    def lines(self, account: AccountId, family: FamilyId) -> list[RequestLine]:
        """Return what this reader's agency asked about the family, the newest first; nothing for who does not ask."""
        return self._lines(self._finder.standing(account, family), family)

    def _lines(self, who: Standing, family: FamilyId) -> list[RequestLine]:
        if who.role not in ASKERS or not who.relationships:
            return []
        found, answers = self._asked(AgencyId(who.agency), family)
        return [self.line(one, one.holder, answers[one.id]) for one in found]

    def answered(self, who: Standing, family: FamilyId) -> dict[AgencyId, str]:
        """Return agency -> its newest answer in words, for the coverage strip of who asked; silence adds nothing.

        `who` is how the reader stands to this family at this moment.
        """
        newest: dict[AgencyId, str] = {}
        for one in self._lines(who, family):
            if one.answer:
                newest.setdefault(one.agency, f"{one.answer_words}.")
        return newest

    def page(self, account: AccountId, request: str) -> RequestPage:
        """Return one request with its answer to who may read it, after entering that; NotFoundError for others."""
        with self._clear.read() as connection:
            found = requests.find_request(connection, self._clear.partnership, request)
        if found is None:
            raise NotFoundError(where=request)
        family = self.family_now(found)
        who = self._finder.standing(account, family)
        if who.agency != found.asker or who.role not in ASKERS or not who.relationships:
            raise NotFoundError(where=request)
        self._doorkeeper.let_in(account, Act.REQUEST_READ, ASKERS, family=family)
        with self._clear.read() as connection:
            answers = requests.answers_to(connection, self._clear.partnership, [found.id])[found.id]
        said = self._words.open(answers[-1].id, answers[-1].sealed) if answers else {}
        day = PartialDate.parse(said["checked"]).in_words() if said.get("checked") else ""
        return RequestPage(
            self.line(found, found.holder, answers),
            self.question(found),
            self.law(found),
            said.get("reason", "") if answers and answers[-1].answer == NOT_SHARED else "",
            day,
            self._opened(account, family, answers[-1]) if answers and answers[-1].record else (),
        )

    def question(self, found: requests.Request) -> Question:
        """Open what a request says."""
        said = self._words.open(found.id, found.sealed)
        people = json.loads(said["people"])
        named = tuple(Named(words, child, tuple(references)) for words, child, references in people)
        return Question(named, said["why"], said["period"])

    def law(self, found: requests.Request) -> str:
        """Return the law of the request's function."""
        function = self.rules.functions.get(found.function)
        return function.law if function else ""

    def line(self, found: requests.Request, agency: AgencyId, answers: Sequence[requests.Answer]) -> RequestLine:
        """Write one request; `agency` is the other side."""
        function, answer = self.rules.functions.get(found.function), answers[-1] if answers else None
        return RequestLine(
            found.id,
            agency,
            function.words if function else found.function,
            moment_words(found.asked_at),
            f"answer by {moment_words(found.due_at)}",
            answer.answer if answer else "",
            f"{ANSWERS[answer.answer]}, answered {moment_words(answer.at)}" if answer else "",
            answer is None and found.due_at < self._clock(),
        )

    def family_now(self, found: requests.Request) -> FamilyId:
        """Return the family a request is about now: a referral may have been placed since it was asked."""
        with self._clear.read() as connection:
            moved = cases.placed_from(connection, self._clear.partnership, found.family)
        return moved or found.family

    def _asked(
        self, asker: AgencyId, family: FamilyId
    ) -> tuple[Sequence[requests.Request], dict[str, list[requests.Answer]]]:
        with self._clear.read() as connection:
            families = [family, *cases.placed_into(connection, self._clear.partnership, family)]
            found = requests.asked_by(connection, self._clear.partnership, asker, families)[:_LONGEST]
            asked = [one.id for one in found]
            return found, requests.answers_to(connection, self._clear.partnership, asked) if asked else {}

    def _opened(
        self, account: AccountId, family: FamilyId, answer: requests.Answer
    ) -> tuple[entry_lines.EntryLine, ...]:
        """Return what the gate opens of a shared answer for this reader, for the purposes they may choose from."""
        register, now = self._pages.register(), self._clock()
        for purpose in self._pages.purposes(account, family):
            view = View(
                Act.REQUEST_READ,
                account,
                family,
                purpose,
                frozenset({RecordKind.ANSWER}),
                at=now,
                known=now,
                justification="Reading the answer to a request",
                satisfied=frozenset({"state_purpose", "state_reason"}),
                only=frozenset({answer.record}) if answer.record else frozenset(),
            )
            lines = entry_lines.entries(self._reader.disclose(view), register)
            if lines:
                return lines
        return ()

    def _enter(self, account: AccountId, family: FamilyId) -> Standing:
        who = self._pages.enter(account, family)
        if who.role not in ASKERS:
            raise AccessRefusedError("role_may_not_ask", where=family)
        return who

    def _require_said(self, family: FamilyId, asking: Asking, own: AgencyId) -> str:
        function = self.rules.functions.get(asking.function)
        if function is None:
            raise InvalidRequestError("unknown_function", where="function")
        if asking.holder == own or asking.holder not in self._pages.register().agencies:
            raise InvalidRequestError("unknown_agency", where="holder")
        for name, value in (("why", asking.why), ("period", asking.period)):
            if not value.strip():
                raise InvalidRequestError(f"{name}_missing", where=name)
        if function.opening and function.opening not in self._openings(family):
            raise InvalidRequestError("no_decision_recorded", where="function", next_step="record_the_decision_first")
        return function.within

    def _openings(self, family: FamilyId) -> set[str]:
        facts = self._writer.standing_facts([family_chain(family)], self._clock())
        return {str(fact.body["opening"]) for fact in facts if fact.kind is FactKind.OPENING}

    def _named(
        self, account: AccountId, family: FamilyId, stated: Stated, people: Iterable[PersonId]
    ) -> tuple[Named, ...]:
        """Name people as this reader may name them: a name and a birth date, never where they are."""
        known, chosen = self._pages.named(account, family, stated).people, list(dict.fromkeys(people))
        if not set(chosen) <= known.keys() or self._finder.shielded(chosen):
            raise InvalidRequestError("not_a_member", where="people")
        if not any(known[person].child for person in chosen):
            raise InvalidRequestError("no_child_named", where="people", next_step="name_at_least_one_child")
        return tuple(
            Named(
                ", ".join(filter(None, (known[person].name, known[person].born_words, known[person].part_words))),
                known[person].child,
                tuple(sorted(self._subjects.references(person))),
            )
            for person in chosen
        )
