"""Near misses in full, for information governance officers: which dimensions each rule that came close failed on.

Practitioners learn of consent, opening facts and a holder's decision only (`hub.policy.explain`); never this.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from hub.policy.case import Case
from hub.policy.compile import Entry, PolicySet
from hub.policy.in_words import DIMENSIONS, consent_words, listed
from hub.policy.periods import later
from hub.policy.tables import GIVING, REFUSING
from hub.policy.terms import ConsentTerm, Rule

_ONE = {
    "sources": "source",
    "recipients": "recipient",
    "roles": "role",
    "purposes": "purpose",
    "categories": "category",
    "sensitivities": "sensitivity",
    "handlings": "handling",
    "audiences": "audience",
}
_SOME = {"parts": "parts", "relationships": "relationships", "also": "relationships"}
MOST = 5


@dataclass(frozen=True, slots=True)
class Failed:
    """One dimension that did not fit: what the rule asks, and what was."""

    name: str
    asked: str
    found: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A permission that came close, and every dimension it failed on."""

    rule: str
    words: str
    failed: tuple[Failed, ...]


def candidates(case: Case, policy: PolicySet) -> tuple[Candidate, ...]:
    """Return the permissions for this kind of information of this source that came closest, at most five."""
    found = [
        Candidate(entry.key, entry.rule.words, tuple(_failed(entry, entry.rule, case, policy)))
        for entry in policy.entries
        if isinstance(entry.rule, Rule) and _speaks(entry.rule, case)
    ]
    missed = [one for one in found if one.failed]
    return tuple(sorted(missed, key=lambda one: (len(one.failed), one.rule))[:MOST])


def _speaks(rule: Rule, case: Case) -> bool:
    return case.category in rule.when.categories and case.source in rule.when.sources


def _failed(entry: Entry, rule: Rule, case: Case, policy: PolicySet) -> Iterator[Failed]:
    words = policy.vocabulary
    for key, name in _ONE.items():
        wanted, value = getattr(rule.when, key), getattr(case, name)
        if wanted and value not in wanted:
            yield Failed(DIMENSIONS[key], listed(wanted, words), words.words(value))
    for key, name in _SOME.items():
        wanted, values = getattr(rule.when, key), getattr(case, name)
        if wanted and not wanted & values:
            yield Failed(DIMENSIONS[key], listed(wanted, words), listed(values, words) if values else "none")
    term = rule.consent
    if not _consented(term, case):
        yield Failed("consent", consent_words(term, words), words.words(case.consent))
    if term.openings and not term.openings & case.openings:
        standing = listed(case.openings, words) if case.openings else "none"
        yield Failed("opening fact", listed(term.openings, words), standing)
    unmet = [duty for duty in rule.obligations if _blocks(entry, duty) and duty not in case.satisfied]
    if unmet:
        yield Failed("first", listed(unmet, words), "not done")
    yield from _of_the_agreement(entry, rule, case, policy)


def _of_the_agreement(entry: Entry, rule: Rule, case: Case, policy: PolicySet) -> Iterator[Failed]:
    if entry.starts is not None and entry.ends is not None and not entry.starts <= case.at < entry.ends:
        yield Failed("in force", f"{entry.starts:%Y-%m-%d} to before {entry.ends:%Y-%m-%d}", f"{case.at:%Y-%m-%d}")
    if entry.agreement is not None and {entry.agreement.id, entry.agreement.key} & case.suspended:
        yield Failed("in force", "not suspended", "suspended by a party")
    if rule.route in policy.unaccepted:
        yield Failed("route", "accepted here by a named officer", f"{rule.route}, not accepted")


def _consented(term: ConsentTerm, case: Case) -> bool:
    if case.consent in REFUSING:
        return term.overrides_refusal or term.need == "not_engaged"
    if term.need != "given":
        return True
    fresh = not term.lasts or (case.consented_at is not None and case.at < later(case.consented_at, term.lasts))
    return case.consent in GIVING and fresh


def _blocks(entry: Entry, duty: str) -> bool:
    return entry.agreement is not None and entry.agreement.obligations[duty].blocking
