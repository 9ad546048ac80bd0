"""The step that lets the hub itself add files copies what lies there: files, chunks and the bond between them."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from hub.store import migrate
from tests.integration.upgrading import left_at


def test_files_stored_before_lie_there_afterwards(tmp_path: Path) -> None:
    path = tmp_path / "data.db"
    engine = left_at(path, "data_0010_manifest")
    with closing(sqlite3.connect(path)) as raw, raw:  # without foreign keys: who added it does not matter here
        raw.execute("INSERT INTO attachment VALUES ('p', 'f1', 'e1', 2, 'clean', 7, 'somebody')")
        raw.executemany("INSERT INTO attachment_chunk VALUES ('p', 'f1', ?, ?)", [(0, b"heading"), (1, b"content")])
    migrate.migrate(engine, "data")
    with engine.begin() as connection:
        files = list(connection.exec_driver_sql("SELECT * FROM attachment"))
        chunks = list(connection.exec_driver_sql("SELECT number, body FROM attachment_chunk ORDER BY number"))
    assert files == [("p", "f1", "e1", 2, "clean", 7, "somebody")]
    assert chunks == [(0, b"heading"), (1, b"content")]
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO attachment_chunk VALUES ('p', 'nowhere', 0, x'00')")
    engine.dispose()
