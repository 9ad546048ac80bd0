"""Where the command `hub` starts."""

import os
from pathlib import Path

from hub.cli import commands
from hub.cli.stage import Builders
from hub.settings import Settings
from hub.wiring.founding import found
from hub.wiring.hub import build
from hub.wiring.serving import stage


def main() -> None:
    """Run the command line; whatever it writes is for its own user alone."""
    os.umask(0o077)

    def begin(folder: Path, name: str, synthetic: bool, population: int) -> None:  # noqa: FBT001  fixed by Builders
        found(_settings(folder), name, synthetic=synthetic, population=population)

    builders = Builders(begin, lambda folder: stage(build(_settings(folder))), Settings.in_folder(Path()).policies)
    commands.hub(obj=builders)


def _settings(folder: Path) -> Settings:
    return Settings.from_environment({**os.environ, "HUB_FOLDER": str(folder)})
