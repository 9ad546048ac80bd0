"""Remarks on patterns among the records one reader may see: counts, gaps, silence. Pure.

INVARIANT: nothing is looked at but records that were disclosed to this reader, so a hidden one changes nothing.
INVARIANT: a remark is a count and its rule, never a score; none claims that nothing happened.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from hub.domain.fields import SHAPES, RecordKind
from hub.domain.ids import AgencyId, PersonId
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import ShownRecord
from hub.policy.signals import SignalRules

_WORRIES: Final = frozenset({"concern", "child_voice", "child_impact", "risk_grade"})


def signals(
    records: Iterable[ShownRecord], children: Collection[PersonId], today: date, rules: SignalRules
) -> tuple[str, ...]:
    """Return the remarks that the rules make on these records, in the order of the rules.

    Two reports of one agency about one day count once. What is dated later than today is not counted.
    """
    dated = sorted(
        ((PartialDate.parse(one.event_date).first, one) for one in records if SHAPES[one.kind].in_chronology),
        key=lambda pair: (pair[0], pair[1].record),
    )
    found = []
    for rule in rules.rules.values():
        since = today - timedelta(days=rule.within_days)
        recent = tuple(pair for pair in dated if since <= pair[0] <= today)
        count = _COUNTS[rule.count](_Seen(recent, frozenset(children), today, rules.reports))
        if count >= rule.at_least:
            found.append(rule.say(count))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The records of one rule's time, in order of their days."""

    recent: tuple[tuple[date, ShownRecord], ...]
    children: frozenset[PersonId]
    today: date
    kinds: frozenset[RecordKind]

    @property
    def reports(self) -> set[tuple[AgencyId, date]]:
        """Each report once, however many messages one agency sent about one day."""
        return {(one.owner, day) for day, one in self.recent if one.kind in self.kinds}

    @property
    def named(self) -> Counter[PersonId]:
        """How many reports name each person."""
        told = [(day, one) for day, one in self.recent if one.kind in self.kinds]
        return Counter(person for person, _, _ in {(p, one.owner, day) for day, one in told for p in one.persons})


def _same_adult(seen: _Seen) -> int:
    return max((count for person, count in seen.named.items() if person not in seen.children), default=0)


def _gap(seen: _Seen) -> int:
    return max(((later - earlier).days for (earlier, _), (later, _) in pairwise(seen.recent)), default=0)


_COUNTS: Final[Mapping[str, Callable[[_Seen], int]]] = {
    "reports": lambda seen: len(seen.reports),
    "agencies": lambda seen: len({owner for owner, _ in seen.reports}),
    "children": lambda seen: len(seen.children & seen.named.keys()),
    "same_adult": _same_adult,
    "worries": lambda seen: sum(not _WORRIES.isdisjoint(one.fields) for _, one in seen.recent),
    "gap": _gap,
    "silence": lambda seen: (seen.today - seen.recent[-1][0]).days if seen.recent else 0,
}
"""Each word of `hub.policy.signals.COUNTS`, and how it is counted."""
