"""The published JSON Schema (2020-12), generated from the schemas that read."""

from typing import Any

from connectors.published_shapes import published
from connectors.safeguarding_notice.schema import VERSION, BatchSchema


def json_schema() -> dict[str, Any]:
    """Return the schema of a whole message. Unknown keys are allowed: they are counted, never refused."""
    return published(BatchSchema(), f"safeguarding-notice:{VERSION}", "Safeguarding Notice")
