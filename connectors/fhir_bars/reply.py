"""The message that answers a BaRS referral later: `servicerequest-response`, about the state and nothing else.

Its shape follows the short referral response of BaRS: MessageHeader with the id of the Bundle it answers, an Encounter
that says how far it is, and the ServiceRequest. Nobody in the referral is named.
"""

import uuid
from typing import Any

_EVENTS = "https://fhir.nhs.uk/CodeSystem/message-events-bars"
_REASONS = "https://fhir.nhs.uk/CodeSystem/message-reason-bars"
_DEFINITION = "https://fhir.nhs.uk/MessageDefinition/bars-message-servicerequest-response-referral-short"
_CLASSES = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
_PROFILE = "https://fhir.nhs.uk/StructureDefinition/BARSBundleMessage"
# How far it is -> (Encounter.status, ServiceRequest.status).
_STATES = {"waiting": ("planned", "active"), "taken_up": ("in-progress", "active"), "closed": ("finished", "completed")}


def reply(answers: str, receipt: str, step: str, since: str, base: str) -> dict[str, Any]:
    """Return the reply; the same state gives the same bytes.

    Args:
        answers: `Bundle.id` of the referral.
        receipt: id of its receipt.
        step: `waiting`, `taken_up` or `closed`.
        since: when it came to that, RFC 3339.
        base: address of the hub's FHIR door.
    """
    ids = {name: _id(f"{receipt}/{step}/{name}") for name in ("bundle", "header", "case", "request")}
    encounter, request = _STATES[step]
    header = {
        "resourceType": "MessageHeader",
        "eventCoding": {"system": _EVENTS, "code": "servicerequest-response"},
        "source": {"name": "Family Safeguarding hub", "endpoint": f"{base}/$process-message"},
        "reason": {"coding": [{"system": _REASONS, "code": "new"}]},
        "response": {"identifier": answers, "code": "ok"},
        "focus": [{"reference": f"urn:uuid:{ids['case']}"}],
        "definition": _DEFINITION,
    }
    case = {
        "resourceType": "Encounter",
        "status": encounter,
        "class": {"system": _CLASSES, "code": "VR", "display": "virtual"},
        "basedOn": [{"reference": f"urn:uuid:{ids['request']}"}],
    }
    asked = {
        "resourceType": "ServiceRequest",
        "identifier": [{"system": f"{base}/receipt", "value": receipt}],
        "status": request,
        "intent": "plan",
        "subject": {"display": "As in the message that this answers"},
    }
    return {
        "resourceType": "Bundle",
        "id": ids["bundle"],
        "meta": {"profile": [_PROFILE]},
        "type": "message",
        "timestamp": since,
        "entry": [
            {"fullUrl": f"urn:uuid:{ids['header']}", "resource": header},
            {"fullUrl": f"urn:uuid:{ids['case']}", "resource": case},
            {"fullUrl": f"urn:uuid:{ids['request']}", "resource": asked},
        ],
    }


def _id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def replies(found: list[dict[str, Any]], address: str) -> dict[str, Any]:
    """Return replies as the answer to a search."""
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "total": len(found),
        "link": [{"relation": "self", "url": address}],
        "entry": [{"resource": one} for one in found],
    }
