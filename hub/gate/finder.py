"""Finding is an act too: my families, the front door's list, and candidates by blind index.

INVARIANT: there is no population search. Candidates are found only for a received, logged referral, and by a key
that only the matching worker holds.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, insert, select, union_all

from hub.domain.access import Operation
from hub.domain.errors import AccessRefusedError, FactBrokenError
from hub.domain.facts import Fact, FactKind, person_chain, standing
from hub.domain.ids import AccountId, FamilyId, PersonId, ReferenceId, ReferralId
from hub.gate import factbook
from hub.gate.factbook import Gathered
from hub.gate.parts import Parts
from hub.ledger.entries import Entry
from hub.store.sealed.facts import families_naming
from hub.store.sealed.tables import blind_index
from hub.vault.blind_index import BlindIndex, Kind

INDEX_VERSION = 1


@dataclass(frozen=True, slots=True)
class Standing:
    """What an account may do at this moment: its role, its agency, and which relationships hold.

    `gathered` is what says so: a view of the same request need not read it again.
    """

    role: str
    agency: str
    relationships: frozenset[str]
    shut: bool = False
    gathered: Gathered | None = field(default=None, repr=False, compare=False)


class Finder:
    """Finds what a person or the matching worker may find. Built once by wiring."""

    def __init__(self, parts: Parts, index: BlindIndex | None = None) -> None:
        """Take what the gate holds; only the worker also has the blind index key."""
        self._parts = parts
        self._index = index

    def standing(self, account: AccountId, family: FamilyId | None = None) -> Standing:
        """Return an account's role and relationships; an account that is not active has none."""
        with self._parts.rows.read() as connection:
            who, gathered = factbook.who_acts(self._parts, connection, family, account)
        if who.fault:
            return Standing("", "", frozenset())
        return Standing(who.viewer_role, who.viewer_agency, who.relationships, bool(who.shut), gathered)

    def families_for(self, account: AccountId) -> dict[FamilyId, tuple[Fact, ...]]:
        """Return the families this account is allocated to at this moment, with its allocation facts."""
        now = self._parts.clock()
        found: dict[FamilyId, tuple[Fact, ...]] = {}
        with self._parts.rows.read() as connection:
            for chain in families_naming(connection, self._parts.partnership, account):
                try:
                    facts = standing(factbook.believed(self._parts, connection, [chain]), at=now, known=now)
                except FactBrokenError:
                    continue  # entered as an alarm; one broken family must not close the others
                mine = tuple(
                    fact for fact in facts if fact.kind is FactKind.ALLOCATION and fact.body.get("account") == account
                )
                if mine and not self._is_shut(connection, account, chain, facts):
                    found[FamilyId(chain.removeprefix("family:"))] = mine
        return found

    def _is_shut(self, connection: Connection, account: AccountId, chain: str, facts: Iterable[Fact]) -> bool:
        if not any(fact.kind in (FactKind.CONFLICT, FactKind.RESTRICTED) for fact in facts):
            return False
        family = FamilyId(chain.removeprefix("family:"))
        return bool(factbook.who_acts(self._parts, connection, family, account)[0].shut)

    def index(self, reference: ReferenceId, keys: Iterable[tuple[Kind, str]]) -> list[ReferenceId]:
        """Write a reference's blind index rows and return the others that share one, whoever shares most first."""
        tokens = {(kind, str(self._blind().token(kind, value))) for kind, value in keys}
        with self._parts.rows.write() as connection:
            others = self._sharing(connection, tokens)
            have = self._rows_of(connection, reference, tokens)
            fresh = sorted(tokens - have)
            if fresh:
                connection.execute(
                    insert(blind_index),
                    [
                        {
                            "partnership_id": self._parts.partnership,
                            "kind": kind,
                            "version": INDEX_VERSION,
                            "value": value,
                            "reference_id": reference,
                        }
                        for kind, value in fresh
                    ],
                )
        return [other for other in others if other != reference]

    def note_match(self, account: AccountId, referral: ReferralId, candidates: int) -> None:
        """Enter one match query: how many candidates were compared, never who."""
        self._parts.book.append(
            Entry(
                operation=Operation.MATCH,
                act="match:search",
                actor=account,
                actor_role="matcher",
                purpose="matching",
                outcome="compared",
                detail={"referral": referral, "candidates": str(candidates)},
            )
        )

    def persons_behind(self, references: Collection[ReferenceId]) -> dict[ReferenceId, PersonId]:
        """Return who each reference is linked to at this moment."""
        now = self._parts.clock()
        found: dict[ReferenceId, PersonId] = {}
        with self._parts.rows.read() as connection:
            for reference in references:
                for fact in self._links(connection, reference):
                    if fact in standing(self._chain(connection, fact), at=now, known=now):
                        found[reference] = PersonId(str(fact.body["person"]))
        return found

    def shielded(self, persons: Collection[PersonId]) -> frozenset[PersonId]:
        """Return which persons have a standing shield: their candidates go to a named desk only."""
        now = self._parts.clock()
        with self._parts.rows.read() as connection:
            facts = factbook.believed(self._parts, connection, [person_chain(person) for person in persons])
        current = standing(facts, at=now, known=now)
        return frozenset(PersonId(str(fact.body["person"])) for fact in current if fact.kind is FactKind.SHIELD)

    def _links(self, connection: Connection, reference: ReferenceId) -> Sequence[Fact]:
        return factbook.naming(self._parts, connection, FactKind.IDENTITY, reference)

    def _chain(self, connection: Connection, fact: Fact) -> tuple[Fact, ...]:
        return factbook.believed(self._parts, connection, [fact.chain])

    def _sharing(self, connection: Connection, tokens: Collection[tuple[str, str]]) -> list[ReferenceId]:
        """Return who shares a value, whoever shares most of them first."""
        row, version = blind_index.c, blind_index.c.version == INDEX_VERSION
        ours = [row.partnership_id == self._parts.partnership, version]
        each = [select(row.reference_id).where(*ours, row.kind == kind, row.value == value) for kind, value in tokens]
        if not each:
            return []
        found = union_all(*each).subquery().c.reference_id
        order = select(found).group_by(found).order_by(func.count().desc(), found)
        return [ReferenceId(one) for one in connection.scalars(order)]

    def _rows_of(
        self, connection: Connection, reference: ReferenceId, tokens: Collection[tuple[str, str]]
    ) -> set[tuple[str, str]]:
        """Return which of these values are written for a reference: seeks along the key, which ends with it."""
        row, (kinds, values) = blind_index.c, ({kind for kind, _ in tokens}, {value for _, value in tokens})
        ours = row.partnership_id == self._parts.partnership, row.version == INDEX_VERSION
        named = row.kind.in_(kinds), row.value.in_(values), row.reference_id == reference
        rows = connection.execute(select(row.kind, row.value).where(*ours, *named))
        return {(one.kind, one.value) for one in rows}

    def _blind(self) -> BlindIndex:
        if self._index is None:
            raise AccessRefusedError("no_index_key", where="match")
        return self._index
