"""`hub policy propose / approve / sign / ...`: a version on its way, each step by the person who may take it.

Signing itself, with the signatory's own key, is in `hub.cli.signatures`.
"""

from datetime import UTC, datetime
from pathlib import Path

import click

from hub.cli.careful import text_of
from hub.cli.officer import by_officer
from hub.cli.officer import reason as reason_option
from hub.cli.stage import Stage
from hub.domain.ids import AccountId
from hub.policy.procedure import REASONS
from hub.services.agreement_words import VersionLine
from hub.services.signing_desk import report_of

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)
_version = click.argument("version", metavar="AGREEMENT/VERSION")


@click.command()
@by_officer
def versions(stage: Stage, account: AccountId) -> None:
    """List every version: where it stands, who has signed, what it waits for."""
    if stage.agreements.desk.house_rules_unsigned():
        click.echo("THE HOUSE RULES ARE NOT SIGNED BY EVERY AGENCY: nothing is permitted.")
    for line in stage.agreements.desk.versions(account):
        print_version(line)


def print_version(line: VersionLine) -> None:
    """Print where a version stands and who has signed."""
    click.echo(f"{line.key}: {line.state.value}. {line.words}".rstrip())
    click.echo(f"  {line.title}; {line.dates}")
    if line.alarm:
        click.echo(f"  {line.alarm.upper()}")
    for one in line.signed:
        click.echo(f"  {one.party}: {f'{one.signatory}, {one.when}' if one.when else 'not signed'}")


@click.command()
@click.argument("file", type=_FILE)
@reason_option
@by_officer
def propose(stage: Stage, account: AccountId, file: Path, reason: str) -> None:
    """Propose a version: its worked cases are run, and what it would change goes with it to every party."""
    text = text_of(file)
    tried = stage.agreements.desk.try_out(account, text, file.name, reason)
    report = report_of(tried)
    proposed = stage.agreements.steps.propose(account, text, file.name, report)
    for line in report:
        click.echo(line)
    click.echo(
        f"{proposed} is proposed. Next: another person of your agency checks it, `hub policy approve {proposed}`."
    )


@click.command()
@_version
@by_officer
def approve(stage: Stage, account: AccountId, version: str) -> None:
    """Say, as another person of the proposing agency, that a proposal is what was meant."""
    stage.agreements.steps.check(account, version)
    click.echo(f"{version} is checked. Next: every party signs it.")


@click.command()
@_version
@by_officer
def withdraw(stage: Stage, account: AccountId, version: str) -> None:
    """Take back a version that is not in force yet."""
    stage.agreements.steps.withdraw(account, version)
    click.echo(f"{version} is withdrawn for good. Its text needs a later version number.")


@click.command()
@_version
@by_officer
def publish(stage: Stage, account: AccountId, version: str) -> None:
    """Publish a version that every party has signed and that waited for the house rules."""
    stage.agreements.steps.reader(account)
    stage.agreements.steps.publish(version)
    click.echo(f"{version} is published.")


@click.command()
@_version
@click.option("--out", required=True, type=_NEW, help="Where the PDF is written.")
@by_officer
def copy(stage: Stage, account: AccountId, version: str, out: Path) -> None:
    """Write the PDF of a version: the words of the page, its digest at the foot of every sheet."""
    out.write_bytes(stage.agreements.desk.copy(account, version))
    click.echo(f"{out}")


@click.command()
@_version
@click.option("--because", required=True, type=click.Choice(sorted(REASONS)), help="Why, in one word.")
@click.option("--reason", required=True, help="Why, in your words; they stand sealed in the access log.")
@click.confirmation_option(prompt="It stops at once for every agency; all must sign to resume. Suspend it?")
@by_officer
def suspend(stage: Stage, account: AccountId, version: str, because: str, reason: str) -> None:
    """Stop a version at once, alone: from the next page on it permits nothing. Resuming needs every party."""
    stage.agreements.steps.suspend(account, version, because, reason)
    now = stage.clock()
    click.echo(f"{version} is suspended since {_utc(now)}. Every party signs again before it resumes.")


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


COMMANDS = (versions, propose, approve, withdraw, publish, copy, suspend)
