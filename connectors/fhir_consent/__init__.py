"""FHIR R4 Consent, one resource with its Patient contained: what a health service was told about sharing in the hub."""

from connectors.fhir_consent.connector import FhirConsent

__all__ = ["FhirConsent"]
