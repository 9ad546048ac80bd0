"""The whole hub, services to sealed rows, answers as the naive one does, whatever people record in whatever order."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random  # noqa: TID251  the seed is the point
from tempfile import TemporaryDirectory
from typing import Any, ClassVar

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from hub.domain.errors import AccessRefusedError
from hub.domain.facts import Fact
from hub.domain.ids import PersonId
from hub.gate.disclosure import Disclosure
from hub.policy import circumstances
from hub.policy.consent import consent_state
from hub.services.recording import ConsentWord, Opening, Period
from hub.settings import Settings
from hub.store.sealed.facts import read_chains
from hub.store.sealed.labels import labels_of
from hub.store.sealed.tables import fact
from tests.factories import MET, Seeded, SmallWorld, make_world, reopened
from tests.properties.naive_hub import Asked, NaiveHub, Said
from tests.spec.helping import treatment

READERS = ["sally", "manager", "fran", "rob", "nina", "pete", "vera"]
WORKERS = ["sally", "rob", "nina", "pete", "vera"]
PURPOSES = ["support_family", "protect_child"]
STATUSES = ["given", "given_with_conditions", "refused", "withdrawn", "not_sought"]
OPENINGS = ["strategy_discussion", "s47_enquiry", "child_protection_plan"]
PARTS = ["child", "victim", "alleged_perpetrator"]
CODES = ["csc", "police", "mh", "sm", "da"]
some_codes = st.just(["*"]) | st.lists(st.sampled_from(CODES), min_size=1, max_size=2, unique=True)
RUNS, STEPS = 8, 25


class WholeHub(RuleBasedStateMachine):
    """Every step is recorded through a service and told to the naive hub in the test's own words."""

    made: ClassVar[SmallWorld]

    @initialize(seed=st.integers(0, 1_000_000))
    def begin(self, seed: int) -> None:
        self.place = TemporaryDirectory(prefix="hub-machine-")
        self.rng = Random(seed)  # noqa: S311  made-up questions
        self.world = reopened(self.made, Settings.in_folder(Path(self.place.name) / "hub"), Seeded(f"machine {seed}"))
        self.naive = NaiveHub({id_: (code, KINDS[code]) for code, id_ in self.world.agencies.items()})
        self.naive.said += list(recorded(self.world))
        published = {one.what["agreement"] for one in self.naive.said if one.kind == "published"}
        self.naive.agreements = [text for text in self.naive.agreements if text["agreement"] in published]

    def teardown(self) -> None:
        self.world.close()
        self.place.cleanup()

    def tell(self, kind: str, id_: str, what: dict[str, Any], until: datetime | None = None) -> None:
        now = self.world.clock.now
        self.naive.said.append(Said(id_, kind, what, now, until, now))

    def agencies(self, codes: list[str]) -> list[str]:
        return [self.world.agencies.get(code, code) for code in codes]

    def person(self, part: str) -> PersonId:
        return self.rng.choice(self.world.people(part))

    @rule(part=st.sampled_from(PARTS), status=st.sampled_from(STATUSES), sources=some_codes, recipients=some_codes)
    def somebody_speaks(self, part: str, status: str, sources: list[str], recipients: list[str]) -> None:
        person = self.person(part)
        scope = {"sources": self.agencies(sources), "recipients": self.agencies(recipients)}
        word = ConsentWord(person, status, **scope)
        id_ = self.world.hub.recording.consent(self.world.accounts["manager"], self.world.family, word)
        body = {"person": person, "status": status, "categories": ["*"], "purposes": ["*"], "reason": "", **scope}
        self.tell("consent", id_, body)

    @rule(
        username=st.sampled_from(WORKERS), part=st.none() | st.sampled_from(PARTS), hours=st.none() | st.integers(1, 60)
    )
    def a_worker_is_allocated(self, username: str, part: str | None, hours: int | None) -> None:
        people = [self.person(part)] if part else []
        start = self.world.clock()
        end = None if hours is None else start + timedelta(hours=hours)
        manager, worker = self.world.accounts["manager"], self.world.accounts[username]
        id_ = self.world.hub.recording.allocate(
            manager, self.world.family, worker, Period(start, end), works_with=people
        )
        self.tell("allocation", id_, {"account": worker, "capacity": "allocated", "works_with": people}, end)

    @rule(code=st.sampled_from(OPENINGS), every=st.booleans(), adults=st.booleans())
    def an_opening_fact_is_recorded(self, code: str, *, every: bool, adults: bool) -> None:
        children = self.world.people("child")
        named = {"children": children if every else children[:1]}
        named |= {"adults": self.world.people("parent") if adults else []}
        opening = Opening(code, self.world.agencies["csc"], **named, evidence="Decision recorded for a test")
        id_ = self.world.hub.recording.open(
            self.world.accounts["manager"], self.world.family, opening, Period(self.world.clock())
        )
        body = {"opening": code, "agency": opening.agency, "items": [], "recipient": "", **named}
        self.tell("opening", id_, body)

    @precondition(lambda self: self.can_end())
    @rule(data=st.data())
    def something_ends(self, data: st.DataObject) -> None:
        found: Said = data.draw(st.sampled_from(self.can_end()))
        now = self.world.clock()
        self.world.hub.recording.end(self.world.accounts["manager"], self.world.family, found.id, now, "It is over")
        found.ended.append((now, now))

    @rule(hours=st.sampled_from([1, 8, 40]))
    def time_passes(self, hours: int) -> None:
        self.world.clock.advance(hours=hours)

    def can_end(self) -> list[Said]:
        now = self.world.clock.now
        return [one for one in self.naive.said if one.kind in {"allocation", "opening"} and one.stands(now, now)]

    @invariant()
    def both_show_the_same(self) -> None:
        for username in self.rng.sample(READERS, 2):
            purpose, met = self.rng.choice(PURPOSES), self.rng.choice([MET, MET, frozenset()])
            try:
                shown = self.world.view(username, purpose=purpose, satisfied=met)
            except AccessRefusedError:
                shown = None
            now = self.world.clock.now
            asked = Asked(self.world.accounts[username], purpose, met, now, now)
            expected = {number: self.naive.level(asked, label)[0] for number, label in self.labels().items()}
            assert levels(shown) == {number: level for number, level in expected.items() if level != "hide"}
            assert opened(shown) <= {number for number, level in expected.items() if level == "show"}

    def labels(self) -> dict[int, dict[str, Any]]:
        hub = self.world.hub
        with hub.engines.gate.connect() as connection:
            rows = labels_of(connection, hub.partnership.id, self.world.family)
        return {row.number: json.loads(row.definition) for row in rows}


KINDS = {
    "csc": "local_authority",
    "police": "police",
    "mh": "nhs_body",
    "sm": "contracted_provider",
    "da": "charity",
}


def recorded(world: SmallWorld) -> Iterator[Said]:
    """Tell the naive hub what the world began with: accounts, members, who is who, what the messages stated."""
    hub = world.hub
    with hub.engines.gate.connect() as connection:
        chains = connection.scalars(select(fact.c.chain).distinct()).all()
        rows = [row.fact for row in read_chains(connection, hub.partnership.id, chains)]
    ends = {row.ends: (row.valid_from, row.recorded_at) for row in rows if row.ends}
    for row in sorted(rows, key=lambda found: found.recorded_at):
        if row.ends is None:
            subject, _, id_ = row.chain.partition(":")
            if subject == "family" and id_ != world.family:
                continue
            ended = [ends[row.id]] if row.id in ends else []
            what = {subject: id_, **row.body}
            yield Said(row.id, row.kind, what, row.valid_from, row.valid_until, row.recorded_at, ended)


def levels(shown: Disclosure | None) -> dict[int, str]:
    return {} if shown is None else {number: found.level.value for number, found in shown.decisions.items()}


def opened(shown: Disclosure | None) -> set[int]:
    return set() if shown is None else {number for record in shown.records for number in record.labels}


def after_placing(folder: Path) -> SmallWorld:
    """Make the family once: a police notice and a treatment report in one family, three workers with it."""
    small = make_world(Settings.in_folder(folder / "hub"), Seeded("machine"))
    small.police_notice()
    small.send("sm", "adult_with_children_json", treatment())
    small.hub.rounds.run_once()
    small.accept()
    small.allocate("sally", lead=True)
    small.allocate("rob", "alleged_perpetrator")
    small.allocate("vera", "victim")
    small.close()
    return small


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> type[WholeHub]:
    class Machine(WholeHub):
        made = after_placing(tmp_path_factory.mktemp("machine"))

    return Machine


SETTINGS = settings(
    max_examples=RUNS,
    stateful_step_count=STEPS,
    phases=[Phase.generate],
    report_multiple_bugs=False,
    deadline=None,
    derandomize=True,
)


def test_the_whole_hub_shows_what_the_naive_one_allows(machine: type[WholeHub]) -> None:
    run_state_machine_as_test(machine, settings=SETTINGS)


def test_a_hub_that_forgets_withdrawals_is_found(machine: type[WholeHub], monkeypatch: pytest.MonkeyPatch) -> None:
    def deaf(facts: Iterable[Fact], **flow: str) -> tuple[str, str]:
        return consent_state([one for one in facts if one.body["status"] != "withdrawn"], **flow)

    monkeypatch.setattr(circumstances, "consent_state", deaf)
    with pytest.raises(AssertionError):
        run_state_machine_as_test(machine, settings=SETTINGS)
