"""The adult-with-children form of a drug and alcohol service: JSON, and CSV with one row per child."""

from connectors.substance_misuse.csv_connector import AdultWithChildrenCsv
from connectors.substance_misuse.json_connector import AdultWithChildrenJson
from connectors.substance_misuse.published import json_schema

__all__ = ["AdultWithChildrenCsv", "AdultWithChildrenJson", "json_schema"]
