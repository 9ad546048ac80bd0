"""Who refers, kept apart from what they say: a record of its own that the front door alone reads.

INVARIANT: a name, number or address of who refers stands in no text of the referral that others may read.
"""

from collections.abc import Iterator
from dataclasses import replace

from connectors.people import Plain, copied, display_name
from connectors.spellings import plain
from hub.domain.fields import SHAPES, RecordKind
from hub.domain.labels import Sensitivity
from hub.domain.partial_date import PartialDate
from hub.domain.referral import EntryDraft, Issue, Outcome, Parsed, ReferralDraft, Severity

_APART = tuple(SHAPES[RecordKind.REFERRER].fields)
_SHORTEST = 6
"""Letters and digits below which a name or number says too little to quarantine a text for it."""
_SUBSCRIBER_DIGITS = 10


def kept_apart(parsed: Parsed, referral: Plain, pointer: str, occurred: PartialDate) -> Parsed:
    """Return the outcome with who refers as a record of its own; quarantined when a text names them."""
    if parsed.draft is None:
        return parsed
    referrer = referral["referrer"]
    naming = tuple(_naming(referral, parsed.draft))
    if naming:
        return Parsed(Outcome.QUARANTINED, parsed.pointer, None, parsed.issues + naming)
    fields = copied(referrer, f"{pointer}/referrer", {name: name for name in _APART})
    if not fields:
        return parsed
    record = EntryDraft(RecordKind.REFERRER, occurred, (), fields, sensitivity=Sensitivity.PROTECTED)
    draft = replace(parsed.draft, entries=(*parsed.draft.entries, record))
    return replace(parsed, draft=draft)


def _naming(referral: Plain, draft: ReferralDraft) -> Iterator[Issue]:
    """Yield each text that names who refers.

    Where they are among the people named, a text may name them: the desk sees that for itself, by its own rules, and no
    receipt says so, because a receipt goes to who refers.
    """
    needles = set(_needles(referral["referrer"]))
    own = {needle for person in referral["people"] for needle in _of_a_person(person)}
    if needles & own:
        return
    for entry in draft.entries:
        for text in entry.fields.values():
            if any(needle in plain(text.value) for needle in needles):
                yield Issue(Severity.ERROR, "referrer_named_in_text", text.pointer)


def _needles(said: Plain) -> Iterator[str]:
    name = str(said.get("name", ""))
    # One word alone may be `Grandma`, which texts say of other people.
    for words in (name if len(name.split()) > 1 else "", str(said.get("email", ""))):
        if len(plain(words)) >= _SHORTEST:
            yield plain(words)
    yield from _number(str(said.get("phone", "")))


def _of_a_person(person: Plain) -> Iterator[str]:
    numbers = [phone["number"] for phone in person.get("phones", ())]
    for words in (display_name(person), person.get("email", ""), *person.get("other_names", ())):
        yield plain(words)
    for number in numbers:
        yield from _number(number)


def _number(text: str) -> Iterator[str]:
    digits = "".join(c for c in plain(text) if c.isdigit())
    if len(digits) >= _SHORTEST:
        yield digits[-_SUBSCRIBER_DIGITS:]
