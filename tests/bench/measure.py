"""Ours and the other side in turn on one core, as CPU time: trust the ratio, not the figures."""

import gc
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from statistics import median
from time import process_time


@dataclass(frozen=True, slots=True)
class Row:
    """One line of `bench.json`; `ratio` is the figure that `bound` speaks of, `better` says which way."""

    name: str
    ours: float
    other: float
    unit: str
    ratio: float
    bound: float
    better: str

    @property
    def holds(self) -> bool:
        return self.ratio <= self.bound if self.better == "lower" else self.ratio >= self.bound

    def content(self) -> dict[str, object]:
        return asdict(self) | {"holds": self.holds}


def pin() -> None:
    """Stay on one core, the last one this process may use."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def medians(ours: Callable[[], object], other: Callable[[], object], rounds: int) -> tuple[float, float, float]:
    """Return the median CPU seconds of each side, and the median of ours / other over the turns.

    Measured A B A B ... after one unmeasured turn each. A machine that changes its speed between turns changes both
    halves of a turn alike, so the ratio is taken turn by turn.
    """
    times: tuple[list[float], list[float]] = [], []
    for turn in range(rounds + 1):
        for side, kept in zip((ours, other), times, strict=True):
            taken = _cpu_seconds(side)
            if turn:
                kept.append(taken)
    turns = [one / two for one, two in zip(*times, strict=True)]
    return median(times[0]), median(times[1]), median(turns)


def _cpu_seconds(side: Callable[[], object]) -> float:
    """Measure one call; what earlier calls left behind is collected first, so that nobody pays for it twice."""
    gc.collect()
    start = process_time()
    side()
    return process_time() - start
