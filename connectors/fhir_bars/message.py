"""A message bundle as entries that can be found by reference. Places are written `Bundle.entry[4].resource.name`."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from fhir.resources.R4B import get_fhir_model_class

from connectors.moments import UNKNOWN, version_at
from connectors.strict_json import read_json
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Issue, Limits, Severity

_ELSEWHERE = ("#", "http:", "https:")
_NESTED = (dict, list)

Resource = Mapping[str, Any]
"""A FHIR resource as `strict_json` read it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: the key by which others refer to it, the resource, and where it stands."""

    key: str
    resource: Resource
    pointer: str
    objects: tuple[Resource, ...] = field(init=False, repr=False, compare=False)
    """Every object within the resource, itself first: most of what is looked for stands in none of them."""

    def __post_init__(self) -> None:
        """Walk the resource once."""
        object.__setattr__(self, "objects", tuple(_objects(self.resource)))

    @property
    def kind(self) -> str:
        """Return the resource type."""
        return str(self.resource["resourceType"])


@dataclass(frozen=True, slots=True)
class Message:
    """A whole bundle; `labels` are its own security codes, `odd` the places of its own elements that say nothing."""

    id: str
    timestamp: str
    labels: frozenset[str]
    entries: tuple[Entry, ...]
    odd: tuple[str, ...] = ()
    _by_name: Mapping[str, Entry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Index the entries once: a message may refer to each of a thousand entries thousands of times."""
        names = {name: entry for entry in reversed(self.entries) for name in _names(entry)}
        object.__setattr__(self, "_by_name", names)

    def of_kind(self, *kinds: str) -> Iterator[Entry]:
        """Yield the entries of these resource types, in message order."""
        return (entry for entry in self.entries if entry.kind in kinds)

    def find(self, reference: object) -> Entry | None:
        """Return the entry that a FHIR Reference points to, or None."""
        target = reference.get("reference") if isinstance(reference, dict) else None
        return self._by_name.get(target) if isinstance(target, str) else None

    def has(self, name: str) -> bool:
        """Say whether something in the message goes by this name."""
        return name in self._by_name


def read_message(body: bytes, limits: Limits) -> Message:
    """Read a message bundle.

    Raises:
        RejectedMessageError: not strict JSON, `not_a_message_bundle`, `too_many_entries` or `message_header_missing`.
    """
    bundle = read_json(body, limits, ("entry", "resource"))
    if not isinstance(bundle, dict) or (bundle.get("resourceType"), bundle.get("type")) != ("Bundle", "message"):
        raise RejectedMessageError("not_a_message_bundle", where="Bundle")
    entries = bundle.get("entry")
    if not isinstance(entries, list) or not entries:
        raise RejectedMessageError("required", where="Bundle.entry")
    if len(entries) > limits.max_entries:
        raise RejectedMessageError("too_many_entries", where="Bundle.entry")
    clean = without_nulls if b"null" in body else _as_it_is
    read = tuple(_entry(entry, f"Bundle.entry[{index}]", clean) for index, entry in enumerate(entries))
    if read[0].kind != "MessageHeader":
        raise RejectedMessageError("message_header_missing", where="Bundle.entry[0]")
    timestamp = bundle.get("timestamp")
    written = timestamp if isinstance(timestamp, str) else ""
    return Message(_id(bundle), written, security_codes(bundle), read, tuple(_odd(bundle, written)))


@dataclass(frozen=True, slots=True)
class Introduction:
    """What a message calls itself, and the endpoint that it says it comes from: a claim, never an address to call."""

    id: str
    endpoint: str = ""


def introduced(body: bytes) -> Introduction:
    """Return how a message that was read before introduces itself, without checking it all again."""
    try:
        bundle = json.loads(body)
    except (ValueError, RecursionError):
        bundle = None
    if not isinstance(bundle, dict):
        return Introduction("")
    try:
        endpoint = bundle["entry"][0]["resource"]["source"]["endpoint"]
    except (KeyError, IndexError, TypeError):
        endpoint = ""
    return Introduction(_id(bundle), endpoint if isinstance(endpoint, str) else "")


def security_codes(resource: Resource) -> frozenset[str]:
    """Return the codes of `meta.security` in capitals, such as R for a restricted person.

    FHIR codes are told apart by case; senders write `r` all the same, and nobody means anything else by it.
    """
    meta = resource.get("meta")
    labels = meta.get("security") if isinstance(meta, dict) else None
    return frozenset(str(label.get("code")).strip().upper() for label in labels or () if isinstance(label, dict))


def of_the_bundle(message: Message) -> Iterator[Issue]:
    """Yield a warning for each element of the bundle itself that cannot be read, and for an entry's name used twice."""
    for place in message.odd:
        yield Issue(Severity.WARNING, "invalid_value", place)
    seen: set[str] = set()
    for entry in message.entries:
        if entry.key in seen:
            yield Issue(Severity.WARNING, "name_used_twice", f"{entry.pointer}.fullUrl")
        seen.add(entry.key)


def _odd(bundle: Mapping[str, object], written: str) -> Iterator[str]:
    if "id" in bundle and not isinstance(bundle["id"], str):
        yield "Bundle.id"
    if "identifier" in bundle and not _id(bundle):
        yield "Bundle.identifier"
    if "timestamp" in bundle and version_at(written) == UNKNOWN:
        yield "Bundle.timestamp"


def dangling(message: Message) -> Iterator[Issue]:
    """Yield a warning for each reference that nothing in the bundle answers, at the element that holds it."""
    for entry in message.entries:
        if not any(_leads_nowhere(item, message) for item in entry.objects):
            continue
        for name, value in entry.resource.items():
            place = f"{entry.pointer}.resource" + (f".{name}" if name in _elements(entry.kind) else "")
            for item in _objects(value):
                if _leads_nowhere(item, message):
                    yield Issue(Severity.WARNING, "reference_unresolved", place)


def _leads_nowhere(item: Resource, message: Message) -> bool:
    target = item.get("reference")
    return isinstance(target, str) and not message.has(target) and not target.startswith(_ELSEWHERE)


@lru_cache(maxsize=256)
def _elements(kind: str) -> frozenset[str]:
    try:
        return frozenset(get_fhir_model_class(kind).elements_sequence())
    except (KeyError, ValueError):
        return frozenset()


def _objects(value: object) -> list[Resource]:
    found: list[Resource] = []
    waiting = [value]
    for item in waiting:  # grows while it is walked
        if isinstance(item, dict):
            found.append(item)
            waiting += [inner for inner in item.values() if isinstance(inner, _NESTED)]
        elif isinstance(item, list):
            waiting += [inner for inner in item if isinstance(inner, _NESTED)]
    return found


def _names(entry: Entry) -> frozenset[str]:
    own = entry.resource.get("id")
    return frozenset({entry.key, f"{entry.kind}/{own}" if own else entry.key})


def _as_it_is(resource: Resource) -> Resource:
    return resource


def _entry(entry: object, pointer: str, clean: Callable[[Resource], Resource]) -> Entry:
    resource = entry.get("resource") if isinstance(entry, dict) else None
    if (
        not isinstance(entry, dict)
        or not isinstance(resource, dict)
        or not isinstance(resource.get("resourceType"), str)
    ):
        raise RejectedMessageError("required", where=f"{pointer}.resource")
    full_url = entry.get("fullUrl")
    return Entry(full_url if isinstance(full_url, str) and full_url else pointer, clean(resource), pointer)


def without_nulls(value: Any) -> Any:  # noqa: ANN401  any JSON value
    """Leave out what is null."""
    # FHIR puts null into a list of texts only to hold the place of an extension; elsewhere it says nothing.
    if isinstance(value, dict):
        return {key: without_nulls(item) for key, item in value.items() if item is not None}
    return [without_nulls(item) for item in value if item is not None] if isinstance(value, list) else value


def _id(bundle: Mapping[str, object]) -> str:
    identifier = bundle.get("identifier")
    value = identifier.get("value") if isinstance(identifier, dict) else bundle.get("id")
    return value if isinstance(value, str) else ""
