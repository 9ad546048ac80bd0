"""What a policy set says over the whole space of requests: conflicts, gaps, rules that never match or never count.

The space is not walked request by request: words that leave the same rules are taken together, and what remains to be
done below a set of rules is worked out once. So millions of requests cost what their distinct rule sets cost.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from hub.policy.compile import PolicySet
from hub.policy.space import Space, spaces
from hub.policy.tables import preferred
from hub.policy.terms import Never, Rule

NEVER_MATCHES, ALWAYS_PROHIBITED, ALWAYS_SHADOWED = "never_matches", "always_prohibited", "always_shadowed"


@dataclass(frozen=True, slots=True)
class Sweep:
    """What became of every request: numbers of requests, and as masks the rules met, free of prohibitions, relied on.

    `beaten` counts requests that a permission matched and a prohibition refused.
    """

    requests: int
    permitted: int
    prohibited: int
    beaten: int
    met: int
    free: int
    relied: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule that does nothing, and the rules that are the reason."""

    kind: str
    rule: str
    because: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """The answer: numbers, findings, and per source the categories that no other agency ever sees."""

    at: datetime
    sweep: Sweep
    findings: tuple[Finding, ...]
    unseen: tuple[tuple[str, tuple[str, ...]], ...]
    in_force: int
    spaces: tuple[Space, Space]


def analyse(policy: PolicySet, at: datetime, most: Mapping[str, int] | None = None) -> Analysis:
    """Sweep the whole request space of one instant and say what in it is a conflict, a gap or dead; `most` as there."""
    both = spaces(policy, at, most=most)
    sweeps = [Sweeper(space) for space in both]
    found = [one.whole() for one in sweeps]
    met, free, relied = (_either(getattr(one, name) for one in found) for name in ("met", "free", "relied"))
    whole = Sweep(
        requests=sum(one.requests for one in found),
        permitted=sum(one.permitted for one in found),
        prohibited=sum(one.prohibited for one in found),
        beaten=sum(one.beaten for one in found),
        met=met,
        free=free,
        relied=relied,
    )
    findings = tuple(_findings(policy, both, whole))
    return Analysis(at, whole, findings, tuple(_unseen(sweeps[1])), both[0].start.bit_count(), both)


class Sweeper:
    """Counts what becomes of every request of a space; what is known below a set of rules is kept."""

    def __init__(self, space: Space) -> None:
        """Take the space; nothing is counted yet."""
        self.space = space
        self._axes = [[mask for _, mask in axis.words] for axis in space.axes]
        self._known: list[dict[int, tuple[int, ...]]] = [{} for _ in self._axes]

    def whole(self) -> Sweep:
        """Count the whole space."""
        return Sweep(self.space.size, *self.below(0, self.space.start))

    def below(self, depth: int, rules: int) -> tuple[int, ...]:
        """Return the numbers and masks of a `Sweep` for the requests that these rules are left for at this axis."""
        if depth == len(self._axes):
            return _leaf(rules, self.space.permits, self.space.nevers)
        known = self._known[depth].get(rules)
        if known is None:
            groups: dict[int, int] = {}
            for mask in self._axes[depth]:
                left = mask & rules
                if left:
                    groups[left] = groups.get(left, 0) + 1
            known = _sum((self.below(depth + 1, left), times) for left, times in groups.items())
            self._known[depth][rules] = known
        return known


def _leaf(rules: int, permits: int, nevers: int) -> tuple[int, ...]:
    allowed = rules & permits
    if rules & nevers:
        return 0, 1, 1 if allowed else 0, rules, 0, 0
    return 1, 0, 0, rules, allowed, preferred(allowed)


def _sum(parts: Iterator[tuple[tuple[int, ...], int]]) -> tuple[int, ...]:
    permitted = prohibited = beaten = met = free = relied = 0
    for part, times in parts:
        permitted += part[0] * times
        prohibited += part[1] * times
        beaten += part[2] * times
        met |= part[3]
        free |= part[4]
        relied |= part[5]
    return permitted, prohibited, beaten, met, free, relied


def _either(masks: Iterator[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


def _findings(policy: PolicySet, both: tuple[Space, Space], whole: Sweep) -> Iterator[Finding]:
    """Say of each rule in force why it never counts, if it never does; gaps are levels, not permissions."""
    in_force = both[0].start
    for place, entry in reversed(list(enumerate(policy.entries))):
        bit = 1 << place
        if not bit & in_force or not isinstance(entry.rule, Rule | Never):
            continue
        if not bit & whole.met:
            yield Finding(NEVER_MATCHES, entry.key)
        elif bit & both[0].permits and not bit & whole.free:
            yield Finding(ALWAYS_PROHIBITED, entry.key, _named(policy, _companions(both, bit, prohibited=True)))
        elif bit & both[0].permits and not bit & whole.relied:
            yield Finding(ALWAYS_SHADOWED, entry.key, _named(policy, _companions(both, bit, prohibited=False)))


def _companions(both: tuple[Space, Space], bit: int, *, prohibited: bool) -> int:
    """Return the prohibitions that beat a rule, or the rules that are relied on before it, wherever it matches."""
    return _companions_in(both[0], bit, prohibited=prohibited) | _companions_in(both[1], bit, prohibited=prohibited)


def _companions_in(space: Space, bit: int, *, prohibited: bool) -> int:
    wanted = bit | space.nevers | (0 if prohibited else space.permits & -(bit << 1))
    level = {space.start & wanted}
    for axis in space.axes:
        level = {mask & rules for rules in level for _, mask in axis.words if mask & rules & bit}
    if prohibited:
        return _either(rules & space.nevers for rules in level)
    return _either(preferred(rules) for rules in level if not rules & space.nevers) & ~bit


def _named(policy: PolicySet, rules: int) -> tuple[str, ...]:
    return tuple(entry.key for place, entry in enumerate(policy.entries) if rules >> place & 1)[::-1]


def _unseen(sweeper: Sweeper) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Return per source the categories that nobody outside it ever sees."""
    parties, categories = (axis.words for axis in sweeper.space.axes[:2])
    for source in sorted({words[0] for words, _ in parties}):
        reach = [mask & sweeper.space.start for words, mask in parties if words[0] == source]
        shown = {w for (w,), mask in categories if any(sweeper.below(2, mask & to)[0] for to in reach)}
        hidden = tuple(w for (w,), _ in categories if w not in shown)
        if hidden:
            yield source, hidden
