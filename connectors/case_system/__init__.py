"""The council's case system, both ways, by mappings that are data."""

from connectors.case_system.connector import CaseSystem
from connectors.case_system.published import json_schema, record_schema
from connectors.case_system.write import as_csv, as_json

__all__ = ["CaseSystem", "as_csv", "as_json", "json_schema", "record_schema"]
