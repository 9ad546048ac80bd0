"""From JSON pointers to the rows and columns that the sender knows."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import chain

from hub.domain.referral import Parsed, ReferralDraft, Sourced


def relocated(parsed: Parsed, places: Mapping[str, str], row: str) -> Parsed:
    """Return the same outcome with places such as `row 3 col child_name`.

    Args:
        parsed: places are JSON pointers.
        places: JSON pointer of a cell -> its row and column.
        row: the first row of the record, for remarks about the record as a whole.
    """
    issues = tuple(replace(issue, location=_place(issue.location, places, row)) for issue in parsed.issues)
    draft = None if parsed.draft is None else _draft(parsed.draft, places, row)
    return replace(parsed, pointer=row, draft=draft, issues=issues)


def _draft(draft: ReferralDraft, places: Mapping[str, str], row: str) -> ReferralDraft:
    return replace(
        draft,
        pointer=row,
        people=tuple(
            replace(p, fields=_moved(p.fields, places, row), contact=_moved(p.contact, places, row))
            for p in draft.people
        ),
        entries=tuple(replace(entry, fields=_moved(entry.fields, places, row)) for entry in draft.entries),
        consents=tuple(replace(item, pointer=_place(item.pointer, places, row)) for item in draft.consents),
    )


def _moved(fields: Mapping[str, Sourced], places: Mapping[str, str], row: str) -> dict[str, Sourced]:
    return {name: replace(value, pointer=_place(value.pointer, places, row)) for name, value in fields.items()}


def _place(pointer: str, places: Mapping[str, str], row: str) -> str:
    # Exactly this cell, else the first one inside what the pointer names, else the one around it, else the record.
    inside = (place for cell, place in places.items() if cell.startswith(f"{pointer}/"))
    around = (place for cell, place in places.items() if pointer.startswith(f"{cell}/"))
    return places.get(pointer) or next(chain(inside, around), row)
