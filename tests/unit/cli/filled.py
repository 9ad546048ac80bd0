"""The filled partnership of the demonstration, for tests."""

from dataclasses import dataclass

from hub.cli.demo.partnership import Partnership
from hub.cli.demo.story import Story
from hub.domain.facts import Fact, FactKind, family_chain, person_chain
from hub.store.clear import cases
from hub.wiring import Hub


@dataclass
class Filled:
    hub: Hub
    story: Story
    partnership: Partnership

    @property
    def settings(self) -> object:
        return self.hub.settings

    def facts(self) -> list[Fact]:
        """Return every fact about the families and their people, those that ended too."""
        with self.hub.clear.read() as connection:
            families = [row.id for row in cases.accepted_families(connection, self.hub.clear.partnership)]
        found = list(self.hub.writer.dated_facts([family_chain(one) for one in families]))
        people = {str(fact.body["person"]) for fact in found if fact.kind is FactKind.MEMBERSHIP}
        return found + list(self.hub.writer.dated_facts([person_chain(one) for one in sorted(people)]))

    def of(self, kind: FactKind) -> list[Fact]:
        return [fact for fact in self.facts() if fact.kind is kind]

    def who(self, username: str) -> str:
        return self.story.cast.accounts[username]
