"""Who works at an agency, in which role, confirmed when: kept by the agency's own administrator.

Each word is an ACCOUNT fact that the gate lets in and the log holds; the newest one counts at the next request. An
account that nobody confirms for a month is listed as overdue, and stopped when the days of grace are over too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from hub.domain.access import Act
from hub.domain.clock import Clock
from hub.domain.errors import AccessRefusedError, InvalidRequestError
from hub.domain.facts import Fact, FactKind, account_chain
from hub.domain.ids import AccountId, AgencyId, FactId, IdMaker
from hub.domain.roles import ADMINISTRATOR, PROGRAMS, may_have
from hub.gate.writer import Actor, Writer
from hub.services.intake import SYSTEM
from hub.store.clear import accounts, links, sessions
from hub.store.clear.accounts import Account
from hub.store.session import Transactions

LOOK_EVERY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Confirming:
    """How often each account is confirmed, the days of grace after that, and whether it is stopped then."""

    every: timedelta = timedelta(days=31)
    grace: timedelta = timedelta(days=14)
    stops: bool = True


@dataclass(frozen=True, slots=True)
class Member:
    """One account of an agency as the newest fact about it says."""

    account: AccountId
    login: AccountId
    username: str
    name: str
    phone: str
    agency: AgencyId
    role: str
    active: bool
    confirmed_at: datetime
    due_at: datetime
    overdue: bool


@dataclass(frozen=True, slots=True)
class NewMember:
    """Somebody who starts at the administrator's agency."""

    username: str
    name: str
    phone: str
    role: str
    password_hash: str = field(repr=False)


class Appointments:
    """Records through the gate, which decides who may. Built once by wiring."""

    def __init__(
        self, writer: Writer, clear: Transactions, clock: Clock, ids: IdMaker, confirming: Confirming | None = None
    ) -> None:
        """Take the gate's writer, clear rows, and how often accounts are confirmed."""
        self._writer, self._clear, self._clock, self._ids = writer, clear, clock, ids
        self._confirming, self._looked_at = confirming or Confirming(), datetime.min.replace(tzinfo=clock().tzinfo)

    def agency_of(self, by: AccountId) -> AgencyId:
        """Return the agency whose administrator this is; AccessRefusedError for everybody else."""
        said = self._said([by]).get(by)
        if said is None or said.body["role"] != ADMINISTRATOR or said.body["active"] != "yes":
            raise AccessRefusedError("role_may_not", where="staff")
        return AgencyId(str(said.body["agency"]))

    def members(self, by: AccountId) -> list[Member]:
        """Return the accounts of the administrator's own agency, by name."""
        return self._members(self.agency_of(by))

    def member(self, by: AccountId, account: AccountId) -> Member:
        """Return one account of the administrator's own agency; any other is not there."""
        for one in self.members(by):
            if one.account == account:
                return one
        raise AccessRefusedError("other_agency", where="staff")

    def note(self, by: AccountId, account: AccountId, alongside: Callable[[Connection], None]) -> None:
        """Do what changes how somebody else who works here gets in, and enter it: they are confirmed with it."""
        person = self.member(by, account)
        if not person.active or person.login == self.member(by, by).login:
            raise AccessRefusedError("own_account", where="staff", next_step="another administrator does it")
        self._record(by, self._row(person), person.role, alongside=alongside)

    def link(self, by: AccountId, account: AccountId, issuer: str, subject: str) -> None:
        """Link somebody to the provider's subject for them; "" unlinks. InvalidRequestError: it is somebody else's."""
        login, partnership = self.member(by, account).login, self._clear.partnership
        with self._clear.read() as connection:
            taken = links.find_linked(connection, partnership, issuer, subject)
        if taken not in {None, login}:
            raise InvalidRequestError("subject_taken", where="subject")
        self.note(by, account, lambda connection: links.keep_link(connection, partnership, login, issuer, subject))

    def start(self, by: AccountId, new: NewMember) -> AccountId:
        """Let somebody start; InvalidRequestError when the user name is taken."""
        agency, account = self.agency_of(by), AccountId(self._ids.new())
        with self._clear.read() as connection:
            taken = accounts.find_by_username(connection, self._clear.partnership, new.username)
        if taken is not None:
            raise InvalidRequestError("username_taken", where="username")
        row = Account(account, new.username, new.name, new.phone, new.password_hash, agency)
        self._record(by, row, new.role, alongside=self._adding(row))
        return account

    def add_role(self, by: AccountId, account: AccountId, role: str) -> AccountId:
        """Give somebody a further role: an account of its own behind the same way in."""
        person = self.member(by, account)
        own = [one for one in self.members(by) if one.login == person.login]
        if not may_have([*(one.role for one in own if one.active), role]):
            raise InvalidRequestError("roles_not_for_one_person", where="role")
        new = AccountId(self._ids.new())
        username = f"{next(one.username for one in own if one.account == one.login)}.{role}.{len(own)}"
        row = Account(new, username, person.name, person.phone, "", person.agency, person.login)
        self._record(by, row, role, alongside=self._adding(row))
        return new

    def move(self, by: AccountId, account: AccountId, role: str) -> None:
        """Give an account another role; its sittings end, so that nothing of the old one is open."""
        person = self.member(by, account)
        others = [one.role for one in self.members(by) if self._beside(one, person)]
        if not may_have([*others, role]):
            raise InvalidRequestError("roles_not_for_one_person", where="role")
        self._record(by, self._row(person), role, alongside=self._ending(account))

    def stop(self, by: AccountId, account: AccountId) -> None:
        """Stop an account: at the next request nothing opens."""
        person = self.member(by, account)
        self._record(by, self._row(person), person.role, active="no", alongside=self._ending(account))

    def confirm(self, by: AccountId, chosen: Sequence[AccountId]) -> int:
        """Say of each that they still work here in this role; returns how many."""
        active = {one.account: one for one in self.members(by) if one.active}
        if not set(chosen) <= set(active):
            raise AccessRefusedError("other_agency", where="staff")
        for account in dict.fromkeys(chosen):
            self._record(by, self._row(active[account]), active[account].role)
        return len(set(chosen))

    def end_sittings(self, by: AccountId, account: AccountId) -> None:
        """End every open sitting of an account."""
        self.member(by, account)
        with self._clear.write() as connection:
            self._ending(account)(connection)

    def stop_unconfirmed(self) -> int:
        """Stop the accounts that nobody confirmed in time; returns how many. Looks once an hour.

        The last administrator of an agency is left, and so is an agency that has none: nobody could let them in again.
        Both are shown as overdue.
        """
        now = self._clock()
        if not self._confirming.stops or now - self._looked_at < LOOK_EVERY:
            return 0
        self._looked_at = now
        with self._clear.read() as connection:
            agencies = {one.agency for one in accounts.find_accounts(connection, self._clear.partnership)}
        return sum(self._stop_unconfirmed_of(agency, now) for agency in sorted(agencies))

    def _stop_unconfirmed_of(self, agency: AgencyId, now: datetime) -> int:
        active = [one for one in self._members(agency) if one.active]
        late = [one for one in active if now > one.due_at + self._confirming.grace]
        administrators = [one for one in active if one.role == ADMINISTRATOR]
        if not administrators:
            return 0
        if all(one in late for one in administrators):
            late.remove(max(administrators, key=lambda one: one.confirmed_at))
        for one in late:
            self._record(SYSTEM, self._row(one), one.role, active="no", alongside=self._ending(one.account))
        return len(late)

    def without_administrator(self) -> list[AgencyId]:
        """Return the agencies whose accounts nobody looks after."""
        with self._clear.read() as connection:
            agencies = {one.agency for one in accounts.find_accounts(connection, self._clear.partnership)}
        return [a for a in sorted(agencies) if not any(_administers(one) for one in self._members(a))]

    def _members(self, agency: AgencyId) -> list[Member]:
        with self._clear.read() as connection:
            rows = accounts.find_accounts(connection, self._clear.partnership)
        own = [row for row in rows if row.agency == agency]
        said = self._said([row.id for row in own])
        return [self._as_member(row, said[row.id]) for row in own if row.id in said]

    def _as_member(self, row: Account, fact: Fact) -> Member:
        due, active = fact.recorded_at + self._confirming.every, fact.body["active"] == "yes"
        who = row.id, row.login, row.username, row.name, row.phone, row.agency
        overdue = active and self._clock() > due
        return Member(*who, str(fact.body["role"]), active, fact.recorded_at, due, overdue)

    def _said(self, of: Sequence[AccountId]) -> dict[AccountId, Fact]:
        """Return the newest ACCOUNT fact of each account."""
        facts = self._writer.standing_facts([account_chain(one) for one in of], self._clock())
        said = sorted((fact for fact in facts if fact.kind is FactKind.ACCOUNT), key=lambda fact: fact.number)
        return {AccountId(str(fact.body["account"])): fact for fact in said}

    def _record(
        self,
        by: AccountId,
        row: Account,
        role: str,
        *,
        active: str = "yes",
        alongside: Callable[[Connection], None] | None = None,
    ) -> None:
        if role in PROGRAMS:
            raise InvalidRequestError("unknown_role", where="role")
        body = {"account": row.id, "agency": row.agency, "role": role, "active": active}
        if row.login_id is not None:
            body["login"] = row.login_id
        now = self._clock()
        fact = Fact(FactId(self._ids.new()), account_chain(row.id), 0, FactKind.ACCOUNT, body, now, None, now, by)
        self._writer.record(Actor(by), Act.ACCOUNT_RECORD, None, [fact], alongside=alongside)

    def _row(self, one: Member) -> Account:
        login = None if one.login == one.account else one.login
        return Account(one.account, one.username, one.name, one.phone, "", one.agency, login)

    def _adding(self, row: Account) -> Callable[[Connection], None]:
        return lambda connection: accounts.add_account(connection, self._clear.partnership, row)

    def _ending(self, account: AccountId) -> Callable[[Connection], None]:
        def end(connection: Connection) -> None:
            long_ago = self._clock() - timedelta(days=1)
            for one in sessions.open_sign_ins(connection, self._clear.partnership, [account], long_ago):
                sessions.end_sign_in(connection, self._clear.partnership, one.session_hash, self._clock())

        return end

    @staticmethod
    def _beside(one: Member, person: Member) -> bool:
        return one.active and one.login == person.login and one.account != person.account


def _administers(one: Member) -> bool:
    return one.active and one.role == ADMINISTRATOR
