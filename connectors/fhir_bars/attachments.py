"""Files inside a message: every FHIR Attachment and Binary that carries its own bytes, wherever it stands."""

import base64
import binascii
from collections.abc import Iterator

from connectors.fhir_bars.message import Entry, Message, Resource
from hub.domain.referral import AttachmentDraft, Issue, Severity

_TITLES = ("title", "description")


def attachments(message: Message) -> tuple[tuple[AttachmentDraft, ...], tuple[Issue, ...]]:
    """Return the files, decoded, for the one entry of the message.

    A file that cannot be decoded is an error; one that only an address leads to is never fetched, and remarked on.
    """
    files: list[AttachmentDraft] = []
    issues: list[Issue] = []
    for entry in message.entries:
        if not any(_is_file(item) for item in entry.objects):  # cheaper than writing down every place
            continue
        for place, found in _found(entry.resource, f"{entry.pointer}.resource"):
            if "data" not in found:
                if message.find({"reference": found["url"]}) is None:
                    issues.append(Issue(Severity.WARNING, "attachment_elsewhere", f"{place}.url"))
                continue
            content = _decoded(found["data"])
            if not content:
                issues.append(Issue(Severity.ERROR, "attachment_not_readable", f"{place}.data"))
                continue
            title = _title(found, entry, message) or f"Attachment {len(files) + 1}"
            files.append(AttachmentDraft(0, title, str(found["contentType"]), content, place))
    return tuple(files), tuple(issues)


def _found(value: object, place: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield (place, object) for every file."""
    if isinstance(value, dict):
        if _is_file(value):
            yield place, value
        for name, item in value.items():
            if isinstance(item, dict | list):
                yield from _found(item, f"{place}.{name}")
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _found(item, f"{place}[{index}]")


def _is_file(item: Resource) -> bool:
    """Say whether it has a content type, and bytes or an address: only Attachment and Binary have."""
    return isinstance(item.get("contentType"), str) and isinstance(item.get("data", item.get("url")), str)


def _decoded(data: object) -> bytes:
    try:
        return base64.b64decode("".join(str(data).split()), validate=True)
    except (binascii.Error, ValueError):
        return b""


def _title(found: Resource, entry: Entry, message: Message) -> str:
    """Return the file's own title, else that of the document around it or of the one that refers to it."""
    holders = [found, entry.resource]
    for document in message.of_kind("DocumentReference") if entry.kind == "Binary" else ():
        leading = [
            item for _, item in _found(document.resource, "") if message.find({"reference": item.get("url")}) is entry
        ]
        holders += [*leading, document.resource] if leading else []
    said = (holder.get(name) for holder in holders for name in _TITLES)
    return next((text.strip() for text in said if isinstance(text, str) and text.strip()), "")
