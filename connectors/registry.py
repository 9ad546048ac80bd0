"""Every connector by name: what the edge, the command line and the sender's settings call a format."""

from collections.abc import Mapping
from types import MappingProxyType

from connectors.fhir_bars import FhirBars
from connectors.fhir_consent import FhirConsent
from connectors.safeguarding_notice import SafeguardingNotice
from connectors.substance_misuse import AdultWithChildrenCsv, AdultWithChildrenJson
from connectors.transfer_bundle import TransferBundle
from hub.domain.referral import Connector

_ALL: tuple[Connector, ...] = (
    SafeguardingNotice(),
    AdultWithChildrenJson(),
    AdultWithChildrenCsv(),
    FhirBars(),
    FhirConsent(),
    TransferBundle(),
)

CONNECTORS: Mapping[str, Connector] = MappingProxyType({connector.name: connector for connector in _ALL})
"""name -> connector; all are stateless and safe to share."""

OWN_DOOR = frozenset({TransferBundle.name})
"""Formats that come in by a door of their own only, where their signature is checked."""
