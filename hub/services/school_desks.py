"""Who reads a notice at a school, a college or the local authority: its safeguarding leads, without who is a party.

INVARIANT: a lead who is a party is passed over without a trace: by name (a person in the notice is called alike), or by
a tie declared to the family, or to one that the notice may belong to. A namesake is passed over too: the other lead, or
the local authority's officer, reads it then, and nobody is told why.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from hub.domain.canonical import digest
from hub.domain.clock import Clock
from hub.domain.facts import AGENCIES_CHAIN, AGREEMENTS_CHAIN, Fact, FactKind, account_chain, family_chain
from hub.domain.ids import AccountId, AgencyId, FamilyId
from hub.gate.writer import Writer
from hub.matching.block import blocking_keys
from hub.matching.identity import Identity
from hub.services.school_tasks import LEADS
from hub.services.setup import MATCHER
from hub.store.clear import accounts, cases, proposals
from hub.store.clear.accounts import Account
from hub.store.session import Transactions


@dataclass(frozen=True, slots=True)
class Desk:
    """An agency's desk for one notice: who may read it there, and a digest of everybody who was thought of.

    `told`: whether the agency as a whole may be told that something waits; not while somebody there is passed over.
    """

    agency: AgencyId
    readers: tuple[AccountId, ...]
    digest: str
    told: bool


class SchoolDesks:
    """Finds desks. Built by wiring."""

    def __init__(self, writer: Writer, clear: Transactions, clock: Clock) -> None:
        """Take who knows the facts, and clear rows."""
        self._writer, self._clear, self._clock = writer, clear, clock

    def schools(self) -> dict[str, AgencyId]:
        """Return code -> agency of every school and college of the partnership."""
        facts = self._writer.standing_facts([AGENCIES_CHAIN], self._clock())
        found = (fact.body for fact in facts if fact.kind is FactKind.AGENCY)
        return {str(one["code"]): AgencyId(str(one["agency"])) for one in found if one["kind"] == "school"}

    def of_agreements(self) -> Sequence[Fact]:
        """Return what stands of agreements: which are suspended."""
        return self._writer.standing_facts([AGREEMENTS_CHAIN], self._clock())

    def authority(self) -> AgencyId:
        """Return the local authority that runs the hub: its officer reads what no school can."""
        facts = self._writer.standing_facts([account_chain(MATCHER)], self._clock())
        return next(AgencyId(str(fact.body["agency"])) for fact in facts if fact.kind is FactKind.ACCOUNT)

    def desk(self, agency: AgencyId, referral: cases.Referral, named: Iterable[str]) -> Desk:
        """Return an agency's desk for the notice of a referral that names these people."""
        leads, parties = self._leads(agency), _sounds(named)
        tied = self.tied(referral)
        readers = [one for one in leads if not (tied & {one.id, one.login} or parties & _sounds([one.name]))]
        return Desk(agency, tuple(one.id for one in readers), _digest(leads), len(readers) == len(leads))

    def has(self, agency: AgencyId, account: AccountId) -> bool:
        """Say whether an account reads for an agency at this moment: who left does not."""
        return any(one.id == account for one in self._leads(agency))

    def staff(self, agency: AgencyId) -> str:
        """Return a digest of everybody who reads for an agency: another one says that other people do."""
        return _digest(self._leads(agency))

    def tied(self, referral: cases.Referral) -> frozenset[AccountId]:
        """Return who declared a tie to the family of a referral, or to one that it was found to belong to."""
        with self._clear.read() as connection:
            queues = (proposals.ORDINARY, proposals.RESTRICTED)
            found = [
                proposal.family
                for queue in queues
                for proposal in proposals.proposals_for(connection, self._clear.partnership, referral.id, queue)
            ]
        families: Collection[FamilyId] = {referral.family, referral.own_family, *found}
        facts = self._writer.standing_facts(sorted(map(family_chain, families)), self._clock())
        return frozenset(AccountId(str(f.body["account"])) for f in facts if f.kind is FactKind.CONFLICT)

    def _leads(self, agency: AgencyId) -> list[Account]:
        with self._clear.read() as connection:
            staff = [one for one in accounts.find_accounts(connection, self._clear.partnership) if one.agency == agency]
        facts = self._writer.standing_facts([account_chain(one.id) for one in staff], self._clock())
        said = {fact.chain: fact.body for fact in facts if fact.kind is FactKind.ACCOUNT}  # the newest counts
        bodies = ((one, said.get(account_chain(one.id), {})) for one in staff)
        return [one for one, body in bodies if (body.get("role"), body.get("active")) == (LEADS, "yes")]


def _digest(leads: Iterable[Account]) -> str:
    return digest(sorted([one.id, one.name] for one in leads))


def _sounds(names: Iterable[str]) -> set[str]:
    given = tuple(name for name in names if name.strip())
    return set(blocking_keys(Identity(given, None, "", nhs_verified=False))["name"])
