"""Deciding a whole chronology beside only fetching it: 2,000 entries of 8 fields and 40 labels (`tests.bench.family`).

Ours: the circumstances of the reader gathered from the facts, every distinct label decided with its full record (design
section 5), and the map from each of the 16,000 fields to its label's decision. Facts and labels are in memory by then:
reading them is the view's own cost (`chronology_api_vs_plain`). Other side: the same rows fetched from plain tables by
the ORM, one indexed and ordered query, entities built.
"""

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub.domain.facts import AGENCIES_CHAIN, AGREEMENTS_CHAIN, FactKind, account_chain, family_chain, person_chain
from hub.domain.ids import PersonId
from hub.domain.labels import Label
from hub.policy.circumstances import Circumstances, Question, decide_label
from hub.policy.decision import Level
from hub.settings import Settings
from tests.bench.family import ENTRIES, FIELDS, Made, deposit
from tests.bench.measure import Row, medians
from tests.bench.plain import Entry, plain_engine
from tests.factories import MET, SmallWorld, make_world

SEED, ROUNDS = 12, 41


def decide_chronology_vs_fetch() -> Row:
    """Return what deciding every field of a chronology costs beside fetching its rows plain."""
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        folder = Path(name)
        world = make_world(replace(Settings.in_folder(folder / "hub"), max_page=ENTRIES))
        made = deposit(world, SEED)
        ours, other = _deciding(world, made), _fetching(folder, made)
        fields, rows = ours(), other()
        if (len(fields), len(rows)) != (ENTRIES * len(FIELDS), ENTRIES) or not all(fields):
            raise AssertionError(f"{len(fields)} fields, {sum(fields)} shown, {len(rows)} rows")
        mine, plain, ratio = medians(ours, other, ROUNDS)
        world.close()
    return Row("decide_chronology_vs_fetch", mine, plain, "CPU seconds per chronology", ratio, 0.15, "lower")


def _deciding(world: SmallWorld, made: Made) -> Callable[[], list[bool]]:
    hub, now = world.hub, world.clock()
    policy = hub.policy.current()
    case = hub.writer.standing_facts([family_chain(made.family)], now)
    people = [PersonId(fact.body["person"]) for fact in case if fact.kind is FactKind.MEMBERSHIP]
    chains = [family_chain(made.family), account_chain(world.accounts["sally"]), AGENCIES_CHAIN, AGREEMENTS_CHAIN]
    facts = hub.writer.standing_facts([*chains, *map(person_chain, people)], now)
    labels = dict(enumerate(dict.fromkeys(_labels(made))))
    number_of = {label: number for number, label in labels.items()}
    fields = [number_of[label] for label in _labels(made)]
    asked = Question(world.accounts["sally"], made.family, "protect_child", MET, now, now)

    def decide_all() -> list[bool]:
        reader = Circumstances(facts, asked, policy)
        decided = {number: decide_label(policy, reader, label) for number, label in labels.items()}
        shown = {number: found.level is Level.SHOW for number, found in decided.items()}
        return [shown[number] for number in fields]

    return decide_all


def _labels(made: Made) -> list[Label]:
    """Return the label of each of the 16,000 fields."""
    whose = [{name: label for label, group in entry.by_label().items() for name in group} for entry in made.entries]
    return [labels[name] for labels in whose for name in FIELDS]


def _fetching(folder: Path, made: Made) -> Callable[[], list[Entry]]:
    engine = plain_engine(folder / "plain.db", made.family, made.entries)
    query = select(Entry).where(Entry.family == made.family).order_by(Entry.day, Entry.record)

    def fetch() -> list[Entry]:
        with Session(engine) as session:
            return list(session.scalars(query))

    return fetch
