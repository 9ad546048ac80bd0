"""Agreements: checked, run over their worked cases, and published with the signatures that make them run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock, Randomness
from hub.domain.errors import PolicyError
from hub.domain.facts import AGREEMENTS_CHAIN, Fact, FactKind
from hub.domain.ids import FactId, IdMaker
from hub.gate.policybook import PolicyBook, published_body, roster_body, what_is_signed
from hub.gate.signing import SigningKey
from hub.gate.writer import Actor, Writer
from hub.policy.agreement import load_agreement
from hub.policy.compile import SignedAgreement, compile_policy
from hub.policy.worked_cases import run
from hub.services.intake import SYSTEM
from hub.store.clear import agencies, agreements
from hub.store.session import Transactions


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking one text found: its name, how many worked cases ran, and which failed."""

    code: str
    version: str
    parties: tuple[str, ...]
    cases: int
    failures: tuple[str, ...]


class Publishing:
    """Checks and publishes. Built once by wiring."""

    def __init__(self, policy: PolicyBook, writer: Writer, clear: Transactions, clock: Clock, ids: IdMaker) -> None:
        """Take the documents in force, the gate's writer and clear rows."""
        self._policy, self._writer, self._clear, self._clock, self._ids = policy, writer, clear, clock, ids

    def check(self, text: str, source: str) -> Checked:
        """Load an agreement as if every party had signed it, and run its worked cases; PolicyError names the place."""
        base = self._policy.foundations
        agreement = load_agreement(text, source, base.vocabulary, base.gateways)
        signed = SignedAgreement(agreement, frozenset(agreement.parties))
        policy = compile_policy([signed], base.gateways, base.house_rules, base.vocabulary)
        failures = tuple(str(failure) for failure in run(agreement, policy))
        cases = len(agreement.worked_cases)
        return Checked(agreement.id, str(agreement.version), tuple(agreement.parties), cases, failures)

    def publish(self, text: str, source: str, keys: Mapping[str, SigningKey]) -> Checked:
        """Sign a checked text with each party's key and publish it; refused while a worked case fails."""
        checked = self.check(text, source)
        if checked.failures:
            raise PolicyError("worked_cases_fail", where=source, next_step="hub policy check")
        message = what_is_signed(checked.code, checked.version, text, self._policy.texts)
        missing = set(checked.parties) - set(keys)
        if missing:
            raise PolicyError("missing_signature", where=source, next_step=", ".join(sorted(missing)))
        given = tuple(
            agreements.Signature(party, keys[party].key_id, keys[party].sign(message)) for party in checked.parties
        )
        row = agreements.PublishedAgreement(checked.code, checked.version, text, given)
        self._store(row, [keys[party] for party in checked.parties])
        return checked

    def _store(self, row: agreements.PublishedAgreement, keys: Sequence[SigningKey]) -> None:
        """Store the version and new signatories, each with the fact that makes it count."""
        now, partnership = self._clock(), self._clear.partnership
        with self._clear.read() as connection:
            known = {(s.agency_code, s.key_id) for s in agencies.signatories(connection, partnership)}
        new = [
            agencies.Signatory(key.agency_code, key.key_id, key.public, key.name, key.office)
            for key in keys
            if (key.agency_code, key.key_id) not in known
        ]

        def rows(connection: Connection) -> None:
            for signatory in new:
                agencies.add_signatory(connection, partnership, signatory, now)
            agreements.publish(connection, partnership, row, now)

        facts = [self._fact(FactKind.SIGNATORY, roster_body(signatory)) for signatory in new]
        facts.append(self._fact(FactKind.PUBLISHED, published_body(row)))
        self._writer.record(Actor(SYSTEM), Act.AGREEMENT_PUBLISH, None, facts, alongside=rows)

    def _fact(self, kind: FactKind, body: Mapping[str, str]) -> Fact:
        now = self._clock()
        return Fact(FactId(self._ids.new()), AGREEMENTS_CHAIN, 0, kind, body, now, None, now, SYSTEM)


def new_keys(parties: Mapping[str, str], randomness: Randomness) -> dict[str, SigningKey]:
    """Make one signing key per party code (code -> signatory's name), for a demonstration only."""
    return {
        code: SigningKey.make(code, name, "senior information risk owner", randomness) for code, name in parties.items()
    }
