"""A restricted person stays restricted: their address, postcode and phone may stand nowhere else in the message.

Compared however they are spelt (`connectors/spellings.py`), within one message: what an earlier one protected lies
sealed, and is not opened to read the next. A quoting text is quarantined, because only a person can mend it; the
same address given openly for someone else in the message is closed there too. Source: design 9.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from connectors.digits import digit_issues
from connectors.spellings import pattern, plain
from hub.domain.referral import Issue, Outcome, Parsed, PersonDraft, ReferralDraft, Severity, Sourced

_POSTCODE = re.compile(r"\b[A-Z]{1,2}[0-9][A-Z0-9]?\s*[0-9][A-Z]{2}\b", re.IGNORECASE)
_PARTS = re.compile(r"[,;\n]+")
_PHONES = re.compile(r"[;,\n/]+")
_SUBSCRIBER_DIGITS = 10  # without the leading 0, +44 or 0044
_SHORTEST = 6  # `Flat 3` or `Leeds` alone says too little to quarantine for
_PLACE_FIELDS = ("address", "phone", "email")


def conclude(draft: ReferralDraft, issues: tuple[Issue, ...]) -> Parsed:
    """Turn a draft and the remarks on it into a `Parsed`: quarantined without draft when any remark is an error."""
    guarded, remarks = _guard(draft)
    everything = issues + remarks + tuple(issue for person in draft.people for issue in digit_issues(person))
    if any(issue.severity is Severity.ERROR for issue in everything):
        return Parsed(Outcome.QUARANTINED, draft.pointer, None, everything)
    return Parsed(Outcome.ACCEPTED, draft.pointer, guarded, everything)


def _guard(draft: ReferralDraft) -> tuple[ReferralDraft, tuple[Issue, ...]]:
    people, closed = _spread(draft.people)
    needles = _needles(people)
    places = dict.fromkeys(text.pointer for text in _texts(draft) if _quotes(text.value, needles))
    quotes = tuple(Issue(Severity.ERROR, "protected_value_in_narrative", place) for place in places)
    return replace(draft, people=people), closed + quotes


def _spread(people: tuple[PersonDraft, ...]) -> tuple[tuple[PersonDraft, ...], tuple[Issue, ...]]:
    # Until nothing changes: closing a second person may protect a value that a third one gives openly.
    issues: list[Issue] = []
    while True:
        needles, homes = _needles(people), _homes(people)
        shared = {
            person.key: value.pointer
            for person in people
            if not person.restricted
            for name, value in person.contact.items()
            if _quotes(value.value, needles) or (name == "household" and value.value in homes)
        }
        if not shared:
            return people, tuple(issues)
        issues += [Issue(Severity.WARNING, "protected_value_shared", pointer) for pointer in shared.values()]
        people = tuple(replace(p, restricted=True) if p.key in shared else p for p in people)


def _homes(people: tuple[PersonDraft, ...]) -> frozenset[str]:
    # The school of a child in the same household leads to the protected parent's door.
    return frozenset(p.contact["household"].value for p in people if p.restricted and "household" in p.contact)


def _texts(draft: ReferralDraft) -> Iterator[Sourced]:
    for person in draft.people:
        yield from person.fields.values()
    for entry in draft.entries:
        yield from entry.fields.values()
    for consent in draft.consents:
        yield Sourced(consent.reason, consent.pointer)
    for file in draft.attachments:
        yield Sourced(file.title, file.pointer)
    if draft.why_withdrawn is not None:
        yield draft.why_withdrawn


def _needles(people: tuple[PersonDraft, ...]) -> re.Pattern[str] | None:
    found = {needle for person in people if person.restricted for needle in _values(person)}
    return re.compile("|".join(sorted(found))) if found else None


def _values(person: PersonDraft) -> Iterator[str]:
    for name in _PLACE_FIELDS:
        text = person.contact[name].value if name in person.contact else ""
        yield from _phone_parts(text) if name == "phone" else _address_parts(text)


def _phone_parts(text: str) -> Iterator[str]:
    for number in _PHONES.split(text):
        digits = re.sub(r"[^0-9]", "", plain(number))
        if len(digits) >= _SHORTEST:
            yield digits[-_SUBSCRIBER_DIGITS:]


def _address_parts(text: str) -> Iterator[str]:
    for code in _POSTCODE.findall(text):
        yield plain(code)
    for index, part in enumerate(_PARTS.split(text)):
        marks = plain(part)
        if len(marks) >= _SHORTEST and (index == 0 or any(c.isdigit() for c in marks)):
            yield pattern(part)


def _quotes(text: str, needles: re.Pattern[str] | None) -> bool:
    return needles is not None and needles.search(plain(text)) is not None
