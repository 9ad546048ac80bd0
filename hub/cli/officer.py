"""Commands that an officer gives: who they are, their password, and the sitting that lasts as long as the command."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from hub.cli.stage import Builders, Stage
from hub.domain.errors import NotSignedInError
from hub.domain.ids import AccountId

officer = click.option("--officer", required=True, help="User name of the information governance officer who asks.")
reason = click.option("--reason", required=True, help="Why; it is entered in the access log.")
password = click.option("--password", prompt="The officer's password", hide_input=True)


@contextmanager
def signed_in(builders: Builders, folder: Path, username: str, secret: str) -> Iterator[tuple[Stage, AccountId]]:
    """Open the hub as this officer; the sitting ends with the command."""
    stage = builders.open(folder)
    caller = stage.sessions.resolve(_sitting(stage, username, secret))
    try:
        yield stage, caller.account
    finally:
        stage.sessions.sign_out(caller)


def _sitting(stage: Stage, username: str, secret: str) -> str:
    """Sign in; who has a second factor is asked for its code."""
    try:
        return stage.sessions.sign_in(username, secret)
    except NotSignedInError as error:
        if error.code != "code_needed":
            raise
    return stage.sessions.sign_in(username, secret, click.prompt("The code of their second factor"))
