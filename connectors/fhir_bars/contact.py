"""Addresses, telephone numbers, e-mail addresses and GP of a FHIR person."""

from collections.abc import Iterable, Iterator

from connectors.fhir_bars.history import current_first, ended
from connectors.fhir_bars.message import Message, Resource
from connectors.fhir_bars.wording import codes_of
from connectors.schema_fields import read_date
from hub.domain.partial_date import PartialDate
from hub.domain.referral import Sourced


def contact_details(resource: Resource, pointer: str, message: Message) -> dict[str, Sourced]:
    """Return address, phone, email and gp, each only when given; several are joined with `; `."""
    contact = {}
    gathered = {
        "address": _addresses(resource, pointer, read_date(message.timestamp, instant=True)),
        "phone": _telecoms(resource, pointer, "phone"),
        "email": _telecoms(resource, pointer, "email"),
        "gp": _practices(resource, pointer, message),
    }
    for name, values in gathered.items():
        found = [value for value in values if value.value]
        if found:
            contact[name] = Sourced("; ".join(value.value for value in found), found[0].pointer)
    return contact


def _addresses(resource: Resource, pointer: str, told: PartialDate | None) -> Iterator[Sourced]:
    addresses = resource.get("address", ())
    for address in current_first(addresses, told):
        parts = (*address.get("line", ()), *(address.get(key, "") for key in ("city", "district", "postalCode")))
        # Lines and postcode as well as the text, so that each can be recognised when a narrative quotes it.
        lines = ", ".join(part for part in parts if part)
        text = str(address.get("text") or "")
        said = text if all(part in text for part in parts) else f"{text} {lines}".strip()
        end = ended(address, told)
        # After a comma, so that the address before it is still recognised when a narrative quotes it.
        until = (", no longer" if end == "old" else f", until {end}") if end and said else ""
        yield Sourced(said + until, f"{pointer}.address[{addresses.index(address)}]")


def _telecoms(resource: Resource, pointer: str, system: str) -> Iterator[Sourced]:
    for place, telecoms in _own_telecoms(resource, pointer):
        for index, telecom in enumerate(telecoms):
            if telecom.get("system") == system:
                yield Sourced(telecom.get("value", ""), f"{place}.telecom[{index}]")


def _own_telecoms(resource: Resource, pointer: str) -> Iterator[tuple[str, Iterable[Resource]]]:
    yield pointer, resource.get("telecom", ())
    for index, contact in enumerate(resource.get("contact", ())):
        if "ONESELF" in codes_of(contact.get("relationship", ())):
            yield f"{pointer}.contact[{index}]", contact.get("telecom", ())


def _practices(resource: Resource, pointer: str, message: Message) -> Iterator[Sourced]:
    for index, reference in enumerate(resource.get("generalPractitioner", ())):
        practice = message.find(reference)
        code = reference.get("identifier", {}).get("value", "")
        name = practice.resource.get("name", "") if practice is not None and practice.kind == "Organization" else ""
        yield Sourced(name or (f"ODS code {code}" if code else ""), f"{pointer}.generalPractitioner[{index}]")
