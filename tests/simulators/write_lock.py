"""Another process that holds the write lock of one of the hub's SQLite files, for longer than the hub waits."""

import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from typing import Final

from sqlalchemy import make_url

from hub.settings import Settings

FILES: Final = ("data", "ledger", "keys")
UNAVAILABLE: Final = 503
_HOLD: Final = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
connection.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
"""


class WriteLocks:
    """One lock at a time, held until a sender has waited. `met` counts those that a sender had to wait for."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._holder = settings, None
        self.held, self.met, self.faults = Counter[str](), Counter[str](), list[str]()
        self._database = ""

    def hold(self, database: str) -> None:
        """Let another process take the lock, and go on once it has it."""
        file = make_url(getattr(self._settings, f"{database}_url")).database
        program = [sys.executable, "-c", _HOLD, str(file)]
        self._holder = subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self._holder.stdout.readline() == b"held\n"
        self._database = database
        self.held[database] += 1

    def wait(self, _seconds: float = 0) -> None:
        """Wait as a sender does that was not served: by then nobody holds the lock any more."""
        if self._holder is not None:
            self.met[self._database] += 1
            self.release()

    def release(self) -> None:
        if self._holder is not None:
            self._holder.communicate()
            self._holder = None

    def answered(self, status: int, headers: Mapping[str, str]) -> None:
        """Look at an answer: whoever is not served because of a lock is told when to come again."""
        told = headers.get("Retry-After", "").isdigit()
        if self._holder is not None and status == UNAVAILABLE and not told:
            self.faults.append(f"{self._database} was locked, and nobody was told when to come again")

    def differences(self) -> list[str]:
        """Every lock was met, or it proves nothing; and who met it was told."""
        never = self.held - self.met
        return [*self.faults, *(f"{name} was locked {count} times in vain" for name, count in never.items())]
