"""`hub agencies`, `hub client`: the first administrators, and the public keys of case systems."""

from pathlib import Path

import click

from hub.cli.careful import careful, text_of
from hub.cli.careful import folder as folder_option
from hub.cli.stage import Builders
from hub.services.beginning import KEYS

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@folder_option
@careful
def agencies(builders: Builders, folder: Path, file: Path) -> None:
    """Add the agencies of FILE, the lead first, and print a starting code for each new administrator, once."""
    stage = builders.open(folder)
    started = stage.beginning.begin(text_of(file), str(file))
    for one in started:
        click.echo(f"{one.agency}  {one.username} ({one.name}): starting code {one.code}")
    if not started:
        click.echo("Every administrator in the file has an account already: nothing to do.")
        return
    click.echo(f"Next: give each code to its person alone. Within three days they start at {stage.base_url}/start,")
    click.echo("and then start everybody else of their agency at /staff.")


@click.command()
@click.argument("public", type=_FILE)
@click.option("--agency", required=True, help="The agency's code.")
@click.option("--id", "client_id", required=True, help="What the case system calls itself in its assertions.")
@click.option("--kid", required=True, help="The key's id in the header of its assertions.")
@click.option("--algorithm", required=True, type=click.Choice(list(KEYS)), help="The one algorithm of this key.")
@folder_option
@careful
def client(
    builders: Builders, folder: Path, public: Path, agency: str, client_id: str, kid: str, algorithm: str
) -> None:
    """Let an agency's case system call the API, with the PUBLIC key in this file."""
    stage = builders.open(folder)
    stage.beginning.register_client(agency, client_id, kid, algorithm, text_of(public))
    click.echo(f"{client_id} of {agency} may fetch a token at /oauth2/token of the address that this hub is served at.")
