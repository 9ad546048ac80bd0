"""Which facts join two people, and which take them apart again. Pure.

INVARIANT: taking apart ends exactly what joining said, and says again what that took over from; what somebody ended
in between is left as they left it. What they decided in between of the one person is said again of whichever of the two
the family knows: it opens nothing that it did not open before.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from hub.domain.errors import ConflictError
from hub.domain.facts import Fact, FactKind, in_force, listed, person_chain
from hub.domain.ids import AccountId, FactId, PersonId
from hub.domain.life import AGES
from hub.store.clear.merges import Merge

_FOLLOWS: Final = frozenset({FactKind.IDENTITY, FactKind.CONSENT, FactKind.LIFE})
_NAMING: Final = {
    FactKind.ALLOCATION: ("works_with",),
    FactKind.OPENING: ("children", "adults"),
    FactKind.LIFE: ("holders",),
}
"""Where facts of a family name people: whoever works with the one works with the other, who is the same."""
_REFUSING = frozenset({"refused", "withdrawn"})


@dataclass(frozen=True, slots=True)
class Scribe:
    """Who records, when, and what makes ids."""

    by: AccountId
    now: datetime
    new_id: Callable[[], str]

    def again(self, old: Fact, **changes: object) -> Fact:
        """Say a fact again, with changes; who recorded it first stays named where the fact speaks for them."""
        said = {"number": 0, "recorded_at": self.now, "recorded_by": self.by, "ends": None} | changes
        return replace(old, id=FactId(self.new_id()), **said)  # type: ignore[arg-type]  # fields of Fact

    def ending(self, old: Fact) -> Fact:
        """Say that a fact has ended."""
        return self.again(old, valid_from=self.now, valid_until=None, ends=old.id)


def joined(
    scribe: Scribe, kept: PersonId, other: PersonId, theirs: Iterable[Fact], families: Iterable[Fact]
) -> tuple[list[Fact], dict[FactId, FactId | None]]:
    """Return the facts that make `other` be `kept`, and for each new one which it took over from (None: from none).

    `theirs` stand on `other`'s chain, `families` on those of their families and of the people there. Birthdays are
    left out: the worker derives them anew. What was said of `other` stays said of them.
    """
    facts: list[Fact] = []
    made: dict[FactId, FactId | None] = {}
    for old in (fact for fact in theirs if fact.kind in _FOLLOWS and fact.body.get("event") not in AGES):
        body = {**old.body, **({"person": kept} if "person" in old.body else {})}
        link = old.kind is FactKind.IDENTITY
        new = scribe.again(old, chain=person_chain(kept), body=body, valid_from=scribe.now if link else old.valid_from)
        facts += [new, scribe.ending(old)] if link else [new]  # a reference is one person's alone
        made[new.id] = old.id if link else None
    for old in (fact for fact in families if fact.chain != person_chain(other)):
        if old.kind is FactKind.MEMBERSHIP and old.body["person"] == other:
            new = scribe.again(old, body={**old.body, "person": kept}, valid_from=scribe.now)
            facts.append(new)
            made[new.id] = None
        elif (body_of_both := _naming_both(old, kept, other)) is not None:
            new = scribe.again(old, body=body_of_both, valid_from=scribe.now, recorded_by=old.recorded_by)
            facts += [new, scribe.ending(old)]
            made[new.id] = old.id
    return facts, made


def apart(scribe: Scribe, merge: Merge, known: Mapping[FactId, Fact]) -> list[Fact]:
    """Return the facts that undo a joining; ConflictError when a later joining moved the same references on.

    `known` are all facts it can have touched, with their ends. A no since then is said of both, and so is a shield: who
    was meant is not known.
    """
    made = [known[new] for new in merge.made if new in known]
    if any(fact.kind is FactKind.IDENTITY and not in_force(fact, scribe.now) for fact in made):
        raise ConflictError("joined_again_since", where=merge.id, next_step="see_merges")
    facts: list[Fact] = []
    for fact in (one for one in made if _lasts(one, scribe.now)):
        facts.append(scribe.ending(fact))
        old = known.get(merge.made[fact.id] or FactId(""))
        if old is not None:
            said = {"valid_from": scribe.now, "valid_until": fact.valid_until, "recorded_by": old.recorded_by}
            facts.append(scribe.again(old, **said))
        elif fact.kind is FactKind.MEMBERSHIP and not _is_member(known.values(), fact.chain, merge.other, scribe.now):
            body = {**fact.body, "person": merge.other}
            facts.append(scribe.again(fact, body=body, valid_from=scribe.now))
    facts += _decided_since(scribe, merge, known.values(), facts)
    return [*facts, *_counting_for_both(scribe, merge, known.values())]


def _decided_since(scribe: Scribe, merge: Merge, known: Iterable[Fact], facts: Sequence[Fact]) -> Iterator[Fact]:
    """Yield anew what was decided while they were one, where a name in it is by now no member of that family."""
    ended = {fact.ends for fact in facts}
    stand = [fact for fact in known if fact.id not in ended and _lasts(fact, scribe.now)]
    members = {
        (fact.chain, fact.body["person"])
        for fact in (*stand, *(fact for fact in facts if not fact.ends))
        if fact.kind is FactKind.MEMBERSHIP and in_force(fact, scribe.now)
    }
    for fact in stand:
        both = {merge.kept, merge.other}
        here = sorted(person for person in both if (fact.chain, person) in members)
        if fact.recorded_at <= merge.at or fact.id in merge.made or len(here) != 1:
            continue
        body = _naming_one(fact, both, here[0])
        if body != fact.body:
            start = max(fact.valid_from, scribe.now)
            yield scribe.ending(fact)
            yield scribe.again(fact, body=body, valid_from=start, recorded_by=fact.recorded_by)


def _naming_one(fact: Fact, both: set[PersonId], one: PersonId) -> dict[str, object]:
    """Return the body with `one` wherever either is named; an emergency is left alone."""
    body = dict(fact.body)
    if fact.kind is FactKind.LIFE or body.get("opening") == "emergency":
        return body
    for key in _NAMING.get(fact.kind, ()):
        names = listed(body.get(key))
        if both & {*names}:
            body[key] = list(dict.fromkeys(one if name in both else name for name in names))
    return body


def _lasts(fact: Fact, now: datetime) -> bool:
    return fact.valid_until is None or fact.valid_until > now


def _counting_for_both(scribe: Scribe, merge: Merge, known: Iterable[Fact]) -> Iterator[Fact]:
    """Yield again of the other what was said since then and protects: a no, and a shield."""
    for fact in known:
        mine = fact.chain == person_chain(merge.kept) and fact.id not in merge.made and fact.recorded_at > merge.at
        if not mine or not in_force(fact, scribe.now):
            continue
        if fact.kind is FactKind.SHIELD:
            yield scribe.again(fact, chain=person_chain(merge.other), body={**fact.body, "person": merge.other})
        elif fact.kind is FactKind.CONSENT and fact.body["status"] in _REFUSING:
            yield scribe.again(fact, chain=person_chain(merge.other))


def _naming_both(fact: Fact, kept: PersonId, other: PersonId) -> dict[str, object] | None:
    """Return the body with `kept` beside `other` wherever that is named; None when nothing changes.

    An emergency is left alone: it opens to its recorder for a few hours, and to nobody because of a joining.
    """
    if fact.body.get("opening") == "emergency":
        return None
    body = dict(fact.body)
    for key in _NAMING.get(fact.kind, ()):
        names = listed(body.get(key))
        if other in names and kept not in names:
            body[key] = [*names, kept]
    return body if body != fact.body else None


def _is_member(facts: Iterable[Fact], chain: str, person: PersonId, now: datetime) -> bool:
    standing = (fact for fact in facts if fact.kind is FactKind.MEMBERSHIP and in_force(fact, now))
    return any(fact.chain == chain and fact.body["person"] == person for fact in standing)
