"""Tables of bits: one bit per rule, one mask per word; a decision is the AND of the masks of a case.

INVARIANT: every dimension is a dict over its whole closed list, so an unknown word is a KeyError, never a skip.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from itertools import accumulate, combinations
from operator import and_, getitem, xor
from typing import TypeVar

from hub.domain.labels import Audience, Handling
from hub.policy.decision import Decision, Level
from hub.policy.gateways import Gateways
from hub.policy.terms import Agreement, ConsentTerm, Gap, Never, Rule
from hub.policy.vocabulary import Vocabulary

K = TypeVar("K", frozenset[str], tuple[str, ...])
Masks = Mapping[str, int]
Pairs = Mapping[tuple[str, str], int]
REFUSING = frozenset({"refused", "withdrawn"})
GIVING = frozenset({"given", "given_with_conditions"})
MOST_LEFT = 4_096
_NOBODY = frozenset({""})
"""No part at all: a word that no list has, so a fault."""
NEAR_MISSES = ("consent", "opening", "holder_decision", "route")


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule at its bit, the last to be relied on first: gaps, prohibitions, permits; so the top bit is preferred."""

    key: str
    rule: Rule | Never | Gap
    agreement: Agreement | None
    starts: datetime | None
    ends: datetime | None


class Left(dict[K, int]):
    """The rules that several words leave, worked out once; a word outside its closed list is a KeyError."""

    def __init__(self, work_out: Callable[[K], int]) -> None:
        """Take what works them out."""
        super().__init__()
        self._work_out: Callable[[K], int] = work_out

    def __missing__(self, words: K) -> int:
        found = self._work_out(words)
        if len(self) >= MOST_LEFT:
            self.clear()
        self[words] = found
        return found


def preferred(rules: int) -> int:
    """Return the rule that is relied on among these, at its bit; none of none."""
    return 1 << rules.bit_length() >> 1


def either(masks: Masks, words: frozenset[str], base: int = 0) -> int:
    """Return the rules of any of these words, and those of `base`; only a set of words is one."""
    if not isinstance(words, frozenset):
        raise TypeError(type(words).__name__)
    for word in words:
        base |= masks[word]
    return base


@dataclass(frozen=True, slots=True)
class Tables:
    """Masks by dimension and word, and the answers built beforehand; what `field` gives follows from the rest."""

    source: Pairs
    recipient: Pairs
    role: Masks
    purpose: Masks
    category: Masks
    sensitivity: Masks
    handling: Masks
    audience: Masks
    part: Masks
    relationship: Masks
    also: Masks
    consent: Masks
    opening: Masks
    any_part: int
    any_relationship: int
    any_also: int
    any_opening: int
    cuts: tuple[datetime, ...]
    windows: tuple[int, ...]
    suspension: Masks
    blocking: tuple[tuple[str, int], ...]
    duties: frozenset[str]
    permits: int
    nevers: int
    gaps: int
    lifted_by_relationship: Masks
    lifted_by_role: Masks
    lifted_by_kind: Masks
    lifted_by_opening: Masks
    lifted_by_consent: Masks
    plain: int
    dormant: int
    lasting: tuple[tuple[str, int], ...]
    holder: int
    opened_by_others: int
    shown: Mapping[tuple[int, str], Decision]
    refused: Mapping[tuple[int, tuple[str, ...]], Decision]
    label: Left[tuple[str, ...]] = field(init=False, repr=False, compare=False)
    reader: Left[tuple[str, ...]] = field(init=False, repr=False, compare=False)
    parts: Left[frozenset[str]] = field(init=False, repr=False, compare=False)
    related: Left[frozenset[str]] = field(init=False, repr=False, compare=False)
    opened: Left[frozenset[str]] = field(init=False, repr=False, compare=False)
    unsuspended: Left[frozenset[str]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        sets: dict[str, Callable[[frozenset[str]], int]] = {
            "parts": lambda words: either(self.part, words or _NOBODY, self.any_part),
            "related": lambda words: (
                either(self.relationship, words, self.any_relationship) & either(self.also, words, self.any_also)
            ),
            "opened": lambda words: either(self.opening, words, self.any_opening),
            "unsuspended": lambda words: ~either(self.suspension, words),
        }
        for name, union in sets.items():
            object.__setattr__(self, name, Left(union))
        object.__setattr__(self, "label", self._of("source", "category", "sensitivity", "handling", "audience"))
        object.__setattr__(self, "reader", self._of("recipient", "role", "purpose"))

    def _of(self, *names: str) -> Left[tuple[str, ...]]:
        """Return what a pair of agency and kind leaves, and a word of each of these dimensions after it."""
        masks = [getattr(self, name) for name in names]
        return Left(lambda words: reduce(and_, map(getitem, masks, (words[:2], *words[2:]))))


def build_tables(
    entries: Sequence[Entry],
    agreements: Sequence[Agreement],
    gateways: Gateways,
    vocabulary: Vocabulary,
    unaccepted: frozenset[str],
) -> Tables:
    """Build every mask and every answer that can be built beforehand; rules on `unaccepted` routes are dormant."""
    dormant = _mask(isinstance(entry.rule, Rule) and entry.rule.route in unaccepted for entry in entries)
    kinds, codes = vocabulary.agency_kinds, sorted({code for found in agreements for code in found.parties})
    cuts, windows = _windows(entries)
    return Tables(
        source=_pairs(entries, codes, kinds, lambda entry: entry.rule.when.sources),
        recipient=_pairs(entries, codes, kinds, lambda entry: entry.rule.when.recipients),
        role=_scalar(entries, vocabulary.roles, lambda entry: entry.rule.when.roles),
        purpose=_scalar(entries, vocabulary.purposes, lambda entry: entry.rule.when.purposes),
        category=_scalar(entries, vocabulary.categories, lambda entry: entry.rule.when.categories),
        sensitivity=_scalar(entries, vocabulary.sensitivities, lambda entry: entry.rule.when.sensitivities),
        handling=_scalar(entries, [h.value for h in Handling], lambda entry: entry.rule.when.handlings),
        audience=_scalar(entries, [a.value for a in Audience], lambda entry: entry.rule.when.audiences),
        part=_named(entries, vocabulary.parts, lambda entry: entry.rule.when.parts),
        relationship=_named(entries, vocabulary.relationships, lambda entry: entry.rule.when.relationships),
        also=_named(entries, vocabulary.relationships, lambda entry: entry.rule.when.also),
        consent={state: _permits(entries, _fits(state)) for state in vocabulary.consent_states},
        opening={name: _permits(entries, _opens(name)) for name in vocabulary.openings},
        any_part=_mask(not entry.rule.when.parts for entry in entries),
        any_relationship=_mask(not entry.rule.when.relationships for entry in entries),
        any_also=_mask(not entry.rule.when.also for entry in entries),
        any_opening=_permits(entries, lambda term: not term.openings),
        cuts=cuts,
        windows=windows,
        suspension=_suspension(entries),
        blocking=_blocking(entries, agreements),
        duties=frozenset(vocabulary.obligations),
        permits=_mask(isinstance(entry.rule, Rule) for entry in entries) & ~dormant,
        nevers=_mask(isinstance(entry.rule, Never) for entry in entries),
        gaps=_mask(isinstance(entry.rule, Gap) for entry in entries),
        lifted_by_relationship=_lifts(entries, vocabulary.relationships, lambda never: never.unless_relationships),
        lifted_by_role=_lifts(entries, vocabulary.roles, lambda never: never.unless_roles),
        lifted_by_kind=_lifts(entries, kinds, lambda never: never.unless_recipient_kinds),
        lifted_by_opening=_lifts(entries, vocabulary.openings, lambda never: never.unless_openings),
        lifted_by_consent=_lifts(entries, vocabulary.consent_states, lambda never: never.unless_consents),
        plain=_mask(isinstance(entry.rule, Never) and not entry.rule.asks_holder for entry in entries),
        dormant=dormant,
        lasting=_lasting(entries),
        holder=_permits(entries, _opens("holder_decision")),
        opened_by_others=_permits(entries, lambda term: bool(term.openings - {"holder_decision"})),
        shown=_shown(entries, gateways),
        refused=_refused(entries),
    )


def _mask(bits: Iterable[bool]) -> int:
    return int("".join("1" if bit else "0" for bit in bits)[::-1] or "0", 2)


def _scalar(entries: Sequence[Entry], words: Iterable[str], wanted: Callable[[Entry], frozenset[str]]) -> Masks:
    return {word: _mask(not wanted(entry) or word in wanted(entry) for entry in entries) for word in words}


def _named(entries: Sequence[Entry], words: Iterable[str], wanted: Callable[[Entry], frozenset[str]]) -> Masks:
    return {word: _mask(word in wanted(entry) for entry in entries) for word in words}


def _pairs(
    entries: Sequence[Entry], codes: Iterable[str], kinds: Sequence[str], wanted: Callable[[Entry], frozenset[str]]
) -> Pairs:
    def fits(entry: Entry, code: str, kind: str) -> bool:
        if isinstance(entry.rule, Never) or entry.agreement is None:
            return not wanted(entry) or code in wanted(entry)
        return code in wanted(entry) and entry.agreement.parties[code].kind == kind

    return {(code, kind): _mask(fits(entry, code, kind) for entry in entries) for code in codes for kind in kinds}


def _permits(entries: Sequence[Entry], fits: Callable[[ConsentTerm], bool]) -> int:
    return _mask(isinstance(entry.rule, Rule) and fits(entry.rule.consent) for entry in entries)


def _fits(state: str) -> Callable[[ConsentTerm], bool]:
    if state in GIVING:
        return lambda _: True
    if state in REFUSING:
        return lambda term: term.overrides_refusal or term.need == "not_engaged"
    return lambda term: term.need != "given"


def _lasting(entries: Sequence[Entry]) -> tuple[tuple[str, int], ...]:
    """For each period a consent may last, the rules that count an older one as not sought."""

    def lasts(entry: Entry) -> str:
        return entry.rule.consent.lasts if isinstance(entry.rule, Rule) and entry.rule.consent.need == "given" else ""

    periods = sorted({lasts(entry) for entry in entries} - {""})
    return tuple((period, _mask(lasts(entry) == period for entry in entries)) for period in periods)


def _opens(name: str) -> Callable[[ConsentTerm], bool]:
    return lambda term: name in term.openings


def _lifts(entries: Sequence[Entry], words: Iterable[str], wanted: Callable[[Never], frozenset[str]]) -> Masks:
    return {word: _mask(isinstance(e.rule, Never) and word in wanted(e.rule) for e in entries) for word in words}


def _windows(entries: Sequence[Entry]) -> tuple[tuple[datetime, ...], tuple[int, ...]]:
    """Return the instants at which the rules in force change, and the rules before the first and from each on."""
    standing = _mask(entry.starts is None for entry in entries)
    changes: dict[datetime, int] = {}
    for place, entry in enumerate(entries):
        if entry.starts is not None and entry.ends is not None:
            begins = entry.starts < entry.ends
            for cut in (entry.starts, entry.ends):
                changes[cut] = changes.get(cut, 0) ^ (begins << place)
    cuts = tuple(sorted(changes))
    return cuts, tuple(accumulate((changes[cut] for cut in cuts), xor, initial=standing))


def _suspension(entries: Sequence[Entry]) -> Masks:
    """Suspending takes permissions and gaps away; prohibitions stay, so that suspending never widens."""
    found: dict[str, int] = {}
    for place, entry in enumerate(entries):
        if entry.agreement is not None:
            taken = 0 if isinstance(entry.rule, Never) else 1 << place
            for name in (entry.agreement.id, entry.agreement.key):
                found[name] = found.get(name, 0) | taken
    return found


def _blocking(entries: Sequence[Entry], agreements: Sequence[Agreement]) -> tuple[tuple[str, int], ...]:
    names = sorted({duty.id for found in agreements for duty in found.obligations.values() if duty.blocking})
    return tuple((name, _mask(_blocks(entry, name) for entry in entries)) for name in names)


def _blocks(entry: Entry, duty: str) -> bool:
    if not isinstance(entry.rule, Rule) or entry.agreement is None:
        return False
    return duty in entry.rule.obligations and entry.agreement.obligations[duty].blocking


def _shown(entries: Sequence[Entry], gateways: Gateways) -> dict[tuple[int, str], Decision]:
    """Answers that show, by `bit_length` of the rules that are left: it names the preferred one."""
    return {
        (place, purpose): _ground(entry.key, entry.rule, entry.agreement, purpose, gateways)
        for place, entry in enumerate(entries, 1)
        if isinstance(entry.rule, Rule) and entry.agreement is not None
        for purpose in entry.rule.when.purposes
    }


def _ground(key: str, rule: Rule, agreement: Agreement, purpose: str, gateways: Gateways) -> Decision:
    grounds, need = agreement.purposes[purpose], rule.consent.need
    return Decision(
        Level.SHOW,
        "permitted",
        rule=key,
        route=rule.route,
        art6=grounds.art6,
        art9=grounds.art9,
        art10=grounds.art10,
        confidentiality={"given": "consent", "not_engaged": "not_engaged"}.get(need, grounds.confidentiality),
        article8=grounds.article8,
        bars=gateways.routes[rule.route].bars,
        obligations=rule.obligations,
    )


def _refused(entries: Sequence[Entry]) -> dict[tuple[int, tuple[str, ...]], Decision]:
    """Answers that refuse, by `bit_length` of the rules that are left; 0 when there are none."""
    misses = [chosen for size in range(len(NEAR_MISSES) + 1) for chosen in combinations(NEAR_MISSES, size)]
    found = {(0, missing): Decision(Level.HIDE, "no_rule", missing=missing) for missing in misses}
    for place, entry in enumerate(entries, 1):
        rule = entry.rule
        if isinstance(rule, Never):
            found[place, ()] = Decision(rule.level, "prohibited", rule=entry.key)
        elif isinstance(rule, Gap):
            for missing in misses:
                duties = rule.obligations if "holder_decision" in missing else ()
                found[place, missing] = Decision(
                    rule.level, "no_rule", rule=entry.key, obligations=duties, missing=missing
                )
    return found
