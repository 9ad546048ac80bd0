"""What every command shares: how it gets its builders, and how an error becomes one sentence and an exit status."""

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec

import click

from hub.cli.stage import Builders
from hub.domain.errors import HubError, PolicyError

P = ParamSpec("P")
NO, COULD_NOT = 1, 2
folder = click.option("--folder", envvar="HUB_FOLDER", required=True, type=click.Path(path_type=Path))


def careful(command: Callable[Concatenate[Builders, P], None]) -> Callable[P, None]:
    """Hand the builders over; a deliberate error becomes one sentence and exit status 2."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(click.get_current_context().find_object(Builders) or _unwired(), *args, **kwargs)
        except HubError as error:
            click.echo(_sentence(error), err=True)
            sys.exit(COULD_NOT)

    return run


def text_of(file: Path) -> str:
    """Return a file's text; PolicyError when it is not UTF-8."""
    try:
        return file.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise PolicyError("not_utf8", where=f"{file}: byte {error.start}", next_step="save it as UTF-8") from None


def _sentence(error: HubError) -> str:
    following = f"Next: {error.next_step}" if error.next_step else ""
    return " ".join(part for part in (f"hub: {error.code}.", error.where, following) if part)


def _unwired() -> Builders:
    raise HubError("not_wired", next_step="start with the hub command")
