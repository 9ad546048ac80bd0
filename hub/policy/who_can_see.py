"""Who can see this kind of information: every rule that speaks of it at an instant, with whom, how and until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from hub.policy.compile import Entry, PolicySet
from hub.policy.in_words import consent_words, listed, unless_words
from hub.policy.space import OWN
from hub.policy.terms import Never, Rule


@dataclass(frozen=True, slots=True)
class Holding:
    """A label without its people: what is held, by whom, how sensitive, about whom in the case ("" for any)."""

    category: str
    owner: str
    sensitivity: str
    part: str = ""


@dataclass(frozen=True, slots=True)
class Allowed:
    """One permission: which roles of which agencies, how related, for what, on what condition, under which rule."""

    rule: str
    words: str
    recipients: str
    roles: str
    related: str
    purposes: str
    condition: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Barred:
    """One prohibition that can take it away again."""

    rule: str
    words: str
    unless: str


def who_can_see(holding: Holding, policy: PolicySet, at: datetime) -> tuple[tuple[Allowed, ...], tuple[Barred, ...]]:
    """Return the permissions and the prohibitions that speak of a holding at an instant, in order of reliance."""
    speaking = [entry for entry in reversed(policy.entries) if _stands(entry, at) and _speaks(entry, holding)]
    return tuple(_allowed(speaking, holding.owner, policy)), tuple(_barred(speaking, policy))


def _stands(entry: Entry, at: datetime) -> bool:
    return (entry.starts is None or entry.starts <= at) and (entry.ends is None or at < entry.ends)


def _speaks(entry: Entry, holding: Holding) -> bool:
    when = entry.rule.when
    asked = (
        (when.categories, holding.category),
        (when.sources, holding.owner),
        (when.sensitivities, holding.sensitivity),
        (when.parts, holding.part or next(iter(when.parts), "")),
    )
    return all(not wanted or value in wanted for wanted, value in asked)


def _allowed(speaking: list[Entry], owner: str, policy: PolicySet) -> Iterator[Allowed]:
    words = policy.vocabulary
    for entry in speaking:
        rule, found = entry.rule, entry.agreement
        if not isinstance(rule, Rule) or found is None or entry.ends is None:
            continue
        when = rule.when
        reached = when.recipients & {owner} if OWN in when.relationships | when.also else when.recipients - {owner}
        names = [found.parties[code].name for code in sorted(reached)]
        also = f"; and {listed(when.also, words)}" if when.also else ""
        yield Allowed(
            entry.key,
            rule.words,
            ", ".join(names),
            listed(when.roles, words),
            listed(when.relationships, words) + also,
            listed(when.purposes, words),
            consent_words(rule.consent, words),
            entry.ends,
        )


def _barred(speaking: list[Entry], policy: PolicySet) -> Iterator[Barred]:
    for entry in speaking:
        if isinstance(entry.rule, Never):
            yield Barred(entry.key, entry.rule.words, unless_words(entry.rule, policy.vocabulary))
