"""Two partnerships never meet: every key begins with the partnership, and PostgreSQL lets no row of another through."""

import pytest
from sqlalchemy import Connection, Engine, MetaData, PrimaryKeyConstraint, UniqueConstraint, func, select, text
from sqlalchemy.exc import DBAPIError

from hub.ledger.tables import ledger_metadata
from hub.store.clear.tables import agency, metadata
from hub.store.keys import keys_metadata
from hub.store.session import open_engine
from tests.factories import SmallWorld

ANOTHER = "01900000-0000-7000-8000-000000000000"
WHOLE = {"partnership", "schema_version"}
"""The list of partnerships itself, and Alembic's note of the schema's version."""
ALL = (metadata, ledger_metadata, keys_metadata)


def rows(engine: Engine, described: MetaData) -> dict[str, int]:
    with engine.connect() as connection:
        tables = [table for table in described.sorted_tables if table.name not in WHOLE]
        return {table.name: connection.scalar(select(func.count()).select_from(table)) for table in tables}


def opened(world: SmallWorld, partnership: str) -> list[dict[str, int]]:
    """Return how many rows each role sees of each table, as that partnership."""
    settings = world.settings
    found = []
    for url, gated, described in (
        (settings.data_url, True, metadata),
        (settings.ledger_url, False, ledger_metadata),
        (settings.sequencer_url, False, ledger_metadata),
        (settings.keys_url, False, keys_metadata),
    ):
        engine = open_engine(url, partnership=partnership, gated=gated)
        found.append(rows(engine, described))
        engine.dispose()
    return found


def test_a_partnership_sees_its_own_rows_and_nobody_elses(postgres_world: SmallWorld) -> None:
    mine, theirs = opened(postgres_world, postgres_world.hub.partnership.id), opened(postgres_world, ANOTHER)
    assert all(any(found.values()) for found in mine)
    assert [sum(found.values()) for found in theirs] == [0, 0, 0, 0]


def test_nobody_writes_into_another_partnership(postgres_world: SmallWorld) -> None:
    engine = open_engine(postgres_world.settings.data_url, partnership=ANOTHER)
    row = {"partnership_id": postgres_world.hub.partnership.id, "id": ANOTHER, "code": "x", "name": "x"}
    with pytest.raises(DBAPIError, match="row-level security"), engine.begin() as connection:
        connection.execute(agency.insert(), row | {"contact_name": "x", "contact_phone": "x"})
    engine.dispose()


def test_without_a_partnership_there_is_an_error_and_no_row(postgres_world: SmallWorld) -> None:
    engine = open_engine(postgres_world.settings.data_url)
    with engine.connect() as connection, pytest.raises(DBAPIError, match=r"hub\.partnership"):
        connection.execute(select(agency)).all()
    engine.dispose()


def unforced(connection: Connection) -> set[str]:
    """Return the tables that have no row-level security, or not for their owner."""
    query = "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    every = set(connection.scalars(text(query)))
    forced = set(connection.scalars(text(f"{query} AND relrowsecurity AND relforcerowsecurity")))
    assert len(every) > 2
    return every - forced


def test_every_table_forces_row_level_security(postgres_world: SmallWorld) -> None:
    for url, described in zip(postgres_world.settings.migration_urls(), ALL, strict=True):
        engine = open_engine(url)
        with engine.connect() as connection, connection.begin() as change:
            assert unforced(connection) <= WHOLE
            assert {table.name for table in described.sorted_tables}.isdisjoint(unforced(connection) - WHOLE)
            connection.execute(text("CREATE TABLE forgotten (id text)"))
            assert "forgotten" in unforced(connection)
            change.rollback()
        engine.dispose()


def keys_without_partnership(described: MetaData) -> list[str]:
    found = []
    for table in described.sorted_tables:
        keys = [c for c in table.constraints if isinstance(c, PrimaryKeyConstraint | UniqueConstraint)]
        columns = [list(key.columns) for key in keys] + [list(index.columns) for index in table.indexes if index.unique]
        firsts = [names[0].name for names in columns] + [link.column_keys[0] for link in table.foreign_key_constraints]
        found += [table.name for first in firsts if first != "partnership_id"]
    return sorted(set(found) - WHOLE)


@pytest.mark.parametrize("described", ALL)
def test_every_key_begins_with_the_partnership(described: MetaData) -> None:
    assert keys_without_partnership(described) == []


def test_the_database_has_the_keys_that_are_described(postgres_world: SmallWorld) -> None:
    for url, described in zip(postgres_world.settings.migration_urls(), ALL, strict=True):
        engine, found = open_engine(url), MetaData()
        found.reflect(engine)
        assert keys_without_partnership(found) == []
        assert {t.name for t in described.sorted_tables} == {t.name for t in found.sorted_tables} - {"schema_version"}
        engine.dispose()


RIGHTS = {
    ("data", "label"): {"SELECT", "INSERT"},
    ("data", "fact"): {"SELECT", "INSERT"},
    ("ledger", "staged_entry"): {"SELECT", "INSERT"},
    ("ledger", "fact_head"): {"SELECT", "INSERT"},
    ("ledger", "checkpoint"): {"SELECT", "INSERT"},
    ("ledger", "sequenced"): {"SELECT", "INSERT"},
    ("keys", "record_key"): {"SELECT", "INSERT", "UPDATE"},
}


def test_no_role_may_do_more_to_a_table_than_its_work_needs(postgres_world: SmallWorld) -> None:
    query = (
        "SELECT DISTINCT privilege_type FROM information_schema.table_privileges "
        "WHERE table_name = :table AND grantee LIKE 'hub%' AND grantee <> 'hub_owner'"
    )
    urls = dict(zip(("data", "ledger", "keys"), postgres_world.settings.migration_urls(), strict=True))
    for (branch, table), rights in RIGHTS.items():
        engine = open_engine(urls[branch])
        with engine.connect() as connection:
            assert set(connection.scalars(text(query), {"table": table})) == rights, table
        engine.dispose()
