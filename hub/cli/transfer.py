"""`hub transfer`: a family that moves to another partnership, or comes from one."""

from pathlib import Path

import click

from hub.cli.careful import careful
from hub.cli.careful import folder as folder_option
from hub.cli.officer import by_officer, reason
from hub.cli.stage import Builders, Stage
from hub.domain.errors import NotFoundError
from hub.domain.ids import AccountId, AgencyId, FamilyId
from hub.services.family_page import Stated
from hub.services.signing_files import in_groups

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)


@click.group()
def transfer() -> None:
    """Hand a family over to another partnership, and receive one."""


@transfer.command()
@folder_option
@careful
def key(builders: Builders, folder: Path) -> None:
    """Print this partnership's keys, as one line for the other side, and the fingerprint to read to them."""
    keys = builders.open(folder).partners.transfers.public_keys
    click.echo(f"{keys.line}\n{in_groups(keys.fingerprint)}")


@transfer.command()
@by_officer
def rotate(stage: Stage, account: AccountId) -> None:
    """Make this partnership's next keys. `--officer` is an information governance officer."""
    stage.partners.neighbours.enter_rotation(account)
    keys = stage.rotate_transfer_keys()
    click.echo(f"{keys.line}\n{in_groups(keys.fingerprint)}")
    click.echo("Start `hub serve` and `hub worker` again, then give both lines to every partnership you hand over to.")


@transfer.command()
@click.argument("agency")
@click.argument("line")
@click.option("--fingerprint", required=True, help="As they read it to you by phone; spaces do not count.")
@by_officer
def trust(stage: Stage, account: AccountId, agency: str, line: str, fingerprint: str) -> None:
    """Keep the keys (LINE) of the partnership that stands in the register as AGENCY: two officers do it, one by one."""
    if stage.partners.neighbours.pin(account, _agency(stage, agency), line, fingerprint):
        click.echo(f"The keys of {agency} count from now on.")
    else:
        click.echo("Kept. They count once a second officer has compared the fingerprint and given this command.")


@transfer.command()
@click.argument("family")
@click.argument("bundle", type=_NEW)
@click.option("--to", required=True, help="The code of the receiving partnership in the register.")
@click.option("--purpose", default="protect_child", show_default=True)
@reason
@by_officer
def out(stage: Stage, account: AccountId, family: str, bundle: Path, to: str, purpose: str, reason: str) -> None:
    """Write the sealed BUNDLE of FAMILY (its number) for another partnership. `--officer` is the team manager."""
    found = stage.partners.transfers.hand_over(
        account, _family(stage, account, family), _agency(stage, to), Stated(purpose, reason), stage.pages.register()
    )
    bundle.touch(mode=0o600)
    bundle.write_bytes(found)
    click.echo(f"Written. Send {bundle} the way both have agreed on, then delete it; keep their receipt.")


@transfer.command(name="in")
@click.argument("bundle", type=_FILE)
@click.argument("receipt", type=_NEW)
@click.option("--agency", required=True, help="The code of the sending partnership in the register.")
@folder_option
@careful
def in_(builders: Builders, folder: Path, bundle: Path, receipt: Path, agency: str) -> None:
    """Take in a BUNDLE exactly as the API would, and write the signed RECEIPT for its sender."""
    stage = builders.open(folder)
    receipt.write_bytes(stage.partners.transfers.receive(_agency(stage, agency), bundle.read_bytes()))
    click.echo(f"Received; it waits at the front door. Send {receipt} back.")


@transfer.command()
@click.argument("file", type=_FILE)
@by_officer
def receipt(stage: Stage, account: AccountId, file: Path) -> None:
    """Check the receipt in FILE that came back, and keep it. `--officer` is the team manager."""
    click.echo(f"Transfer {stage.partners.transfers.acknowledge(account, file.read_bytes())} was received.")


def _agency(stage: Stage, code: str) -> AgencyId:
    found = next((a.id for a in stage.pages.register().agencies.values() if a.code == code), None)
    if found is None:
        raise NotFoundError("agency_unknown", where=code, next_step="a code of the register")
    return found


def _family(stage: Stage, account: AccountId, reference: str) -> FamilyId:
    """Return a family that this account works with, by its number."""
    mine = stage.pages.families(account)
    found = next((id_ for id_, number, _ in mine if number == reference), None)
    if found is None:
        raise NotFoundError("family_not_yours", where=reference, next_step="the number on your list of families")
    return FamilyId(found)
