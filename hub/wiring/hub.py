"""Builds everything that serves one partnership, once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from connectors.mending import Mending
from hub.domain.ids import IdMaker
from hub.domain.referral import Connector
from hub.gate.audit import Audit
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.examining import Examiner
from hub.gate.finder import Finder
from hub.gate.inspector import Inspector
from hub.gate.parts import Parts
from hub.gate.policybook import PolicyBook, PolicyTexts
from hub.gate.reader import Reader
from hub.gate.upkeep import Upkeep
from hub.gate.writer import Writer
from hub.identity.passwords import Passwords
from hub.ledger.book import Book
from hub.ledger.sequence import Sequencer
from hub.services.about_consent import AboutConsent
from hub.services.ageing import Ageing
from hub.services.casework import Casework
from hub.services.conflicts import Conflicts
from hub.services.consent_receipts import ConsentReceipts
from hub.services.emergencies import Emergencies
from hub.services.encompass import Encompass
from hub.services.entry import Entry
from hub.services.exchange import Exchange
from hub.services.family_page import FamilyPages
from hub.services.files import Files
from hub.services.front_desk import FrontDesk
from hub.services.front_door import FrontDoor
from hub.services.governance import Governance
from hub.services.intake import Intake
from hub.services.joining import Joining
from hub.services.lives import Lives
from hub.services.matching import Matching
from hub.services.new_identities import NewIdentities
from hub.services.obligations import Obligations
from hub.services.open_cases import PlacingOpenCases
from hub.services.opening_watch import OpeningWatch
from hub.services.partnering import Partnering
from hub.services.placing import Placing
from hub.services.publishing import Publishing
from hub.services.questions import Questions
from hub.services.recording import Recording
from hub.services.referring import Referring
from hub.services.replaying import Replaying
from hub.services.replies import Replies
from hub.services.rosters import SignatoryRosters
from hub.services.routes import Routes
from hub.services.sealed_words import SealedWords
from hub.services.sessions import Sessions
from hub.services.setup import Setup
from hub.services.sharing import SharingDuty
from hub.services.signing import Signing
from hub.services.signing_desk import SigningServices
from hub.services.tasks import Tasks
from hub.services.team import TeamWork
from hub.services.telling import Hours, Telling
from hub.services.withdrawn import Withdrawals
from hub.settings import Settings
from hub.store.keys import KeyStore
from hub.store.session import Transactions, open_engine
from hub.vault.blind_index import BlindIndex, bits_for
from hub.vault.fact_mac import FactMac
from hub.vault.keyring import KeyService
from hub.vault.providers.local_file import LocalFileRoot
from hub.vault.sealing import Sealer
from hub.vault.secrets import open_secret, reason_seal
from hub.wiring import sign_in
from hub.wiring.casework import bank_holidays, casework
from hub.wiring.connectors import all_connectors
from hub.wiring.consents import about_consent
from hub.wiring.encompass import encompass
from hub.wiring.exchange import exchange
from hub.wiring.files import build_files, message_files
from hub.wiring.founding import ROOT_KEY, Partnership, World, partnership_in
from hub.wiring.front_door import front_desk
from hub.wiring.joining import joining
from hub.wiring.marking import marking
from hub.wiring.partners import partnering
from hub.wiring.referring import referring
from hub.wiring.signing import signing_services
from hub.wiring.team import team_work
from hub.wiring.transfers import own_keys
from hub.worker.rounds import Rounds


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
        opened = partial(open_engine, cache_mib=settings.page_cache_mib)
        return cls(
            data=opened(settings.data_url, partnership=partnership),
            gate=opened(settings.data_url, partnership=partnership, gated=True),
            ledger=opened(settings.ledger_url, partnership=partnership),
            sequencer=opened(settings.sequencer_url, partnership=partnership),
            keys=opened(settings.keys_url, partnership=partnership, secure_delete=True),
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
    entry: Entry
    intake: Intake
    recording: Recording
    lives: Lives
    conflicts: Conflicts
    identities: NewIdentities
    routes: Routes
    receipts: ConsentReceipts
    consents: AboutConsent
    setup: Setup
    placing: Placing
    pages: FamilyPages
    front_door: FrontDoor
    governance: Governance
    questions: Questions
    replaying: Replaying
    tasks: Tasks
    sharing: SharingDuty
    emergencies: Emergencies
    casework: Casework
    team: TeamWork
    files: Files
    partners: Partnering
    connectors: Mapping[str, Connector]
    exchange: Exchange
    replies: Replies
    joining: Joining
    referring: Referring
    desk: FrontDesk
    encompass: Encompass
    withdrawals: Withdrawals
    publishing: Publishing
    signing: Signing
    rosters: SignatoryRosters
    agreements: SigningServices
    rounds: Rounds
    web_secret: bytes = field(repr=False)
    engines: Engines = field(repr=False)

    def close(self) -> None:
        """Give every database connection back."""
        for engine in (self.engines.data, self.engines.gate, self.engines.ledger, self.engines.sequencer):
            engine.dispose()
        self.engines.keys.dispose()


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
        Examiner(parts, doorkeeper),
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
    examiner: Examiner


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
    clock, ids, audit = world.clock, parts.ids, Audit(parts)
    clear = Transactions(engines.data, partnership.id)
    mark, sealing = marking(secret("fingerprint")), reason_seal(secret("reasons"), world.randomness)
    words, calendar = SealedWords(*sealing), bank_holidays(settings.policies)
    pages = FamilyPages(gate.reader, gate.finder, gate.writer, parts.policy, clear, clock, sealing)
    publishing = Publishing(parts.policy)
    signing = Signing(parts.policy, publishing, gate.writer, clear, clock, ids)
    replaying = Replaying(gate.examiner, parts.policy, clock)
    agreements = signing_services(signing, replaying, parts.policy, gate.writer, pages, clock, ids)
    hands = clear, clock, ids
    recording = Recording(gate.writer, parts.policy, clear, clock, ids)
    everything = gate.reader, gate.writer, gate.finder, gate.doorkeeper, parts.policy
    desk, watches = front_desk(everything, pages, recording, words, calendar, settings.policies, hands)
    telling = Telling(Hours(desk.deciding.rules.begins, calendar), mark)
    door = desk.deciding, telling
    placing = PlacingOpenCases(gate.writer, *hands, (gate.reader, gate.finder), calendar, door)
    matching = Matching(gate.reader, gate.index_finder, placing, clear, clock, ids)
    obligations = Obligations(gate.inspector, gate.doorkeeper, parts.policy, calendar, clear, clock, ids)
    ageing = Ageing(gate.reader, gate.writer, clear, clock, ids, calendar.later)
    openings = OpeningWatch(gate.writer, parts.policy, calendar.later, clear, clock, ids)
    rows, how = (gate.writer, clear, ids), (passwords, words)
    sessions, entry = sign_in.built(settings, synthetic=partnership.synthetic, world=world, rows=rows, how=how)
    lives = Lives(gate.writer, clear, clock, ids, calendar.later)
    about = about_consent(gate, parts.policy, lives, clear, clock, ids)
    intake = Intake(
        gate.writer,
        clear,
        clock,
        ids,
        mark,
        (message_files(calendar, world, partnership.id, ids, settings), Mending(), words),
        synthetic=partnership.synthetic,
    )
    tasks = Tasks(gate.finder, gate.writer, gate.doorkeeper, placing, words, calendar, clear, clock, ids)
    cases = casework((gate.writer, gate.finder, gate.doorkeeper), tasks, words, calendar, settings, hands)
    refer = referring(
        settings.policies, intake, pages, (gate.writer, gate.doorkeeper), clear, (clock, world.randomness, mark)
    )
    formats = {**all_connectors(), **refer.connectors}
    doors = pages, intake, formats
    schools = encompass(gate, parts.policy, calendar, settings, hands)
    replies = Replies(clear, clock, mark)
    own = own_keys(partnership.wrapped, secret)
    partners = partnering(gate, words, doors, replies, partnership, world, clear, ids, settings, own)
    who_is_who = joining(gate, pages, placing, desk.signals, words, calendar, hands)
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
        sessions=sessions,
        entry=entry,
        intake=intake,
        recording=recording,
        identities=NewIdentities(
            (gate.reader, gate.writer, gate.finder, gate.doorkeeper), intake, placing, clear, clock, ids
        ),
        conflicts=Conflicts(gate.writer, gate.finder, clock, ids),
        routes=Routes(parts.policy, gate.writer, clock, ids),
        lives=lives,
        receipts=ConsentReceipts(gate.reader, gate.doorkeeper, gate.writer, lives, clock),
        consents=about,
        setup=Setup(gate.writer, clear, clock, ids, passwords),
        placing=placing,
        pages=pages,
        front_door=FrontDoor(pages, gate.finder, gate.doorkeeper, placing, desk.deciding, desk.signals, clear, clock),
        governance=Governance(gate.inspector, pages, clear),
        questions=Questions(gate.examiner, pages),
        replaying=replaying,
        tasks=tasks,
        publishing=publishing,
        signing=signing,
        rosters=agreements.rosters,
        agreements=agreements,
        sharing=SharingDuty(
            (gate.reader, gate.finder, gate.doorkeeper, parts.policy), recording, words, calendar, clear, clock, ids
        ),
        emergencies=Emergencies(
            (gate.writer, gate.finder, gate.doorkeeper, parts.policy), words, calendar, clear, clock, ids
        ),
        casework=cases,
        rounds=Rounds(
            sequencer,
            matching,
            ageing,
            openings,
            obligations,
            about.released,
            audit,
            Upkeep(parts, audit),
            sessions,
            cases.digest,
            entry.appointments,
            partners,
            *watches,
            schools.watch,
            who_is_who.watch,
        ),
        partners=partners,
        connectors=formats,
        desk=desk,
        encompass=schools,
        withdrawals=Withdrawals(pages, (gate.finder, gate.doorkeeper), placing, words, clear, clock),
        team=team_work(
            (gate.reader, gate.writer), recording, pages, lives, calendar, clear, clock, ids, settings.policies
        ),
        exchange=exchange(
            (gate.reader, gate.doorkeeper), (intake, cases.allocations, pages), clear, clock, settings.base_url
        ),
        joining=who_is_who,
        files=build_files(gate, lives, calendar, world, clear, ids, settings),
        replies=replies,
        referring=refer,
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
        policy=PolicyBook(rows, policy_texts(policies), mac, book, synthetic=partnership.synthetic),
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
