"""Why a referral is withdrawn, where FHIR R4 has room for it: BaRS itself asks for no reason."""

from collections.abc import Iterator
from typing import Final

from connectors.fhir_bars.message import Entry, Message
from connectors.fhir_bars.request import action
from connectors.fhir_bars.wording import concept_words
from hub.domain.referral import Sourced

STATUS_REASON: Final = "http://hl7.org/fhir/StructureDefinition/request-statusReason"
"""FHIR's own extension: R4's ServiceRequest has no element for the reason of its status."""


def why_withdrawn(message: Message, request: Entry) -> Sourced | None:
    """Return the reason of the request's status, else that of a Task about it; None unless it is withdrawn."""
    if action(message, request) != "withdraw":
        return None
    return next((said for said in _reasons(message, request) if said.value), None)


def _reasons(message: Message, request: Entry) -> Iterator[Sourced]:
    for index, extension in enumerate(request.resource.get("extension", ())):
        if extension.get("url") == STATUS_REASON:
            words = concept_words(extension.get("valueCodeableConcept", {}))
            yield Sourced(words, f"{request.pointer}.resource.extension[{index}]")
    for task in message.of_kind("Task"):
        about = (task.resource.get("focus"), *task.resource.get("basedOn", ()))
        if any(message.find(one) is request for one in about):
            yield Sourced(concept_words(task.resource.get("statusReason", {})), f"{task.pointer}.resource.statusReason")
