"""Commands that an officer gives: who they are, their password, and the sitting that lasts as long as the command."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Concatenate, ParamSpec

import click

from hub.cli.careful import careful
from hub.cli.careful import folder as folder_option
from hub.cli.stage import Builders, Stage
from hub.domain.errors import NotSignedInError
from hub.domain.ids import AccountId

P = ParamSpec("P")
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


def by_officer(command: Callable[Concatenate[Stage, AccountId, P], None]) -> Callable[P, None]:
    """Run a command as an officer who signs in for it: it gets the open hub and their account."""

    @careful
    def run(builders: Builders, /, *args: P.args, **kwargs: P.kwargs) -> None:
        folder, username, secret = (str(kwargs.pop(name)) for name in ("folder", "officer", "password"))
        with signed_in(builders, Path(folder), username, secret) as (stage, account):
            command(stage, account, *args, **kwargs)

    return officer(password(folder_option(functools.wraps(command)(run))))


def _sitting(stage: Stage, username: str, secret: str) -> str:
    """Sign in; who has a second factor is asked for its code."""
    try:
        return stage.sessions.sign_in(username, secret)
    except NotSignedInError as error:
        if error.code != "code_needed":
            raise
    return stage.sessions.sign_in(username, secret, click.prompt("The code of their second factor"))
