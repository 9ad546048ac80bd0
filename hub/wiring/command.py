"""Where the command `hub` starts."""

import os
from dataclasses import replace
from pathlib import Path

from hub.cli import commands
from hub.cli.stage import Builders, Stage
from hub.domain.clock import Clock
from hub.services.policy_files import PolicyFiles
from hub.settings import Settings
from hub.wiring.founding import World, found
from hub.wiring.hub import build, policy_texts
from hub.wiring.serving import stage

_LEAN_MIB = 4
_POPULATION = 50_000


def main() -> None:
    """Run the command line; whatever it writes is for its own user alone."""
    os.umask(0o077)
    commands.hub(obj=builders())


def builders() -> Builders:
    """Return what commands are built with, settings from the environment."""

    def begin(folder: Path, name: str, synthetic: bool, population: int) -> None:  # noqa: FBT001  fixed by Builders
        found(_settings(folder), name, synthetic=synthetic, population=population)

    def rehearse(folder: Path, name: str, clock: Clock, port: int) -> Stage:
        settings, world = _settings(folder, port), World(clock)
        found(settings, name, synthetic=True, population=_POPULATION, world=world)
        return stage(build(settings, world=world))

    policies = Settings.in_folder(Path()).policies
    return Builders(
        begin,
        lambda folder: stage(build(_settings(folder))),
        policies,
        lambda: PolicyFiles(policy_texts(policies)),
        World().clock,
        World().randomness,
        lambda folder: stage(build(replace(_settings(folder), page_cache_mib=_LEAN_MIB))),
        rehearse,
        lambda folder, port: stage(build(_settings(folder, port))),
    )


def _settings(folder: Path, port: int | None = None) -> Settings:
    """Return the settings of the environment; a hub that is served here without HUB_BASE_URL is called by its port."""
    here = {} if port is None else {"HUB_BASE_URL": f"http://127.0.0.1:{port}"}
    return Settings.from_environment({**here, **os.environ, "HUB_FOLDER": str(folder)})
