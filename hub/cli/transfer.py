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

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)


@click.group()
def transfer() -> None:
    """Hand a family over to another partnership, and receive one."""


@transfer.command()
@folder_option
@careful
def key(builders: Builders, folder: Path) -> None:
    """Print the key that bundles and receipts of this partnership are checked with."""
    click.echo(builders.open(folder).partners.transfers.public_key)


@transfer.command()
@click.argument("agency")
@click.argument("public_key")
@folder_option
@careful
def trust(builders: Builders, folder: Path, agency: str, public_key: str) -> None:
    """Keep the key of the partnership that stands in the register as AGENCY; compare it with them by phone."""
    stage = builders.open(folder)
    stage.partners.transfers.trust(_agency(stage, agency), public_key)
    click.echo(f"Kept. What {agency} signs is checked with it.")


@transfer.command()
@click.argument("family")
@click.argument("bundle", type=_NEW)
@click.option("--to", required=True, help="The code of the receiving partnership in the register.")
@click.option("--purpose", default="protect_child", show_default=True)
@reason
@by_officer
def out(stage: Stage, account: AccountId, family: str, bundle: Path, to: str, purpose: str, reason: str) -> None:
    """Write the signed BUNDLE of FAMILY (its number) for another partnership. `--officer` is the team manager."""
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
