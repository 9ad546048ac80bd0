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

    def rehearse(folder: Path, name: str, clock: Clock) -> Stage:
        settings, world = _settings(folder), World(clock)
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
    )


def _settings(folder: Path) -> Settings:
    return Settings.from_environment({**os.environ, "HUB_FOLDER": str(folder)})
