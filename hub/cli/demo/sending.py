"""An agency's line to the hub: what its system sends goes the way of every message."""

from dataclasses import dataclass

from hub.cli.demo.people import Cast
from hub.cli.stage import Stage
from hub.services.intake import Message


@dataclass(frozen=True, slots=True)
class Line:
    """Sends for the agencies of the demonstration."""

    stage: Stage
    cast: Cast

    def send(self, agency: str, connector: str, body: bytes, key: str) -> list[str]:
        """Send a message as its agency would; returns the referral of each of its records, in order."""
        parsed = list(self.stage.connectors[connector].parse(body, self.stage.limits))
        message = Message(self.cast.agencies[agency], connector, key, body, "application/octet-stream", parsed)
        records = self.stage.intake.receive(message)["records"]
        return [str(record["referral"]) for record in records] if isinstance(records, list) else []
