"""Writes one word about sharing as a FHIR R4 Consent, so that reading it back can never say more. Pure.

The reader (`statements.py`) takes whoever sends a Consent for the holder of what it is about. So what goes to anybody
but a holder, a yes with conditions, and a yes that somebody else gave, carry a modifierExtension or a performer that no
receiver may overlook (FHIR R4 extensibility 2.4.1): who cannot hold it precisely must not act on it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from connectors.fhir_consent.statements import AGENCY, CATEGORY, KIND, PURPOSE
from hub.domain.clock import stamp

CAPACITY: Final = "urn:hub:consent-capacity"
HELD_BY: Final = "urn:hub:consent-held-by"
CONDITIONS: Final = "urn:hub:consent-conditions"
_SCOPES: Final = "http://terminology.hl7.org/CodeSystem/consentscope"
_PARTICIPATION: Final = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"
_NHS: Final = "https://fhir.nhs.uk/Id/nhs-number"
_STATUS: Final[Mapping[str, tuple[str, str]]] = {
    "given": ("active", "permit"),
    "given_with_conditions": ("active", "permit"),
    "refused": ("rejected", "deny"),
    "withdrawn": ("inactive", "deny"),
}
WRITABLE: Final = frozenset(_STATUS)
"""Statuses that a Consent can say; the others are no word of anybody."""


@dataclass(frozen=True, slots=True)
class Said:
    """One standing word, its lists written out: codes only, no `*`.

    `sources` are the holders it speaks of; `own` says that the person spoke. `over` says that nothing of a yes stands
    any more: it is written as ended. `patient` holds `name`, `birth_date`, `nhs_number` as far as its taker may see.
    """

    id: str
    status: str
    kind: str
    capacity: str
    own: bool
    said_at: datetime
    until: datetime | None
    categories: Sequence[str]
    sources: Sequence[str]
    recipients: Sequence[str]
    purposes: Sequence[str]
    notice: str = ""
    over: bool = False
    patient: Mapping[str, str] = field(default_factory=dict, repr=False)


def written(said: Said, taker: str) -> dict[str, Any]:
    """Return the resource for the agency with this code; KeyError for a status that no Consent can say.

    A holder reads to whom it may pass things on; anybody else reads only what concerns themselves.
    """
    status, kind = ("inactive", "deny") if said.over else _STATUS[said.status]
    holder = taker in said.sources
    resource: dict[str, Any] = {
        "resourceType": "Consent",
        "id": said.id,
        "contained": [_patient(said.patient)],
        "status": status,
        "scope": {"coding": [{"system": _SCOPES, "code": "patient-privacy"}]},
        "category": [
            {"coding": [{"system": "http://loinc.org", "code": "59284-0"}]},
            {"coding": [{"system": KIND, "code": said.kind}]},
        ],
        "patient": {"reference": "#patient"},
        "dateTime": stamp(said.said_at),
        "performer": [_performer(said)],
        "policyRule": {"text": said.notice or "The agreement that the agencies signed"},
        "provision": _provision(said, kind, said.recipients if holder else [taker]),
    }
    limits = [] if holder else [_limit(HELD_BY, code) for code in said.sources]
    limits += [_limit(CONDITIONS, "as the person worded them")] if said.status == "given_with_conditions" else []
    return resource | ({"modifierExtension": limits} if limits else {})


def _provision(said: Said, kind: str, recipients: Sequence[str]) -> dict[str, Any]:
    period = {"start": stamp(said.said_at)} | ({"end": stamp(said.until)} if said.until else {})
    return {
        "type": kind,
        "period": period,
        "actor": [_actor(code) for code in recipients],
        "class": [{"system": CATEGORY, "code": code} for code in said.categories],
        "purpose": [{"system": PURPOSE, "code": code} for code in said.purposes],
    }


def _actor(code: str) -> dict[str, Any]:
    return {
        "role": {"coding": [{"system": _PARTICIPATION, "code": "IRCP"}]},
        "reference": {"identifier": {"system": AGENCY, "value": code}},
    }


def _performer(said: Said) -> dict[str, Any]:
    """Say who spoke: the person, or somebody by a right that is named; never who that is."""
    if said.own:
        return {"reference": "#patient"}
    return {"identifier": {"system": CAPACITY, "value": said.capacity}}


def _limit(url: str, value: str) -> dict[str, str]:
    return {"url": url, "valueString": value}


def _patient(known: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {"resourceType": "Patient", "id": "patient"}
    if known.get("nhs_number"):
        found["identifier"] = [{"system": _NHS, "value": known["nhs_number"]}]
    if known.get("name"):
        found["name"] = [{"use": "official", "text": known["name"]}]
    if known.get("birth_date"):
        found["birthDate"] = known["birth_date"]
    return found
