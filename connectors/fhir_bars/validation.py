"""Validation by the R4B models, for the resources that are read; every other resource is kept in the original only.

Elements that the models do not know are set aside and counted: a newer sender must not fail for sending more.
The models' own messages quote values, so only the kind and the place of an error are taken.
"""

import copy
from collections import Counter
from collections.abc import Iterator
from typing import Any

from fhir.resources.R4B.careplan import CarePlan
from fhir.resources.R4B.condition import Condition
from fhir.resources.R4B.consent import Consent
from fhir.resources.R4B.flag import Flag
from fhir.resources.R4B.healthcareservice import HealthcareService
from fhir.resources.R4B.messageheader import MessageHeader
from fhir.resources.R4B.observation import Observation
from fhir.resources.R4B.organization import Organization
from fhir.resources.R4B.patient import Patient
from fhir.resources.R4B.practitioner import Practitioner
from fhir.resources.R4B.practitionerrole import PractitionerRole
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from fhir.resources.R4B.relatedperson import RelatedPerson
from fhir.resources.R4B.servicerequest import ServiceRequest
from pydantic import BaseModel, ValidationError

from connectors.fhir_bars.message import Entry, Message, Resource
from hub.domain.referral import Issue, Severity

_MODELS: dict[str, type[BaseModel]] = {
    "CarePlan": CarePlan,
    "Condition": Condition,
    "Consent": Consent,
    "Flag": Flag,
    "HealthcareService": HealthcareService,
    "MessageHeader": MessageHeader,
    "Observation": Observation,
    "Organization": Organization,
    "Patient": Patient,
    "Practitioner": Practitioner,
    "PractitionerRole": PractitionerRole,
    "QuestionnaireResponse": QuestionnaireResponse,
    "RelatedPerson": RelatedPerson,
    "ServiceRequest": ServiceRequest,
}
_MODIFIERS = frozenset({"modifierExtension", "implicitRules"})
"""FHIR R4, 2.4.1: whoever does not understand these may not take the rest as it reads."""
_Place = tuple[int | str, ...]


def validate(message: Message) -> Iterator[Issue]:
    """Yield what the models say about the resources that are read."""
    for entry in message.of_kind(*_MODELS):
        yield from _entry_issues(entry)


def modifiers(message: Message) -> Iterator[Issue]:
    """Yield a warning for each element of a resource that may change what the rest of it means."""
    for entry in message.of_kind(*_MODELS):
        for name in sorted(_MODIFIERS & entry.resource.keys()):
            yield Issue(Severity.WARNING, "modifier_not_understood", f"{entry.pointer}.resource.{name}")


def _entry_issues(entry: Entry) -> Iterator[Issue]:
    unknown: Counter[str] = Counter()
    errors = _errors(entry.kind, entry.resource)
    # Copied only when something has to be set aside, which is rare: copying costs as much as validating.
    resource = copy.deepcopy(dict(entry.resource)) if errors else {}
    while extra := [place for kind, place in errors if kind == "extra_forbidden"]:
        for place in extra:
            _set_aside(resource, place)
            unknown[_written(entry, place[:-1])] += 1
        errors = _errors(entry.kind, resource)
    for where, count in unknown.items():
        yield Issue(Severity.WARNING, "unknown_elements", f"{where} count={count}")
    for kind, place in errors:
        yield Issue(Severity.ERROR, "required" if "missing" in kind else "invalid_value", _written(entry, place))


def _errors(kind: str, resource: Resource) -> list[tuple[str, _Place]]:
    try:
        _MODELS[kind].model_validate(resource)
    except ValidationError as error:
        found = error.errors(include_input=False, include_context=False, include_url=False)
        return [(item["type"], item["loc"]) for item in found]
    except (AttributeError, TypeError, ValueError):
        # The models break instead of refusing on some wrong types, for example an object in place of a URL.
        return [("broken", ())]
    return []


def _set_aside(resource: Any, place: _Place) -> None:  # noqa: ANN401  a JSON value on the way down
    for step in place[:-1]:
        resource = resource[step]
    del resource[place[-1]]


def _written(entry: Entry, place: _Place) -> str:
    steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return f"{entry.pointer}.resource{''.join(steps)}"
