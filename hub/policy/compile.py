"""Signed agreements, gateways and house rules become one policy set; nothing unsigned gets in."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub.domain.canonical import digest
from hub.domain.errors import PolicyError
from hub.policy.decision import Level
from hub.policy.gateways import Gateways
from hub.policy.tables import Entry, Tables, build_tables
from hub.policy.terms import Agreement, HouseRules, Rule
from hub.policy.vocabulary import Vocabulary

__all__ = ["Entry", "PolicySet", "SignedAgreement", "compile_policy"]


@dataclass(frozen=True, slots=True)
class SignedAgreement:
    """One version and the party codes whose signature over it the caller has verified."""

    agreement: Agreement
    signed_by: frozenset[str]


@dataclass(frozen=True, slots=True)
class PolicySet:
    """Everything that decides, under one digest; equal inputs in any order give an equal digest.

    `unaccepted` are the routes that no named officer has accepted here: rules on them show nothing.
    """

    agreements: tuple[SignedAgreement, ...]
    gateways: Gateways
    house_rules: HouseRules
    vocabulary: Vocabulary
    entries: tuple[Entry, ...]
    tables: Tables
    digest: str
    unaccepted: frozenset[str] = frozenset()

    def entry(self, key: str) -> Entry | None:
        """Return the rule behind `EFS-2026-04/3:R2a`, or None."""
        return next((entry for entry in self.entries if entry.key == key), None)


def compile_policy(
    agreements: Sequence[SignedAgreement],
    gateways: Gateways,
    house_rules: HouseRules,
    vocabulary: Vocabulary,
    unaccepted: frozenset[str] = frozenset(),
) -> PolicySet:
    """Compile what is in force; the order of `agreements` does not matter; `unaccepted` routes carry nothing.

    Raises:
        PolicyError: missing_signature when a party has not signed a version; duplicate_version; unknown_party.
    """
    ordered = tuple(sorted(agreements, key=lambda signed: (signed.agreement.id, signed.agreement.version)))
    for signed in ordered:
        _signed_by_all(signed)
    keys = [signed.agreement.key for signed in ordered]
    if len(set(keys)) != len(keys):
        raise PolicyError("duplicate_version", where=", ".join(keys), next_step="each version once")
    entries = _entries([signed.agreement for signed in ordered], house_rules)
    return PolicySet(
        agreements=ordered,
        gateways=gateways,
        house_rules=house_rules,
        vocabulary=vocabulary,
        entries=entries,
        tables=build_tables(entries, [signed.agreement for signed in ordered], gateways, vocabulary, unaccepted),
        digest=_digest(ordered, gateways, house_rules, vocabulary, unaccepted),
        unaccepted=unaccepted,
    )


def _signed_by_all(signed: SignedAgreement) -> None:
    missing = set(signed.agreement.parties) - signed.signed_by
    if missing:
        where = f"{signed.agreement.source}: {signed.agreement.key}"
        raise PolicyError("missing_signature", where=where, next_step=f"to be signed by {', '.join(sorted(missing))}")
    if signed.signed_by - set(signed.agreement.parties):
        raise PolicyError("unknown_party", where=signed.agreement.key, next_step="signatures of parties only")


def _digest(
    signed: Sequence[SignedAgreement],
    gateways: Gateways,
    house_rules: HouseRules,
    vocabulary: Vocabulary,
    unaccepted: frozenset[str],
) -> str:
    texts = [[one.agreement.content, one.signed_by] for one in signed]
    return digest([texts, gateways.digest, house_rules.digest, vocabulary.digest, unaccepted])


def _entries(agreements: Sequence[Agreement], house: HouseRules) -> tuple[Entry, ...]:
    permits: list[Entry] = []
    gaps: list[Entry] = []
    nevers = [Entry(f"{house.key}:{never.id}", never, None, None, None) for never in house.nevers]
    for found in agreements:
        later = [a.starts for a in agreements if a.id == found.id and a.version > found.version]
        ends = min([found.ends, *later])
        for rules, entries in ((found.rules, permits), (found.nevers, nevers), (found.gaps, gaps)):
            entries += [Entry(f"{found.key}:{rule.id}", rule, found, found.starts, ends) for rule in rules]
    permits.sort(key=_preference)
    nevers.sort(key=lambda entry: (-_level(entry).rank, entry.key))
    gaps.sort(key=lambda entry: (_level(entry).rank, entry.key))
    return (*permits, *nevers, *gaps)[::-1]


def _preference(entry: Entry) -> tuple[bool, bool, int, float, str]:
    """Order of reliance: overrides no refusal > rests on consent > fewer parties > newer > lowest id."""
    if not isinstance(entry.rule, Rule) or entry.agreement is None:
        raise TypeError(entry.key)
    term = entry.rule.consent
    newest_first = -entry.agreement.starts.timestamp()
    return term.overrides_refusal, term.need != "given", len(entry.agreement.parties), newest_first, entry.key


def _level(entry: Entry) -> Level:
    return Level.SHOW if isinstance(entry.rule, Rule) else entry.rule.level
