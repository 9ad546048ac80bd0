"""The policy in force: published text whose signatures verify, compiled.

INVARIANT: text is compiled only with the parties whose signature over exactly this text, page, vocabulary, gateways and
house rules verified; `compile_policy` refuses a version that lacks a party. Where house rules lack the signature of a
party, or a version was signed with other documents than those in force, prohibitions stand and nothing is permitted.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import Connection

from hub.domain.access import Operation
from hub.domain.canonical import digest
from hub.domain.errors import PolicyError
from hub.domain.facts import AGREEMENTS_CHAIN, FactKind
from hub.gate.rosters import Body, Rosters
from hub.ledger.book import Book
from hub.ledger.entries import Entry
from hub.policy.agreement import Agreement, HouseRules, load_agreement, load_house_rules
from hub.policy.compile import PolicySet, SignedAgreement, compile_policy
from hub.policy.gateways import Gateways, load_gateways
from hub.policy.vocabulary import Vocabulary, load_vocabulary
from hub.store.clear.agreements import StoredVersion, find_versions
from hub.store.sealed.facts import StoredFact, read_chains
from hub.store.session import Transactions
from hub.vault.fact_mac import FactMac


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


Said = tuple[tuple[FactKind, str], ...]
"""Kind and body (as it lies there) of the facts that say what counts, in the order they were recorded."""


class PolicyBook:
    """Hands out the compiled policy that the published, signed versions make.

    INVARIANT: what is published, by whose signatures and rosters, is believed only as authenticated facts of the
    agreements' chain say; a text or page that is not the one they name refuses everything.
    """

    def __init__(
        self, rows: Transactions, texts: PolicyTexts, mac: FactMac, book: Book, *, synthetic: bool = False
    ) -> None:
        """Take the gated rows, the texts in force (loading them proves that they can be read) and what proves facts.

        A `synthetic` partnership may use routes that nobody has accepted.
        """
        self._synthetic = synthetic
        self._rows, self._mac, self._book = rows, mac, book
        self._partnership = rows.partnership
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

    def current(self, connection: Connection | None = None) -> PolicySet:
        """Return what is published now, compiled; the same facts and rows give the same object.

        `connection` is the gate's, inside its facts phase; without one a short gated transaction is used.
        """
        if connection is None:
            with self._rows.read() as own:
                return self.current(own)
        stored = read_chains(connection, self._partnership, [AGREEMENTS_CHAIN])
        self._require_chain(stored)
        return self.made_by(stored, connection)

    def made_by(self, stored: Sequence[StoredFact], connection: Connection) -> PolicySet:
        """Return the policy these facts of the agreements' chain publish; whoever read them has authenticated them."""
        try:
            said = tuple((f.fact.kind, f.body) for f in stored if f.fact.kind in {FactKind.ROSTER, FactKind.PUBLISHED})
            names = [version_key(one.fact.body) for one in stored if one.fact.kind is FactKind.PUBLISHED]
            policy, closed = self._compiled(
                said, find_versions(connection, self._partnership, names), self._unaccepted(stored)
            )
        except PolicyError as fault:
            self._alarm(fault.code)
            raise
        if closed:
            self._alarm(" ".join(closed))
        return policy

    def _unaccepted(self, stored: Sequence[StoredFact]) -> frozenset[str]:
        """Return the routes that carry nothing here: unverified, and accepted by nobody as their text is now.

        A demonstration may use them all: its people are made up.
        """
        if self._synthetic:
            return frozenset()
        ended = {row.fact.ends for row in stored}
        accepted = {
            (row.fact.body.get("route"), row.fact.body.get("digest"))
            for row in stored
            if row.fact.kind is FactKind.ROUTE_ACCEPTED and row.fact.ends is None and row.fact.id not in ended
        }
        routes = self._foundations.gateways.routes.values()
        return frozenset(r.id for r in routes if not r.verified and (r.id, r.digest) not in accepted)

    def _alarm(self, code: str) -> None:
        act, outcome, detail = "policy:read", "integrity_fault", {"code": code}
        self._book.append(Entry(operation=Operation.DENIAL, act=act, actor="", outcome=outcome, detail=detail))

    def _require_chain(self, stored: Sequence[StoredFact]) -> None:
        """Check the chain; when only the ledger knows more than this snapshot, check it again as it is now."""
        newest = self._book.heads([AGREEMENTS_CHAIN]).get(AGREEMENTS_CHAIN)
        if newest is not None and len(stored) < newest[0]:
            with self._rows.read() as fresh:
                now = read_chains(fresh, self._partnership, [AGREEMENTS_CHAIN])
            self._mac.require_chain([(row.columns(), row.mac) for row in now], newest)
            newest = None
        self._mac.require_chain([(row.columns(), row.mac) for row in stored], newest)

    def _compile(
        self, said: Said, rows: tuple[StoredVersion, ...], unaccepted: frozenset[str]
    ) -> tuple[PolicySet, tuple[str, ...]]:
        """Return the policy, and why some of it permits nothing (then nothing needs to be hidden from officers)."""
        bodies = [(kind, json.loads(body)) for kind, body in said]
        rosters = Rosters(body for kind, body in bodies if kind is FactKind.ROSTER)
        published = _in_order([body for kind, body in bodies if kind is FactKind.PUBLISHED])
        texts, base, agreements = {row.key: row for row in rows}, self._foundations, list[SignedAgreement]()
        house: frozenset[str] = frozenset()
        for body, superseded in published:
            row, key = texts.get(version_key(body)), version_key(body)
            if row is None or digest([row.text, row.page]) != body["row"]:
                raise PolicyError("agreements_changed", where=key, next_step="restore_from_backup")
            signed, same = _signed_by(body, rosters), body["checked_with"] == self._texts.digests()
            if body["agreement"] == base.house_rules.id:
                house = signed if same else house
            elif same or not superseded:
                agreement = self.load(row, body)
                agreements.append(SignedAgreement(agreement if same else _prohibitions_of(agreement), signed))
        if any(not house.issuperset(one.agreement.parties) for one in agreements):
            agreements = [SignedAgreement(_prohibitions_of(one.agreement), one.signed_by) for one in agreements]
        closed = tuple(sorted(str(one.agreement.content.get(_CLOSED, "")) for one in agreements))
        policy = compile_policy(agreements, base.gateways, base.house_rules, base.vocabulary, unaccepted)
        return policy, tuple(filter(None, closed))

    def load(self, row: StoredVersion, body: Body) -> Agreement:
        """Load one published text; its own code, version and canonical form must be those that were signed."""
        base = self._foundations
        agreement = load_agreement(row.text, row.key, base.vocabulary, base.gateways)
        if (agreement.key, digest(agreement.content)) != (row.key, body["sha256"]):
            raise PolicyError("published_under_another_name", where=row.key)
        return agreement


_CLOSED = "signed_with_other_documents"


def _prohibitions_of(agreement: Agreement) -> Agreement:
    """What was not signed with the documents in force permits nothing; its prohibitions stay, so nothing widens."""
    return replace(agreement, rules=(), gaps=(), content={**agreement.content, _CLOSED: f"{_CLOSED}:{agreement.key}"})


def _signed_by(body: Body, rosters: Rosters) -> frozenset[str]:
    """Verify each signature with the key in that agency's roster; one that fails refuses the whole set."""
    for given in body["signatures"]:
        rosters.require_signed(body, given)
    return frozenset(given["party"] for given in body["signatures"])


def version_key(body: Mapping[str, object]) -> str:
    """Return `EFS-2026-04/1` for a fact about that version."""
    return f"{body['agreement']}/{body['version']}"


def _in_order(published: Sequence[Body]) -> list[tuple[Body, bool]]:
    """Return each version with whether a later one exists; a version below one published before it refuses all."""
    newest: dict[str, int] = {}
    for body in published:
        if int(body["version"]) <= newest.get(body["agreement"], 0):
            raise PolicyError("older_version", where=version_key(body), next_step="only a later version may follow")
        newest[body["agreement"]] = int(body["version"])
    return [(body, int(body["version"]) < newest[body["agreement"]]) for body in published]
