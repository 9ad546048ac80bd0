"""A seeded set of 200 rules in 40 agreements and random cases over it (agreements reference, section 3)."""

from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random  # noqa: TID251  the seed is the point

from hub.policy.agreement import load_house_rules
from hub.policy.case import Case
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.decision import Level
from hub.policy.gateways import Gateways, load_gateways
from hub.policy.terms import Agreement, ConsentTerm, Gap, Match, Never, Obligation, Party, Purpose, Rule
from hub.policy.vocabulary import Vocabulary, load_vocabulary

POLICIES = Path(__file__).resolve().parents[2] / "policies"
START = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 1200
AGREEMENTS, RULES_EACH, CASES = 40, 5, 10_000
HOUSE = """
house_rules: HOUSE
version: "1"
title: none
never:
- rule: H1
  words: none
  categories: [safe_address]
  when: {viewer_relationship: [allocated_to_alleged_perpetrator]}
"""


def build(seed: int, *, agreements: int = AGREEMENTS, cases: int = CASES) -> tuple[PolicySet, list[Case]]:
    """Return a compiled set (one rule in ten prohibits) and well-formed random cases on random dates."""
    rng = Random(seed)  # noqa: S311  made-up data
    vocabulary, gateways = words()
    agencies = {f"agency{n}": vocabulary.agency_kinds[n % len(vocabulary.agency_kinds)] for n in range(10)}
    found = [_agreement(rng, number, agencies, vocabulary) for number in range(agreements)]
    signed = [SignedAgreement(one, frozenset(one.parties)) for one in found]
    policy = compile_policy(signed, gateways, load_house_rules(HOUSE, "house", vocabulary), vocabulary)
    return policy, [_case(rng, agencies, vocabulary, found) for _ in range(cases)]


@cache
def words() -> tuple[Vocabulary, Gateways]:
    """Return the vocabulary and gateways that ship with the hub."""
    vocabulary = load_vocabulary((POLICIES / "vocabulary.yaml").read_text(), "vocabulary.yaml")
    return vocabulary, load_gateways((POLICIES / "gateways.yaml").read_text(), "gateways.yaml", vocabulary)


def _agreement(rng: Random, number: int, agencies: dict[str, str], vocabulary: Vocabulary) -> Agreement:
    codes = rng.sample(sorted(agencies), rng.randint(3, 6))
    starts = START + timedelta(days=rng.randrange(DAYS // 2))
    rules, nevers = [], []
    for place in range(RULES_EACH):
        if (number * RULES_EACH + place) % 10 == 9:
            nevers.append(_never(rng, f"N{place}", codes, vocabulary))
        else:
            rules.append(_rule(rng, f"R{place}", codes, vocabulary))
    gaps = (Gap("G1", "gap", _match(rng, codes, vocabulary), rng.choice([Level.ATTRIBUTED, Level.COUNT]), ()),)
    return Agreement(
        id=f"AG-{number:02d}",
        version=1,
        title="made up",
        parties={code: Party(code, code, agencies[code], "joint", "desk") for code in codes},
        starts=starts,
        ends=starts + timedelta(days=rng.randint(200, DAYS)),
        review=date(2027, 1, 1),
        purposes={p: Purpose(p, p, "6(1)(e)", "9(2)(g)", "10", "public", "necessary") for p in vocabulary.purposes},
        rules=tuple(rules),
        nevers=tuple(nevers),
        gaps=gaps,
        obligations={"state_reason": Obligation("state_reason", "why", "before", "", blocking=True)},
        people={},
        worked_cases=(),
        content={"agreement": f"AG-{number:02d}", "rules": [str(rule.when) for rule in rules]},
        source=f"agreement {number}",
    )


def _some(rng: Random, pool: list[str] | tuple[str, ...], most: int) -> frozenset[str]:
    return frozenset(rng.sample(list(pool), rng.randint(1, min(most, len(pool)))))


def _match(rng: Random, codes: list[str], vocabulary: Vocabulary) -> Match:
    reach = rng.randint(1, len(vocabulary.sensitivities))
    return Match(
        sources=_some(rng, codes, 6),
        recipients=_some(rng, codes, 6),
        roles=_some(rng, vocabulary.roles, 12),
        purposes=_some(rng, vocabulary.purposes, 5),
        categories=_some(rng, vocabulary.categories, 20),
        sensitivities=frozenset(vocabulary.sensitivities[:reach]),
        relationships=_some(rng, vocabulary.relationships, 9),
        parts=_some(rng, vocabulary.parts, 4) if rng.random() < 0.2 else frozenset(),
    )


def _rule(rng: Random, name: str, codes: list[str], vocabulary: Vocabulary) -> Rule:
    need = rng.choice(["given", "not_refused", "none", "none", "not_engaged"])
    opened = _some(rng, vocabulary.openings, 4) if need == "none" else frozenset()
    overrides = need == "none" and rng.random() < 0.7
    term = ConsentTerm(need, opened, overrides, "", "own" if need == "not_engaged" else "")
    duties = ("state_reason",) if rng.random() < 0.2 else ()
    return Rule(name, "made up", _match(rng, codes, vocabulary), term, "CA2004-S10", duties)


def _never(rng: Random, name: str, codes: list[str], vocabulary: Vocabulary) -> Never:
    when = Match(
        sources=frozenset(codes),
        recipients=frozenset(codes),
        categories=_some(rng, vocabulary.categories, 3),
        roles=_some(rng, vocabulary.roles, 5),
        handlings=frozenset({"C"}) if rng.random() < 0.3 else frozenset(),
    )
    lifted = _some(rng, vocabulary.relationships, 2) if rng.random() < 0.5 else frozenset()
    level = rng.choice([Level.HIDE, Level.ATTRIBUTED])
    return Never(name, "made up", when, lifted, frozenset(), frozenset(), level)


def _case(rng: Random, agencies: dict[str, str], vocabulary: Vocabulary, found: list[Agreement]) -> Case:
    source, recipient = rng.choice(sorted(agencies)), rng.choice(sorted(agencies))
    suspended = frozenset({rng.choice(found).id}) if rng.random() < 0.1 else frozenset()
    return Case(
        source=source,
        source_kind=agencies[source],
        recipient=recipient,
        recipient_kind=agencies[recipient],
        role=rng.choice(vocabulary.roles),
        purpose=rng.choice(vocabulary.purposes),
        category=rng.choice(vocabulary.categories),
        sensitivity=rng.choice(vocabulary.sensitivities),
        parts=_some(rng, vocabulary.parts, 2),
        relationships=_some(rng, vocabulary.relationships, 3),
        consent=rng.choice(vocabulary.consent_states),
        openings=_some(rng, vocabulary.openings, 2) if rng.random() < 0.4 else frozenset(),
        handling=rng.choice(["none", "none", "P", "C"]),
        audience="any",
        satisfied=frozenset({"state_reason"}) if rng.random() < 0.5 else frozenset(),
        at=START + timedelta(days=rng.randrange(DAYS), hours=rng.randrange(24)),
        suspended=suspended,
    )
