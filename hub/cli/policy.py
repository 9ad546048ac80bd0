"""`hub policy ...`: what an agreement says, whether it holds, and what it would change."""

import sys
from pathlib import Path

import click

from hub.cli.careful import NO, careful, folder
from hub.cli.stage import Builders


@click.group()
def policy() -> None:
    """Agreements."""


@policy.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@folder
@careful
def check(builders: Builders, folder: Path, files: tuple[Path, ...]) -> None:
    """Load agreements and run their worked cases; exit status 1 when one fails."""
    publishing, failed = builders.open(folder).publishing, False
    for file in files:
        checked = publishing.check(file.read_text(), str(file))
        failed = failed or bool(checked.failures)
        click.echo(f"{checked.code}/{checked.version}: {checked.cases} worked cases, {len(checked.failures)} fail")
        for failure in checked.failures:
            click.echo(f"  {failure}")
    sys.exit(NO if failed else 0)
