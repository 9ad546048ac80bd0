"""Every way in for a message over HTTP, found in the published description, and what is kept of what came."""

import hashlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from connectors.strict_json import read_json
from hub.domain.access import Act
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Limits
from hub.store.clear.tables import receipt, referral
from tests.bad_input import Bad
from tests.batches import signature
from tests.factories import SmallWorld
from tests.journeys.senders import Sender
from tests.transfers import Neighbour

FORM = "marac"
"""One form takes every file of the corpus; that each form refuses what is wrong in it has a test of its own."""
WITHOUT_A_DOOR = ("cin_census", "ndtms_csv")
"""Formats that come by the door of any format, or in a batch, alone."""
BATCHES = ("safeguarding_notice", "adult_with_children_csv", "cin_census", "hl7v2")
"""One format of each kind of text in a signed batch: every format has a door of its own besides."""
Way = Callable[[Bad], TestResponse]


class Intakes:
    """One sender whose token every door takes; doors by address, and ways in by what is sent there."""

    def __init__(self, world: SmallWorld, app: Flask) -> None:
        self.world, self.sender = world, Sender(world, app, "police")
        self.token = self.sender.headers()
        doors, document = app.extensions["hub_doors"], app.test_client().get("/openapi.json").json["paths"]
        self.media: dict[str, list[str]] = {}
        for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
            path = rule.rule.replace("<string:", "{").replace("<word:", "{").replace(">", "}")
            if doors.get(rule.endpoint) is Act.REFERRAL_SUBMIT and path in document:
                media = sorted(document[path]["post"]["requestBody"]["content"])
                self.media |= dict.fromkeys(self._places(path), media)
        self.neighbour = Neighbour(world, "police")

    def ways(self) -> Iterator[tuple[str, Way]]:
        """Yield every way in: each door for each format, signed batches, and a signed bundle."""
        yield from ((path, self._door(path)) for path in self.media)
        yield from ((f"/v1/batches of {name}", self._batch(name)) for name in BATCHES)
        yield "/v1/transfers, signed", self._signed_bundle

    def send(self, path: str, bad: Bad, **headers: str) -> TestResponse:
        """Send a file under a key of its own: as a second content of an earlier message it would be read no further."""
        media = bad.media if bad.media in self.media[path] else self.media[path][0]
        headers["Idempotency-Key"] = hashlib.sha256(f"{path} {bad.name}".encode()).hexdigest()
        return self.sender.http.post(path, data=bad.body, content_type=media, headers=self.token | headers)

    def stored(self) -> Counter[str]:
        """Count what is kept: receipts, referrals, and keys of records."""
        found: Counter[str] = Counter()
        with self.world.hub.clear.read() as connection:
            for table in (receipt, referral):
                found[table.name] = connection.scalar(select(func.count()).select_from(table)) or 0
        found["keys"] = sum(records for *_, records in self.world.hub.keys.status())
        return found

    def there(self, referrals: Collection[str]) -> int:
        """Count how many of these referrals are kept."""
        with self.world.hub.clear.read() as connection:
            of_these = select(func.count()).select_from(referral).where(referral.c.id.in_(referrals))
            return connection.scalar(of_these) or 0

    def _places(self, path: str) -> list[str]:
        return sorted({path.format(connector=name, name=FORM) for name in WITHOUT_A_DOOR})

    def _door(self, path: str) -> Way:
        return lambda bad: self.send(path, bad)

    def _batch(self, connector: str) -> Way:
        def send(bad: Bad) -> TestResponse:
            signed = signature(self.sender, bad.body, 1, connector)
            return self.send("/v1/batches", bad, **{"Batch-Signature": signed})

        return send

    def _signed_bundle(self, bad: Bad) -> TestResponse:
        """Send what a partnership signed; what nobody could have signed goes under a signature that does not hold."""
        try:
            body = self.neighbour.sealed(read_json(bad.body, Limits()))
        except (RejectedMessageError, TypeError, ValueError):
            body = b'{"format": "hub-transfer/2", "sender": %b, "recipient": "", "key": "", "parts": []}' % bad.body
        return self.send("/v1/transfers", Bad(bad.name, body, "application/json"))


class Peak:
    """The most memory this process had at once since the last look, in bytes; Linux counts it."""

    _CLEAR, _STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        self._CLEAR.write_text("5")
        self._start = self._now("VmRSS")

    def growth(self) -> int:
        return self._now("VmHWM") - self._start

    def _now(self, name: str) -> int:
        line = next(line for line in self._STATUS.read_text().splitlines() if line.startswith(name))
        return int(line.split()[1]) * 1024


def records(said: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what a kept message's answer says of each record, in whichever of the hub's shapes."""
    if "remarks" in said:
        return list(said["remarks"])
    if "allocations" in said:
        return [*((said["receipt"] or {}).get("records", [])), *said["allocations"]]
    return list(said.get("records", []))
