"""Our published police format, the Safeguarding Notice (JSON)."""

from connectors.safeguarding_notice.connector import SafeguardingNotice
from connectors.safeguarding_notice.published import json_schema

__all__ = ["SafeguardingNotice", "json_schema"]
