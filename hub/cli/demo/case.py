"""One family of the filled partnership as its workers act on it: through the services, like everybody else."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from hub.cli.demo.households import Household, Someone
from hub.cli.demo.people import Cast
from hub.cli.demo.phrases import CARE_NOTES, SERVICE_NOTES, Note
from hub.cli.stage import Stage
from hub.domain.entries import LATER, WITHHELD, FamilyVisibility
from hub.domain.ids import AccountId, AgencyId, FamilyId, PersonId, RecordId
from hub.domain.labels import Sensitivity
from hub.domain.partial_date import PartialDate
from hub.services.entries import NewEntry, Said
from hub.services.family_page import Stated
from hub.services.recording import Period

HELPING: Final = Stated("support_family", "Keeping the record of the work up to date")
_CARE: Final = frozenset({"sally", "sam", "lena", "tariq"})
_EVERY: Final = 11
"""Days between two entries of one writer."""
_REPORTERS: Final = {
    "education": "The class teacher",
    "health": "The health visitor",
    "crisis": "The person themselves",
}
_LATELY: Final = 10
"""How many of a writer's entries are young enough for the family not to have seen them yet."""


@dataclass(frozen=True, slots=True)
class Case:
    """A placed family: its id, who is who, and the hub that its workers work on."""

    stage: Stage
    cast: Cast
    household: Household
    family: FamilyId
    people: dict[str, PersonId]

    @property
    def shows(self) -> str:
        """Which state of affairs this family is for."""
        return self.household.shows

    @property
    def mother(self) -> PersonId:
        """The mother."""
        return self.people[self.household.mother.name]

    @property
    def father(self) -> PersonId:
        """The father."""
        return self.people[self.household.father.name]

    @property
    def children(self) -> list[PersonId]:
        """Everybody who is a child, born or not."""
        names = {one.name for one in self.household.of("mother", "father", "carer")}
        return [person for name, person in self.people.items() if name not in names]

    def who(self, username: str) -> AccountId:
        """Return a worker's account."""
        return self.cast.accounts[username]

    def agency(self, code: str) -> AgencyId:
        """Return an agency's id."""
        return self.cast.agencies[code]

    def today(self) -> date:
        """Return the day it is."""
        return self.stage.clock().date()

    def allocate(self, username: str, *, with_part: str = "", lead: bool = False) -> None:
        """Let a worker work with the family, or with one parent."""
        period = Period(self.stage.clock())
        works_with = [getattr(self, with_part)] if with_part else []
        manager = self.who("manager")
        self.stage.recording.allocate(
            manager, self.family, self.who(username), period, lead=lead, works_with=works_with
        )

    def write(self, username: str, part: str, count: int) -> list[RecordId]:
        """Let a worker add entries, the newest first; `part` is whom a worker of one parent works with."""
        notes = CARE_NOTES if username in _CARE else SERVICE_NOTES
        shift = self.household.number + len(username)
        return [
            self._add(username, part, notes[(shift + place) % len(notes)], place, self._day(shift, place))
            for place in range(count)
        ]

    def _day(self, shift: int, place: int) -> PartialDate:
        return PartialDate(self.today() - timedelta(days=1 + shift % 5 + _EVERY * place))

    def _add(self, username: str, part: str, note: Note, place: int, day: PartialDate) -> RecordId:
        child = self.household.children[place % len(self.household.children)]
        about = [getattr(self, part)] if part else self._about(note, child)
        said = {
            "what_happened": note.happened,
            "child_voice": note.voice,
            "strengths": note.strengths,
            "concern": note.concern,
            "next_steps": note.next_steps,
        }
        texts = {name: Said(self.named(words, child)) for name, words in said.items() if words}
        new = NewEntry(
            note.event,
            note.statement,
            day,
            about,
            texts,
            "significant" if note.significant else "routine",
            reported_by=_REPORTERS.get(note.event, "A parent") if note.statement == "reported_by" else "",
            family=self._visibility(note, place),
            sensitivity=Sensitivity.SENSITIVE if note.significant else Sensitivity.PERSONAL,
        )
        return self.stage.team.entries.add(self.who(username), self.family, HELPING, new)

    def named(self, words: str, child: Someone) -> str:
        """Put this family's names into a sentence."""
        home = self.household
        return words.format(child=child.given, mother=home.mother.given, father=home.father.given)

    def _about(self, note: Note, child: Someone) -> list[PersonId]:
        """Name whom the words speak of; words that name nobody speak of the child."""
        text = note.happened + note.strengths + note.next_steps
        spoken = [self.people[child.name]] if "{child}" in text or "{" not in text else []
        spoken += [self.mother] if "{mother}" in text else []
        return spoken + ([self.father] if "{father}" in text else [])

    def _visibility(self, note: Note, place: int) -> FamilyVisibility:
        """Withhold what somebody lately alleged; share some of the newest by next week; share the rest."""
        if note.statement == "allegation" and place < _LATELY:
            return FamilyVisibility(WITHHELD, self.today() + timedelta(days=60), "source")
        if place == 1:
            return FamilyVisibility(LATER, self.today() + timedelta(days=7))
        return FamilyVisibility()


def known(
    stage: Stage, cast: Cast, household: Household, family: FamilyId, by: AccountId, stated: Stated = HELPING
) -> Case:
    """Return a family with its people by name, as somebody who may read all of it knows them."""
    lines = stage.pages.named(by, family, stated).people
    return Case(stage, cast, household, family, {line.name: person for person, line in lines.items()})
