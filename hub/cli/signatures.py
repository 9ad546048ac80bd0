"""`hub policy key / request / sign / hand-in / resume`: the signatory's key, and signatures on their way.

The private key stays with its signatory: `sign` reads the key file where it runs, and only a signature leaves it. With
`--page` it needs no hub at all.
"""

from pathlib import Path

import click

from hub.cli.careful import careful, text_of
from hub.cli.officer import by_officer, signed_in
from hub.cli.signing import print_version
from hub.cli.stage import Builders, Stage
from hub.domain.errors import ConflictError, InvalidRequestError
from hub.domain.ids import AccountId
from hub.services.signing_files import TYPED, SignatureFile, SigningRequest, in_groups
from hub.services.signing_keys import SigningKey

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW = click.Path(dir_okay=False, path_type=Path)
_version = click.argument("version", metavar="AGREEMENT/VERSION")
_key = click.option("--key", "key_file", required=True, type=_FILE, help="The signatory's key file; it stays here.")
_passphrase = click.option("--passphrase", help="Of the key file; asked for when it is not given.")
_METHOD = "command_line"


@click.command()
@click.option("--out", required=True, type=_NEW, help="Where the key file is written; nobody else may read it.")
@click.option("--passphrase", prompt="A passphrase for the key", hide_input=True, confirmation_prompt=True)
@careful
def key(builders: Builders, out: Path, passphrase: str) -> None:
    """Make a signatory's own key. Its fingerprint goes to the officer, the file stays with the signatory."""
    made = SigningKey.make(builders.randomness)
    write_new(out, made.pem(passphrase).decode())
    click.echo(f"PUBLIC {made.public.hex()}")
    click.echo(f"Fingerprint, to be read out to an officer: {in_groups(made.key_id)}")
    click.echo(f"Keep {out} and its passphrase. The hub never has either.")


@click.command()
@_version
@click.option("--out", required=True, type=_NEW, help="Where the signing request is written.")
@by_officer
def request(stage: Stage, account: AccountId, version: str, out: Path) -> None:
    """Write what your agency's signatory signs now, with the page, as a file for `hub policy sign --page`."""
    found = stage.agreements.desk.request(account, version)
    out.write_text(found.text)
    click.echo(f"{out}: {found.what} for {found.party}, page {in_groups(found.digest)}")


@click.command()
@click.argument("version", metavar="[AGREEMENT/VERSION]", required=False)
@click.option("--page", type=_FILE, help="A signing request; then no hub is needed, and a signature file is written.")
@click.option("--out", type=_NEW, help="With --page: where the signature file is written.")
@_key
@_passphrase
@click.option("--officer", help="Without --page: the user name of who hands the signature in.")
@click.option("--password", help="Asked for when it is not given.")
@click.option("--folder", envvar="HUB_FOLDER", type=click.Path(path_type=Path))
@careful
def sign(  # noqa: PLR0913, PLR0917  two ways of signing
    builders: Builders,
    version: str | None,
    page: Path | None,
    out: Path | None,
    key_file: Path,
    passphrase: str | None,
    officer: str | None,
    password: str | None,
    folder: Path | None,
) -> None:
    """Sign a version, or that it resumes: you see the page's digest and type its first characters.

    Either AGREEMENT/VERSION with --officer and --folder, or --page FILE with --out FILE on any machine.
    """
    if page is not None and out is not None and version is None:
        write_new(out, _signed(SigningRequest.read(text_of(page)), key_file, passphrase).text)
        click.echo(f"{out} is the signature. Next: `hub policy hand-in {out}`, or paste it on the version's page.")
        return
    if version is None or page is not None or officer is None or folder is None:
        raise click.UsageError("either AGREEMENT/VERSION --officer NAME --folder F, or --page FILE --out FILE")
    secret = password or click.prompt("The officer's password", hide_input=True)
    with signed_in(builders, folder, officer, secret) as (stage, account):
        wanted = stage.agreements.desk.request(account, version)
        if wanted.resumes:
            raise ConflictError(
                "suspended", where=version, next_step=f"to let it run again: hub policy resume {version}"
            )
        stage.agreements.desk.hand_in(account, _signed(wanted, key_file, passphrase), _METHOD)
        print_version(stage.agreements.desk.version(account, version).line)


def _signed(request: SigningRequest, key_file: Path, passphrase: str | None) -> SignatureFile:
    """Show what is about to be signed, have its digest typed, and sign."""
    request.require_sound()
    click.echo(request.page)
    click.echo(f"You sign {request.what} for {request.party}.")
    if request.resumes:
        click.echo(f"It was suspended ({len(request.resumes)}): you sign that it RESUMES.")
    click.echo(f"SHA-256 of the page above, as at the foot of the PDF:\n  {in_groups(request.digest)}")
    typed = click.prompt(f"Type its first {TYPED} characters to sign")
    if "".join(typed.split()).casefold() != request.digest[:TYPED]:
        raise InvalidRequestError("another_digest", where=request.what, next_step="nothing was signed; read it again")
    secret = (
        passphrase if passphrase is not None else click.prompt("Passphrase of the key", hide_input=True, default="")
    )
    return request.signed(SigningKey.read(key_file.read_bytes(), secret))


@click.command(name="hand-in")
@click.argument("file", type=_FILE)
@by_officer
def hand_in(stage: Stage, account: AccountId, file: Path) -> None:
    """Hand in a signature file of your agency's signatory, over a version or over a roster."""
    given = SignatureFile.read(text_of(file))
    stage.agreements.desk.hand_in(account, given, _METHOD)
    click.echo(f"The signature of {given.party} over {given.what} is good and recorded.")


@click.command()
@_version
@_key
@_passphrase
@by_officer
def resume(stage: Stage, account: AccountId, version: str, key_file: Path, passphrase: str | None) -> None:
    """Sign, for your agency, that a suspended version resumes; it does when every party has signed."""
    wanted = stage.agreements.desk.request(account, version)
    if not wanted.resumes:
        raise ConflictError("not_suspended", where=version, next_step="nothing to resume")
    stage.agreements.desk.hand_in(account, _signed(wanted, key_file, passphrase), _METHOD)
    print_version(stage.agreements.desk.version(account, version).line)


def write_new(path: Path, text: str) -> None:
    """Write a file that was not there; only its owner may read it."""
    try:
        with path.open("x") as file:
            path.chmod(0o600)
            file.write(text)
    except FileExistsError:
        raise InvalidRequestError("file_exists", where=str(path), next_step="another name") from None


COMMANDS = (key, request, sign, hand_in, resume)
