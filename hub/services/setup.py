"""Beginning: a partnership, its agencies, their people, their keys, and the agreements they signed.

Used by `hub init` and `hub demo`, and by tests as their small world.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, insert

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.facts import AGENCIES_CHAIN, Fact, FactKind, account_chain
from hub.domain.ids import AccountId, AgencyId, FactId, IdMaker
from hub.gate.writer import Actor, Writer
from hub.identity.passwords import Passwords
from hub.services.intake import SYSTEM
from hub.store.clear import accounts, agencies
from hub.store.clear.tables import partnership
from hub.store.session import Transactions

MATCHER = AccountId("matcher")


@dataclass(frozen=True, slots=True)
class NewAgency:
    """An agency to add; `kind` is a word of the vocabulary (local_authority, police, nhs_body, ...)."""

    code: str
    kind: str
    name: str
    contact_name: str
    contact_phone: str


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A member of staff to add, with the one role they sign in with."""

    username: str
    name: str
    phone: str
    agency: AgencyId
    role: str
    password: str = field(repr=False)


class Setup:
    """Builds the partnership. Built once by wiring."""

    def __init__(self, writer: Writer, clear: Transactions, clock: Clock, ids: IdMaker, passwords: Passwords) -> None:
        """Take the gate's writer and clear rows."""
        self._writer, self._clear, self._clock, self._ids, self._passwords = writer, clear, clock, ids, passwords

    def add_agencies(self, new: Sequence[NewAgency]) -> dict[str, AgencyId]:
        """Add agencies and the hub's own two accounts, of the first agency; returns ids by code."""
        ids = {agency.code: AgencyId(self._ids.new()) for agency in new}
        facts = [
            self._fact(AGENCIES_CHAIN, FactKind.AGENCY, {"agency": ids[a.code], "code": a.code, "kind": a.kind})
            for a in new
        ]
        lead = ids[new[0].code]
        facts += [self._account_fact(SYSTEM, lead, "system"), self._account_fact(MATCHER, lead, "matcher")]

        def rows(connection: Connection) -> None:
            for a in new:
                row = agencies.Agency(ids[a.code], a.code, a.name, a.contact_name, a.contact_phone)
                agencies.add_agency(connection, self._clear.partnership, row)

        self._writer.begin(SYSTEM, facts, rows)
        return ids

    def add_person(self, new: NewPerson) -> AccountId:
        """Add an account and the fact that says what it may be."""
        account = AccountId(self._ids.new())
        row = accounts.Account(
            account, new.username, new.name, new.phone, self._passwords.hash(new.password), new.agency
        )
        fact = self._account_fact(account, new.agency, new.role)
        self._writer.record(
            Actor(SYSTEM),
            Act.ACCOUNT_RECORD,
            None,
            [fact],
            alongside=lambda connection: accounts.add_account(connection, self._clear.partnership, row),
        )
        return account

    def stop_person(self, account: AccountId, agency: AgencyId, role: str) -> None:
        """Stop an account: it acts at the next request."""
        fact = self._account_fact(account, agency, role, active="no")
        self._writer.record(Actor(SYSTEM), Act.ACCOUNT_RECORD, None, [fact])

    def put_on_duty(self, account: AccountId, desk: str, start: datetime, end: datetime) -> FactId:
        """Put an account on a desk's rota for a time."""
        fact = self._fact(
            account_chain(account), FactKind.DUTY, {"account": account, "desk": desk}, start=start, end=end
        )
        self._writer.record(Actor(SYSTEM), Act.ACCOUNT_RECORD, None, [fact])
        return fact.id

    def add_client(self, client: agencies.AgencyClient) -> None:
        """Register a machine client's public key."""
        with self._clear.write() as connection:
            agencies.add_client(connection, self._clear.partnership, client)

    def _account_fact(self, account: AccountId, agency: AgencyId, role: str, active: str = "yes") -> Fact:
        body = {"account": account, "agency": agency, "role": role, "active": active}
        return self._fact(account_chain(account), FactKind.ACCOUNT, body)

    def _fact(
        self,
        chain: str,
        kind: FactKind,
        body: Mapping[str, object],
        *,
        start: datetime | None = None,
        end: datetime | None = None,
        by: AccountId = SYSTEM,
    ) -> Fact:
        now = self._clock()
        return Fact(FactId(self._ids.new()), chain, 0, kind, body, start or now, end, now, by)


def found_partnership(
    clear: Transactions, id_: str, name: str, *, synthetic: bool, population: int, at: datetime
) -> None:
    """Insert the partnership; `synthetic` is for good."""
    with clear.write() as connection:
        connection.execute(
            insert(partnership),
            {"id": id_, "name": name, "synthetic": synthetic, "population": population, "created_at": at},
        )
