"""The commands of `hub`. Each opens a stage through the builders that wiring hands over as the context object."""

import shutil
import sys
import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path
from threading import Event

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from hub.cli import beginning, importing, signatures, signing, transfer
from hub.cli.careful import COULD_NOT, NO, careful
from hub.cli.careful import folder as folder_option
from hub.cli.demo.colleagues import COLLEAGUES
from hub.cli.demo.partnership import BACK, Partnership
from hub.cli.demo.people import STAFF
from hub.cli.demo.set_back import SetBack
from hub.cli.demo.story import Story, agreements
from hub.cli.policy import policy
from hub.cli.ports import require_free
from hub.cli.rosters import roster
from hub.cli.stage import Builders
from hub.ledger.verify import UncheckableError, verify

_HERE, _BESIDE = "Exampleshire (synthetic)", "Southshire (synthetic)"


@click.group()
def hub() -> None:
    """Run a Family Safeguarding hub."""


@hub.command()
@click.option("--folder", type=click.Path(path_type=Path), help="A fresh folder; by default a new temporary one.")
@click.option("--serve/--no-serve", default=True, help="Stop before serving with --no-serve.")
@click.option("--whole", is_flag=True, help="Fill in the other families even when nothing is served.")
@click.option("--port", default=8477, show_default=True)
@careful
def demo(builders: Builders, folder: Path | None, serve: bool, whole: bool, port: int) -> None:  # noqa: FBT001  flags
    """Play the story with synthetic people, fill in the rest of the partnership, serve it on this machine only."""
    if serve:
        require_free("127.0.0.1", port)
    console = Console()
    place = folder or Path(tempfile.mkdtemp(prefix="hub-demo-")) / "hub"
    filling = serve or whole
    clock = SetBack(builders.clock, BACK if filling else timedelta(0))
    stage = builders.rehearse(place, _HERE, clock, port)
    story = Story(stage, console, agreements(builders.policies, stage.clock().year))
    story.play()
    if not story.prove(place / "exported-log"):
        sys.exit(NO)
    shutil.rmtree(place / "exported-log")
    if filling:
        beside = partial(builders.rehearse, place / "beside", _BESIDE, clock, port + 1)
        _fill(console, Partnership(stage, story, clock.sleep, beside))
    if serve:
        require_free("127.0.0.1", port)  # another may have been started while this one was filled
        stage.serve("127.0.0.1", port, lambda: _invite(console, story, port))


def _fill(console: Console, partnership: Partnership) -> None:
    """Fill in the other families; on a terminal a bar says how far it is."""
    console.print()
    steps = partnership.steps()
    with Progress(TextColumn("{task.description}"), BarColumn(), console=console, transient=True) as progress:
        task = progress.add_task("", total=len(steps))
        for words, do in steps:
            progress.update(task, description=words)
            do()
            progress.advance(task)
    console.print(f"{len(partnership.cases)} more families are filled in, with who works with them.", highlight=False)


def _invite(console: Console, story: Story, port: int) -> None:
    table = Table(title=f"Serving on http://127.0.0.1:{port} (this machine only; Ctrl-C ends it)", title_justify="left")
    for column in ("sign in as", "password of this run", "who"):
        table.add_column(column, overflow="fold")
    for username, name, _, role, _ in (*STAFF, *COLLEAGUES):
        table.add_row(username, story.cast.passwords[username], f"{name}, {role.replace('_', ' ')}")
    console.print()
    console.print(table)
    console.print("Three things to try:")
    console.print(
        "  1. Sign in as sally, open the family, and read 'Why you see this' on an entry. Then sign in as pete."
    )
    console.print("  2. As sally, record that Grace takes back her yes, and open the family again.")
    console.print("  3. As iggy, read the log: every page you opened is there, with no content.")
    console.print("docs/tour.md walks through the rest in ten minutes.")


@hub.command()
@folder_option
@click.option("--name", required=True, help="The partnership's name.")
@click.option("--population", required=True, type=int, help="People living in the area; fixes the blind indexes.")
@careful
def init(builders: Builders, folder: Path, name: str, population: int) -> None:
    """Create a partnership in an empty folder."""
    builders.found(folder, name, False, population)  # noqa: FBT003  never synthetic
    click.echo(f"Created in {folder}. Keep {folder}/root.key safe and apart from backups of the data.")
    click.echo("Next: `hub agencies FILE` adds the agencies and their administrators.")


@hub.command()
@folder_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8477, show_default=True)
@careful
def serve(builders: Builders, folder: Path, host: str, port: int) -> None:
    """Serve pages and API. Without HUB_BASE_URL its address, which tokens name, is this machine's at this port."""
    stage = builders.open_at(folder, port)
    require_free(host, port)
    stage.serve(host, port, lambda: click.echo(f"{stage.name}: serving on http://{host}:{port}"))


@hub.command()
@folder_option
@click.option("--once", is_flag=True, help="Do what waits and stop.")
@careful
def worker(builders: Builders, folder: Path, once: bool) -> None:  # noqa: FBT001  click's flag
    """Publish the log, match referrals and derive tasks."""
    stage = builders.open(folder)
    if once:
        click.echo(f"{stage.run_round()} pieces of work done.")
        return
    stage.run_rounds(Event().wait)


@hub.command()
@folder_option
@careful
def doctor(builders: Builders, folder: Path) -> None:
    """Check that this hub may serve: exit status 1 when something is wrong."""
    findings = builders.open(folder).doctor()
    for name, ok, words in findings:
        click.echo(f"{'ok  ' if ok else 'BAD '} {name}: {words}")
    sys.exit(0 if all(ok for _, ok, _ in findings) else NO)


for command in (*signing.COMMANDS, *signatures.COMMANDS, roster):
    policy.add_command(command)
hub.add_command(policy)
hub.add_command(beginning.agencies)
hub.add_command(beginning.client)
hub.add_command(transfer.transfer)
hub.add_command(importing.import_)
hub.add_command(importing.manifest)


@hub.group()
def keys() -> None:
    """The vault's keys."""


@keys.command()
@folder_option
@careful
def status(builders: Builders, folder: Path) -> None:
    """Show each agency's key versions and how many record keys stand under them."""
    for owner, version, state, records in builders.open(folder).keys_status():
        click.echo(f"{owner}  version {version}  {state}  {records} record keys")


@keys.command()
@click.argument("owner")
@folder_option
@careful
def rotate(builders: Builders, folder: Path, owner: str) -> None:
    """Give an agency (id) a new key version and rewrap its record keys."""
    click.echo(f"{builders.open(folder).rotate_keys(owner)} record keys rewrapped.")


@hub.group()
def ledger() -> None:
    """The access log."""


@ledger.command()
@click.argument("target", type=click.Path(path_type=Path))
@folder_option
@careful
def export(builders: Builders, folder: Path, target: Path) -> None:
    """Write the published log to a folder that anyone can verify."""
    stage = builders.open(folder)
    stage.run_round()
    click.echo(f"{stage.export_log(target)} entries in {target}")


@ledger.command(name="verify")
@click.argument("target", type=click.Path(exists=True, file_okay=False, path_type=Path))
def verify_(target: Path) -> None:
    """Verify an exported log offline: 0 sound, 1 tampered (the first bad entry is named), 2 could not be checked."""
    try:
        verdict = verify(target)
    except UncheckableError as error:
        click.echo(f"hub: {error}", err=True)
        sys.exit(COULD_NOT)
    if verdict.ok:
        click.echo(f"{verdict.size} entries, all as they were written.")
        return
    click.echo(f"Entry {verdict.bad_index}: {verdict.problem}")
    sys.exit(NO)
