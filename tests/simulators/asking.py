"""What a family's social worker asks other agencies in a week, and what they answer: in time, late, again, or never."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Select, select

from hub.domain.errors import ConflictError
from hub.services import request_tasks
from hub.services.answering import Given
from hub.services.family_page import Stated
from hub.services.requests import Asking
from hub.store.clear.door_tables import information_request, request_answer
from hub.store.clear.partner_events import REQUEST_RECEIVED
from hub.store.clear.partner_tables import partner_event
from hub.store.clear.tables import task

if TYPE_CHECKING:
    from tests.simulators.partnership import Partnership

HOLDERS: Final = {"police": "otto", "mh": "igmh", "sm": "igsm"}
STATED: Final = Stated("support_family", "A visit tomorrow")
REFUSALS: Final = frozenset({"not_shared", "speak_to_us"})
WHOLE: Final = 1_000_000
"""More entries than the log of a week has."""
DUE, SOON = "assess_need", "decide_response"
"""Functions that are to be answered within three working days, and within one."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One question: the day it is asked, by which day's end it is due, and its answers as (day, answer), in order."""

    asked: int
    holder: str
    function: str
    due: int
    answers: tuple[tuple[int, str], ...] = ()

    @property
    def late(self) -> bool:
        """Say whether it was open when the day it was due was over."""
        return not self.answers or self.answers[0][0] > self.due


WEEK: Final = (
    Planned(0, "police", DUE, 3, ((0, "nothing_held"),)),
    Planned(0, "mh", SOON, 1, ((3, "shared"), (5, "not_shared"))),
    Planned(0, "sm", DUE, 3, ((4, "not_shared"),)),
    Planned(1, "police", SOON, 2, ((4, "speak_to_us"),)),
    Planned(1, "mh", DUE, 4, ((6, "nothing_held"),)),
    Planned(2, "sm", SOON, 3, ((2, "speak_to_us"), (3, "shared"))),
    Planned(4, "police", DUE, 9),
)
"""The week begins on a Monday. Every answer is given in time by one and late by another; the last is never answered."""


@dataclass
class Questions:
    """Asks and answers as planned. `asked` is plan -> the request's id; `given` holds every answer, in order."""

    town: "Partnership"
    plan: Sequence[Planned] = WEEK
    asked: dict[Planned, str] = field(default_factory=dict)
    given: list[tuple[str, str]] = field(default_factory=list)
    refused: int = 0

    def play(self, day: int) -> None:
        """Ask and answer what is planned for a day."""
        for one in self.plan:
            if one.asked == day:
                self._ask(one)
            for when, answer in one.answers:
                if when == day:
                    self._answer(one, answer)

    def _ask(self, one: Planned) -> None:
        """Ask, and ask once more: the same question waits for its answer already."""
        town, world = self.town, self.town.world
        who, before = world.accounts["sally"], set(self._lines())
        # As the form offers them: whom this worker may not name cannot be asked about.
        offered = world.hub.pages.named(who, world.family, STATED).people
        people = [p for p in (world.people("child")[0], *world.people("parent")) if p in offered]
        said = Asking(world.agencies[one.holder], one.function, people, "A neighbour rang", "since May 2026")
        town.at_a_desk(lambda: world.hub.desk.requests.ask(who, world.family, STATED, said))
        try:
            world.hub.desk.requests.ask(who, world.family, STATED, said)
        except ConflictError:
            self.refused += 1
        (self.asked[one],) = self._lines().keys() - before

    def _answer(self, one: Planned, kind: str) -> None:
        given = Given(
            kind,
            checked=self.town.world.clock().date(),
            information="Three calls since May",
            statement="fact_observed",
            involvement="Open since May",
            relations="Daniel: father",
            ground="detriment",
            reason="It would endanger a witness",
        )
        request, who = self.asked[one], self.town.world.accounts[HOLDERS[one.holder]]
        self.given.append((request, kind))
        before = self._answers()[request, kind]
        self.town.at_a_desk(lambda: self._unless_given(who, request, given, before))

    def _unless_given(self, who: str, request: str, given: Given, before: int) -> None:
        """Answer as a person does who looks first whether their answer arrived."""
        if self._answers()[request, given.answer] == before:
            self.town.world.hub.desk.answering.answer(who, request, given)

    def differences(self) -> Iterator[str]:
        """Compare with the hub, once every day that anything was due on is over."""
        if self.refused != len(self.asked):
            yield f"{self.refused} of {len(self.asked)} questions were refused when they were asked twice"
        stored = Counter(row.id for row in self._all(select(information_request.c.id)))
        if stored != Counter(self.asked.values()):
            yield f"{stored.total()} requests are stored, {len(self.asked)} were asked"
        if self._answers() != Counter(self.given):
            yield f"{self._answers().total()} answers are stored, {len(self.given)} were given"
        newest = dict(self.given)
        yield from (
            f"request {one} reads {answer!r}, the newest answer is {newest.get(one, '')!r}"
            for one, answer in self._lines().items()
            if answer != newest.get(one, "")
        )
        news = {row.subject for row in self._all(select(partner_event).where(partner_event.c.kind == REQUEST_RECEIVED))}
        yield from (f"request {one}: its holder was never told" for one in sorted(set(self.asked.values()) - news))
        yield from self._clocks()

    def _clocks(self) -> Iterator[str]:
        """Each was asked for once; what was late was reminded of and escalated once; an answer took all of it back.

        Of what is due after the week, when rounds are rare, only the silence is counted.
        """
        late = {request for one, request in self.asked.items() if one.late}
        open_ = {request for one, request in self.asked.items() if not one.answers}
        made = list(self._all(select(task).where(task.c.source.like("request/%"))))
        for kind, want in (
            (request_tasks.ANSWER, set(self.asked.values())),
            (request_tasks.REMIND, late - open_),
            (request_tasks.SILENCE, late),
        ):
            found = Counter(row.source.removeprefix("request/") for row in made if row.kind == kind)
            if found != Counter(want):
                yield f"{kind}: {found.total()} tasks, must be {len(want)}"
        waiting = {row.source.removeprefix("request/") for row in made if row.done_at is None}
        if waiting != open_:
            yield f"tasks wait for {len(waiting)} requests, {len(open_)} are not answered"
        reviews = self._all(select(task.c.id).where(task.c.kind == "review_not_shared"))
        refusals = sum(answer in REFUSALS for _, answer in self.given)
        if len(reviews) != refusals:
            yield f"{len(reviews)} refusals are to be reviewed, {refusals} were given"
        told = {
            e.entry.detail["request"]
            for e in self.town.world.entries(WHOLE)
            if e.entry.outcome == request_tasks.SILENCE
        }
        if told != late:
            yield f"the log tells of {len(told)} silences, there were {len(late)}"

    def _lines(self) -> dict[str, str]:
        """Return request -> newest answer, as who asked reads them."""
        world = self.town.world
        found = world.hub.desk.requests.lines(world.accounts["sally"], world.family)
        return {line.id: line.answer for line in found}

    def _answers(self) -> Counter[tuple[str, str]]:
        return Counter((row.request_id, row.answer) for row in self._all(select(request_answer)))

    def _all(self, asked: Select[Any]) -> list[Any]:
        with self.town.world.hub.engines.data.connect() as connection:
            return list(connection.execute(asked))
