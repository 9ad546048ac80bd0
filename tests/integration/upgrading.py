"""A data database as an earlier version of the hub left it."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from hub.store import migrate
from hub.store.session import open_engine

HOME = Path(migrate.__file__).parent / "migrations"


def left_at(path: Path, revision: str) -> Engine:
    """Make the database with the migrations up to this one; returns the gate's engine on it."""
    engine = open_engine(f"sqlite:///{path}", partnership="p", gated=True)
    config = Config()
    config.set_main_option("script_location", str(HOME))
    config.set_main_option("version_locations", str(HOME / "data"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    return engine
