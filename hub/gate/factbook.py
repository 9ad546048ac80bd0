"""Facts, believed only after their codes were checked; and the watermark a decision is made under.

INVARIANT: every row that policy reads is authenticated over all its columns and its predecessor's code, and the
newest the ledger knows of a chain must still be there. A row edited, removed or reordered is a fault: it denies.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from types import MappingProxyType

import structlog
from sqlalchemy import Connection

from hub.domain.access import Act, Operation
from hub.domain.canonical import digest
from hub.domain.errors import FactBrokenError, LedgerBrokenError, LedgerUnavailableError
from hub.domain.facts import AGENCIES_CHAIN, AGREEMENTS_CHAIN, Fact, FactKind, account_chain, family_chain, person_chain
from hub.domain.ids import AccountId, FamilyId, PersonId
from hub.gate.parts import Parts
from hub.ledger.entries import Entry
from hub.policy.circumstances import Circumstances, Question
from hub.policy.compile import PolicySet
from hub.store.sealed.facts import (
    StoredFact,
    append_facts,
    fact_columns,
    facts_naming,
    heads_of,
    lock_chains,
    read_chains,
)
from hub.vault.fact_mac import START

log = structlog.get_logger("hub.gate")


@dataclass(frozen=True, slots=True)
class Gathered:
    """What decisions about a family for an account depend on: authenticated facts, and the policy they publish.

    `watermark` is what they stood at (SHA-256 over each chain's newest number). Minted by `gather` alone.
    """

    family: FamilyId | None
    account: AccountId
    facts: tuple[Fact, ...]
    policy: PolicySet
    chains: tuple[str, ...]
    watermark: str


def gather(
    parts: Parts, connection: Connection, family: FamilyId | None, account: AccountId, also: Collection[str] = ()
) -> Gathered:
    """Return every fact that a decision about this family for this account can depend on, and those of `also`."""
    first = [AGENCIES_CHAIN, AGREEMENTS_CHAIN, account_chain(account), *also]
    if family is not None:
        first.append(family_chain(family))
    with _alarming(parts, account, family or ""):
        stored = read_chains(connection, parts.partnership, first)
        second = _chains_named_by(stored, set(first))
        stored += read_chains(connection, parts.partnership, second)
        chains = (*first, *second)
        facts, moment = _believed(parts, stored, chains), watermark(parts, connection, chains)
    published = [row for row in stored if row.fact.chain == AGREEMENTS_CHAIN]
    return Gathered(family, account, facts, parts.policy.made_by(published, connection), chains, moment)


def who_acts(
    parts: Parts, connection: Connection, family: FamilyId | None, account: AccountId, also: Collection[str] = ()
) -> tuple[Circumstances, Gathered]:
    """Return who acts at this moment, in view of authenticated facts, and what those were."""
    gathered, now = gather(parts, connection, family, account, also), parts.clock()
    question = Question(account, family or FamilyId(""), "intake", frozenset(), at=now, known=now)
    return Circumstances(gathered.facts, question, gathered.policy), gathered


def _chains_named_by(stored: Iterable[StoredFact], known: set[str]) -> list[str]:
    """Persons of the family, and the accounts whose agency and role a decision needs."""
    wanted: set[str] = set()
    for row in stored:
        body = row.fact.body
        if row.fact.kind is FactKind.MEMBERSHIP:
            wanted.add(person_chain(PersonId(str(body.get("person")))))
        elif row.fact.kind is FactKind.ALLOCATION:
            wanted.add(account_chain(AccountId(str(body.get("account")))))
    return sorted(wanted - known)


def believed(parts: Parts, connection: Connection, chains: Collection[str]) -> tuple[Fact, ...]:
    """Return the authenticated facts of these chains."""
    with _alarming(parts):
        return _believed(parts, read_chains(connection, parts.partnership, chains), chains)


def naming(parts: Parts, connection: Connection, kind: FactKind, word: str) -> list[Fact]:
    """Return facts of a kind that name an id: a hint which chain to check, never an answer."""
    with _alarming(parts):
        return facts_naming(connection, parts.partnership, kind, word)


def _believed(parts: Parts, stored: list[StoredFact], chains: Collection[str]) -> tuple[Fact, ...]:
    heads = parts.book.heads(chains)
    rows = {chain: list(group) for chain, group in groupby(_sorted(stored), key=lambda row: row.fact.chain)}
    for chain in chains:
        try:
            _require(parts, chain, rows.get(chain, []), heads.get(chain))
        except FactBrokenError as fault:
            if fault.code != "fact_chain_end" or not _grew_meanwhile(parts, chain):
                raise
    return tuple(row.fact for row in stored)


def _require(parts: Parts, chain: str, rows: Iterable[StoredFact], newest: tuple[int, bytes] | None) -> None:
    parts.mac.require_chain([(row.columns(), row.mac) for row in rows], newest, where=chain)


def _grew_meanwhile(parts: Parts, chain: str) -> bool:
    """Say whether the ledger only knows more than this snapshot: a fact was recorded after the snapshot was taken.

    Read again from the start, the ledger first, the chain is whole; then what the snapshot holds is its genuine
    beginning, and the watermark tells a view to decide again. A removed fact is missing in every snapshot.
    """
    newest = parts.book.heads([chain]).get(chain)
    with parts.rows.read() as connection:
        _require(parts, chain, read_chains(connection, parts.partnership, [chain]), newest)
    return True


@contextmanager
def _alarming(parts: Parts, account: str = "", family: str = "") -> Iterator[None]:
    """Enter that a stored fact cannot be trusted: nothing is opened on it, and somebody must look at once."""
    try:
        yield
    except FactBrokenError as fault:
        found = {"code": fault.code, "facts": fault.where}
        said = Entry(operation=Operation.DENIAL, act="fact:check", actor=account, outcome="integrity_fault")
        parts.book.append(replace(said, family=family, detail=found))
        raise


def _sorted(stored: list[StoredFact]) -> list[StoredFact]:
    return sorted(stored, key=lambda row: (row.fact.chain, row.fact.number))


def watermark(parts: Parts, connection: Connection, chains: Collection[str]) -> str:
    """Return what changes when any of these chains grows."""
    return digest(heads_of(connection, parts.partnership, chains))


def append(parts: Parts, connection: Connection, facts: Iterable[Fact]) -> dict[str, tuple[int, bytes]]:
    """Insert facts at the ends of their chains, inside the caller's write transaction; returns the new heads.

    The caller hands the heads to `enter_heads` after its commit: from then on the ledger misses them if removed.
    """
    said, rows = list(facts), []
    heads = _ends(parts, connection, lock_chains(connection, {fact.chain for fact in said}))
    for fact in said:
        number, previous = heads[fact.chain]
        columns = fact_columns(numbered := replace(fact, number=number + 1))
        mac = parts.mac.mac(previous, columns)
        rows.append((numbered, columns, mac))
        heads[fact.chain] = (numbered.number, mac)
    append_facts(connection, parts.partnership, rows)
    return heads


def anchor(
    parts: Parts, heads: Mapping[str, tuple[int, bytes]], rows: Mapping[str, object] = MappingProxyType({})
) -> None:
    """Enter what was committed, under the tree, for `Audit` to look for; and tell the ledger the newest of each chain.

    Both in one commit, but when the ledger knew one of the heads: then they are compared, and it is entered alone.
    `rows` are `outlines` (family -> record -> digest of its frame) and `moved` (from one family to another).
    """
    if not heads and not rows:
        return
    newest = {chain: [number, mac.hex()] for chain, (number, mac) in heads.items()}
    said = Entry(operation=Operation.ANCHOR, act=Act.ROWS_ANCHOR.value, actor="system", outcome="stored")
    said = replace(said, selection={"heads": newest, **rows})
    try:
        parts.book.append(said, heads)
    except LedgerUnavailableError:
        parts.book.append(said)
        parts.book.record_heads(heads)


def enter_heads(
    parts: Parts, heads: Mapping[str, tuple[int, bytes]], rows: Mapping[str, object] = MappingProxyType({})
) -> None:
    """Anchor what the writer has just committed.

    What fails here was stored all the same, so nobody is told otherwise: it is logged, and `Upkeep.heal` does the rest.
    """
    try:
        anchor(parts, heads, rows)
    except (LedgerUnavailableError, LedgerBrokenError) as error:
        log.error("fact_heads_not_entered", code=error.code, chains=sorted(heads))  # noqa: TRY400  codes and ids only


def tail(parts: Parts, connection: Connection, chain: str) -> tuple[int, bytes]:
    """Return the last number and code of a chain that was checked from its start; a broken one raises the alarm."""
    with _alarming(parts):
        return _ends(parts, connection, [chain])[chain]


def _ends(parts: Parts, connection: Connection, chains: Collection[str]) -> dict[str, tuple[int, bytes]]:
    """Return the same of many chains."""
    stored = read_chains(connection, parts.partnership, chains)
    _believed(parts, stored, chains)
    return dict.fromkeys(chains, (0, START)) | {row.fact.chain: (row.fact.number, row.mac) for row in stored}
