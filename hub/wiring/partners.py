"""Builds what goes back to agencies, and what is done with what could not be read."""

from collections.abc import Mapping
from typing import Protocol

from connectors.fhir_bars.outgoing import Outgoing
from connectors.mending import Mending
from hub.domain.clock import Clock, Randomness
from hub.domain.ids import IdMaker
from hub.domain.referral import Connector, Limits
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.inspector import Inspector
from hub.gate.reader import Reader
from hub.gate.writer import Writer
from hub.services.access_notices import AccessNotices
from hub.services.carried_files import CarriedFiles
from hub.services.deliveries import Deliveries
from hub.services.family_page import FamilyPages
from hub.services.file_chunks import FileKeys
from hub.services.intake import Intake
from hub.services.neighbours import Neighbours
from hub.services.partnering import Partnering
from hub.services.pushed_replies import PushedReplies
from hub.services.quarantine_clock import QuarantineClock
from hub.services.quarantined import Quarantined
from hub.services.replies import Replies
from hub.services.sealed_words import SealedWords
from hub.services.signed_calls import SignedCalls
from hub.services.transfer_keys import OwnKeys
from hub.services.transfers import Ours, Transfers
from hub.services.webhooks import Webhooks
from hub.settings import Settings
from hub.store.session import Transactions
from hub.wiring.founding import Partnership, World
from hub.worker.calling import WebhookCaller
from hub.worker.smtp import SmtpPost

_FOR_FILES = 0.6
"""Of the largest message: files grow by a third on their way, and the family has to go in as well."""


class Gate(Protocol):
    """The parts of the gate that are needed here."""

    @property
    def reader(self) -> Reader: ...  # noqa: D102  a part, by its name
    @property
    def writer(self) -> Writer: ...  # noqa: D102
    @property
    def doorkeeper(self) -> Doorkeeper: ...  # noqa: D102
    @property
    def inspector(self) -> Inspector: ...  # noqa: D102


def partnering(  # noqa: PLR0913, PLR0917  what it is made of
    gate: Gate,
    words: SealedWords,
    doors: tuple[FamilyPages, Intake, Mapping[str, Connector]],
    replies: Replies,
    partnership: Partnership,
    world: World,
    clear: Transactions,
    ids: IdMaker,
    settings: Settings,
    own: OwnKeys,
) -> Partnering:
    """Return the services; `doors` open families, take messages in, and read every format.

    Only a demonstration may call this machine's own addresses.
    """
    caller = WebhookCaller(world.resolve, loopback=settings.webhook_loopback and partnership.synthetic)
    hands = world.clock, ids
    calls = SignedCalls(caller, words, world.randomness)
    outgoing = Outgoing(f"{settings.base_url}/fhir", partnership.name)
    pushed = PushedReplies((replies, outgoing), calls, (gate.doorkeeper, gate.writer), words, clear, hands)
    post = SmtpPost(settings.smtp) if settings.smtp else None
    neighbours = Neighbours(gate.doorkeeper, clear, world.clock)
    files = CarriedFiles(FileKeys(clear.partnership, world.randomness), clear, int(settings.max_body * _FOR_FILES))
    ours = Ours(own, neighbours, files, partnership.origin)
    return Partnering(
        AccessNotices(gate.inspector, gate.writer, clear, world.clock),
        Webhooks(caller, gate.doorkeeper, words, clear, (*hands, world.randomness), by_email=post is not None),
        _quarantined(gate, doors, clear, hands, settings),
        QuarantineClock(gate.writer, clear, world.clock, ids),
        Deliveries(calls, pushed, post, gate.doorkeeper, settings.base_url, clear, hands),
        pushed,
        _transfers(gate, doors, ours, clear, (*hands, world.randomness), settings),
        neighbours,
    )


def _quarantined(
    gate: Gate,
    doors: tuple[FamilyPages, Intake, Mapping[str, Connector]],
    clear: Transactions,
    hands: tuple[Clock, IdMaker],
    settings: Settings,
) -> Quarantined:
    pages, intake, connectors = doors
    formats = connectors, Mending(), Limits(max_bytes=settings.max_body)
    return Quarantined(pages, gate.doorkeeper, gate.writer, intake, formats, clear, hands)


def _transfers(
    gate: Gate,
    doors: tuple[FamilyPages, Intake, Mapping[str, Connector]],
    ours: Ours,
    clear: Transactions,
    hands: tuple[Clock, IdMaker, Randomness],
    settings: Settings,
) -> Transfers:
    _, intake, connectors = doors
    formats = connectors, Limits(max_bytes=settings.max_body)
    return Transfers((gate.reader, gate.doorkeeper), intake, formats, ours, clear, hands)
