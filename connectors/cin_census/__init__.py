"""The Children in Need census as XML, in and out."""

from connectors.cin_census.connector import CinCensus
from connectors.cin_census.write import written

__all__ = ["CinCensus", "written"]
