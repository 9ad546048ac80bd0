"""What the hub takes, in the two resources that BaRS senders read before they send anything."""

from collections.abc import Iterable
from typing import Any

VERSION = "1.0.0"
_WRITTEN = "2026-11-25"
_EVENTS = "https://fhir.nhs.uk/CodeSystem/message-events-bars"
_DEFINITIONS = "https://fhir.nhs.uk/MessageDefinition/bars-message-servicerequest"
_UK_CORE = "https://fhir.hl7.org.uk/StructureDefinition/UKCore"
_TAKEN = ("request-validation", "request-referral", "request-cancelled")
_SENT = ("response-referral-short",)

# Resource -> (profile, how many at least, at most): what is read; anything else is kept in the original.
_FOCUS = {
    "MessageHeader": ("https://fhir.nhs.uk/StructureDefinition/BARSMessageHeader-servicerequest-request", 1, "1"),
    "ServiceRequest": ("https://fhir.nhs.uk/StructureDefinition/BARSServiceRequest-request-casetransfer", 1, "*"),
    "Patient": (f"{_UK_CORE}-Patient", 1, "*"),
    "RelatedPerson": (f"{_UK_CORE}-RelatedPerson", 0, "*"),
    "Organization": (f"{_UK_CORE}-Organization", 0, "*"),
    "HealthcareService": (f"{_UK_CORE}-HealthcareService", 0, "*"),
    "Practitioner": (f"{_UK_CORE}-Practitioner", 0, "*"),
    "PractitionerRole": (f"{_UK_CORE}-PractitionerRole", 0, "*"),
    "CarePlan": (f"{_UK_CORE}-CarePlan", 0, "*"),
    "Condition": (f"{_UK_CORE}-Condition", 0, "*"),
    "Observation": (f"{_UK_CORE}-Observation", 0, "*"),
    "QuestionnaireResponse": (f"{_UK_CORE}-QuestionnaireResponse", 0, "*"),
    "Flag": (f"{_UK_CORE}-Flag", 0, "*"),
    "Consent": (f"{_UK_CORE}-Consent", 0, "*"),
    "DocumentReference": (f"{_UK_CORE}-DocumentReference", 0, "*"),
}


def capability_statement(base: str) -> dict[str, Any]:
    """Return the CapabilityStatement of the FHIR door at `base` (its address without a slash at the end)."""
    return {
        "resourceType": "CapabilityStatement",
        "name": "FamilySafeguardingHub",
        "title": "Family Safeguarding hub: referrals and consents in",
        "status": "active",
        "version": VERSION,
        "experimental": False,
        "date": _WRITTEN,
        "kind": "instance",
        "description": "Takes BaRS referrals. Not certified against BaRS by NHS England.",
        "software": {"name": "Family Safeguarding hub", "version": VERSION},
        "implementation": {"description": "FHIR door of one partnership", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["json"],
        "rest": [_server()],
        "messaging": [
            {
                "endpoint": [{"protocol": {"code": "http"}, "address": f"{base}/$process-message"}],
                "supportedMessage": [*_messages("receiver", _TAKEN), *_messages("sender", _SENT)],
            }
        ],
    }


def message_definitions(address: str) -> dict[str, Any]:
    """Return the searchset of the one MessageDefinition; `address` is what was asked for."""
    definition = {
        "resourceType": "MessageDefinition",
        "id": "servicerequest-request",
        "url": f"{_DEFINITIONS}-request",
        "name": "FamilySafeguardingHubServiceRequestRequest",
        "title": "Referral to a Family Safeguarding partnership",
        "status": "active",
        "date": _WRITTEN,
        "eventCoding": {"system": _EVENTS, "code": "servicerequest-request"},
        "focus": [
            {"code": code, "profile": profile, "min": least, "max": most}
            for code, (profile, least, most) in _FOCUS.items()
        ],
    }
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 1,
        "link": [{"relation": "self", "url": address}],
        "entry": [{"resource": definition}],
    }


def _server() -> dict[str, Any]:
    oauth = {"system": "http://terminology.hl7.org/CodeSystem/restful-security-service", "code": "OAuth"}
    process = "http://hl7.org/fhir/OperationDefinition/MessageHeader-process-message"
    return {
        "mode": "server",
        "security": {"service": [{"coding": [oauth]}]},
        "resource": [
            _resource("CapabilityStatement", "read"),
            _resource("MessageDefinition", "search-type"),
            _resource("Consent", "create", "read"),
        ],
        "operation": [{"name": "process-message", "definition": process}],
    }


def _resource(kind: str, *interactions: str) -> dict[str, Any]:
    return {"type": kind, "interaction": [{"code": code} for code in interactions], "versioning": "no-version"}


def _messages(mode: str, names: Iterable[str]) -> list[dict[str, str]]:
    return [{"mode": mode, "definition": f"{_DEFINITIONS}-{name}"} for name in names]
