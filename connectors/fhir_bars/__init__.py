"""Booking and Referral Standard (BaRS): a referral as a FHIR R4 message bundle."""

from connectors.fhir_bars.connector import FhirBars
from connectors.fhir_bars.outcome import operation_outcome

__all__ = ["FhirBars", "operation_outcome"]
