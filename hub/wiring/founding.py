"""What comes from outside, and what `hub init` fixes for good: keys, databases, one partnership."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hub.domain.clock import Clock, Randomness
from hub.domain.errors import SettingsError
from hub.domain.ids import IdMaker, PartnershipId
from hub.services.quarantine import Scanner, not_scanned
from hub.services.setup import found_partnership
from hub.settings import Settings
from hub.store.migrate import Branch, migrate
from hub.store.session import Transactions, open_engine
from hub.vault.blind_index import bits_for
from hub.vault.providers.local_file import LocalFileRoot
from hub.vault.secrets import new_secrets
from hub.wiring.transfers import first
from hub.worker.calling import Resolve, system_resolve

CONFIG = "hub.json"
ROOT_KEY = "root.key"


def system_clock() -> datetime:
    """Return the present instant: the one place where the machine's clock is read."""
    return datetime.now(UTC)  # noqa: TID251  the clock that is handed to everyone


@dataclass(frozen=True, slots=True)
class World:
    """What comes from outside: time, randomness, what looks for malware, what resolves names; fixed in tests."""

    clock: Clock = system_clock
    randomness: Randomness = os.urandom
    scanner: Scanner = not_scanned
    resolve: Resolve = system_resolve


@dataclass(frozen=True, slots=True)
class Partnership:
    """What `hub init` fixed for good, from `hub.json`."""

    id: PartnershipId
    name: str
    synthetic: bool
    population: int
    wrapped: Mapping[str, str]

    @property
    def origin(self) -> str:
        """The log's public name."""
        return f"hub/{self.id}"


def found(
    settings: Settings, name: str, *, synthetic: bool, population: int, world: World | None = None
) -> Partnership:
    """Create a partnership in an empty folder: root key, wrapped secrets, three databases.

    Raises:
        SettingsError: the folder already holds a hub; a synthetic one is never built on.
    """
    world = world or World()
    folder = settings.folder
    if (folder / CONFIG).exists():
        raise SettingsError("already_a_hub", where=str(folder), next_step="choose an empty folder")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    bits_for(population)
    root = LocalFileRoot.create(folder / ROOT_KEY, world.randomness)
    id_ = PartnershipId(IdMaker(world.clock, world.randomness).new())
    config = {"partnership": id_, "name": name, "synthetic": synthetic, "population": population}
    wrapped = {**new_secrets(root, id_, world.randomness), **first(root, id_, world.randomness)}
    upgrade(settings)
    engine = open_engine(settings.migration_urls()[0], partnership=id_)
    found_partnership(
        Transactions(engine, id_), id_, name, synthetic=synthetic, population=population, at=world.clock()
    )
    engine.dispose()
    (folder / CONFIG).touch(mode=0o600)
    (folder / CONFIG).write_text(json.dumps(config | {"secrets": wrapped}, indent=1))
    return partnership_in(folder)


def upgrade(settings: Settings) -> None:
    """Bring the three databases to the present schema."""
    branches: tuple[Branch, ...] = ("data", "ledger", "keys")
    for url, branch in zip(settings.migration_urls(), branches, strict=True):
        engine = open_engine(url, gated=True)
        migrate(engine, branch)
        engine.dispose()


def partnership_in(folder: Path) -> Partnership:
    """Read what was fixed at the beginning."""
    try:
        said = json.loads((folder / CONFIG).read_text())
    except OSError:
        raise SettingsError("no_hub_here", where=str(folder), next_step="run hub init or hub demo") from None
    return Partnership(
        PartnershipId(said["partnership"]), said["name"], said["synthetic"], said["population"], said["secrets"]
    )
