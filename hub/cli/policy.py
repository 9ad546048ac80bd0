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


@policy.command()
@folder
@careful
def routes(builders: Builders, folder: Path) -> None:
    """List the legal routes, and which of them may be relied on here."""
    for line in builders.open(folder).routes.listed():
        state = "confirmed" if line.verified else "accepted" if line.usable else "NOT ACCEPTED: its rules show nothing"
        click.echo(f"{line.id}: {state}\n  {line.words}\n  {line.law}. Source: {line.source}. {line.note}")


@policy.command(name="accept-route")
@click.argument("route")
@click.option("--officer", required=True, help="User name of the information governance officer who accepts it.")
@click.option("--reason", required=True, help="Why it may be relied on here, for example whose advice.")
@click.option("--password", prompt="The officer's password", hide_input=True)
@folder
@careful
def accept_route(builders: Builders, folder: Path, route: str, officer: str, reason: str, password: str) -> None:
    """Accept a route that is not confirmed, as its text is now; a changed text has to be accepted again."""
    stage = builders.open(folder)
    caller = stage.sessions.resolve(stage.sessions.sign_in(officer, password))
    try:
        stage.routes.accept(caller.account, route, reason)
    finally:
        stage.sessions.sign_out(caller)
    click.echo(f"{route} is accepted by {caller.name}. Its rules act from the next request on.")
