"""A partner agency that sends for a while, meets outages, keeps count, and compares its count with the hub's.

For our tests, and for partners against a test hub (synthetic people only):

    python -m tests.simulators.partner --url http://127.0.0.1:8477 --client police-records --kid key-1 --key private.pem

It plays days of new notices, batches with a bad record, messages sent twice, a key used for other content, messages
that cannot be read, and connections lost before or after the hub had the message. Exit status 1: the counts differ.
"""

import copy
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import click

from connectors.client import Answer, ClientKey, HubClient, RefusedError, Transport, UnreachableError, over_http

FIXTURE: Final = Path(__file__).parents[1] / "fixtures" / "safeguarding_notice" / "domestic_abuse.json"
NOTICES: Final = "/v1/notices"
A_DAY: Final = ("new", "batch", "new", "twice", "clash", "unreadable", "new")
CONFLICT, UNREADABLE = 409, 400


class Dice:
    """Chance that can be repeated from its seed."""

    def __init__(self, seed: str) -> None:
        self._seed, self._thrown = seed, 0

    def below(self, limit: int) -> int:
        self._thrown += 1
        return int.from_bytes(hashlib.sha256(f"{self._seed}/{self._thrown}".encode()).digest()[:8]) % limit


class Outages:
    """A line that drops some calls before they arrive, and some after they arrived, when only the answer is lost."""

    def __init__(self, line: Transport, dice: Dice, one_in: int = 6) -> None:
        self._line, self._dice, self._one_in = line, dice, one_in
        self.lost = 0

    def __call__(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        chance = self._dice.below(self._one_in * 2)
        if chance == 0:
            self.lost += 1
            raise UnreachableError
        answer = self._line(method, url, headers, body)
        if chance == 1:
            self.lost += 1
            raise UnreachableError
        return answer


@dataclass
class Count:
    """What one side believes: receipts, records by outcome, every referral once, messages refused by status."""

    receipts: set[str] = field(default_factory=set)
    outcomes: Counter[str] = field(default_factory=Counter)
    referrals: set[str] = field(default_factory=set)
    refused: Counter[int] = field(default_factory=Counter)

    def add(self, receipt: Mapping[str, Any]) -> None:
        """Count a receipt; one that was counted already changes nothing."""
        if receipt["receipt"] in self.receipts:
            return
        self.receipts.add(receipt["receipt"])
        for record in receipt["records"]:
            self.outcomes[record["outcome"]] += 1
            self.referrals.add(record["referral"])


class Partner:
    """One agency's system at work. `actions` are what a day is made of; another kind of message is one more entry."""

    def __init__(self, client: HubClient, seed: str) -> None:
        self.client, self.seed, self.count = client, seed, Count()
        self.sent: list[tuple[str, bytes, dict[str, Any]]] = []
        self.actions: dict[str, Callable[[], None]] = {
            "new": lambda: self._send([self._notice()]),
            "batch": lambda: self._send([self._notice(), self._bad_notice(), self._notice()]),
            "twice": self._twice,
            "clash": self._clash,
            "unreadable": self._unreadable,
        }
        self._numbers = 0

    def play(self, days: int, a_day: tuple[str, ...] = A_DAY, each: Callable[[], None] = lambda: None) -> None:
        """Work for some days; `each` follows every act."""
        for name in a_day * days:
            self.actions[name]()
            each()

    def hub_count(self) -> Count:
        """Return what the hub says of the same receipts, asked one by one."""
        found = Count(refused=self.count.refused)
        for receipt in sorted(self.count.receipts):
            found.add(self.client.receipt(receipt))
        return found

    def _send(self, notices: list[dict[str, Any]]) -> None:
        self._numbers += 1
        key = f"{self.seed}-{self._numbers}"
        body = json.dumps({"version": "1.0", "batch_id": key, "sender": _SENDER, "notices": notices}).encode()
        receipt = self.client.submit(NOTICES, body, key=key)
        self.count.add(receipt)
        self.sent.append((key, body, receipt))

    def _twice(self) -> None:
        """Send the last message three times more: it is one referral, and the receipts are identical."""
        key, body, first = self.sent[-1]
        for _ in range(3):
            again = self.client.submit(NOTICES, body, key=key)
            assert again == first, "another receipt for the same message"
            self.count.add(again)

    def _clash(self) -> None:
        key, body, _ = self.sent[-1]
        self._refused(key, body + b" ", CONFLICT)

    def _unreadable(self) -> None:
        self._numbers += 1
        self._refused(f"{self.seed}-{self._numbers}", b'{"version": "1.0", "notices": [', UNREADABLE)

    def _refused(self, key: str, body: bytes, status: int) -> None:
        answered = 200
        try:
            self.client.submit(NOTICES, body, key=key)
        except RefusedError as refused:
            answered = refused.status
        assert answered == status, f"answered {answered} to what must be refused with {status}"
        self.count.refused[status] += 1

    def _notice(self) -> dict[str, Any]:
        notice: dict[str, Any] = copy.deepcopy(json.loads(FIXTURE.read_text())["notices"][0])
        self._numbers += 1
        notice["notice_ref"] = f"{self.seed}-{self._numbers}"
        return notice

    def _bad_notice(self) -> dict[str, Any]:
        """A notice that nobody can place without a person looking: when it happened is no date."""
        notice = self._notice()
        notice["event"]["occurred_from"] = "last Tuesday, late"
        return notice


_SENDER: Final = json.loads(FIXTURE.read_text())["sender"]


@click.command()
@click.option("--url", required=True, help="The hub's address: a test hub's.")
@click.option("--client", "client_id", required=True)
@click.option("--kid", required=True)
@click.option("--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True)
@click.option("--algorithm", default="EdDSA", show_default=True)
@click.option("--days", default=5, show_default=True)
@click.option("--seed", default="partner", show_default=True, help="Change it for another run against the same hub.")
def main(url: str, client_id: str, kid: str, key: Path, algorithm: str, days: int, seed: str) -> None:
    """Play some days of a police force, then compare counts."""
    line = Outages(over_http, Dice(seed))
    named = ClientKey(client_id, kid, key.read_bytes(), algorithm)
    partner = Partner(HubClient(url, named, transport=line), seed)
    partner.play(days)
    ours, theirs = partner.count, partner.hub_count()
    click.echo(f"sent {len(ours.receipts)} messages, {line.lost} calls lost and sent again")
    click.echo(f"records {dict(ours.outcomes)}, refused {dict(ours.refused)}")
    same = ours == theirs
    click.echo("The hub counts the same: nothing lost, nothing twice." if same else f"The hub counts {theirs}")
    sys.exit(0 if same else 1)


if __name__ == "__main__":
    main()
