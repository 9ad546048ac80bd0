"""The NDTMS CSV return of a treatment service: for linkage alone."""

from connectors.ndtms.connector import NdtmsCsv

__all__ = ["NdtmsCsv"]
