"""The published JSON Schema (2020-12) of the adult-with-children form, generated from the schemas that read."""

from typing import Any

from connectors.published_shapes import published
from connectors.substance_misuse.schema import VERSION, BatchSchema


def json_schema() -> dict[str, Any]:
    """Return the schema of a whole message. Unknown keys are allowed: they are counted, never refused."""
    return published(BatchSchema(), f"adult-with-children:{VERSION}", "Adult with children")
