"""Agreements on their way: proposed, checked, signed by every party, published; suspended by one, resumed by all.

No private key is ever here: a signatory signs elsewhere and hands the signature in. The gate decides who may take which
step (`hub.policy.procedure`), and verifies every signature again whenever it compiles what is published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from hub.domain.access import Act
from hub.domain.canonical import digest
from hub.domain.clock import Clock
from hub.domain.errors import AccessRefusedError, ConflictError, InvalidRequestError, NotFoundError, PolicyError
from hub.domain.facts import AGENCIES_CHAIN, AGREEMENTS_CHAIN, Fact, FactKind, account_chain, version_chain
from hub.domain.ids import AccountId, FactId, IdMaker
from hub.gate.policybook import PolicyBook
from hub.gate.rosters import Rosters, what_is_signed
from hub.gate.writer import Actor, Writer
from hub.policy.procedure import REASONS, SIGNERS, Progress, body_of, rosters_said
from hub.services.intake import SYSTEM
from hub.services.publishing import Draft, Publishing
from hub.store.clear import agreements
from hub.store.session import Transactions

METHODS = ("browser", "command_line")
_SAID = ("agreement", "version")
_OF_THE_STEP = frozenset({"step", "party", "report"})


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who deals with agreements: their agency's code and their role."""

    account: AccountId
    party: str
    role: str


class Signing:
    """Takes the steps of agreements. Built once by wiring."""

    def __init__(
        self,
        policy: PolicyBook,
        publishing: Publishing,
        writer: Writer,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
    ) -> None:
        """Take the documents in force, the gate's writer and clear rows."""
        self._policy, self._publishing, self._writer = policy, publishing, writer
        self._clear, self._clock, self._ids = clear, clock, ids

    def reader(self, account: AccountId) -> Reader:
        """Return who this is, if agreements are their business; AccessRefusedError for everybody else."""
        found = self.known(account)
        if found.role not in SIGNERS:
            raise AccessRefusedError("role_may_not_record", where="agreements")
        return found

    def known(self, account: AccountId) -> Reader:
        """Return an account's agency and role; whether it may do anything is for the gate to say."""
        facts = self._writer.standing_facts([AGENCIES_CHAIN, account_chain(account)], self._clock())
        codes = {fact.body["agency"]: str(fact.body["code"]) for fact in facts if fact.kind is FactKind.AGENCY}
        said = {f.number: f.body for f in facts if f.kind is FactKind.ACCOUNT and f.chain == account_chain(account)}
        newest = said[max(said)] if said else {}
        role = str(newest.get("role", "")) if newest.get("active") == "yes" else ""
        return Reader(account, codes.get(newest.get("agency", ""), ""), role)

    def draft(self, text: str, source: str) -> Draft:
        """Return what a text would be as a proposal; PolicyError names file, line and column."""
        facts = self._writer.standing_facts([AGENCIES_CHAIN], self._clock())
        codes = sorted({str(fact.body["code"]) for fact in facts if fact.kind is FactKind.AGENCY})
        return self._publishing.draft(text, source, tuple(codes))

    def propose(self, account: AccountId, text: str, source: str, report: Sequence[str] = ()) -> str:
        """Propose a version as one party's officer; returns its key. The text is kept as it is for good.

        `report` says what the version would change: it stays with the proposal, for everybody who is asked to sign.
        """
        draft, party = self.draft(text, source), self.known(account).party
        self._require_no_gap(draft)
        digests = self._policy.texts.digests()
        said = {**draft.said(text, digests), "step": "proposed", "party": party, "report": list(report)}
        row, now = agreements.StoredVersion(draft.key, text, draft.page.text), self._clock()

        def rows(connection: Connection) -> None:
            agreements.add_version(connection, self._clear.partnership, row, now)

        fact = self._step(draft.key, said)
        try:
            self._writer.record(Actor(account), Act.AGREEMENT_PROPOSE, None, [fact], alongside=rows)
        except IntegrityError:
            raise ConflictError("already_proposed", where=draft.key, next_step="a later version number") from None
        return draft.key

    def _require_no_gap(self, draft: Draft) -> None:
        """A version that follows another begins before that one has ended, unless it ended already."""
        now = self._clock()
        for fact in self.facts():
            body = fact.body
            if fact.kind is FactKind.PUBLISHED and body["agreement"] == draft.code and body["ends"] and draft.starts:
                end = datetime.fromisoformat(str(body["ends"]))
                if now < end < draft.starts:
                    raise PolicyError("gap", where=draft.key, next_step=f"begin on {end:%Y-%m-%d} or before")

    def check(self, account: AccountId, key: str) -> None:
        """Say, as another person of the proposing party, that the proposal is what was meant."""
        self._take(account, Act.AGREEMENT_CHECK, key, "checked")

    def withdraw(self, account: AccountId, key: str) -> None:
        """Take a version back that is not in force yet, as any party's officer."""
        self._take(account, Act.AGREEMENT_WITHDRAW, key, "withdrawn")

    def to_sign(self, account: AccountId, key: str) -> bytes:
        """Return the exact bytes that a signatory of this reader's party signs now: the version, or that it resumes."""
        progress, party = self.progress(key), self.known(account).party
        said = body_of(self._proposed(key, progress))
        return what_is_signed(said, party, [one.id for one in progress.suspensions])

    def sign(self, account: AccountId, key: str, key_id: str, signature: bytes, method: str) -> None:
        """Hand in a signature for this account's party; the last one publishes, or resumes.

        Raises:
            PolicyError: the signature is not good for this version, page, documents and party, or the key is not in
                the roster.
        """
        if method not in METHODS:
            raise InvalidRequestError("unknown_method", where="method", next_step=", ".join(METHODS))
        progress, party, facts = self.progress(key), self.known(account).party, self.facts()
        said = body_of(self._proposed(key, progress))
        self._require_same_documents(key, said)
        rosters = Rosters(rosters_said(facts))
        roster = rosters.newest(party)
        if roster is None:
            raise PolicyError("no_roster", where=party, next_step="enter the agency's signatories first")
        resumes = sorted(one.id for one in progress.suspensions)
        who = rosters.signatory(party, roster["number"], key_id)
        given = {
            "party": party,
            "key_id": key_id,
            "roster": roster["number"],
            "signatory": who["name"],
            "office": who["office"],
            "method": method,
            "signed_at": self._clock().isoformat(),
            "signature": signature.hex(),
        }
        rosters.require_signed(said, given, resumes)
        digests = {"sha256": said["sha256"], "text_sha256": said["text_sha256"]}
        more = {**given, **digests, **({"resumes": resumes} if resumes else {})}
        self._take(account, Act.AGREEMENT_SIGN, key, "resumed" if resumes else "signed", more)
        self._finish(key)

    def _require_same_documents(self, key: str, said: Mapping[str, Any]) -> None:
        if said["checked_with"] != self._policy.texts.digests():
            raise ConflictError(
                "signed_with_other_documents", where=key, next_step="propose a later version, checked with today's"
            )

    def _finish(self, key: str) -> None:
        """Publish or resume when nobody's signature is missing any more."""
        progress = self.progress(key)
        if progress.published is None and not progress.unsigned and not self.house_lacks(progress.parties, key):
            self.publish(key)
        elif progress.suspensions and not progress.unresumed:
            ends = [self._fact(AGREEMENTS_CHAIN, FactKind.SUSPENSION, s.body, ends=s.id) for s in progress.suspensions]
            self._writer.record(Actor(SYSTEM), Act.AGREEMENT_RESUME, None, ends)

    def publish(self, key: str) -> None:
        """Publish a version that every party has signed; its worked cases are run once more.

        Raises:
            ConflictError: a signature is missing, here or under the house rules.
            PolicyError: a worked case fails, or text and page are not those that were signed.
        """
        progress, row = self.progress(key), self.stored(key)
        said = body_of(self._proposed(key, progress))
        self._require_same_documents(key, said)
        missing = self.house_lacks(progress.parties, key)
        if missing:
            raise ConflictError("house_rules_unsigned", where=key, next_step=f"signed by {', '.join(missing)} first")
        if self.draft(row.text, key).said(row.text, said["checked_with"])["row"] != said["row"]:
            raise PolicyError("agreements_changed", where=key, next_step="propose a later version")
        signed = [self._record_of(progress.signed[party]) for party in progress.parties if party in progress.signed]
        body = {name: value for name, value in said.items() if name not in _OF_THE_STEP} | {"signatures": signed}
        fact = self._fact(AGREEMENTS_CHAIN, FactKind.PUBLISHED, body)
        self._writer.record(Actor(SYSTEM), Act.AGREEMENT_PUBLISH, None, [fact])

    def suspend(self, account: AccountId, key: str, reason: str, words: str) -> FactId:
        """Suspend a version, alone and at once. `words` stand in the log, sealed; `reason` is of a closed list."""
        if reason not in REASONS or not words.strip():
            raise InvalidRequestError("reason_missing", where="reason", next_step=", ".join(REASONS))
        body = {"agreement": key, "party": self.known(account).party, "reason": reason}
        fact = self._fact(AGREEMENTS_CHAIN, FactKind.SUSPENSION, body)
        self._writer.record(Actor(account), Act.AGREEMENT_SUSPEND, None, [fact], justification=words)
        return fact.id

    def house_lacks(self, parties: Sequence[str], key: str) -> tuple[str, ...]:
        """Return the parties of a version that have not signed the house rules in force."""
        house = self._policy.foundations.house_rules
        if key == house.key:
            return ()
        published = self.progress(house.key).published
        same = published is not None and published.body["checked_with"] == self._policy.texts.digests()
        signed = {given["party"] for given in body_of(published)["signatures"]} if published and same else set()
        return tuple(party for party in parties if party not in signed)

    def facts(self) -> tuple[Fact, ...]:
        """Return what counts: published versions, rosters, suspensions."""
        return self._writer.standing_facts([AGREEMENTS_CHAIN], self._clock())

    def progress(self, key: str) -> Progress:
        """Return where a version stands."""
        chains = [AGREEMENTS_CHAIN, version_chain(key)]
        return Progress.of(key, self._writer.standing_facts(chains, self._clock()))

    def stored(self, key: str) -> agreements.StoredVersion:
        """Return text and page of a version, as they were proposed; PolicyError when they are not those."""
        with self._clear.read() as connection:
            found = agreements.find_versions(connection, self._clear.partnership, [key])
        if not found:
            raise NotFoundError(where=key)
        if digest([found[0].text, found[0].page]) != self._proposed(key, self.progress(key)).body["row"]:
            raise PolicyError("agreements_changed", where=key, next_step="restore_from_backup")
        return found[0]

    def proposed_keys(self) -> list[str]:
        """Return every version that was ever proposed, the newest first."""
        with self._clear.read() as connection:
            return agreements.all_keys(connection, self._clear.partnership)

    def _proposed(self, key: str, progress: Progress) -> Fact:
        if progress.proposed is None:
            raise NotFoundError(where=key)
        return progress.proposed

    def _take(
        self, account: AccountId, act: Act, key: str, step: str, more: Mapping[str, object] | None = None
    ) -> None:
        said = body_of(self._proposed(key, self.progress(key)))
        body = {name: said[name] for name in _SAID} | {"party": self.known(account).party} | dict(more or {})
        self._writer.record(Actor(account), act, None, [self._step(key, {**body, "step": step})])

    def _step(self, key: str, body: Mapping[str, object]) -> Fact:
        return self._fact(version_chain(key), FactKind.STEP, body)

    def _record_of(self, signed: Fact) -> dict[str, object]:
        """Return the signature record of one party, as the published version carries it."""
        return {name: value for name, value in signed.body.items() if name not in {"step", *_SAID}}

    def _fact(self, chain: str, kind: FactKind, body: Mapping[str, object], ends: FactId | None = None) -> Fact:
        now = self._clock()
        return Fact(FactId(self._ids.new()), chain, 0, kind, body, now, None, now, SYSTEM, ends)
