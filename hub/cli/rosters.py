"""`hub policy roster ...`: who signs for an agency. Each roster is signed by the one before it."""

from pathlib import Path

import click

from hub.cli.careful import careful
from hub.cli.careful import folder as folder_option
from hub.cli.officer import by_officer, signed_in
from hub.cli.officer import officer as officer_option
from hub.cli.officer import password as password_option
from hub.cli.stage import Builders, Stage
from hub.domain.ids import AccountId
from hub.services.rosters import NewSignatory
from hub.services.signing_files import SigningRequest, in_groups, roster_page


@click.group()
def roster() -> None:
    """Who signs for an agency."""


@roster.command()
@click.argument("agency")
@by_officer
def show(stage: Stage, account: AccountId, agency: str) -> None:
    """Show an agency's roster in force, and the one that waits."""
    stage.agreements.desk.reader(account)
    newest, waiting = stage.rosters.newest(agency), stage.rosters.waiting(agency)
    click.echo(roster_page(newest) if newest else f"{agency} has no roster: nobody can sign for it.")
    if waiting:
        names = ", ".join(f"{one['name']} ({one['office']})" for one in waiting.body["signatories"])
        click.echo(
            f"Roster {waiting.body['number']} waits, confirmed by {waiting.confirmations} of {waiting.needed}: {names}"
        )
        click.echo("Its fingerprints are read out by the signatories themselves; they are not shown here.")


@roster.command()
@click.option(
    "--signatory",
    "people",
    multiple=True,
    required=True,
    nargs=3,
    metavar="NAME OFFICE PUBLIC",
    help="Everybody who signs from now on: name, office, and the PUBLIC line of `hub policy key`. May be repeated.",
)
@officer_option
@password_option
@folder_option
@careful
def offer(
    builders: Builders, folder: Path, people: tuple[tuple[str, str, str], ...], officer: str, password: str
) -> None:
    """Offer your agency's next roster: all signatories, so that leaving one out ends their key."""
    named = [NewSignatory(name, office, public.removeprefix("PUBLIC ")) for name, office, public in people]
    with signed_in(builders, folder, officer, password) as (stage, account):
        stage.rosters.offer(account, named)
        party = stage.agreements.desk.reader(account).party
        waiting = stage.rosters.waiting(party)
    if waiting:
        click.echo(roster_page(waiting.body))
        click.echo(
            "Next: a signatory of the roster before signs it (`roster request`, `sign --page`, `hand-in`), or "
            f"{waiting.needed} other officer(s) compare the fingerprints (`hub policy roster confirm {party}`)."
        )


@roster.command()
@click.argument("agency")
@click.option(
    "--fingerprint", "typed", multiple=True, required=True, help="As the signatory read it out; one for each."
)
@officer_option
@password_option
@folder_option
@careful
def confirm(builders: Builders, folder: Path, agency: str, typed: tuple[str, ...], officer: str, password: str) -> None:
    """Say that you compared the fingerprints with the signatories themselves."""
    with signed_in(builders, folder, officer, password) as (stage, account):
        stage.rosters.confirm(account, agency, "\n".join(typed))
        waiting = stage.rosters.waiting(agency)
    left = waiting.needed - waiting.confirmations if waiting else 0
    click.echo(
        f"Confirmed. {f'{left} more officer(s) confirm it.' if left else f'The roster of {agency} is in force.'}"
    )


@roster.command()
@click.option("--out", required=True, type=click.Path(dir_okay=False, path_type=Path))
@by_officer
def request(stage: Stage, account: AccountId, out: Path) -> None:
    """Write your agency's waiting roster as a file that a signatory of the roster before signs."""
    found: SigningRequest = stage.agreements.desk.roster_request(account)
    out.write_text(found.text)
    click.echo(f"{out}: {found.what}, page {in_groups(found.digest)}")
