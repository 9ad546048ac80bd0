"""What the entries of a message say of its repair: by whom, when, and which of their own fields were changed. Pure.

INVARIANT: it stands under the label that shows its entry, and names no field of another entry: who may see one entry
of a message learns nothing of the others by it. What was changed elsewhere stands on the receipt, for the front door.
"""

from collections.abc import Mapping
from dataclasses import replace

from hub.domain.errors import InvalidRequestError
from hub.domain.fields import REPAIRED, SHAPES, words_for
from hub.domain.partial_date import PartialDate
from hub.domain.referral import EntryDraft, ReferralDraft, Sourced

KEPT = "What the sender wrote is kept as it came."


def marked(draft: ReferralDraft, corrected: Mapping[str, str], by: str) -> ReferralDraft:
    """Return a repaired message whose entries say so; `corrected` are values by place, `by` says who and when."""
    return replace(draft, entries=tuple(_marked(entry, corrected, by) for entry in draft.entries))


def _marked(entry: EntryDraft, corrected: Mapping[str, str], by: str) -> EntryDraft:
    shape = SHAPES[entry.kind]
    main = [name for name, said in entry.fields.items() if said.value and shape.fields[name] == shape.outline]
    shown_by = [entry.narrowed.get(name, entry.about) for name in main]
    if not shown_by or shape.fields.get(REPAIRED) != shape.outline:  # no room under the label that shows the entry
        return entry
    changed = ", ".join(_changed(entry, corrected))
    what = f"Changed here: {changed}." if changed else "" if corrected else "Nothing was changed."
    words = " ".join(filter(None, (by, what, KEPT)))
    subjects = min(shown_by, key=lambda keys: (len(keys), sorted(keys)))
    fields = {**entry.fields, REPAIRED: Sourced(words, "")}
    return replace(entry, fields=fields, narrowed={**entry.narrowed, REPAIRED: subjects})


def _changed(entry: EntryDraft, corrected: Mapping[str, str]) -> list[str]:
    """Return the names of the fields of this entry that were changed."""
    named = [words_for(name) for name, said in entry.fields.items() if said.pointer in corrected]
    return [*(["when it happened"] if any(_is(entry.occurred, said) for said in corrected.values()) else ()), *named]


def _is(occurred: PartialDate, said: str) -> bool:
    try:
        return PartialDate.parse(said[:10]) == occurred
    except InvalidRequestError:
        return False
