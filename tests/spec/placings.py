"""Two messages that one sender sends at one moment, about somebody known and about a stranger, and all it can read."""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select

from hub.domain.clock import stamp
from hub.services.deliveries import thin
from hub.services.setup import MATCHER
from hub.store.clear import partner_events
from hub.store.clear.partner_events import STATE_CHANGED, PartnerEvent
from hub.store.clear.partner_tables import webhook_delivery
from hub.store.clear.tables import referral
from tests.factories import SmallWorld
from tests.spec.helping import treatment

FRIDAY = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
STRANGER = {"client": {"id": "c1", "name": {"full": "Wim Example"}, "birth_date": "1971-05-05"}}
_NUMBER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|\+00:00)")


@dataclass
class Message:
    """One message of the treatment service, and everything that its sender can read about it."""

    world: SmallWorld
    ref: str
    receipt: str
    referral: str
    changes: dict[str, object]

    def says(self) -> str:
        """Return the receipt as it is told."""
        return json.dumps(self.world.hub.desk.feedback.receipt(self.world.agencies["sm"], self.receipt))

    @property
    def state(self) -> str:
        return json.loads(self.says())["records"][0]["state"]

    def events(self) -> list[PartnerEvent]:
        """Return what is told of it by now, oldest first."""
        hub, agency = self.world.hub, self.world.agencies["sm"]
        with hub.clear.read() as connection:
            found = partner_events.told(connection, hub.clear.partnership, agency, STATE_CHANGED, self.world.clock())
        return [one for one in reversed(found) if one.subject == self.receipt and self.owed(one)]

    def owed(self, event: PartnerEvent) -> bool:
        """Say whether the worker has handed an event on to a listener."""
        self.world.hub.partners.deliveries.run_once()
        with self.world.hub.engines.data.connect() as connection:
            mine = webhook_delivery.c.event_id == event.id
            return bool(connection.execute(select(webhook_delivery).where(mine)).first())

    def seen(self) -> str:
        """Return everything its sender can see, without the numbers and instants that are every message's own."""
        hub = self.world.hub
        standing = hub.replies.under(self.receipt)
        notices = [one for one in hub.partners.notices.of(self.world.agencies["sm"]) if one.receipt == self.receipt]
        events = [thin(one) for one in self.events()]
        found = json.dumps([self.says(), events, standing.step, stamp(standing.since), repr(notices)])
        return _INSTANT.sub("instant", _NUMBER.sub("number", found))

    def again(self, **changes: object) -> None:
        """Send it once more, changed."""
        said = treatment("refused", referral_ref=self.ref, **self.changes, **changes)
        self.world.send("sm", "adult_with_children_json", said, key=f"{self.ref} {self.world.clock()}")
        self.world.hub.rounds.run_once()

    def decided(self) -> tuple[datetime | None, str]:
        with self.world.hub.engines.data.connect() as connection:
            row = connection.execute(select(referral).where(referral.c.id == self.referral)).one()
            return row.told_at, row.decided_by or ""


def sent(world: SmallWorld, ref: str, **changes: object) -> Message:
    said = treatment("refused", referral_ref=ref, **changes)
    receipt = world.send("sm", "adult_with_children_json", said, key=ref)
    return Message(world, ref, str(receipt["receipt"]), receipt["records"][0]["referral"], dict(changes))


def both(world: SmallWorld) -> tuple[Message, Message]:
    """Return a message about somebody known, which the program has placed, and one about a stranger that waits."""
    known, unknown = sent(world, "RS-8"), sent(world, "RS-9", **STRANGER)
    world.hub.rounds.run_once()
    assert [line.id for line in world.hub.front_door.waiting(world.accounts["fran"])] == [unknown.referral]
    return known, unknown


def told_at(one: Message) -> datetime:
    told, by = one.decided()
    assert by == MATCHER
    assert told is not None
    return told
