"""What was decided before the hub kept when it may be told is told when it was to be, and nothing is told twice."""

import sqlite3
from contextlib import closing
from pathlib import Path

from hub.store import migrate
from tests.integration.upgrading import left_at

PLACED, TO_BE_TOLD = 1_000, 9_000
DECIDED = {"by the program": "matcher", "by a person": "fran", "before there were events": "matcher"}
REFERRAL = """
    INSERT INTO referral (partnership_id, id, pointer, connector, state, received_at, decided_at, decided_by,
                          agency_id, receipt_id, family_id, own_family_id)
    VALUES ('p', ?, '/', 'c', 'attached', 7, ?, ?, 'a', 'r', 'f', 'f')
"""
EVENT = """
    INSERT INTO partner_event (partnership_id, id, kind, subject, detail, at, not_before, agency_id)
    VALUES ('p', ?, 'receipt.state_changed', 'r', ?, ?, ?, 'a')
"""


def test_what_was_decided_before_is_told_when_it_was_to_be(tmp_path: Path) -> None:
    path = tmp_path / "data.db"
    engine = left_at(path, "data_0018_keys_and_receipts")
    with closing(sqlite3.connect(path)) as raw, raw:  # without foreign keys: whose it is does not matter here
        raw.executemany(REFERRAL, [(name, PLACED, by) for name, by in DECIDED.items()])
        raw.execute(REFERRAL, ("waiting", None, None))
        for name in ("by the program", "by a person"):
            raw.execute(EVENT, (name, f'{{"referral": "{name}"}}', PLACED, TO_BE_TOLD))
    migrate.migrate(engine, "data")
    with engine.begin() as connection:
        told = {row.id: row.told_at for row in connection.exec_driver_sql("SELECT id, told_at FROM referral")}
        news = {
            row.id: row.not_before for row in connection.exec_driver_sql("SELECT id, not_before FROM partner_event")
        }
    assert told == {
        "by the program": TO_BE_TOLD,
        "by a person": PLACED,
        "before there were events": PLACED,
        "waiting": None,
    }
    assert news == {"by the program": TO_BE_TOLD, "by a person": PLACED}
    engine.dispose()
