"""The policy in force: published text whose signatures verify, compiled.

INVARIANT: text is compiled only with the parties whose signature over exactly this text, vocabulary, gateways and
house rules verified; `compile_policy` refuses a version in force that lacks a party.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection

from hub.domain.canonical import canonical, digest
from hub.domain.errors import PolicyError
from hub.policy.agreement import Agreement, HouseRules, load_agreement, load_house_rules
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.gateways import Gateways, load_gateways
from hub.policy.vocabulary import Vocabulary, load_vocabulary
from hub.store.clear.agencies import Signatory, signatories
from hub.store.clear.agreements import PublishedAgreement, published
from hub.vault.signatures import require_signature


@dataclass(frozen=True, slots=True)
class PolicyTexts:
    """The three documents every agreement is checked with, as text."""

    vocabulary: str
    gateways: str
    house_rules: str

    def digests(self) -> dict[str, str]:
        """Return the SHA-256 of each document, as signatories sign them."""
        return {
            "vocabulary": digest(self.vocabulary),
            "gateways": digest(self.gateways),
            "house_rules": digest(self.house_rules),
        }


@dataclass(frozen=True, slots=True)
class Foundations:
    """The three documents, loaded."""

    vocabulary: Vocabulary
    gateways: Gateways
    house_rules: HouseRules


def foundations(texts: PolicyTexts) -> Foundations:
    """Load vocabulary, gateways and house rules; PolicyError names file, line and column."""
    vocabulary = load_vocabulary(texts.vocabulary, "vocabulary.yaml")
    return Foundations(
        vocabulary,
        load_gateways(texts.gateways, "gateways.yaml", vocabulary),
        load_house_rules(texts.house_rules, "house-rules.yaml", vocabulary),
    )


def what_is_signed(code: str, version: str, text: str, texts: PolicyTexts) -> bytes:
    """Return the exact bytes a signatory signs: the version's text and the digests of what it was checked with."""
    return canonical({"agreement": code, "version": version, "text": digest(text), "checked_with": texts.digests()})


class PolicyBook:
    """Hands out the compiled policy that the published, signed versions make."""

    def __init__(self, partnership: str, texts: PolicyTexts) -> None:
        """Take the texts in force; loading them proves that they can be read."""
        self._partnership = partnership
        self._texts = texts
        self._foundations = foundations(texts)
        self._compiled = lru_cache(maxsize=4)(self._compile)

    @property
    def foundations(self) -> Foundations:
        """Vocabulary, gateways and house rules."""
        return self._foundations

    @property
    def texts(self) -> PolicyTexts:
        """The texts in force."""
        return self._texts

    def current(self, connection: Connection) -> PolicySet:
        """Read what is published now and return it compiled; the same rows give the same object."""
        rows = tuple(published(connection, self._partnership))
        roster = tuple(signatories(connection, self._partnership))
        return self._compiled(rows, roster)

    def _compile(self, rows: tuple[PublishedAgreement, ...], roster: tuple[Signatory, ...]) -> PolicySet:
        agreements = [SignedAgreement(self.load(row), self._signed_by(row, roster)) for row in rows]
        base = self._foundations
        return compile_policy(agreements, base.gateways, base.house_rules, base.vocabulary)

    def load(self, row: PublishedAgreement) -> Agreement:
        """Load one published text; its own code and version must be those it is published under."""
        base = self._foundations
        agreement = load_agreement(row.text, f"{row.code}/{row.version}", base.vocabulary, base.gateways)
        if (agreement.id, str(agreement.version)) != (row.code, row.version):
            raise PolicyError("published_under_another_name", where=f"{row.code}/{row.version}")
        return agreement

    def _signed_by(self, row: PublishedAgreement, roster: Sequence[Signatory]) -> frozenset[str]:
        """Verify each signature with the key in that agency's roster; one that fails refuses the whole version."""
        keys = {(signatory.agency_code, signatory.key_id): signatory.public_key for signatory in roster}
        message = what_is_signed(row.code, row.version, row.text, self._texts)
        for given in row.signatures:
            public = keys.get((given.agency_code, given.key_id))
            if public is None:
                raise PolicyError("unknown_signatory", where=f"{row.code}/{row.version}:{given.agency_code}")
            require_signature(public, message, given.signature)
        return frozenset(given.agency_code for given in row.signatures)
