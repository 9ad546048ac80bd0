"""The only module that builds things and hands them on. `hub` starts here."""

import hmac
import json
import os
import tempfile
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine

from connectors.registry import CONNECTORS
from hub.api import served as api_served
from hub.api.app import register as register_api
from hub.cli import commands
from hub.cli.stage import Builders, Stage
from hub.domain.clock import Clock, Randomness
from hub.domain.errors import NotFoundError, SettingsError
from hub.domain.ids import AgencyId, IdMaker, PartnershipId
from hub.domain.referral import Limits
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.inspector import Inspector
from hub.gate.parts import Parts
from hub.gate.policybook import PolicyBook, PolicyTexts
from hub.gate.reader import Reader
from hub.gate.writer import Writer
from hub.identity.passwords import Passwords
from hub.ledger.book import Book
from hub.ledger.export import export
from hub.ledger.sequence import Sequencer
from hub.ledger.verify import verify
from hub.policy.working_days import Calendar, load_calendar
from hub.services.family_page import FamilyPages
from hub.services.front_door import FrontDoor
from hub.services.governance import Governance
from hub.services.intake import Intake
from hub.services.matching import Matching
from hub.services.obligations import Obligations
from hub.services.placing import Placing
from hub.services.publishing import Publishing
from hub.services.recording import Recording
from hub.services.sealed_words import SealedWords
from hub.services.sessions import Sessions
from hub.services.setup import Setup, found_partnership
from hub.services.tasks import Tasks
from hub.settings import Settings
from hub.store.keys import KeyStore
from hub.store.migrate import Branch, migrate
from hub.store.session import Transactions, open_engine
from hub.vault.blind_index import BlindIndex, bits_for
from hub.vault.fact_mac import FactMac
from hub.vault.keyring import KeyService
from hub.vault.providers.local_file import LocalFileRoot
from hub.vault.sealing import Sealer
from hub.vault.secrets import new_secrets, open_secret, reason_seal
from hub.web import served as web
from hub.web.app import create_app
from hub.web.faults import note, status_of
from hub.web.server import OneProcess
from hub.worker.rounds import Rounds

CONFIG = "hub.json"
SERVE_THREADS = 8
ROOT_KEY = "root.key"


def system_clock() -> datetime:
    """Return the present instant: the one place where the machine's clock is read."""
    return datetime.now(UTC)  # noqa: TID251  the clock that is handed to everyone


@dataclass(frozen=True, slots=True)
class World:
    """What comes from outside: time and randomness. Tests hand in fixed ones."""

    clock: Clock = system_clock
    randomness: Randomness = os.urandom


@dataclass(frozen=True, slots=True)
class Partnership:
    """What `hub init` fixed for good, from `hub.json`."""

    id: PartnershipId
    name: str
    synthetic: bool
    population: int
    wrapped: Mapping[str, str]

    @property
    def origin(self) -> str:
        """The log's public name."""
        return f"hub/{self.id}"


@dataclass(frozen=True, slots=True)
class Engines:
    """One engine per database and role; only the gate's may read gated tables."""

    data: Engine
    gate: Engine
    ledger: Engine
    sequencer: Engine
    keys: Engine

    @classmethod
    def open(cls, settings: Settings, partnership: str) -> "Engines":
        """Open them; nothing connects before it is used."""
        return cls(
            data=open_engine(settings.data_url, partnership=partnership),
            gate=open_engine(settings.data_url, partnership=partnership, gated=True),
            ledger=open_engine(settings.ledger_url, partnership=partnership),
            sequencer=open_engine(settings.sequencer_url, partnership=partnership),
            keys=open_engine(settings.keys_url, partnership=partnership, secure_delete=True),
        )


@dataclass(frozen=True, slots=True)
class Hub:
    """Everything that serves one partnership."""

    settings: Settings
    partnership: Partnership
    world: World
    clear: Transactions
    policy: PolicyBook
    reader: Reader
    writer: Writer
    finder: Finder
    inspector: Inspector
    sequencer: Sequencer
    keys: KeyService
    book: Book
    sessions: Sessions
    intake: Intake
    recording: Recording
    setup: Setup
    placing: Placing
    pages: FamilyPages
    front_door: FrontDoor
    governance: Governance
    tasks: Tasks
    publishing: Publishing
    rounds: Rounds
    web_secret: bytes = field(repr=False)
    engines: Engines = field(repr=False)

    def close(self) -> None:
        """Give every database connection back."""
        for engine in (self.engines.data, self.engines.gate, self.engines.ledger, self.engines.sequencer):
            engine.dispose()
        self.engines.keys.dispose()


def found(
    settings: Settings, name: str, *, synthetic: bool, population: int, world: World | None = None
) -> Partnership:
    """Create a partnership in an empty folder: root key, wrapped secrets, three databases.

    Raises:
        SettingsError: the folder already holds a hub; a synthetic one is never built on.
    """
    world = world or World()
    folder = settings.folder
    if (folder / CONFIG).exists():
        raise SettingsError("already_a_hub", where=str(folder), next_step="choose an empty folder")
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    bits_for(population)
    root = LocalFileRoot.create(folder / ROOT_KEY, world.randomness)
    id_ = PartnershipId(IdMaker(world.clock, world.randomness).new())
    config = {"partnership": id_, "name": name, "synthetic": synthetic, "population": population}
    wrapped = new_secrets(root, id_, world.randomness)
    upgrade(settings)
    engine = open_engine(settings.migration_urls()[0], partnership=id_)
    found_partnership(
        Transactions(engine, id_), id_, name, synthetic=synthetic, population=population, at=world.clock()
    )
    engine.dispose()
    (folder / CONFIG).touch(mode=0o600)
    (folder / CONFIG).write_text(json.dumps(config | {"secrets": wrapped}, indent=1))
    return partnership_in(folder)


def upgrade(settings: Settings) -> None:
    """Bring the three databases to the present schema."""
    branches: tuple[Branch, ...] = ("data", "ledger", "keys")
    for url, branch in zip(settings.migration_urls(), branches, strict=True):
        engine = open_engine(url, gated=True)
        migrate(engine, branch)
        engine.dispose()


def partnership_in(folder: Path) -> Partnership:
    """Read what was fixed at the beginning."""
    try:
        said = json.loads((folder / CONFIG).read_text())
    except OSError:
        raise SettingsError("no_hub_here", where=str(folder), next_step="run hub init or hub demo") from None
    return Partnership(
        PartnershipId(said["partnership"]), said["name"], said["synthetic"], said["population"], said["secrets"]
    )


def build(settings: Settings, *, world: World | None = None, passwords: Passwords | None = None) -> Hub:
    """Build a hub on what `found` made."""
    world = world or World()
    partnership = partnership_in(settings.folder)
    root = LocalFileRoot(settings.folder / ROOT_KEY, world.randomness)

    def secret(use: str) -> bytes:
        return open_secret(root, partnership.id, partnership.wrapped, use)

    engines = Engines.open(settings, partnership.id)
    log_keys = secret("log_lane"), secret("log_body")
    parts = _gate_parts(settings.policies, engines, partnership, world, root, secret("fact_mac"), log_keys)
    finder = Finder(parts)
    doorkeeper = Doorkeeper(finder, parts.book)
    gate = _Gate(
        Reader(parts),
        Writer(parts),
        finder,
        Finder(parts, BlindIndex(secret("blind_index"), *bits_for(partnership.population))),
        Inspector(doorkeeper, parts.book),
        doorkeeper,
    )
    sequencer = Sequencer(
        engines.sequencer,
        partnership.id,
        secret("log_lane"),
        secret("log_signing"),
        partnership.origin,
        world.clock,
    )
    return _assemble(settings, partnership, world, parts, gate, engines, sequencer, passwords or Passwords(), secret)


@dataclass(frozen=True, slots=True)
class _Gate:
    """The gate's six parts; the second finder holds the blind index key."""

    reader: Reader
    writer: Writer
    finder: Finder
    index_finder: Finder
    inspector: Inspector
    doorkeeper: Doorkeeper


def _assemble(  # noqa: PLR0913, PLR0917  everything a hub is made of
    settings: Settings,
    partnership: Partnership,
    world: World,
    parts: Parts,
    gate: _Gate,
    engines: Engines,
    sequencer: Sequencer,
    passwords: Passwords,
    secret: Callable[[str], bytes],
) -> Hub:
    clock, ids = world.clock, parts.ids
    clear = Transactions(engines.data, partnership.id)
    fingerprint, sealing = secret("fingerprint"), reason_seal(secret("reasons"), world.randomness)
    words, calendar = SealedWords(*sealing), bank_holidays(settings.policies)
    pages = FamilyPages(
        gate.reader,
        gate.finder,
        gate.writer,
        parts.policy,
        clear,
        clock,
        sealing,
    )
    placing = Placing(gate.writer, clear, clock, ids)
    matching = Matching(gate.reader, gate.index_finder, placing, clear, clock, ids)
    obligations = Obligations(gate.inspector, gate.doorkeeper, parts.policy, calendar, clear, clock, ids)
    return Hub(
        settings=settings,
        partnership=partnership,
        world=world,
        clear=clear,
        policy=parts.policy,
        reader=gate.reader,
        writer=gate.writer,
        finder=gate.finder,
        inspector=gate.inspector,
        sequencer=sequencer,
        keys=parts.keys,
        book=parts.book,
        sessions=Sessions(gate.writer, clear, clock, world.randomness, passwords, settings.base_url + "/oauth2/token"),
        intake=Intake(
            gate.writer,
            clear,
            clock,
            ids,
            lambda data: hmac.new(fingerprint, data, "sha256").hexdigest(),
            synthetic=partnership.synthetic,
        ),
        recording=Recording(gate.writer, clear, clock, ids),
        setup=Setup(gate.writer, clear, clock, ids, passwords),
        placing=placing,
        pages=pages,
        front_door=FrontDoor(pages, gate.doorkeeper, placing, clear, clock),
        governance=Governance(gate.inspector, pages, clear),
        tasks=Tasks(gate.finder, gate.writer, gate.doorkeeper, words, calendar, clear, clock, ids),
        publishing=Publishing(parts.policy, gate.writer, clear, clock, ids),
        rounds=Rounds(sequencer, matching, obligations),
        web_secret=secret("web"),
        engines=engines,
    )


def _gate_parts(
    policies: Path,
    engines: Engines,
    partnership: Partnership,
    world: World,
    root: LocalFileRoot,
    mac_key: bytes,
    log_keys: tuple[bytes, bytes],
) -> Parts:
    ids = IdMaker(world.clock, world.randomness)
    rows, mac = Transactions(engines.gate, partnership.id, serial=True), FactMac(mac_key)
    book = Book(engines.ledger, partnership.id, *log_keys, world.clock, ids.new, world.randomness)
    return Parts(
        partnership=partnership.id,
        synthetic=partnership.synthetic,
        rows=rows,
        sealer=Sealer(world.randomness),
        keys=KeyService(
            partnership.id, root, KeyStore(engines.keys, partnership.id), book, world.clock, world.randomness
        ),
        book=book,
        mac=mac,
        policy=PolicyBook(rows, policy_texts(policies), mac, book),
        clock=world.clock,
        ids=ids,
    )


def policy_texts(folder: Path) -> PolicyTexts:
    """Read the three documents every agreement is checked with."""
    return PolicyTexts(
        (folder / "vocabulary.yaml").read_text(),
        (folder / "gateways.yaml").read_text(),
        (folder / "house-rules.yaml").read_text(),
    )


def bank_holidays(folder: Path) -> Calendar:
    """Read which days are working days, for deadlines."""
    return load_calendar((folder / "bank-holidays.yaml").read_text(), "bank-holidays.yaml")


def web_app(hub: Hub) -> Flask:
    """Return the application: pages and API on one address."""
    pages = web.Served(
        sessions=hub.sessions,
        pages=hub.pages,
        recording=hub.recording,
        front_door=hub.front_door,
        governance=hub.governance,
        intake=hub.intake,
        tasks=hub.tasks,
        clock=hub.world.clock,
        verify=lambda: verified(hub),
        synthetic=hub.partnership.synthetic,
    )
    app = create_app(pages, hub.web_secret, max_body=hub.settings.max_body, base_url=hub.settings.base_url)
    limits = Limits(max_bytes=hub.settings.max_body)
    api = api_served.Served(
        hub.sessions, hub.intake, hub.pages, CONNECTORS, limits, status_of, note, hub.settings.max_page
    )
    register_api(app, api)
    return app


def verified(hub: Hub) -> tuple[bool, int, str]:
    """Export the published log to a temporary folder and verify it offline, as anybody could."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            size = export_log(hub, Path(folder))
        except NotFoundError:
            return True, 0, "Nothing has been published yet."
        verdict = verify(Path(folder))
    words = "All entries are as they were written." if verdict.ok else f"Entry {verdict.bad_index}: {verdict.problem}"
    return verdict.ok, size, words


def export_log(hub: Hub, folder: Path) -> int:
    """Write the published log; returns the number of entries."""
    return export(hub.engines.sequencer, hub.partnership.id, folder, hub.sequencer.verifier_key)


def serve(hub: Hub, host: str, port: int, ready: Callable[[], None]) -> None:
    """Serve with gunicorn: one worker process with threads, the worker's rounds beside it."""
    if hub.partnership.synthetic:
        hub.settings.require_loopback(host)

    def make() -> Flask:
        served = build(hub.settings)
        stopped = threading.Event()
        threading.Thread(target=served.rounds.run_until, args=(stopped.wait,), daemon=True).start()
        app = web_app(served)
        ready()
        return app

    OneProcess(make, host, port, SERVE_THREADS).run()


def stage(hub: Hub) -> Stage:
    """Return the hub as commands see it."""
    return Stage(
        name=hub.partnership.name,
        synthetic=hub.partnership.synthetic,
        base_url=hub.settings.base_url,
        clock=hub.world.clock,
        randomness=hub.world.randomness,
        connectors=CONNECTORS,
        limits=Limits(max_bytes=hub.settings.max_body),
        setup=hub.setup,
        publishing=hub.publishing,
        intake=hub.intake,
        recording=hub.recording,
        pages=hub.pages,
        front_door=hub.front_door,
        governance=hub.governance,
        run_round=hub.rounds.run_once,
        run_rounds=hub.rounds.run_until,
        export_log=lambda folder: export_log(hub, folder),
        keys_status=lambda: list(hub.keys.status()),
        rotate_keys=lambda owner: hub.keys.rotate(AgencyId(owner)),
        doctor=lambda: doctor(hub),
        serve=lambda host, port, ready: serve(hub, host, port, ready),
    )


def doctor(hub: Hub) -> list[tuple[str, bool, str]]:
    """Return (check, whether it holds, words) for what an operator must know before serving."""
    ok, size, words = verified(hub)
    return [
        ("keys", True, hub.keys.describe()),
        (
            "partnership",
            not hub.partnership.synthetic,
            "synthetic: demonstration only" if hub.partnership.synthetic else hub.partnership.name,
        ),
        ("access log", ok, f"{size} entries published. {words}"),
        ("address", hub.settings.base_url.startswith("https://"), hub.settings.base_url),
    ]


def main() -> None:
    """Run the command line; whatever it writes is for its own user alone."""
    os.umask(0o077)

    def begin(folder: Path, name: str, synthetic: bool, population: int) -> None:  # noqa: FBT001  fixed by Builders
        found(_settings(folder), name, synthetic=synthetic, population=population)

    builders = Builders(begin, lambda folder: stage(build(_settings(folder))), Settings.in_folder(Path()).policies)
    commands.hub(obj=builders)


def _settings(folder: Path) -> Settings:
    return Settings.from_environment({**os.environ, "HUB_FOLDER": str(folder)})
