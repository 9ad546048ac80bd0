"""The policy in force: published text whose signatures verify, compiled.

INVARIANT: text is compiled only with the parties whose signature over exactly this text, vocabulary, gateways and
house rules verified; `compile_policy` refuses a version in force that lacks a party.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import Connection

from hub.domain.access import Operation
from hub.domain.canonical import canonical, digest
from hub.domain.errors import PolicyError
from hub.domain.facts import AGREEMENTS_CHAIN, FactKind
from hub.ledger.book import Book
from hub.ledger.entries import Entry
from hub.policy.agreement import Agreement, HouseRules, load_agreement, load_house_rules
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.gateways import Gateways, load_gateways
from hub.policy.vocabulary import Vocabulary, load_vocabulary
from hub.store.clear.agencies import Signatory, signatories
from hub.store.clear.agreements import PublishedAgreement, published
from hub.store.sealed.facts import StoredFact, read_chains
from hub.store.session import Transactions
from hub.vault.fact_mac import FactMac
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


_RECORDED = (FactKind.PUBLISHED, FactKind.SIGNATORY)


def _as_recorded(
    rows: tuple[PublishedAgreement, ...], roster: tuple[Signatory, ...]
) -> tuple[list[bytes], list[bytes]]:
    """Return what the agreements' chain must say for these rows to count, in canonical form and order."""
    return sorted(canonical(published_body(row)) for row in rows), sorted(canonical(roster_body(one)) for one in roster)


def published_body(row: PublishedAgreement) -> dict[str, str]:
    """Return the fact that says exactly this version, with exactly these signatures, was published."""
    given = sorted((one.agency_code, one.key_id, one.signature.hex()) for one in row.signatures)
    return {"code": row.code, "version": row.version, "digest": digest([row.text, given])}


def roster_body(signatory: Signatory) -> dict[str, str]:
    """Return the fact that says whose key this is."""
    held = digest([signatory.public_key.hex(), signatory.name, signatory.office])
    return {"agency_code": signatory.agency_code, "key_id": signatory.key_id, "key_digest": held}


def what_is_signed(code: str, version: str, text: str, texts: PolicyTexts) -> bytes:
    """Return the exact bytes a signatory signs: the version's text and the digests of what it was checked with."""
    return canonical({"agreement": code, "version": version, "text": digest(text), "checked_with": texts.digests()})


class PolicyBook:
    """Hands out the compiled policy that the published, signed versions make.

    INVARIANT: rows of versions, signatures and rosters are believed only as authenticated facts of the agreements'
    chain say they are: a row added, changed or removed in the database refuses everything.
    """

    def __init__(self, rows: Transactions, texts: PolicyTexts, mac: FactMac, book: Book) -> None:
        """Take the gated rows, the texts in force (loading them proves that they can be read) and what proves facts."""
        self._rows, self._mac, self._book = rows, mac, book
        self._partnership = rows.partnership
        self._texts = texts
        self._foundations = foundations(texts)
        self._compiled = lru_cache(maxsize=4)(self._compile)
        self._as_recorded = lru_cache(maxsize=4)(_as_recorded)

    @property
    def foundations(self) -> Foundations:
        """Vocabulary, gateways and house rules."""
        return self._foundations

    @property
    def texts(self) -> PolicyTexts:
        """The texts in force."""
        return self._texts

    def current(self, connection: Connection | None = None) -> PolicySet:
        """Return what is published now, compiled; the same rows give the same object.

        `connection` is the gate's, inside its facts phase; without one a short gated transaction is used.
        """
        if connection is None:
            with self._rows.read() as own:
                return self.current(own)
        rows = tuple(published(connection, self._partnership))
        roster = tuple(signatories(connection, self._partnership))
        self._require_recorded(connection, rows, roster)
        return self._compiled(rows, roster)

    def _require_recorded(
        self, connection: Connection, rows: tuple[PublishedAgreement, ...], roster: tuple[Signatory, ...]
    ) -> None:
        stored = read_chains(connection, self._partnership, [AGREEMENTS_CHAIN])
        try:
            self._require_chain(stored)
            self._require_same(stored, rows, roster)
        except PolicyError as fault:
            act, outcome, detail = "policy:read", "integrity_fault", {"code": fault.code}
            self._book.append(Entry(operation=Operation.DENIAL, act=act, actor="", outcome=outcome, detail=detail))
            raise

    def _require_same(
        self, stored: Sequence[StoredFact], rows: tuple[PublishedAgreement, ...], roster: tuple[Signatory, ...]
    ) -> None:
        recorded = {kind: [one.fact.body for one in stored if one.fact.kind is kind] for kind in _RECORDED}
        said = tuple(sorted(map(canonical, recorded[kind])) for kind in _RECORDED)
        if said != self._as_recorded(rows, roster):
            raise PolicyError("agreements_changed", where="agreements", next_step="restore_from_backup")

    def _require_chain(self, stored: Sequence[StoredFact]) -> None:
        """Check the chain; when only the ledger knows more than this snapshot, check it again as it is now."""
        newest = self._book.heads([AGREEMENTS_CHAIN]).get(AGREEMENTS_CHAIN)
        if newest is not None and len(stored) < newest[0]:
            with self._rows.read() as fresh:
                now = read_chains(fresh, self._partnership, [AGREEMENTS_CHAIN])
            self._mac.require_chain([(row.columns(), row.mac) for row in now], newest)
            newest = None
        self._mac.require_chain([(row.columns(), row.mac) for row in stored], newest)

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
