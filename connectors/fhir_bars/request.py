"""The ServiceRequest: which referral it is, what it asks for, from whom and of whom."""

from collections.abc import Iterator

from connectors.fhir_bars.message import Entry, Message, Resource
from connectors.fhir_bars.wording import codes_of, concept_words
from connectors.moments import UNKNOWN, version_at
from hub.domain.referral import Sourced

_ACTIONS = {"new": "new", "update": "amend", "delete": "withdraw"}
_REVOKED = frozenset({"revoked", "entered-in-error"})
_PURPOSES = frozenset({"referral", "validation"})


def reasons(message: Message) -> frozenset[str]:
    """Return the codes of `MessageHeader.reason`."""
    return codes_of([message.entries[0].resource.get("reason", {})])


def is_known_reason(message: Message) -> bool:
    """Say whether the reason is absent or one that is understood."""
    return not reasons(message) or bool(reasons(message) & _ACTIONS.keys())


def action(message: Message, request: Entry) -> str:
    """Return new, amend or withdraw: a cancellation is the same message again with the request revoked."""
    if request.resource.get("status") in _REVOKED:
        return "withdraw"
    return next((_ACTIONS[code] for code in sorted(reasons(message)) if code in _ACTIONS), "new")


def reference(request: Entry) -> str:
    """Return the sender's own id of the referral, which its updates and cancellation repeat.

    The business identifier first, because ids change with the server; `Bundle.id` names one message only.
    """
    for identifier in request.resource.get("identifier", ()):
        if identifier.get("value"):
            return f"{identifier.get('system', '')}|{identifier['value']}"
    own = request.resource.get("id")
    return f"ServiceRequest/{own}" if own else request.key


def version(message: Message, request: Entry) -> int:
    """Return a number that grows with each message about a referral: BaRS numbers no versions, it dates messages."""
    written = (message.timestamp, request.resource.get("meta", {}).get("lastUpdated", ""))
    return next((number for text in written if (number := version_at(text)) != UNKNOWN), UNKNOWN)


def purpose(request: Entry) -> str:
    """Return `validation` for a request that another clinician look at a case, else `referral`."""
    return next(iter(sorted(codes_of(request.resource.get("category", ())) & _PURPOSES, reverse=True)), "referral")


def services(message: Message, request: Entry) -> Iterator[Sourced]:
    """Yield what is asked for: category, code, priority, and the service it is asked of."""
    at = f"{request.pointer}.resource"
    for index, category in enumerate(request.resource.get("category", ())):
        yield Sourced(concept_words(category), f"{at}.category[{index}]")
    yield Sourced(concept_words(request.resource.get("code", {})), f"{at}.code")
    if priority := request.resource.get("priority"):
        yield Sourced(f"Priority: {priority}", f"{at}.priority")
    for index, performer in enumerate(request.resource.get("performer", ())):
        found = message.find(performer)
        if found is not None and found.kind in {"HealthcareService", "Organization"}:
            yield Sourced(found.resource.get("name", ""), f"{at}.performer[{index}]")


def referrers(message: Message, request: Entry) -> Iterator[Sourced]:
    """Yield who asks: the requester, by name and organisation, else the sender of the message."""
    sources = (
        (request.resource.get("requester"), f"{request.pointer}.resource.requester"),
        (message.entries[0].resource.get("sender"), f"{message.entries[0].pointer}.resource.sender"),
    )
    for reference_, place in sources:
        if words := _who(message, reference_):
            yield Sourced(words, place)
            return


def _who(message: Message, reference_: object) -> str:
    entry = message.find(reference_)
    if entry is None:
        return ""
    if entry.kind == "PractitionerRole":
        parts = (_who(message, entry.resource.get(name)) for name in ("practitioner", "organization"))
        return ", ".join(part for part in parts if part)
    if entry.kind == "Practitioner":
        return next((_name(name) for name in entry.resource.get("name", ())), "")
    return str(entry.resource.get("name", "")) if entry.kind in {"Organization", "HealthcareService"} else ""


def _name(name: Resource) -> str:
    parts = (*name.get("prefix", ()), *name.get("given", ()), name.get("family", ""))
    return str(name.get("text") or " ".join(part for part in parts if part))
