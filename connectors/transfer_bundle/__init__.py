"""A family handed over by another partnership: our own signed bundle (JSON, version 1)."""

from connectors.transfer_bundle.connector import FORMAT, TransferBundle

__all__ = ["FORMAT", "TransferBundle"]
