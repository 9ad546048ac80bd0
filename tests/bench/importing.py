"""What a long file costs in memory: 10,000 rows taken in with progress shown, in a process of its own."""

import hashlib
import os
import resource
import shutil
import tempfile
from dataclasses import replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import jwt
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from rich.console import Console
from rich.progress import Progress

from connectors.registry import CONNECTORS
from hub.domain.referral import Limits
from hub.services.file_drop import Batch
from hub.settings import Settings
from hub.store.clear.agencies import AgencyClient
from tests.batches import rows
from tests.bench.measure import Row
from tests.factories import SmallWorld, make_world

ROWS, MOST_MIB = 10_000, 64
CONNECTOR = "adult_with_children_csv"


def import_10000_rows() -> Row:
    """Return by how many MiB the process grows at its peak while 10,000 rows are received, 100 rows having been."""
    context = get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    child = context.Process(target=_measure, args=(theirs,))
    child.start()
    grown = float(mine.recv())
    child.join()
    return Row("import_10000_rows", grown, MOST_MIB, "MiB of memory growth", grown, MOST_MIB, "lower")


def _measure(told: Connection) -> None:
    place = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    try:
        world = make_world(replace(Settings.in_folder(place / "hub"), page_cache_mib=4))
        key = _register(world)
        _take(world, key, rows(100))  # what is built once and kept is not growth
        whole = rows(ROWS)
        before = _peak()
        _take(world, key, whole)
        told.send(_peak() - before)
        world.close()
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _register(world: SmallWorld) -> bytes:
    key = ed25519.Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    world.hub.setup.add_client(AgencyClient("sm", world.agencies["sm"], "k", "EdDSA", public, active=True))
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _take(world: SmallWorld, key: bytes, body: bytes) -> None:
    claims = {
        "iss": "sm",
        "aud": world.settings.base_url + "/v1/batches",
        "iat": int(world.clock().timestamp()),
        "connector": CONNECTOR,
        "sha256": hashlib.sha256(body).hexdigest(),
        "rows": body.count(b"\n"),
    }
    batch = Batch(world.agencies["sm"], body, "text/csv", jwt.encode(claims, key, "EdDSA", headers={"kid": "k"}))
    with Path(os.devnull).open("w") as nowhere, Progress(console=Console(file=nowhere)) as progress:
        task = progress.add_task("rows")
        world.hub.exchange.file_drop.take(
            batch,
            CONNECTORS[CONNECTOR],
            Limits(),
            lambda done, total: progress.update(task, completed=done, total=total),
        )
