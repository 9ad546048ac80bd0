"""The log and the labels are written once: after every migration the same triggers stand, and they refuse."""

import pytest
from sqlalchemy import Engine, Table, select, text
from sqlalchemy.exc import DBAPIError

from hub.ledger.tables import ledger_metadata
from hub.store.sealed.tables import label
from hub.store.session import open_engine
from hub.wiring import upgrade
from tests.factories import SmallWorld

LEDGER = ("checkpoint", "fact_head", "lane", "sequenced", "staged_entry")
VERBS = ("delete", "replace", "update")
ON_SQLITE = (
    {f"label_no_{verb}" for verb in VERBS},
    {f"{table}_no_{verb}" for table in LEDGER for verb in VERBS},
    set(),
)
ON_POSTGRESQL = ({"label_no_change"}, {f"{table}_no_change" for table in LEDGER}, set())
_TRIGGERS = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
    "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
}


def triggers(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(text(_TRIGGERS[engine.dialect.name])))


def the_list_is_whole(world: SmallWorld) -> None:
    for number, url in enumerate(world.settings.migration_urls()):
        engine = open_engine(url, gated=True)
        expected = ON_SQLITE if engine.dialect.name == "sqlite" else ON_POSTGRESQL
        found = triggers(engine)
        engine.dispose()
        assert found == expected[number]


def test_the_triggers_are_those_of_the_list_also_after_migrating_again(world: SmallWorld) -> None:
    the_list_is_whole(world)
    upgrade(world.settings)
    the_list_is_whole(world)


def test_a_trigger_that_a_migration_dropped_is_noticed(sqlite_world: SmallWorld) -> None:
    with sqlite_world.hub.engines.gate.begin() as connection:
        connection.exec_driver_sql("DROP TRIGGER label_no_update")
    with pytest.raises(AssertionError):
        the_list_is_whole(sqlite_world)


CHANGES = ("UPDATE TABLE SET COLUMN = COLUMN", "DELETE FROM TABLE")
REPLACE = "INSERT OR REPLACE INTO TABLE SELECT * FROM TABLE"
"""It walks past delete triggers: SQLite has a trigger of its own against it."""


def changes(table: Table, dialect: str) -> list[str]:
    column = table.primary_key.columns.values()[-1].name
    templates = (*CHANGES, REPLACE) if dialect == "sqlite" else CHANGES
    return [template.replace("TABLE", table.name).replace("COLUMN", column) for template in templates]


def test_the_database_refuses_to_change_or_replace_what_was_written(world: SmallWorld) -> None:
    world.police_notice()
    world.hub.sequencer.run_once()
    data, ledger, _ = world.settings.migration_urls()
    places = [*((ledger, table) for table in ledger_metadata.sorted_tables), (data, label)]
    for url, table in places:
        engine = open_engine(url, gated=True)
        with engine.connect() as connection:
            before = connection.execute(select(table)).all()
        assert before
        for statement in changes(table, engine.dialect.name):
            with pytest.raises(DBAPIError, match="insert_only"), engine.begin() as connection:
                connection.execute(text(statement))
        with engine.connect() as connection:
            assert connection.execute(select(table)).all() == before
        engine.dispose()
