"""From an empty folder to an administrator who signs in and a case system that calls, as an operator types it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key

from hub.cli.commands import hub as command
from hub.settings import Settings
from hub.wiring import build
from hub.wiring.command import builders

AGENCIES = """agencies:
- code: csc
  kind: local_authority
  name: Exampleshire Children's Services
  contact_name: Ada Okafor
  contact_phone: 0000 000 0001
  administrators:
  - {username: ada, name: Ada Okafor, phone: 0000 000 0002}
  - {username: aled, name: Aled Rees, phone: 0000 000 0003}
- code: pol
  kind: police
  name: Exampleshire Police
  contact_name: Bea Lind
  contact_phone: 0000 000 0004
  administrators:
  - {username: bea, name: Bea Lind, phone: 0000 000 0005}
  - {username: bo, name: Bo Hart, phone: 0000 000 0006}
"""
CODE = re.compile(r"(\w+) \(.*\): starting code ([0-9a-f-]{20,})")
Type = Callable[..., Result]


@pytest.fixture
def typed(tmp_path: Path) -> Type:
    made = builders()

    def run(*words: str) -> Result:
        return CliRunner().invoke(command, [*words, "--folder", str(tmp_path / "hub")], obj=made)

    assert run("init", "--name", "Exampleshire", "--population", "60000").exit_code == 0
    return run


def _file(tmp_path: Path, text: str, name: str = "agencies.yaml") -> str:
    (tmp_path / name).write_text(text)
    return str(tmp_path / name)


def _public(tmp_path: Path, key: Ed25519PrivateKey) -> str:
    form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return _file(tmp_path, key.public_key().public_bytes(*form).decode(), "public.pem")


def test_a_code_from_the_beginning_starts_an_administrator(typed: Type, tmp_path: Path) -> None:
    done = typed("agencies", _file(tmp_path, AGENCIES))
    codes = dict(CODE.findall(done.output))
    assert codes.keys() == {"ada", "aled", "bea", "bo"}
    starting = build(Settings.in_folder(tmp_path / "hub")).entry.starting
    starting.start("ada", codes["ada"], "clover river sundial 7")
    with pytest.raises(Exception, match="code_wrong"):
        starting.start("ada", codes["ada"], "clover river sundial 8")


def test_a_second_time_adds_only_the_administrator_who_is_new(typed: Type, tmp_path: Path) -> None:
    typed("agencies", _file(tmp_path, AGENCIES))
    assert "nothing to do" in typed("agencies", _file(tmp_path, AGENCIES)).output
    more = AGENCIES + "  - {username: ben, name: Ben Ash, phone: 0000 000 0007}\n"
    assert dict(CODE.findall(typed("agencies", _file(tmp_path, more)).output)).keys() == {"ben"}


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("kind: police", "kind: cavalry", "unknown_word"),
        ("code: pol", "code: csc", "duplicate_code"),
        ("username: bea", "username: Ada", "duplicate_username"),
        ("  - {username: bo, name: Bo Hart, phone: 0000 000 0006}\n", "", "administrators_too_few"),
        ("  name: Exampleshire Police\n", "", "missing"),
    ],
)
def test_a_wrong_file_names_its_line_and_adds_nothing(
    typed: Type, tmp_path: Path, old: str, new: str, code: str
) -> None:
    done = typed("agencies", _file(tmp_path, AGENCIES.replace(old, new)))
    assert done.exit_code == 2
    assert re.search(rf"{code}.*agencies\.yaml:\d+:\d+", done.output)
    assert len(CODE.findall(typed("agencies", _file(tmp_path, AGENCIES)).output)) == 4


def test_other_agencies_than_it_began_with_are_refused(typed: Type, tmp_path: Path) -> None:
    typed("agencies", _file(tmp_path, AGENCIES))
    done = typed("agencies", _file(tmp_path, AGENCIES.replace("code: pol", "code: police")))
    assert done.exit_code == 2
    assert "other_agencies" in done.output


def test_a_case_system_is_registered_once_with_a_public_key_that_fits(typed: Type, tmp_path: Path) -> None:
    typed("agencies", _file(tmp_path, AGENCIES))
    key = Ed25519PrivateKey.generate()
    public = _public(tmp_path, key)
    words = ("--agency", "pol", "--id", "pol-rms", "--kid", "2026")
    assert typed("client", public, *words, "--algorithm", "EdDSA").exit_code == 0
    assert "client_taken" in typed("client", public, *words, "--algorithm", "EdDSA").output
    again = ("--agency", "pol", "--id", "pol-other", "--kid", "2026")
    assert "key_unfit" in typed("client", public, *again, "--algorithm", "PS256").output
    nobody = ("--agency", "nhs", "--id", "nhs-pas", "--kid", "2026")
    assert "agency_unknown" in typed("client", public, *nobody, "--algorithm", "EdDSA").output


def test_a_private_or_a_short_key_is_refused(typed: Type, tmp_path: Path) -> None:
    typed("agencies", _file(tmp_path, AGENCIES))
    words = ("--agency", "pol", "--id", "pol-rms", "--kid", "2026", "--algorithm")
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    private = _file(tmp_path, Ed25519PrivateKey.generate().private_bytes(*form).decode(), "private.pem")
    assert "key_unreadable" in typed("client", private, *words, "EdDSA").output
    short = generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505  the point of the test
    text = short.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    assert "key_unfit" in typed("client", _file(tmp_path, text.decode(), "short.pem"), *words, "PS256").output
