"""`hub import` and `hub manifest`: signed batches from a folder, and the manifest that a sender lays beside a file."""

import hashlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path

import click
import jwt
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from connectors.registry import OWN_DOOR
from hub.cli.careful import COULD_NOT, NO, careful
from hub.cli.careful import folder as folder_option
from hub.cli.drop_folder import DONE, REFUSED, SUFFIX, Waiting, alone_in, waiting_in, without_manifest
from hub.cli.stage import Builders, Stage
from hub.domain.errors import ConflictError, HubError, InvalidRequestError, NotSignedInError, RejectedMessageError
from hub.domain.ids import AgencyId
from hub.domain.referral import Connector
from hub.identity.batch_signatures import PATH
from hub.services.file_drop import Batch

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_REFUSALS = (RejectedMessageError, InvalidRequestError, NotSignedInError, ConflictError)
"""What a sender must mend. Everything else is the hub's own trouble: the file stays where it is."""


@click.command(name="import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--connector", required=True, help="The format the files are in.")
@click.option("--agency", required=True, help="The sending agency's code.")
@folder_option
@careful
def import_(builders: Builders, folder: Path, path: Path, connector: str, agency: str) -> None:
    """Take in a signed file, or every signed file of a folder: 0 all taken, 1 some refused, 2 could not run."""
    stage = builders.open_lean(folder)
    known = {name: one for name, one in stage.connectors.items() if name not in OWN_DOOR}
    found = known.get(connector)
    sender = next((a.id for a in stage.pages.register().agencies.values() if a.code == agency), None)
    if found is None or sender is None:
        raise click.UsageError(f"connectors: {', '.join(known)}; --agency: a code of this partnership")
    with alone_in(path) as opened:
        taken = [_import_one(stage, waiting, found, sender) for waiting in waiting_in(opened, path)]
    for name in without_manifest(path):
        click.echo(f"{name}: waits for its manifest, {name}{SUFFIX}")
    if not taken:
        click.echo("Nothing waits here. A sender lays FILE and then FILE" + SUFFIX + " into this folder.")
    sys.exit(max(taken, default=0))


def _import_one(stage: Stage, waiting: Waiting, connector: Connector, sender: AgencyId) -> int:
    """Take in one file and put it away; returns its exit status. No file that is at fault stops the next."""
    try:
        body, signature = waiting.read(stage.limits)
        receipt = _take(stage, Batch(sender, body, "application/octet-stream", signature), connector, waiting.shown)
    except _REFUSALS as error:
        said = {"refused": error.code, "where": error.where, "next_step": error.next_step}
        return _put_away(waiting, REFUSED, said, f"refused, {error.code}.") or NO
    except HubError:
        click.echo(f"{waiting.shown}: not finished; it stays here, and goes on where it stopped.", err=True)
        raise
    counts = ", ".join(f"{receipt[word]} {word}" for word in ("accepted", "quarantined", "rejected"))
    return _put_away(waiting, DONE, receipt, f"{receipt['rows']} rows, {receipt['records']} records: {counts}.")


def _put_away(waiting: Waiting, where: str, receipt: Mapping[str, object], words: str) -> int:
    """Put a file away and say what became of it; returns 0, or COULD_NOT where it has to stay."""
    try:
        click.echo(f"{waiting.shown}: {words} See {waiting.put_away(where, receipt)}")
    except OSError:
        click.echo(f"{waiting.shown}: {words} It could not be put away. Next: look at {where}", err=True)
        return COULD_NOT
    return 0


def _take(stage: Stage, batch: Batch, connector: Connector, name: str) -> dict[str, object]:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(name, total=None)
        return stage.exchange.file_drop.take(
            batch, connector, stage.limits, lambda done, total: progress.update(task, completed=done, total=total)
        )


@click.command()
@click.argument("file", type=_FILE)
@click.option("--connector", required=True, help="The format of the file.")
@click.option("--rows", required=True, type=click.IntRange(min=0), help="Rows below the header, or records.")
@click.option("--hub", "address", required=True, help="The hub's address, as in its tokens: https://hub.example")
@click.option("--client", required=True, help="The id that the agency's system is registered with.")
@click.option("--kid", required=True, help="The id of its key.")
@click.option("--algorithm", required=True, help="The algorithm that its key is registered with.")
@click.option("--key", "private", required=True, type=_FILE, help="Its private key (PEM); it never leaves the sender.")
@careful
def manifest(  # noqa: PLR0913, PLR0917  what a signature says
    builders: Builders,
    file: Path,
    connector: str,
    rows: int,
    address: str,
    client: str,
    kid: str,
    algorithm: str,
    private: Path,
) -> None:
    """Sign FILE, at the sender's: writes FILE.manifest.json, to be laid beside it once the file is whole."""
    sha256 = hashlib.sha256(file.read_bytes()).hexdigest()
    signed_at = int(builders.clock().timestamp())
    claims = {"iss": client, "aud": address.rstrip("/") + PATH, "iat": signed_at}
    claims |= {"connector": connector, "sha256": sha256, "rows": rows}
    try:
        signature = jwt.encode(claims, private.read_bytes(), algorithm=algorithm, headers={"kid": kid})
    except (jwt.PyJWTError, ValueError, TypeError, NotImplementedError):
        raise InvalidRequestError(
            "key_unusable", where=str(private), next_step="give a PEM key of --algorithm"
        ) from None
    said = {"file": file.name, "rows": rows, "sha256": sha256, "signature": signature}
    file.with_name(file.name + SUFFIX).write_text(json.dumps(said, indent=1) + "\n")
    click.echo(f"{file.name}{SUFFIX} signs {rows} rows of {file.name}.")
