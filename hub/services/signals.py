"""Remarks on patterns among the records one reader may see: counts, gaps, silence. Pure.

INVARIANT: nothing is looked at but records that were disclosed to this reader, so a hidden one changes nothing.
INVARIANT: a remark is a count and its rule, never a score; none claims that nothing happened.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from hub.domain.fields import SHAPES, RecordKind
from hub.domain.ids import AgencyId, PersonId, RecordId
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import ShownRecord
from hub.policy.signals import SignalRules

_Dated = tuple[date, ShownRecord]
_WORRIES: Final = frozenset({"concern", "child_voice", "child_impact", "risk_grade"})


def signals(
    records: Iterable[ShownRecord], children: Collection[PersonId], today: date, rules: SignalRules
) -> tuple[str, ...]:
    """Return the remarks that the rules make on these records, in the order of the rules.

    Two reports of one agency about one day count once. What is dated later than today is not counted.
    """
    found, windows = [], dict[int, _Seen]()
    listed = [one for one in records if SHAPES[one.kind].in_chronology]
    days = {text: PartialDate.parse(text).first for text in {one.event_date for one in listed}}
    past = sorted(((days[one.event_date], one) for one in listed if days[one.event_date] <= today), key=_in_order)
    for rule in rules.rules.values():
        if rule.within_days not in windows:
            since = today - timedelta(days=rule.within_days)
            recent = [pair for pair in past if pair[0] >= since]
            windows[rule.within_days] = _seen(recent, frozenset(children), today, rules.reports)
        count = _COUNTS[rule.count](windows[rule.within_days])
        if count >= rule.at_least:
            found.append(rule.say(count))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Seen:
    """The records of one time, in order of their days.

    `reports` holds each report once, however many messages one agency sent about one day; `named`, how many name whom.
    """

    recent: Sequence[_Dated]
    children: frozenset[PersonId]
    today: date
    reports: set[tuple[AgencyId, date]]
    named: Counter[PersonId]


def _in_order(pair: _Dated) -> tuple[date, RecordId]:
    return pair[0], pair[1].record


def _seen(recent: Sequence[_Dated], children: frozenset[PersonId], today: date, kinds: frozenset[RecordKind]) -> _Seen:
    told = [(one.owner, day, one.persons) for day, one in recent if one.kind in kinds]
    named = Counter(person for person, _, _ in {(p, owner, day) for owner, day, persons in told for p in persons})
    return _Seen(recent, children, today, {(owner, day) for owner, day, _ in told}, named)


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
