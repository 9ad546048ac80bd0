"""A reply on its way: the bytes of the message, and the headers that BaRS asks of every call.

Source: NHSDigital/booking-and-referral-fhir-api, specification/, commit 0c9714b0.
"""

import base64
import json
from typing import Any

from connectors.fhir_bars.capability import VERSION
from connectors.fhir_bars.reply import reply

_MEDIA = f"application/fhir+json;version={VERSION}"
_SOFTWARE = {
    "resourceType": "Device",
    "deviceName": [{"name": "Family Safeguarding hub", "type": "user-friendly-name"}],
}


class Outgoing:
    """Writes replies. Built once by wiring."""

    def __init__(self, base: str, organisation: str) -> None:
        """Take the address of the hub's FHIR door, and the name of the partnership that answers."""
        self._base = base
        self._sender = {
            "NHSD-End-User-Organisation": _coded({"resourceType": "Organization", "name": organisation}),
            "NHSD-Requesting-Software": _coded(_SOFTWARE),
        }

    def reply(self, answers: str, receipt: str, step: str, since: str) -> tuple[str, bytes]:
        """Return `Bundle.id` and the Bundle; the same state gives the same bytes, so a receiver knows it again."""
        bundle = reply(answers, receipt, step, since, self._base)
        return str(bundle["id"]), json.dumps(bundle, sort_keys=True).encode()

    def headers(self, target: str, request: str, exchange: str) -> dict[str, str]:
        """Return the headers of one call.

        Args:
            target: the service that is called, `system|value`; "" where nobody named it.
            request: id of this call, new at every attempt.
            exchange: `X-Correlation-Id` of the message that is answered.
        """
        system, _, value = target.partition("|")
        named = {"NHSD-Target-Identifier": _coded({"system": system, "value": value})} if value else {}
        return (
            self._sender
            | named
            | {
                "Content-Type": _MEDIA,
                "Accept": _MEDIA,
                "X-Request-Id": request,
                "X-Correlation-Id": exchange,
            }
        )


def _coded(said: dict[str, Any]) -> str:
    return base64.b64encode(json.dumps(said).encode()).decode()
