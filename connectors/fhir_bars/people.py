"""Patient, RelatedPerson and Patient.contact as people; sources: connectors reference 1.1 and 1.2."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from connectors.fhir_bars.contact import contact_details
from connectors.fhir_bars.history import current_first
from connectors.fhir_bars.message import Entry, Message, Resource, security_codes
from connectors.fhir_bars.wording import codes_of, concept_words
from connectors.nhs_numbers import matchable, nhs_number_issues, read_nhs_number
from connectors.patients import parts_of_patient
from connectors.schema_fields import read_date
from hub.domain.partial_date import PartialDate
from hub.domain.referral import Issue, NhsNumberStatus, Part, PersonDraft, Severity, Sourced

_RESTRICTED = frozenset({"R", "V"})
_VERIFIED = frozenset({"01", "number-present-and-verified"})
_SELF = "ONESELF"
_NHS_OID = "urn:oid:2.16.840.1.113883.2.1.4.1"
# HL7 v3-RoleCode: what the related person is to the patient.
_CHILD = "CHILD CHLDADOPT CHLDFOST DAU DAUADOPT DAUC DAUFOST NCHILD SON SONADOPT SONC SONFOST STPCHLD STPDAU STPSON"
_PARENT = "PRN MTH FTH NPRN NMTH NFTH STPPRN STPMTH STPFTH ADOPTP ADOPTM ADOPTF GESTM"
_PARTS = {
    **dict.fromkeys(_CHILD.split(), Part.CHILD),
    **dict.fromkeys(_PARENT.split(), Part.PARENT),
    **dict.fromkeys(["SPS", "HUSB", "WIFE", "DOMPART", "SIGOTHR", "FMRSPS"], Part.PARTNER),
    **dict.fromkeys(["GUARD", "PRNFOST", "MTHFOST", "FTHFOST"], Part.CARER),
}


@dataclass(frozen=True, slots=True)
class Found:
    """One person of the message before drafting; `restricted` as the message labels them."""

    key: str
    resource: Resource
    pointer: str
    parts: frozenset[Part]
    role: str
    restricted: bool


def people(message: Message) -> tuple[tuple[PersonDraft, ...], tuple[Issue, ...]]:
    """Return everyone in the message, patients first, and remarks on their numbers and dates."""
    found = [*_patients(message), *_related(message), *_contacts(message)]
    drafts = tuple(_draft(person, message) for person in found)
    return drafts, tuple(issue for person in found for issue in _issues(person, message))


def _patients(message: Message) -> Iterator[Found]:
    theirs = {part for entry in message.of_kind("RelatedPerson") for part in _parts(entry.resource)}
    told = _told(message)
    for entry in message.of_kind("Patient"):
        born = read_date(entry.resource.get("birthDate", ""))
        yield _found(entry, parts_of_patient(theirs, born, told.first if told else None), "patient", message)


def _related(message: Message) -> Iterator[Found]:
    for entry in message.of_kind("RelatedPerson"):
        role = "; ".join(concept_words(item) for item in entry.resource.get("relationship", ()))
        yield _found(entry, _parts(entry.resource), role, message)


def _found(entry: Entry, parts: frozenset[Part], role: str, message: Message) -> Found:
    labels = security_codes(entry.resource) | message.labels
    if entry.kind == "RelatedPerson":
        # Whoever is related to a restricted patient may live where the patient must not be found.
        labels |= {code for patient in message.of_kind("Patient") for code in security_codes(patient.resource)}
    restricted = bool(labels & _RESTRICTED)
    return Found(entry.key, entry.resource, f"{entry.pointer}.resource", parts, role, restricted)


def _contacts(message: Message) -> Iterator[Found]:
    for patient in message.of_kind("Patient"):
        for index, contact in enumerate(patient.resource.get("contact", ())):
            if is_self(contact):
                continue
            yield Found(
                key=f"{patient.key}#contact-{index}",
                resource=_as_person(contact),
                pointer=f"{patient.pointer}.resource.contact[{index}]",
                parts=_parts(contact),
                role="; ".join(concept_words(item) for item in contact.get("relationship", ())),
                # A contact has no label of its own, and may live where the patient must not be found.
                restricted=bool((security_codes(patient.resource) | message.labels) & _RESTRICTED),
            )


def is_self(contact: Resource) -> bool:
    """Say whether a Patient.contact is the patient, so that its numbers are the patient's own."""
    return _SELF in codes_of(contact.get("relationship", ()))


def _as_person(contact: Resource) -> Resource:
    lists = {key: [contact[key]] for key in ("name", "address") if key in contact}
    return {**contact, **lists}


def _parts(resource: Resource) -> frozenset[Part]:
    codes = codes_of(resource.get("relationship", ()))
    return frozenset(_PARTS[code] for code in codes if code in _PARTS) or frozenset({Part.OTHER})


def _draft(person: Found, message: Message) -> PersonDraft:
    resource, (digits, status) = person.resource, _nhs_number(person.resource)
    name, *others = current_first(resource.get("name", ()), _told(message)) or [{}]
    return PersonDraft(
        key=person.key,
        fields={field: value for field, value in _fields(person, name, others, status).items() if value.value.strip()},
        contact=contact_details(resource, person.pointer, message),
        parts=person.parts,
        restricted=person.restricted,
        family_name=name.get("family", ""),
        given_names=" ".join(name.get("given", ())),
        other_names=tuple(_display(other) for other in others),
        birth_date=read_date(resource.get("birthDate", "")),
        nhs_number=matchable(digits, status),
        nhs_number_status=status,
    )


def _fields(person: Found, name: Resource, others: list[Resource], status: NhsNumberStatus) -> dict[str, Sourced]:
    resource, at = person.resource, person.pointer
    ethnicity = _extension(resource, "EthnicCategory").get("valueCodeableConcept", {})
    number = {}
    if status is not NhsNumberStatus.ABSENT:
        written = str(_nhs_identifier(resource).get("value", ""))
        number["nhs_number"] = Sourced(written, f"{at}.identifier")
        number["nhs_number_status"] = Sourced(status.value, f"{at}.identifier")
    return number | {
        "name": Sourced(_display(name), f"{at}.name"),
        "other_names": Sourced("; ".join(map(_display, others)), f"{at}.name"),
        "birth_date": Sourced(resource.get("birthDate", ""), f"{at}.birthDate"),
        "sex": Sourced(resource.get("gender", ""), f"{at}.gender"),
        "language": Sourced(_languages(resource), f"{at}.communication"),
        "other_identifiers": Sourced(_other_identifiers(resource), f"{at}.identifier"),
        "ethnicity_self_defined": Sourced(concept_words(ethnicity), f"{at}.extension"),
        "role_given": Sourced(person.role, at),
    }


def _issues(person: Found, message: Message) -> Iterator[Issue]:
    yield from nhs_number_issues(_nhs_number(person.resource)[1], f"{person.pointer}.identifier")
    born, told = read_date(person.resource.get("birthDate", "")), read_date(message.timestamp, instant=True)
    if born and told and born.first > told.first:
        yield Issue(Severity.ERROR, "birth_date_in_future", f"{person.pointer}.birthDate")


def _told(message: Message) -> PartialDate | None:
    return read_date(message.timestamp, instant=True)


def _languages(resource: Resource) -> str:
    """Return languages, and whether an interpreter is needed, in FHIR's own place and in that of UK Core."""
    said = [concept_words(item.get("language", {})) for item in resource.get("communication", ())]
    for extension in _extensions(resource, "NHSCommunication"):
        said.append(concept_words(_extension(extension, "language").get("valueCodeableConcept", {})))
        said.append("interpreter needed" if _extension(extension, "interpreterRequired").get("valueBoolean") else "")
    return "; ".join(dict.fromkeys(word for word in said if word))


def _other_identifiers(resource: Resource) -> str:
    others = (item for item in resource.get("identifier", ()) if not _is_nhs_number(item) and item.get("value"))
    return "; ".join(f"{item.get('system', '')}: {item['value']}".removeprefix(": ") for item in others)


def _display(name: Resource) -> str:
    parts: Iterable[str] = (*name.get("prefix", ()), *name.get("given", ()), name.get("family", ""))
    return str(name.get("text") or " ".join(part for part in parts if part))


def _nhs_identifier(resource: Resource) -> Resource:
    identifiers: Iterable[Resource] = resource.get("identifier", ())
    return next((item for item in identifiers if _is_nhs_number(item)), {})


def _is_nhs_number(identifier: Resource) -> bool:
    system = identifier.get("system", "").lower()
    return bool(system.endswith("/nhs-number") or system == _NHS_OID)


def _nhs_number(resource: Resource) -> tuple[str, NhsNumberStatus]:
    identifier = _nhs_identifier(resource)
    concept = _extension(identifier, "NHSNumberVerificationStatus").get("valueCodeableConcept", {})
    return read_nhs_number(identifier.get("value", ""), verified=bool(codes_of([concept]) & _VERIFIED))


def _extension(resource: Resource, name: str) -> Resource:
    return next(_extensions(resource, name), {})


def _extensions(resource: Resource, name: str) -> Iterator[Resource]:
    extensions: Iterable[Resource] = resource.get("extension", ())
    return (item for item in extensions if item.get("url", "").endswith(name))
