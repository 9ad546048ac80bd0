"""The command: play a week of one agency against a test hub, then compare books."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from connectors.client import ClientKey, HubClient, UnreachableError, over_http
from tests.simulators.partner.agency import ACTS, Agency, StoppedError
from tests.simulators.partner.batches import BY_API, FILE_ACTS, FILES, Signer
from tests.simulators.partner.dialects import DIALECTS
from tests.simulators.partner.forger import Forger
from tests.simulators.partner.line import Dice, Outages
from tests.simulators.partner.report import report

SPOKEN = [*DIALECTS, *(name for name, one in FILES.items() if one.path == BY_API)]


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  it runs at a partner's, against a hub that has its own clock


@click.command()
@click.option("--url", required=True, help="The hub's address: a test hub's.")
@click.option("--client", "client_id", required=True)
@click.option("--kid", required=True)
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--algorithm", default="EdDSA", show_default=True)
@click.option("--speaks", type=click.Choice(sorted(SPOKEN)), multiple=True, default=["notice_json"], show_default=True)
@click.option("--days", default=7, show_default=True)
@click.option("--seed", default="partner", show_default=True, help="Change it for another run against the same hub.")
def main(  # noqa: PLR0913, PLR0917  one option each
    url: str, client_id: str, kid: str, key: Path, algorithm: str, speaks: tuple[str, ...], days: int, seed: str
) -> None:
    """Play some days of an agency, then compare its books with the hub. Exit status 1: they differ; 2: it stopped."""
    dice = Dice(seed)
    line = Outages(over_http, dice)
    own = ClientKey(client_id, kid, key.read_bytes(), algorithm)
    signer, client = Signer(own, url.rstrip("/"), _now), HubClient(url, own, transport=line)
    agency, forger = Agency(client, seed, speaks, dice, signer), Forger(line, signer)
    acts = (*ACTS, *FILE_ACTS) if agency.files else ACTS
    try:
        agency.begin()
        for day in range(1, days + 1):
            for act in dice.shuffled(acts):
                agency.play(act)
            click.echo(f"day {day}: {len(agency.book.sent)} messages sent, {line.lost} calls lost and made again")
        for trick in forger.tricks:
            forger.play(trick)
        click.echo(f"{forger.refused.total()} of {len(forger.tricks)} forgeries refused")
        differences = [*agency.book.differences(client), *forger.faults]
    except StoppedError as stopped:
        click.echo(f"{stopped}. Next: compare --url with the hub's own address, --client, --kid and --key", err=True)
        sys.exit(2)
    except UnreachableError:
        click.echo(f"no answer from {url}. Next: see whether it is served there", err=True)
        sys.exit(2)
    click.echo(report({seed: agency.book}, differences))
    sys.exit(1 if differences else 0)


if __name__ == "__main__":
    main()
