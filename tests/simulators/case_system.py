"""A council's case system as it meets the hub: it holds cases and workers, sends what it knows, keeps what it takes.

No supplier's product: it speaks the mapping `example_council`, over the hub's own API, with its own key.
"""

import csv
import io
import json
from dataclasses import dataclass, field

from flask import Flask
from werkzeug.test import TestResponse

from tests.factories import SmallWorld
from tests.journeys.senders import Sender

COLUMNS = (
    "ROW_TYPE",
    "CASE_NO",
    "HUB_FAMILY",
    "PERSON_NO",
    "FORENAMES",
    "SURNAME",
    "DOB",
    "RELATIONSHIP",
    "WORKER_LOGIN",
    "KEY_WORKER",
    "LEGAL_STATUS",
    "PLAN_TYPE",
    "START_DATE",
    "END_DATE",
)
Row = dict[str, str]


@dataclass
class Held:
    """What the case system has taken from the hub, by the hub's own record id."""

    notes: dict[str, Row] = field(default_factory=dict)
    receipts: list[str] = field(default_factory=list)


class CaseSystem:
    """The council's system, signed in as one machine client; `manager` is the account it names for allocations."""

    def __init__(self, world: SmallWorld, app: Flask, manager: str = "manager") -> None:
        self.sender, self.manager = Sender(world, app, "csc"), manager
        self.rows: list[Row] = []
        self.held = Held()

    def knows(self, kind: str, **values: str) -> None:
        """Type a row into the case system, once."""
        self.rows.append({"ROW_TYPE": kind, **values})

    def csv(self) -> bytes:
        written = io.StringIO()
        rows = csv.DictWriter(written, COLUMNS, restval="")
        rows.writeheader()
        rows.writerows(self.rows)
        written.write(f"#rows={len(self.rows)}\n")
        return written.getvalue().encode()

    def send_csv(self, user: str | None = None) -> TestResponse:
        return self._post(self.csv(), "text/csv", user)

    def send_json(self, batch: str) -> TestResponse:
        said = {"mapping": "example_council", "batch_id": batch, "lines": self.rows}
        return self._post(json.dumps(said).encode(), "application/json", None)

    def call_webhook(self, number: str, kind: str, at: str = "2026-11-23T09:00:00Z", **values: str) -> TestResponse:
        said = {"id": number, "type": kind, "timestamp": at, "mapping": "example_council"}
        return self._post(json.dumps(said | {"data": values}).encode(), "application/json", None)

    def take(self, family: str, user: str, accept: str = "application/json") -> TestResponse:
        """Fetch what the team wrote, keep it, and say so."""
        asked = {"purpose": "protect_child", "reason": "kept with the case", "mapping": "example_council"}
        headers = self.sender.headers(user) | {"Accept": accept}
        answer = self.sender.http.post(f"/v1/families/{family}/case-record", json=asked, headers=headers)
        if answer.status_code == 200 and accept == "application/json" and answer.json["records"]:
            taken = answer.json["records"]
            self.held.notes |= {note["HUB_RECORD"]: note for note in taken}
            (receipt,) = {note["HUB_RECEIPT"] for note in taken}
            said = {"records": len(taken)}
            path = f"/v1/council/receipts/{receipt}"
            confirmed = self.sender.http.post(path, json=said, headers=self.sender.headers(user))
            assert confirmed.status_code == 200, confirmed.text
            self.held.receipts.append(receipt)
        return answer

    def _post(self, body: bytes, media: str, user: str | None) -> TestResponse:
        headers = self.sender.headers(self.manager if user is None else user)
        return self.sender.http.post("/v1/council/updates", data=body, content_type=media, headers=headers)
