"""From JSON pointers to the places that a sender of another form of the same format knows."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from hub.domain.referral import Parsed, ReferralDraft, Sourced

Place = Callable[[str], str]


def placed(parsed: Parsed, place: Place) -> Parsed:
    """Return the same outcome with every place written as `place` writes a JSON pointer."""
    issues = tuple(replace(issue, location=place(issue.location)) for issue in parsed.issues)
    draft = None if parsed.draft is None else _draft(parsed.draft, place)
    return replace(parsed, pointer=place(parsed.pointer), draft=draft, issues=issues)


def _draft(draft: ReferralDraft, place: Place) -> ReferralDraft:
    def moved(fields: Mapping[str, Sourced]) -> dict[str, Sourced]:
        return {name: Sourced(value.value, place(value.pointer)) for name, value in fields.items()}

    return replace(
        draft,
        pointer=place(draft.pointer),
        people=tuple(replace(p, fields=moved(p.fields), contact=moved(p.contact)) for p in draft.people),
        entries=tuple(replace(entry, fields=moved(entry.fields)) for entry in draft.entries),
        consents=tuple(replace(consent, pointer=place(consent.pointer)) for consent in draft.consents),
    )
