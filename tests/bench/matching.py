"""Who may be whom: how right proposals are on public sets with known truth, and what finding candidates costs.

The sets are FEBRL 3 (5,000 records, 6,538 true pairs) and fake_1000 of Splink's demonstrations (1,000 records, 2,975
true pairs); weights were estimated on neither (docs/matching.md). A pair counts as proposed when it shares a blocking
key and its grade is anything but none.
"""

import csv
import gzip
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import combinations
from pathlib import Path

from sqlalchemy import insert, select

from hub.domain.ids import IdMaker, ReferenceId
from hub.domain.partial_date import PartialDate
from hub.gate.finder import INDEX_VERSION
from hub.matching.block import blocking_keys
from hub.matching.identity import Identity
from hub.matching.levels import prepare
from hub.matching.score import Grade, weigh
from hub.settings import Settings
from hub.store.clear.tables import person_reference, referral
from hub.store.sealed.tables import blind_index
from tests.bench.measure import Row, medians
from tests.factories import FIXTURES, SmallWorld, make_world, notice
from tests.matching.households import population, records

PEOPLE, LOOKS = 50_000, 20
SETS = FIXTURES / "matching"


@dataclass(frozen=True, slots=True)
class Found:
    """What was proposed of a set: right and wrong pairs, all true ones, and wrong ones that would be attached."""

    right: int
    wrong: int
    true: int
    attached_wrongly: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / self.true


def match_precision() -> Row:
    """FEBRL 3 with its identifier indexed, as a number that nobody traced: it has slips."""
    found = febrl(traced=False)
    return Row("match_precision", found.right, found.right + found.wrong, "pairs", found.precision, 0.99, "higher")


def match_recall() -> Row:
    found = febrl(traced=False)
    return Row("match_recall", found.right, found.true, "pairs", found.recall, 0.95, "higher")


def match_precision_fake_1000() -> Row:
    found = fake_1000()
    name = "match_precision_fake_1000"
    return Row(name, found.right, found.right + found.wrong, "pairs", found.precision, 0.99, "higher")


def match_recall_fake_1000() -> Row:
    found = fake_1000()
    return Row("match_recall_fake_1000", found.right, found.true, "pairs", found.recall, 0.75, "higher")


def match_auto_false() -> Row:
    """Wrong pairs that would be attached without a person: FEBRL 3 as if every number were traced, and households."""
    wrong = febrl(traced=True).attached_wrongly + households().attached_wrongly
    return Row("match_auto_false", wrong, 0, "pairs", wrong, 0, "lower")


def match_after_receipt_vs_lookup() -> Row:
    """Write the index values of one person and find who shares one, among 50,000; other side: one row by its key."""
    with tempfile.TemporaryDirectory() as folder:
        world = make_world(Settings.in_folder(Path(folder) / "hub"))
        try:
            ours, other = _sides(world)
            measured = medians(ours, other, 7)
        finally:
            world.close()
    return Row("match_after_receipt_vs_lookup", *measured[:2], "CPU s", measured[2], 50, "lower")


@cache
def febrl(*, traced: bool, name: str = "febrl_3.csv") -> Found:
    rows = _rows(name)
    place = ("street_number", "address_1", "address_2", "suburb", "postcode", "state")
    said = [
        Identity(
            (f"{row['surname']}, {row['given_name']}",),
            _day(row["date_of_birth"]),
            row["soc_sec_id"],
            nhs_verified=traced,
            places=(" ".join(row[name] for name in place),),
        )
        for row in rows
    ]
    return judged([row["rec_id"].split("-")[1] for row in rows], said)


@cache
def fake_1000() -> Found:
    rows = _rows("fake_1000.csv")
    said = [
        Identity(
            (f"{row['surname']}, {row['first_name']}",),
            _day(row["dob"].replace("-", "")),
            "",
            nhs_verified=False,
            places=(row["city"],) if row["city"] else (),
            contacts=(row["email"],) if row["email"] else (),
        )
        for row in rows
    ]
    return judged([row["cluster"] for row in rows], said)


@cache
def households() -> Found:
    """Made-up households that the weights were not estimated on: twins, cousins, sons named after their fathers."""
    said = records(population(1_000, 77), 0.7, 78)
    return judged([one.person for one in said], [one.identity for one in said])


def judged(truth: list[object], said: list[Identity]) -> Found:
    """Propose on a set and compare with its truth."""
    ready = [prepare(identity) for identity in said]
    right = wrong = attached = 0
    for a, b in formed(said):
        grade = weigh(ready[a], ready[b], len(said)).grade
        same = truth[a] == truth[b]
        right += same and grade is not Grade.NONE
        wrong += not same and grade is not Grade.NONE
        attached += not same and grade is Grade.ATTACH
    true = sum(count * (count - 1) // 2 for count in Counter(truth).values())
    return Found(right, wrong, true, attached)


def formed(said: list[Identity]) -> set[tuple[int, int]]:
    """Return the pairs that share a blocking key: before truncation, which adds strangers and takes away nobody."""
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, identity in enumerate(said):
        for key in _keys(identity):
            holders[key].append(number)
    return {pair for numbers in holders.values() for pair in combinations(numbers, 2)}


def _keys(identity: Identity) -> Iterator[tuple[str, str]]:
    return ((kind, word) for kind, words in blocking_keys(identity).items() for word in words)


def _rows(name: str) -> list[dict[str, str]]:
    opened = gzip.open if name.endswith(".gz") else open
    with opened(SETS / name, "rt", newline="") as file:
        return [{key.strip(): value.strip() for key, value in row.items()} for row in csv.DictReader(file)]


def _day(said: str) -> PartialDate | None:
    try:
        return PartialDate(date.fromisoformat(said))
    except ValueError:
        return None


def _sides(world: SmallWorld) -> tuple[object, object]:
    """Index 50,000 people on real SQLite, and return both sides, each of `LOOKS` looks."""
    world.send("police", "safeguarding_notice", notice())
    finder, hub = world.hub.rounds.matching._finder, world.hub
    said = [one.identity for one in records(population(PEOPLE // 3, 5), 0, 6)][: PEOPLE + 2_000]
    ids = IdMaker(world.clock, world.hub.world.randomness)
    references = [ReferenceId(ids.new()) for _ in said]
    with hub.engines.gate.begin() as connection:
        received = connection.execute(select(referral.c.id, referral.c.agency_id)).first()
        row = {
            "partnership_id": hub.partnership.id,
            "referral_id": received.id,
            "agency_id": received.agency_id,
            "record_id": "",
        }
        connection.execute(insert(person_reference), [{**row, "id": one} for one in references])
        for part in _chunks(_index_rows(finder, hub.partnership.id, references[:PEOPLE], said)):
            connection.execute(insert(blind_index), part)
    newcomers = iter(list(zip(references[PEOPLE:], said[PEOPLE:], strict=True)))

    def ours() -> None:
        for _ in range(LOOKS):
            reference, identity = next(newcomers)
            assert finder.index(reference, list(_keys(identity)))

    def other() -> None:
        for number in range(LOOKS):
            with hub.clear.read() as connection:
                key = (
                    person_reference.c.partnership_id == hub.partnership.id,
                    person_reference.c.id == references[number],
                )
                assert connection.execute(select(person_reference).where(*key)).one()

    return ours, other


def _index_rows(
    finder: object, partnership: str, references: Iterable[str], said: Iterable[Identity]
) -> Iterator[dict[str, object]]:
    for reference, identity in zip(references, said, strict=False):
        for kind, value in {(kind, str(finder._index.token(kind, word))) for kind, word in _keys(identity)}:
            yield {
                "partnership_id": partnership,
                "kind": kind,
                "version": INDEX_VERSION,
                "value": value,
                "reference_id": reference,
            }


def _chunks(rows: Iterable[dict[str, object]]) -> Iterator[list[dict[str, object]]]:
    part: list[dict[str, object]] = []
    for row in rows:
        part.append(row)
        if len(part) == 5_000:
            yield part
            part = []
    if part:
        yield part
