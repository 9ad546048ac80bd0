"""`python -m tests.matching.estimate`: estimate m and u of every level on made-up households; prints the table.

m: of pairs of records about one person, how many give a level, among those where both sides give the field. u: the same
of pairs of records about two people drawn at random. Counted, not fitted: the households come with the truth. A level
that was seen too seldom is given the least share, so that nothing rare decides by itself. See docs/matching.md.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from random import Random  # noqa: TID251  the seed is the point

from hub.matching.levels import Prepared, levels, prepare
from tests.matching.households import Said, population, records

HOUSEHOLDS, SEED, PAIRS = 6_000, 20_261_123, 600_000
LEAST_M, LEAST_U = 1e-3, 1e-5


def shares(pairs: Iterable[tuple[Prepared, Prepared]], least: float) -> dict[str, float]:
    """Return level -> its share among the pairs whose both sides give the level's field."""
    counts = Counter(level for a, b in pairs for level in levels(a, b))
    total: dict[str, int] = defaultdict(int)
    for level, count in counts.items():
        total[level.partition(":")[0]] += count
    names = total["given"] + total["names"]
    total |= {"given": names, "names": names}
    return {level: max(count / total[level.partition(":")[0]], least) for level, count in counts.items()}


def same_person(said: list[Said], ready: list[Prepared]) -> Iterator[tuple[Prepared, Prepared]]:
    """Yield every pair of records about one person."""
    by_person: dict[int, list[int]] = defaultdict(list)
    for number, record in enumerate(said):
        by_person[record.person].append(number)
    for numbers in by_person.values():
        for a, b in combinations(numbers, 2):
            yield ready[a], ready[b]


def strangers(said: list[Said], ready: list[Prepared], count: int, seed: int) -> Iterator[tuple[Prepared, Prepared]]:
    """Yield so many pairs of records about two people, drawn at random."""
    draw = Random(seed)  # noqa: S311  no secret
    for _ in range(count):
        a, b = draw.randrange(len(said)), draw.randrange(len(said))
        if said[a].person != said[b].person:
            yield ready[a], ready[b]


def estimated() -> dict[str, tuple[float, float]]:
    """Return level -> (m, u)."""
    said = records(population(HOUSEHOLDS, SEED), 0.7, SEED + 1)
    ready = [prepare(record.identity) for record in said]
    m = shares(same_person(said, ready), LEAST_M)
    u = shares(strangers(said, ready, PAIRS, SEED + 2), LEAST_U)
    return {level: (m.get(level, LEAST_M), u.get(level, LEAST_U)) for level in sorted(m | u)}


if __name__ == "__main__":
    for name, (agree, chance) in estimated().items():
        print(f'    "{name}": ({float(f"{agree:.3g}")}, {float(f"{chance:.3g}")}),')  # noqa: T201  this is its output
