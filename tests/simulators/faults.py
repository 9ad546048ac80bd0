"""What goes wrong inside a hub: its process dies at a moment of its databases, or one of them cannot be reached.

The moments are real ones: before a commit (nothing of the transaction is kept) and after one (it is, and nobody is
told). Whoever plays decides how many commits from now. On PostgreSQL nothing is pretended: the server ends the
connection, when a transaction begins or when it is about to be committed.
"""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from hub.wiring import Hub

DATABASES = ("data", "gate", "ledger", "sequencer", "keys")


class DiedError(BaseException):
    """The process is gone: no handler of the hub may catch it, as none can when the power fails."""


@dataclass
class Faults:
    """Watches the databases of one process. `commits` is how many more of them are let through; None: all.

    `sever` lets the server end a connection, where there is a server; `severing`: it does so instead of a death.
    """

    sever: Callable[[Connection], None] | None = None
    commits: int | None = None
    after: bool = False
    dead: bool = False
    unreachable: str = ""
    calls: int = 0
    severing: bool = False

    def watch(self, hub: Hub) -> None:
        for name in DATABASES:
            engine: Engine = getattr(hub.engines, name)
            event.listen(engine, "begin", partial(self._begin, name))
            event.listen(engine, "commit", self._commit)

    def die(self, commits: int, *, after: bool) -> None:
        """Let so many more commits through, then die: instead of the next one, or right after it."""
        self.commits, self.after = commits, after

    def cut(self, commits: int) -> None:
        """Let so many more commits through, then let the server end the connection of the next, before it commits."""
        self.commits, self.severing = commits, True

    def lock(self, database: str, calls: int) -> None:
        """Let the next transactions on a database fail as they do when it cannot be reached."""
        self.unreachable, self.calls = database, calls

    def calm(self) -> None:
        """Let everything work again."""
        self.commits, self.unreachable, self.calls, self.severing = None, "", 0, False

    def _begin(self, name: str, connection: Connection) -> None:
        if self.dead:
            raise DiedError
        if name == self.unreachable and self.calls:
            self.calls -= 1
            if self.sever is not None:
                return self.sever(connection)
            locked = sqlite3.OperationalError("database is locked")
            locked.sqlite_errorname = "SQLITE_BUSY"
            raise OperationalError("BEGIN", None, locked)
        return None

    def _commit(self, connection: Connection) -> None:
        if self.dead:
            raise DiedError
        if self.commits is None:
            return
        self.commits -= 1
        if self.commits < 0 and self.severing:
            self.calm()
            self.sever(connection)
        elif self.commits < 0:
            self.dead, self.commits = True, None
            if not self.after:
                raise DiedError


def survives(faults: Faults, act: Callable[[], Any]) -> Any:  # noqa: ANN401  whatever the act returns
    """Do something in the process; DiedError when it died meanwhile, also when it had just finished."""
    found = act()
    if faults.dead:
        raise DiedError
    return found
