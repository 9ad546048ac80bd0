"""The command that partners run, against a hub that is served: it plays a day, tries its forgeries, compares books."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from werkzeug.serving import make_server

from hub.settings import Settings
from hub.wiring import web_app
from tests.factories import SmallWorld, reopened
from tests.journeys.senders import Sender
from tests.simulators.partner.__main__ import main


@pytest.fixture
def service(made_on_sqlite: SmallWorld, folder: Path) -> Iterator[Sender]:
    """An agency whose hub listens on a port of this machine; its clock is the one that partners have."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = replace(Settings.in_folder(folder), base_url=f"http://127.0.0.1:{port}")
    world = reopened(made_on_sqlite, settings)
    world.clock.now = datetime.now(UTC)  # noqa: TID251  the command has no clock but the machine's
    app = web_app(world.hub)
    server = make_server("127.0.0.1", port, app)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Sender(world, app, "sm", "EdDSA")
    server.shutdown()
    thread.join()
    world.close()


def run(service: Sender, key: Path) -> Result:
    key.write_bytes(service.private)
    named = ("--url", service.world.settings.base_url, "--client", service.client_id, "--kid", service.kid)
    spoken = ("--speaks", "treatment", "--speaks", "adults_file", "--days", "1")
    return CliRunner().invoke(main, [*named, "--key", str(key), *spoken], catch_exceptions=False)


def test_the_published_simulator_finds_the_same_counts(
    service: Sender, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.client._pause", lambda _attempt: 0.0)
    told = run(service, tmp_path / "key.pem")
    assert told.exit_code == 0, told.output
    assert "17 of 17 forgeries refused" in told.output
    assert "nothing lost, nothing twice" in told.output
