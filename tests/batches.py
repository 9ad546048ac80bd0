"""Signed batches as a sender makes them, and a drop folder on the small world."""

import hashlib
import json
from pathlib import Path

import jwt
from click.testing import CliRunner, Result

from hub.cli import commands
from hub.cli.stage import Builders
from hub.wiring.serving import stage
from tests.factories import SmallWorld
from tests.journeys.senders import Sender

HEADER = "referral_ref,referral_version,created,client_name,client_birth_date,reported_on,treatment_stage,consent"


def rows(count: int, *, bad: tuple[int, ...] = ()) -> bytes:
    """Return an adult-with-children CSV of this many adults; the rows in `bad` name no day of report."""
    lines = [
        f"RR-{n},1,2026-11-20T09:00:00Z,Adult {n},1990-01-{n % 28 + 1:02},{'' if n in bad else '2026-11-19'},"
        "In treatment,given"
        for n in range(count)
    ]
    return "\n".join([HEADER, *lines]).encode()


def signature(sender: Sender, body: bytes, count: int, connector: str, **changes: object) -> str:
    """Return the sender's signature over a file, with some of its claims replaced; None takes a claim away."""
    sound = {
        "iss": sender.client_id,
        "aud": sender.world.settings.base_url + "/v1/batches",
        "iat": int(sender.world.clock().timestamp()),
        "connector": connector,
        "sha256": hashlib.sha256(body).hexdigest(),
        "rows": count,
    }
    claims = {name: value for name, value in (sound | changes).items() if value is not None}
    return jwt.encode(claims, sender.private, algorithm=sender.algorithm, headers={"kid": sender.kid})


def lay(folder: Path, name: str, body: bytes, signed: str, count: int) -> None:
    """Lay a file and its manifest into a drop folder."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(body)
    said = {"file": name, "rows": count, "sha256": hashlib.sha256(body).hexdigest(), "signature": signed}
    (folder / f"{name}.manifest.json").write_text(json.dumps(said))


def hub(world: SmallWorld, *arguments: str) -> Result:
    """Run a command of `hub` on this world."""
    builders = Builders(
        lambda *_: None,
        lambda _: stage(world.hub),
        world.settings.policies,
        lambda: None,  # type: ignore[arg-type,return-value]  no policy command is run here
        world.clock,
        world.hub.world.randomness,
        lambda _: stage(world.hub),
        lambda *_: stage(world.hub),
        lambda *_: stage(world.hub),
    )
    return CliRunner().invoke(commands.hub, arguments, obj=builders, catch_exceptions=False)
