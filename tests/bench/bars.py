"""One BaRS referral from bytes to a durable receipt, against validating the same bundle alone; see design section 12.

Ours does all that receiving is: strict JSON, validation, mapping, guarding of protected values, idempotency, sealing of
every field and of the original, facts, the log entry and the commits. The other side does what its documentation says:
`json.loads` and `Bundle.model_validate` of the R4B models.
"""

import json
import tempfile
from itertools import count
from pathlib import Path

from fhir.resources.R4B.bundle import Bundle

from connectors.registry import CONNECTORS
from hub.domain.referral import Limits, Outcome
from hub.services.intake import Message
from hub.settings import Settings
from tests.bench.measure import Row, medians
from tests.factories import FIXTURES, make_world

ROUNDS, CONNECTOR, MEDIA = 41, "fhir_bars", "application/fhir+json"
OFFICIAL = FIXTURES / "bars" / "validation_request_post.json"
OWN_IDS = (b"86e3371d-1c15-4862-9552-d9560f8292ba", b"236bb75d-90ef-461f-b71e-fde7f899802c")
"""Of the bundle, and of the referral in it."""


def bars_intake_vs_validate() -> Row:
    """Return what receiving costs beside validating: 35 kB, 19 entries, the official full example."""
    body = OFFICIAL.read_bytes()
    if not all(own in body for own in OWN_IDS):
        raise AssertionError("the example has no ids of its own to replace")
    numbers = count(1)
    with tempfile.TemporaryDirectory(prefix="hub-bench-") as name:
        world = make_world(Settings.in_folder(Path(name) / "hub"))
        connector, sender = CONNECTORS[CONNECTOR], world.agencies["mh"]

        def ours() -> None:
            # A message and a referral of its own each time: the same again would only be given its first receipt.
            mine, number = body, next(numbers)
            for place, own in enumerate(OWN_IDS):
                mine = mine.replace(own, f"0000000{place}-0000-4000-8000-{number:012d}".encode())
            parsed = list(connector.parse(mine, Limits()))
            if [one.outcome for one in parsed] != [Outcome.ACCEPTED]:
                raise AssertionError("the example is no longer accepted")
            world.hub.intake.receive(Message(sender, CONNECTOR, connector.message_key(mine), mine, MEDIA, parsed))

        mine, other, ratio = medians(ours, lambda: Bundle.model_validate(json.loads(body)), ROUNDS)
        world.close()
    return Row("bars_intake_vs_validate", mine, other, "CPU seconds per message", ratio, 3, "lower")
