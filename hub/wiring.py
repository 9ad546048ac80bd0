"""The only module that builds things and hands them on. `hub` starts here."""

import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from hub.domain.clock import Clock, Randomness
from hub.domain.errors import SettingsError
from hub.domain.ids import IdMaker, PartnershipId
from hub.gate.finder import Finder
from hub.gate.inspector import Inspector
from hub.gate.parts import Parts
from hub.gate.policybook import PolicyBook, PolicyTexts
from hub.gate.reader import Reader
from hub.gate.writer import Writer
from hub.identity.passwords import Passwords
from hub.ledger.book import Book
from hub.ledger.sequence import Sequencer
from hub.services.intake import Intake
from hub.services.recording import Recording
from hub.services.sessions import Sessions
from hub.services.setup import Setup, found_partnership
from hub.settings import Settings
from hub.store.keys import KeyStore
from hub.store.migrate import Branch, migrate
from hub.store.session import Transactions, open_engine
from hub.vault.blind_index import BlindIndex, bits_for
from hub.vault.fact_mac import FactMac
from hub.vault.keyring import KeyService
from hub.vault.providers.local_file import LocalFileRoot
from hub.vault.sealing import Sealer
from hub.vault.secrets import new_secrets, open_secret

CONFIG = "hub.json"
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
class Hub:
    """Everything that serves one partnership. `matcher` has the blind index key, `reader` and others have not."""

    settings: Settings
    partnership: Partnership
    world: World
    clear: Transactions
    policy: PolicyBook
    reader: Reader
    writer: Writer
    finder: Finder
    index_finder: Finder
    inspector: Inspector
    sequencer: Sequencer
    keys: KeyService
    book: Book
    sessions: Sessions
    intake: Intake
    recording: Recording
    setup: Setup
    web_secret: bytes


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
    engine = open_engine(settings.data_url, partnership=id_)
    found_partnership(
        Transactions(engine, id_), id_, name, synthetic=synthetic, population=population, at=world.clock()
    )
    engine.dispose()
    (folder / CONFIG).write_text(json.dumps(config | {"secrets": wrapped}, indent=1))
    return partnership_in(folder)


def upgrade(settings: Settings) -> None:
    """Bring the three databases to the present schema."""
    branches: tuple[tuple[str, Branch], ...] = (
        (settings.data_url, "data"),
        (settings.ledger_url, "ledger"),
        (settings.keys_url, "keys"),
    )
    for url, branch in branches:
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
    ids = IdMaker(world.clock, world.randomness)

    def secret(use: str) -> bytes:
        return open_secret(root, partnership.id, partnership.wrapped, use)

    clear = Transactions(open_engine(settings.data_url, partnership=partnership.id), partnership.id)
    parts = _gate_parts(
        settings, partnership, world, root, secret("fact_mac"), (secret("log_lane"), secret("log_body"))
    )
    writer = Writer(parts)
    hasher = passwords or Passwords()
    index = BlindIndex(secret("blind_index"), *bits_for(partnership.population))
    sequencer_engine = open_engine(settings.sequencer_url, partnership=partnership.id)
    fingerprint = secret("fingerprint")
    return Hub(
        settings=settings,
        partnership=partnership,
        world=world,
        clear=clear,
        policy=parts.policy,
        reader=Reader(parts),
        writer=writer,
        finder=Finder(parts),
        index_finder=Finder(parts, index),
        inspector=Inspector(parts),
        sequencer=Sequencer(
            sequencer_engine, partnership.id, secret("log_lane"), secret("log_signing"), partnership.origin, world.clock
        ),
        keys=parts.keys,
        book=parts.book,
        sessions=Sessions(clear, world.clock, world.randomness, hasher, settings.base_url + "/oauth2/token"),
        intake=Intake(writer, clear, world.clock, ids, lambda data: hmac.new(fingerprint, data, "sha256").hexdigest()),
        recording=Recording(writer, clear, world.clock, ids),
        setup=Setup(writer, clear, world.clock, ids, hasher),
        web_secret=secret("web"),
    )


def _gate_parts(
    settings: Settings,
    partnership: Partnership,
    world: World,
    root: LocalFileRoot,
    mac_key: bytes,
    log_keys: tuple[bytes, bytes],
) -> Parts:
    ids = IdMaker(world.clock, world.randomness)
    ledger = open_engine(settings.ledger_url, partnership=partnership.id)
    keys = open_engine(settings.keys_url, partnership=partnership.id, secure_delete=True)
    book = Book(ledger, partnership.id, *log_keys, world.clock, ids.new, world.randomness)
    return Parts(
        partnership=partnership.id,
        synthetic=partnership.synthetic,
        rows=Transactions(open_engine(settings.data_url, partnership=partnership.id, gated=True), partnership.id),
        sealer=Sealer(world.randomness),
        keys=KeyService(partnership.id, root, KeyStore(keys, partnership.id), book, world.clock, world.randomness),
        book=book,
        mac=FactMac(mac_key),
        policy=PolicyBook(partnership.id, policy_texts(settings.policies)),
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
