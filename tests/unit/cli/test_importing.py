"""A signed file from the sender's machine to the hub's folder, as both type it."""

from pathlib import Path

from click.testing import CliRunner
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from hub.cli.commands import hub as command
from hub.wiring.command import builders
from tests.batches import rows
from tests.unit.cli.test_beginning import AGENCIES

SENDER = ("--client", "pol-1", "--kid", "k1", "--algorithm", "ES256")


def test_what_a_sender_signs_the_operator_imports(tmp_path: Path) -> None:
    made, hub, box = builders(), ("--folder", str(tmp_path / "hub")), tmp_path / "box"

    def typed(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(command, words, obj=made)
        assert done.exit_code == code, done.output
        return done.output

    key = generate_private_key(SECP256R1())
    pem = serialization.Encoding.PEM
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(secret)
    public = key.public_key().public_bytes(pem, serialization.PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "public.pem").write_bytes(public)
    (tmp_path / "agencies.yaml").write_text(AGENCIES)
    box.mkdir()
    (box / "march.csv").write_bytes(rows(3, bad=(1,)))
    typed("init", "--name", "Exampleshire", "--population", "60000", *hub)
    typed("agencies", str(tmp_path / "agencies.yaml"), *hub)
    typed("client", str(tmp_path / "public.pem"), "--agency", "pol", "--id", "pol-1", *SENDER[2:], *hub)
    said = ("--connector", "adult_with_children_csv")
    signing = ("--rows", "3", "--hub", "http://127.0.0.1:8477", "--key", str(tmp_path / "key.pem"))
    typed("manifest", str(box / "march.csv"), *said, *signing, *SENDER)
    done = typed("import", str(box), *said, "--agency", "pol", *hub)
    assert "march.csv: 3 rows, 3 records: 2 accepted, 1 quarantined, 0 rejected." in done
    assert "Nothing waits here." in typed("import", str(box), *said, "--agency", "pol", *hub)
    typed("import", str(box), *said, "--agency", "nobody", *hub, code=2)
    typed("import", str(box), "--connector", "unheard_of", "--agency", "pol", *hub, code=2)
