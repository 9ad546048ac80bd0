"""What a partner needs to send a form: its JSON Schema and the header of its CSV, made from the same declaration."""

from typing import Any

from connectors.forms.columns import all_columns
from connectors.forms.schema import VERSION, batch_schema
from connectors.published_shapes import published
from hub.domain.form import Form


def json_schema(form: Form) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a whole message. Unknown keys are allowed: counted, never refused."""
    return published(batch_schema(form)(), f"form:{form.name}:{VERSION}", form.title)


def csv_template(form: Form) -> str:
    """Return the header line, to be followed by one row per person and a last line `#rows=N`."""
    return ",".join(all_columns(form)) + "\n"
