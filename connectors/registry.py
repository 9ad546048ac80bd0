"""Every connector by name: what the edge, the command line and the sender's settings call a format."""

from collections.abc import Mapping
from types import MappingProxyType

from connectors.case_system import CaseSystem
from connectors.cin_census import CinCensus
from connectors.fhir_bars import FhirBars
from connectors.fhir_consent import FhirConsent
from connectors.hl7v2 import Hl7V2
from connectors.ndtms import NdtmsCsv
from connectors.safeguarding_notice import SafeguardingNotice, SafeguardingNoticeCsv, SafeguardingNoticeXml
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
    NdtmsCsv(),
    CinCensus(),
    CaseSystem(),
    Hl7V2(),
    SafeguardingNoticeXml(),
    SafeguardingNoticeCsv(),
)

CONNECTORS: Mapping[str, Connector] = MappingProxyType({connector.name: connector for connector in _ALL})
"""name -> connector; all are stateless and safe to share."""

OWN_DOOR = frozenset({TransferBundle.name})
"""Formats that come in by a door of their own only, where their signature is checked."""
