"""Rows of facts. Reading returns what is stored; whether it can be trusted is for the gate to check."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, select, text, tuple_

from hub.domain.canonical import canonical
from hub.domain.clock import to_micros
from hub.domain.errors import FactBrokenError
from hub.domain.facts import Fact, FactKind
from hub.domain.ids import AccountId, FactId
from hub.store.rows_by import portions
from hub.store.sealed.tables import fact


@dataclass(frozen=True, slots=True)
class StoredFact:
    """One row: the fact and the MAC stored beside it."""

    fact: Fact
    mac: bytes
    body: str

    def columns(self) -> Mapping[str, object]:
        """Return every column but the MAC, as the MAC covers them; the body is the very text that lies there."""
        return _columns(self.fact, self.body)


def fact_columns(value: Fact) -> Mapping[str, object]:
    """Return all columns of a fact in plain form: what is authenticated is exactly what is stored."""
    return _columns(value, canonical(value.body).decode())


def _columns(value: Fact, body: str) -> Mapping[str, object]:
    return {
        "chain": value.chain,
        "number": value.number,
        "id": value.id,
        "kind": value.kind.value,
        "body": body,
        "valid_from": to_micros(value.valid_from),
        "valid_until": None if value.valid_until is None else to_micros(value.valid_until),
        "recorded_at": to_micros(value.recorded_at),
        "recorded_by": value.recorded_by,
        "ends": value.ends,
    }


_THESE = (fact.c.partnership_id == bindparam("partnership")) & fact.c.chain.in_(bindparam("chains", expanding=True))
_CHAINS = select(fact).where(_THESE).order_by(fact.c.chain, fact.c.number)
_NEWEST = select(fact.c.chain, func.max(fact.c.number)).where(_THESE).group_by(fact.c.chain)
"""Built once: every decision reads chains, and building the statements costs as much as running them."""


def read_chains(connection: Connection, partnership: str, chains: Collection[str]) -> list[StoredFact]:
    """Return every row of these chains, in order of chain and number; FactBrokenError when one cannot be read."""
    found = []
    for some in portions(chains):
        found += _rows(connection, _CHAINS, " ".join(some), {"partnership": partnership, "chains": some})
    return found


def heads_of(connection: Connection, partnership: str, chains: Collection[str]) -> dict[str, int]:
    """Return the newest number of each chain: the watermark a view is decided under."""
    rows = connection.execute(_NEWEST, {"partnership": partnership, "chains": list(chains)})
    return {row[0]: row[1] for row in rows}


def codes_at(
    connection: Connection, partnership: str, places: Collection[tuple[str, int]]
) -> dict[tuple[str, int], bytes]:
    """Return the codes of the facts at these (chain, number); one that is not there is absent."""
    here = tuple_(fact.c.chain, fact.c.number).in_(sorted(places))
    rows = connection.execute(
        select(fact.c.chain, fact.c.number, fact.c.mac).where(fact.c.partnership_id == partnership, here)
    )
    return {(row.chain, row.number): row.mac for row in rows}


def chains_since(connection: Connection, partnership: str, first: str) -> list[str]:
    """Return the chains with a fact whose id is `first` or later; ids are in order of time."""
    rows = connection.execute(
        select(fact.c.chain).where(fact.c.partnership_id == partnership, fact.c.id >= first).distinct()
    )
    return sorted(row[0] for row in rows)


def facts_naming(connection: Connection, partnership: str, kind: FactKind, word: str) -> list[Fact]:
    """Return facts of a kind whose body names an id: a hint which chain to check, never an answer.

    FactBrokenError when one of them cannot be read.
    """
    query = select(fact).where(
        fact.c.partnership_id == partnership, fact.c.kind == kind.value, fact.c.body.contains(word)
    )
    return [row.fact for row in _rows(connection, query, f"{kind.value}:{word}")]


def families_naming(connection: Connection, partnership: str, word: str) -> list[str]:
    """Return the family chains with a fact whose body names an id: a hint where to look, never an answer."""
    rows = connection.execute(
        select(fact.c.chain)
        .where(fact.c.partnership_id == partnership, fact.c.chain.like("family:%"), fact.c.body.contains(word))
        .distinct()
        .order_by(fact.c.chain)
    )
    return [row[0] for row in rows]


def lock_chains(connection: Connection, chains: Collection[str]) -> list[str]:
    """Let one writer at a time extend these chains (SQLite's write transaction already does).

    Returns them in the order in which everybody locks them, so that nobody waits for each other.
    """
    ordered = sorted(chains)
    if connection.dialect.name == "postgresql" and ordered:
        lock = text("SELECT pg_advisory_xact_lock(hashtext(:chain))")
        connection.execute(lock, [{"chain": chain} for chain in ordered])
    return ordered


def append_facts(
    connection: Connection, partnership: str, rows: Sequence[tuple[Fact, Mapping[str, object], bytes]]
) -> None:
    """Insert (fact, its columns, code). The primary key refuses a second row with the same number of a chain."""
    if rows:
        connection.execute(
            insert(fact),
            [
                {
                    **columns,
                    "partnership_id": partnership,
                    "mac": mac,
                    "valid_from": value.valid_from,
                    "valid_until": value.valid_until,
                    "recorded_at": value.recorded_at,
                }
                for value, columns, mac in rows
            ],
        )


def _rows(
    connection: Connection, query: Select[*tuple[Any, ...]], where: str, asked: Mapping[str, object] | None = None
) -> list[StoredFact]:
    """Read rows; one that cannot even be read was not written by the hub."""
    try:
        return [_stored(row) for row in connection.execute(query, asked)]
    except (ValueError, TypeError, OverflowError):
        raise FactBrokenError("fact_unreadable", where=where) from None


def _stored(row) -> StoredFact:  # type: ignore[no-untyped-def]  # noqa: ANN001  a Row of `fact`
    value = Fact(
        FactId(row.id),
        row.chain,
        row.number,
        FactKind(row.kind),
        json.loads(row.body),
        row.valid_from,
        row.valid_until,
        row.recorded_at,
        AccountId(row.recorded_by),
        None if row.ends is None else FactId(row.ends),
    )
    return StoredFact(value, row.mac, row.body)
