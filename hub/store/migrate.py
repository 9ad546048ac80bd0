"""Brings a database to the present schema. Three branches: `data`, `ledger`, `keys`."""

from pathlib import Path
from typing import Literal

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

Branch = Literal["data", "ledger", "keys"]
_HOME = Path(__file__).parent / "migrations"


def migrate(engine: Engine, branch: Branch) -> None:
    """Run the steps this database has not had yet, in one transaction."""
    config = Config()
    config.set_main_option("script_location", str(_HOME))
    config.set_main_option("version_locations", str(_HOME / branch))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
