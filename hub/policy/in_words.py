"""Rules in plain words, dimension by dimension, from the vocabulary; for every tool that tells a person something."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from hub.policy.terms import Agreement, ConsentTerm, Match, Never, Rule
from hub.policy.vocabulary import Vocabulary

DIMENSIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "sources": "held by",
        "recipients": "shown to",
        "roles": "roles",
        "purposes": "purposes",
        "categories": "kinds of information",
        "sensitivities": "up to",
        "handlings": "handling codes",
        "audiences": "sender's limit",
        "parts": "about",
        "relationships": "how the reader is related",
        "also": "and also related as",
    }
)
"""What each dimension of a `Match` is called when people read it."""

_NEEDS: Final = MappingProxyType(
    {
        "given": "the person has agreed",
        "not_refused": "the person has not refused",
        "none": "whatever the person said",
        "not_engaged": "consent is not in play",
    }
)
_UNLESS: Final = MappingProxyType(
    {
        "unless_relationships": "related as",
        "unless_roles": "role",
        "unless_recipient_kinds": "kind of agency",
        "unless_openings": "opening fact",
        "unless_consents": "consent",
    }
)
_ONWARD: Final = MappingProxyType(
    {
        "none": "It goes no further than you.",
        "ask_originator": "Ask the agency it came from before it goes further.",
    }
)


def onward_words(agreement: Agreement) -> str:
    """Say whether what it shows may go further: its notice in its own words, when it has one ("" when rules say)."""
    term: Mapping[str, str] = agreement.content.get("onward_sharing", {})
    return term.get("notice") or _ONWARD.get(term.get("allowed", ""), "")


def listed(words: Iterable[str], vocabulary: Vocabulary) -> str:
    """Return words of a closed list as practitioners read them, in order; any, when there are none."""
    found = sorted(vocabulary.words(word) for word in words)
    return ", ".join(found) if found else "any"


def match_words(when: Match, vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    """Return (dimension, words) for each dimension that a rule limits."""
    limited: list[tuple[str, frozenset[str]]] = [(key, getattr(when, key)) for key in DIMENSIONS]
    return tuple(
        (DIMENSIONS[key], _reach(words, vocabulary) if key == "sensitivities" else listed(words, vocabulary))
        for key, words in limited
        if words
    )


def consent_words(term: ConsentTerm, vocabulary: Vocabulary) -> str:
    """Say what a permission asks of consent and opening facts."""
    said = [_NEEDS[term.need]]
    if term.openings:
        said.append(f"while one of these stands: {listed(term.openings, vocabulary)}")
    if term.overrides_refusal:
        said.append("even if refused")
    if term.lasts:
        said.append(f"an answer counts for {term.lasts}")
    if term.because:
        said.append(term.because)
    return "; ".join(said)


def unless_words(never: Never, vocabulary: Vocabulary) -> str:
    """Say what lifts a prohibition ("" when nothing does)."""
    lifts: list[tuple[str, frozenset[str]]] = [(n, getattr(never, key, frozenset())) for key, n in _UNLESS.items()]
    return "; ".join(f"{name}: {listed(words, vocabulary)}" for name, words in lifts if words)


def rule_words(rule: Rule | Never, vocabulary: Vocabulary) -> tuple[tuple[str, str], ...]:
    """Return (dimension, words) of a whole permission or prohibition."""
    found = match_words(rule.when, vocabulary)
    if isinstance(rule, Rule):
        found = (*found, ("consent", consent_words(rule.consent, vocabulary)), ("route", rule.route))
        return (*found, ("obligations", listed(rule.obligations, vocabulary))) if rule.obligations else found
    lifted = unless_words(rule, vocabulary)
    return (*found, ("unless", lifted)) if lifted else found


def _reach(words: Iterable[str], vocabulary: Vocabulary) -> str:
    return vocabulary.words(max(words, key=vocabulary.sensitivities.index))
