"""How long one value may be, for formats that are read before they are checked."""

from collections.abc import Iterator

from hub.domain.referral import Issue, Limits, ReferralDraft, Severity


def too_long(draft: ReferralDraft, limits: Limits) -> Iterator[Issue]:
    """Yield an error for every value of a draft with more characters than `max_field_characters`."""
    groups = [*(person.fields for person in draft.people), *(entry.fields for entry in draft.entries)]
    groups += [person.contact for person in draft.people]
    said = [value for fields in groups for value in fields.values()]
    for value in [*said, draft.why_withdrawn] if draft.why_withdrawn else said:
        if len(value.value) > limits.max_field_characters:
            yield Issue(Severity.ERROR, "field_too_long", value.pointer)
