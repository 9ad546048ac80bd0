"""Another process that holds the write lock of one of the hub's SQLite files, for longer than the hub waits."""

import subprocess
import sys
from typing import Final

from sqlalchemy import make_url

from hub.settings import Settings

FILES: Final = ("data", "ledger", "keys")
_HOLD: Final = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
"""


class WriteLock:
    """Held from the start until `release`; releasing twice is no harm."""

    def __init__(self, settings: Settings, database: str) -> None:
        file = make_url(getattr(settings, f"{database}_url")).database
        program = [sys.executable, "-c", _HOLD, str(file)]
        self._holder = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._holder.stdout.readline() == b"held\n"

    def release(self) -> None:
        self._holder.communicate()
