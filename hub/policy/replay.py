"""A draft over decisions that were really made: what would change, for whom, how often.

Pure: the caller brings each logged decision with the cases it was made on; nothing here knows of a log.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from hub.policy.case import Case
from hub.policy.compile import PolicySet
from hub.policy.decide import decide
from hub.policy.decision import Level, strictest


@dataclass(frozen=True, slots=True)
class Logged:
    """One decision as it was made: the case of each subject, the level, and the rule it relied on."""

    cases: tuple[Case, ...]
    level: Level
    rule: str


@dataclass(frozen=True, slots=True)
class Changed:
    """Decisions that change alike: for whom (role at agency), about what, from which answer to which."""

    recipient: str
    role: str
    purpose: str
    source: str
    category: str
    before: Level
    after: Level
    rule_before: str
    rule_after: str
    times: int


@dataclass(frozen=True, slots=True)
class Replayed:
    """How many decisions were replayed, how many are now shown or withheld, and each kind of change, most often first.

    `other_rule` counts what is shown as before, under another rule.
    """

    decisions: int
    newly_shown: int
    newly_withheld: int
    other_rule: int
    changes: tuple[Changed, ...]


_Key = tuple[str, str, str, str, str, Level, Level, str, str]


def replay(logged: Iterable[Logged], draft: PolicySet) -> Replayed:
    """Decide every logged decision again under a draft; only what changed is kept, and only as numbers."""
    total, found = 0, Counter[_Key]()
    for one in logged:
        total += 1
        cases = one.cases
        after = decide(cases[0], draft) if len(cases) == 1 else strictest([decide(case, draft) for case in cases])
        if after.level is not one.level or (after.rule != one.rule and _other(one.rule, after.rule)):
            first = cases[0]
            who = first.recipient, first.role, first.purpose, first.source, first.category
            found[(*who, one.level, after.level, one.rule, after.rule)] += 1
    listed = tuple(Changed(*key, times) for key, times in found.most_common())
    shown = sum(c.times for c in listed if c.after is Level.SHOW and c.before is not Level.SHOW)
    withheld = sum(c.times for c in listed if c.before is Level.SHOW and c.after is not Level.SHOW)
    other = sum(c.times for c in listed if c.before is Level.SHOW and c.after is Level.SHOW)
    return Replayed(total, shown, withheld, other, listed)


def _other(before: str, after: str) -> bool:
    """Say whether two rules differ beyond the version of their agreement."""
    return _bare(before) != _bare(after)


def _bare(rule: str) -> tuple[str, str]:
    agreement, _, name = rule.rpartition(":")
    return agreement.partition("/")[0], name
