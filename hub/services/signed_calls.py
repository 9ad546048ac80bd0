"""A signed call to an address that an agency registered, and how long to wait after one that failed.

Format: Standard Webhooks 1.0 (`webhook-id`, `webhook-timestamp`, `webhook-signature: v1,...`).
"""

import base64
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from hub.domain.clock import Randomness
from hub.services.sealed_words import SealedWords
from hub.services.webhooks import PREFIX, Caller
from hub.store.clear.webhooks import Webhook

ATTEMPTS: Final = 14
"""With the pauses below the last one comes a day or more after the first: a receiver may be down for a day."""
FIRST_PAUSE: Final = timedelta(seconds=30)
LONGEST_PAUSE: Final = timedelta(hours=6)
A_ROUND: Final = 20
"""Calls of one round: each may take five seconds, and the other work of the worker waits."""
GOOD: Final = range(200, 300)


class SignedCalls:
    """Calls. Built once by wiring."""

    def __init__(self, caller: Caller, words: SealedWords, randomness: Randomness) -> None:
        """Take who calls, and what opens the secrets of registrations."""
        self._caller, self._words, self._randomness = caller, words, randomness

    def call(self, webhook: Webhook, id_: str, headers: Mapping[str, str], body: bytes, now: datetime) -> int:
        """POST a body under an id that stays the same at every attempt; returns the status, 0 when there was none."""
        seconds = str(int(now.timestamp()))
        signing = {
            "User-Agent": "family-safeguarding-hub/1",
            "webhook-id": id_,
            "webhook-timestamp": seconds,
            "webhook-signature": " ".join(signed(one, id_, seconds, body) for one in self._secrets(webhook, now)),
        }
        return self._caller.call(webhook.url, {**headers, **signing}, body)

    def pause(self, attempts: int) -> timedelta:
        """Return how long to wait: four times longer each time up to six hours, of that a random half to whole."""
        longest: timedelta = min(FIRST_PAUSE * 4 ** (attempts - 1), LONGEST_PAUSE)
        return longest * (0.5 + int.from_bytes(self._randomness(2)) / 131_072)

    def _secrets(self, webhook: Webhook, now: datetime) -> list[str]:
        sealed = [webhook.secret]
        if webhook.old_secret is not None and webhook.old_until is not None and now < webhook.old_until:
            sealed.append(webhook.old_secret)
        return [self._words.open(webhook.id, one)["secret"] for one in sealed]


def signed(secret: str, id_: str, seconds: str, body: bytes) -> str:
    """Return one signature of `webhook-signature`."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    said = b".".join((id_.encode(), seconds.encode(), body))
    return "v1," + base64.b64encode(hmac.new(key, said, "sha256").digest()).decode()
