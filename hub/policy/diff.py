"""Two versions of an agreement: what was changed, in words, and what that means over the whole space of requests."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hub.policy.compile import PolicySet
from hub.policy.in_words import DIMENSIONS, consent_words, listed, unless_words
from hub.policy.space import Space, parties_of, spaces
from hub.policy.tables import preferred
from hub.policy.terms import Agreement, Gap, Never, Obligation, Rule
from hub.policy.vocabulary import Vocabulary

AnyRule = Rule | Never | Gap


@dataclass(frozen=True, slots=True)
class Change:
    """One change: where (`rule R1`, `party sm`, `dates`), what of it, and the two sides in words ("" for none)."""

    where: str
    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Effect:
    """How many requests of one kind change their answer: `other` shows as before under another rule."""

    source: str
    recipient: str
    role: str
    category: str
    shown: int
    withheld: int
    other: int


def changes(old: Agreement, new: Agreement, vocabulary: Vocabulary) -> tuple[Change, ...]:
    """Return every change from one version to the other, in the order an agreement is read."""
    return tuple(
        change
        for change in (
            *_dates(old, new),
            *_parties(old, new),
            *_purposes(old, new),
            *_rules(old.rules, new.rules, vocabulary),
            *_rules(old.nevers, new.nevers, vocabulary),
            *_rules(old.gaps, new.gaps, vocabulary),
            *_obligations(old, new, vocabulary),
        )
        if change.before != change.after
    )


def _dates(old: Agreement, new: Agreement) -> Iterator[Change]:
    yield Change("agreement", "title", old.title, new.title)
    yield Change("agreement", "version", str(old.version), str(new.version))
    for what in ("starts", "ends", "review"):
        name = {"starts": "in force from", "ends": "in force until before", "review": "reviewed by"}[what]
        yield Change("dates", name, f"{getattr(old, what):%Y-%m-%d}", f"{getattr(new, what):%Y-%m-%d}")


def _parties(old: Agreement, new: Agreement) -> Iterator[Change]:
    for code in _keys(old.parties, new.parties):
        sides = [
            f"{one.name}, {one.kind}, {one.controller} controller, lead: {one.lead}" if one else ""
            for one in (old.parties.get(code), new.parties.get(code))
        ]
        yield Change(f"party {code}", "party", *sides)


def _purposes(old: Agreement, new: Agreement) -> Iterator[Change]:
    for key in _keys(old.purposes, new.purposes):
        before, after = old.purposes.get(key), new.purposes.get(key)
        for name in ("words", "art6", "art9", "art10", "confidentiality", "article8"):
            yield Change(f"purpose {key}", name, *(getattr(one, name) if one else "" for one in (before, after)))


def _obligations(old: Agreement, new: Agreement, vocabulary: Vocabulary) -> Iterator[Change]:
    for key in _keys(old.obligations, new.obligations):
        sides = [_duty_words(one.obligations.get(key)) for one in (old, new)]
        yield Change(f"obligation {key}", vocabulary.words(key), *sides)


def _duty_words(duty: Obligation | None) -> str:
    if duty is None:
        return ""
    more = [duty.when, *(["blocking"] if duty.blocking else []), *([f"within {duty.within}"] if duty.within else [])]
    return f"{duty.words} ({', '.join(more)})"


def _rules(old: Sequence[AnyRule], new: Sequence[AnyRule], vocabulary: Vocabulary) -> Iterator[Change]:
    before, after = ({rule.id: rule for rule in side} for side in (old, new))
    for key in _keys(before, after):
        one, other = before.get(key), after.get(key)
        if one is None or other is None:
            yield Change(f"rule {key}", "rule", one.words if one else "", other.words if other else "")
        elif one != other:
            yield from _rule(one, other, vocabulary)


def _rule(one: AnyRule, other: AnyRule, vocabulary: Vocabulary) -> Iterator[Change]:
    where = f"rule {one.id}"
    yield Change(where, "words", one.words, other.words)
    for key, name in DIMENSIONS.items():
        sides = (getattr(rule.when, key) for rule in (one, other))
        yield Change(where, name, *(listed(words, vocabulary) for words in sides))
    for name, said in _OF_RULES.items():
        yield Change(where, name, *(said(rule, vocabulary) for rule in (one, other)))


def _consent(rule: AnyRule, vocabulary: Vocabulary) -> str:
    return consent_words(rule.consent, vocabulary) if isinstance(rule, Rule) else ""


def _route(rule: AnyRule, _vocabulary: Vocabulary) -> str:
    return rule.route if isinstance(rule, Rule) else ""


def _duties(rule: AnyRule, vocabulary: Vocabulary) -> str:
    return "" if isinstance(rule, Never) else listed(rule.obligations, vocabulary)


def _unless(rule: AnyRule, vocabulary: Vocabulary) -> str:
    return unless_words(rule, vocabulary) if isinstance(rule, Never) else ""


def _level(rule: AnyRule, vocabulary: Vocabulary) -> str:
    return "" if isinstance(rule, Rule) else vocabulary.words(rule.level.value)


_OF_RULES: dict[str, Callable[[AnyRule, Vocabulary], str]] = {
    "consent": _consent,
    "route": _route,
    "obligations": _duties,
    "unless": _unless,
    "shown as": _level,
}


def _keys(old: Iterable[str], new: Iterable[str]) -> list[str]:
    return list(dict.fromkeys((*old, *new)))


def effects(old: PolicySet, new: PolicySet, at: datetime) -> tuple[Effect, ...]:
    """Return how many requests of the whole space change their answer at one instant, by who asks for what."""
    parties = parties_of(old, new)
    pairs = zip(spaces(old, at, parties), spaces(new, at, parties), strict=True)
    found: dict[tuple[str, str, str, str], list[int]] = {}
    for before, after in pairs:
        for key, numbers in _Comparison(before, after, _names(old), _names(new)).by_reader():
            kept = found.setdefault(key, [0, 0, 0])
            found[key] = [one + more for one, more in zip(kept, numbers, strict=True)]
    return tuple(Effect(*key, *numbers) for key, numbers in sorted(found.items()) if any(numbers))


def _names(policy: PolicySet) -> Mapping[int, str]:
    """Return the rule at each bit without its version, so that an unchanged rule of a newer version is the same."""
    named = {0: ""}
    for place, entry in enumerate(policy.entries):
        code, rule = entry.key.split("/", 1)[0], entry.key.rpartition(":")[2]
        named[1 << place] = f"{code}:{rule}"
    return named


class _Comparison:
    """Sweeps the same space under two policy sets; what is known below a pair of rule sets is kept."""

    def __init__(self, before: Space, after: Space, *names: Mapping[int, str]) -> None:
        self._spaces, self._names = (before, after), names
        sides = zip(before.axes, after.axes, strict=True)
        self._axes = [[(o[1], n[1]) for o, n in zip(one.words, other.words, strict=True)] for one, other in sides]
        self._known: list[dict[tuple[int, int], tuple[int, int, int]]] = [{} for _ in self._axes]

    def by_reader(self) -> Iterator[tuple[tuple[str, str, str, str], tuple[int, int, int]]]:
        """Yield (source, recipient, role, category) and (newly shown, newly withheld, other rule)."""
        parties, categories, roles = self._spaces[0].axes[:3]
        start = self._spaces[0].start, self._spaces[1].start
        for ((giver, taker), _), pair in zip(parties.words, self._axes[0], strict=True):
            among = _and(start, pair)
            for ((category,), _), kind in zip(categories.words, self._axes[1], strict=True):
                within = _and(among, kind)
                for ((role,), _), held in zip(roles.words, self._axes[2], strict=True):
                    yield (giver, taker, role, category), self._below(3, _and(within, held))

    def _below(self, depth: int, rules: tuple[int, int]) -> tuple[int, int, int]:
        if not any(rules):
            return 0, 0, 0
        if depth == len(self._axes):
            return self._leaf(rules)
        known = self._known[depth].get(rules)
        if known is None:
            groups: dict[tuple[int, int], int] = {}
            for masks in self._axes[depth]:
                left = _and(rules, masks)
                groups[left] = groups.get(left, 0) + 1
            parts = [(self._below(depth + 1, left), times) for left, times in groups.items()]
            known = (
                sum(part[0] * times for part, times in parts),
                sum(part[1] * times for part, times in parts),
                sum(part[2] * times for part, times in parts),
            )
            self._known[depth][rules] = known
        return known

    def _leaf(self, rules: tuple[int, int]) -> tuple[int, int, int]:
        before, after = (
            names[_relied(mask, space)] for mask, space, names in zip(rules, self._spaces, self._names, strict=True)
        )
        if before == after:
            return 0, 0, 0
        return int(not before), int(not after), int(bool(before) and bool(after))


def _and(rules: tuple[int, int], masks: tuple[int, int]) -> tuple[int, int]:
    return rules[0] & masks[0], rules[1] & masks[1]


def _relied(rules: int, space: Space) -> int:
    allowed = rules & space.permits
    return 0 if rules & space.nevers else preferred(allowed)
