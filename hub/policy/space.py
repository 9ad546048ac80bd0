"""The whole space of requests, as axes of masks: a request takes one word of each axis, and its rules are their AND.

Prohibitions that a word lifts are taken out of that word's mask, and what a word does not ask of prohibitions is put
in, so that nothing but AND remains. Blocking duties count as met, no agreement as suspended, consents as fresh.
INVARIANT: for every request of the space the AND says what `decide` says (tests/unit/policy/test_analysing.py).
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import combinations
from math import prod

from hub.policy.case import Case
from hub.policy.compile import PolicySet
from hub.policy.tables import Tables

OWN = "own_agency"
_PACES = (7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43)
_SETS_OF_RELATIONSHIPS, _SETS_OF_OPENINGS = 2, 1


@dataclass(frozen=True, slots=True)
class Axis:
    """One dimension: its words (a set of words for relationships and openings), each with the rules it leaves."""

    name: str
    words: tuple[tuple[tuple[str, ...], int], ...]


@dataclass(frozen=True, slots=True)
class Space:
    """Axes of the same requests for one policy set; `outcome` of a request needs `permits` and `nevers`."""

    axes: tuple[Axis, ...]
    start: int
    permits: int
    nevers: int

    @property
    def size(self) -> int:
        """How many requests there are."""
        return prod(len(axis.words) for axis in self.axes)


Parties = Sequence[tuple[str, str]]


def parties_of(*policies: PolicySet) -> Parties:
    """Return (code, kind) of every party of every agreement."""
    found = {(p.code, p.kind) for one in policies for s in one.agreements for p in s.agreement.parties.values()}
    return sorted(found)


def spaces(
    policy: PolicySet, at: datetime, parties: Parties | None = None, most: Mapping[str, int] | None = None
) -> tuple[Space, Space]:
    """Return the requests about an agency's own records, and those about another agency's, at one instant.

    Apart, because `own_agency` holds exactly when source and recipient are the same. `most` takes only that many
    words of an axis (all of them of an axis that it does not name): for measuring, and for looking at a part.
    """
    known = parties_of(policy) if parties is None else parties
    own = [(one, one) for one in known]
    other = [(giver, taker) for giver in known for taker in known if giver[0] != taker[0]]
    whole = _space(policy, at, own, own_records=True), _space(policy, at, other, own_records=False)
    return whole if most is None else (_part(whole[0], most), _part(whole[1], most))


def _part(space: Space, most: Mapping[str, int]) -> Space:
    axes = tuple(replace(axis, words=axis.words[: most.get(axis.name, len(axis.words))]) for axis in space.axes)
    return replace(space, axes=axes)


def _space(
    policy: PolicySet, at: datetime, pairs: Iterable[tuple[tuple[str, str], tuple[str, str]]], *, own_records: bool
) -> Space:
    t, words = policy.tables, policy.vocabulary
    lifted = _lifts(t)
    axes = (
        Axis("parties", tuple(((g[0], t_[0]), _pair(t, g, t_)) for g, t_ in pairs)),
        _scalar("category", t.category, {}),
        _scalar("role", t.role, lifted["role"]),
        _scalar("purpose", t.purpose, {}),
        _scalar("sensitivity", t.sensitivity, {}),
        _scalar("handling", t.handling, {}),
        _scalar("audience", t.audience, {}),
        Axis("part", tuple(((word,), t.any_part | t.part[word]) for word in words.parts)),
        Axis("relationship", tuple(_related(t, words.relationships, lifted["relationship"], own=own_records))),
        Axis("consent", tuple(((w,), (m | ~t.permits) & ~lifted["consent"][w]) for w, m in t.consent.items())),
        Axis("opening", tuple(_opened(t, words.openings, lifted["opening"]))),
    )
    return Space(axes, t.windows[bisect_right(t.cuts, at)] & (t.permits | t.nevers), t.permits, t.nevers)


def _lifts(t: Tables) -> dict[str, Mapping[str, int]]:
    return {
        "role": t.lifted_by_role,
        "relationship": t.lifted_by_relationship,
        "consent": t.lifted_by_consent,
        "opening": t.lifted_by_opening,
    }


def _pair(t: Tables, giver: tuple[str, str], taker: tuple[str, str]) -> int:
    return t.source.get(giver, 0) & t.recipient.get(taker, 0) & ~t.lifted_by_kind[taker[1]]


def _scalar(name: str, masks: Mapping[str, int], lifted: Mapping[str, int]) -> Axis:
    return Axis(name, tuple(((word,), mask & ~lifted.get(word, 0)) for word, mask in masks.items()))


def _related(
    t: Tables, words: Sequence[str], lifted: Mapping[str, int], *, own: bool
) -> Iterable[tuple[tuple[str, ...], int]]:
    """Sets of at most two relationships beside `own_agency`: a rule asks for one of two lists, a prohibition yields."""
    rest = [word for word in words if word != OWN]
    for size in range(_SETS_OF_RELATIONSHIPS + 1):
        for chosen in combinations(rest, size):
            held = (OWN, *chosen) if own else chosen
            related, also, yields = t.any_relationship, t.any_also, 0
            for word in held:
                related |= t.relationship[word]
                also |= t.also[word]
                yields |= lifted[word]
            yield held, related & also & ~yields


def _opened(t: Tables, words: Sequence[str], lifted: Mapping[str, int]) -> Iterable[tuple[tuple[str, ...], int]]:
    for size in range(_SETS_OF_OPENINGS + 1):
        for chosen in combinations(words, size):
            opened, yields = t.any_opening | ~t.permits, 0
            for word in chosen:
                opened |= t.opening[word]
                yields |= lifted[word]
            yield chosen, opened & ~yields


def case_of(words: Mapping[str, tuple[str, ...]], policy: PolicySet, at: datetime) -> Case:
    """Return the case of one request of a space: blocking duties met, a consent given at that instant."""
    kinds, (source, recipient) = dict(parties_of(policy)), words["parties"]
    return Case(
        source=source,
        source_kind=kinds[source],
        recipient=recipient,
        recipient_kind=kinds[recipient],
        role=words["role"][0],
        purpose=words["purpose"][0],
        category=words["category"][0],
        sensitivity=words["sensitivity"][0],
        parts=frozenset(words["part"]),
        relationships=frozenset(words["relationship"]),
        consent=words["consent"][0],
        openings=frozenset(words["opening"]),
        handling=words["handling"][0],
        audience=words["audience"][0],
        satisfied=frozenset(policy.vocabulary.obligations),
        at=at,
        suspended=frozenset(),
        consented_at=at,
    )


def some(space: Space, count: int) -> Iterator[dict[str, tuple[str, ...]]]:
    """Yield requests spread over a space, always the same ones: each axis goes round at a pace of its own."""
    for number in range(count):
        yield {
            axis.name: axis.words[number * pace // len(axis.words) % len(axis.words)][0]
            for axis, pace in zip(space.axes, _PACES, strict=True)
        }
