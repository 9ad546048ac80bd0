"""A generated set in which every word of the language occurs, and requests that aim at its rules and its edges.

Random requests hardly ever meet a rule, so most of these begin with one and then change a thing or two.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random  # noqa: TID251  the seed is the point

from hub.domain.labels import Audience, Handling
from hub.policy.case import Case
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.decision import Level
from hub.policy.gateways import Gateways
from hub.policy.periods import later
from hub.policy.terms import Agreement, Match, Never, Rule
from hub.policy.vocabulary import Vocabulary
from tests.bench.rules import START, build

PERIODS = ("PT24H", "P5D", "P1M", "P12M", "P1Y")
TICK = timedelta(microseconds=1)
HANDLINGS, AUDIENCES = [h.value for h in Handling], [a.value for a in Audience]


def rich(seed: int, *, agreements: int, cases: int) -> tuple[PolicySet, list[Case]]:
    """Return a compiled set with superseding versions and dormant routes, and well-formed cases about it."""
    plain, _ = build(seed, agreements=agreements, cases=1)
    rng = Random(seed + 1)  # noqa: S311  made-up data
    words, gateways = plain.vocabulary, plain.gateways
    found = [_richer(rng, signed.agreement, words, gateways) for signed in plain.agreements]
    found += [_next(rng, agreement) for agreement in found[::4]]
    signed = [SignedAgreement(one, frozenset(one.parties)) for one in found]
    dormant = frozenset(rng.sample(sorted(gateways.routes), len(gateways.routes) // 4))
    policy = compile_policy(signed, gateways, plain.house_rules, words, dormant)
    return policy, [_case(rng, policy, found) for _ in range(cases)]


def instants(policy: PolicySet) -> Iterator[datetime]:
    """Yield every instant at which an agreement starts, ends or is superseded, with the tick before and after."""
    for signed in policy.agreements:
        for instant in (signed.agreement.starts, signed.agreement.ends):
            yield from (instant - TICK, instant, instant + TICK)


def _richer(rng: Random, found: Agreement, words: Vocabulary, gateways: Gateways) -> Agreement:
    rules = tuple(_rule(rng, rule, words, gateways) for rule in found.rules)
    codes = frozenset(found.parties)
    whole = Match(sources=codes, recipients=codes, categories=_some(rng, words.categories, 6))
    more = Never("N8", "made up", whole, frozenset(), frozenset(), frozenset(), Level.HIDE)
    return replace(found, rules=rules, nevers=tuple(_never(rng, never, words) for never in (*found.nevers, more)))


def _rule(rng: Random, rule: Rule, words: Vocabulary, gateways: Gateways) -> Rule:
    lasts = rng.choice(PERIODS) if rule.consent.need == "given" and rng.random() < 0.7 else ""
    also = _some(rng, words.relationships, 8) if rng.random() < 0.3 else frozenset()
    return replace(
        rule,
        when=replace(rule.when, also=also),
        consent=replace(rule.consent, lasts=lasts),
        route=rng.choice(sorted(gateways.routes)),
    )


def _never(rng: Random, never: Never, words: Vocabulary) -> Never:
    def sometimes(pool: tuple[str, ...] | list[str], most: int) -> frozenset[str]:
        return _some(rng, pool, most) if rng.random() < 0.3 else frozenset()

    when = replace(
        never.when,
        handlings=sometimes(HANDLINGS, 2),
        audiences=sometimes(AUDIENCES, 2),
        parts=sometimes(words.parts, 3),
        roles=sometimes(words.roles, 5),
    )
    return replace(
        never,
        when=when,
        unless_relationships=sometimes(words.relationships, 2),
        unless_roles=sometimes(words.roles, 2),
        unless_recipient_kinds=sometimes(words.agency_kinds, 2),
        unless_openings=sometimes(words.openings, 2),
        unless_consents=sometimes(words.consent_states, 2),
        asks_holder=rng.random() < 0.3,
        level=rng.choice([Level.HIDE, Level.ATTRIBUTED, Level.COUNT]),
    )


def _next(rng: Random, found: Agreement) -> Agreement:
    """Return a later version that takes over while the earlier one still runs."""
    return replace(
        found,
        version=found.version + 1,
        starts=found.starts + timedelta(days=rng.randint(1, 90)),
        rules=found.rules[1:],
    )


def _case(rng: Random, policy: PolicySet, found: list[Agreement]) -> Case:
    """Aim at a rule or a prohibition of an agreement, then change up to two things."""
    words, agreement = policy.vocabulary, rng.choice(found)
    aimed = rng.choice([*agreement.rules, *agreement.rules, *agreement.nevers] or [None])
    when = aimed.when if aimed else None

    def one(name: str, pool: tuple[str, ...] | list[str]) -> str:
        wanted = sorted(getattr(when, name)) if when else []
        return rng.choice(wanted or list(pool))

    codes = sorted(agreement.parties)
    source, recipient = one("sources", codes), one("recipients", codes)
    consented = START + timedelta(days=rng.randrange(1_200), microseconds=rng.choice([0, 1]))
    at = _instant(rng, agreement, consented, aimed)
    related = {one("relationships", words.relationships), one("also", words.relationships)}
    term = aimed.consent if isinstance(aimed, Rule) else None
    case = Case(
        source=source,
        source_kind=agreement.parties[source].kind,
        recipient=recipient,
        recipient_kind=agreement.parties[recipient].kind,
        role=one("roles", words.roles),
        purpose=one("purposes", words.purposes),
        category=one("categories", words.categories),
        sensitivity=one("sensitivities", words.sensitivities),
        parts=frozenset({one("parts", words.parts)}),
        relationships=frozenset(related),
        consent=rng.choice(["given", "given", *words.consent_states]),
        consented_at=min(consented, at),
        openings=term.openings if term else _some(rng, words.openings, 2),
        handling=one("handlings", HANDLINGS) if rng.random() < 0.5 else "none",
        audience=one("audiences", AUDIENCES) if rng.random() < 0.5 else "any",
        satisfied=frozenset({"state_reason"}) if rng.random() < 0.8 else frozenset(),
        at=at,
        suspended=frozenset({agreement.key}) if rng.random() < 0.05 else frozenset(),
    )
    for _ in range(rng.choice([0, 0, 1, 2])):
        case = _changed(rng, case, words)
    return case


def _instant(rng: Random, agreement: Agreement, consented: datetime, aimed: Rule | Never | None) -> datetime:
    edges = [agreement.starts, agreement.ends]
    if isinstance(aimed, Rule) and aimed.consent.lasts:
        edges += [later(consented, aimed.consent.lasts)] * 2
    if rng.random() < 0.3:
        return rng.choice(edges) + rng.choice([-1, 0, 1]) * TICK
    days = max(1, (agreement.ends - agreement.starts).days)
    return agreement.starts + timedelta(days=rng.randrange(days), hours=rng.randrange(24))


def _changed(rng: Random, case: Case, words: Vocabulary) -> Case:
    name, pool = rng.choice(
        [
            ("role", words.roles),
            ("purpose", words.purposes),
            ("category", words.categories),
            ("sensitivity", words.sensitivities),
            ("consent", words.consent_states),
            ("handling", HANDLINGS),
            ("audience", AUDIENCES),
        ]
    )
    return replace(case, **{name: rng.choice(list(pool))})


def _some(rng: Random, pool: tuple[str, ...] | list[str], most: int) -> frozenset[str]:
    return frozenset(rng.sample(list(pool), rng.randint(1, min(most, len(pool)))))
