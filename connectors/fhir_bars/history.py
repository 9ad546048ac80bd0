"""Names and addresses with a period or a use: what holds now comes first, what held before is kept."""

from collections.abc import Iterable, Sequence

from connectors.fhir_bars.message import Resource
from connectors.schema_fields import read_date
from hub.domain.partial_date import PartialDate

_USES = ("official", "usual", "home", "", "temp", "nickname", "work", "billing", "anonymous", "maiden", "old")


def current_first(items: Iterable[Resource], told: PartialDate | None) -> Sequence[Resource]:
    """Return names or addresses in the order of their standing on the day the message was made."""
    return sorted(items, key=lambda item: (bool(ended(item, told)), _rank(item)))


def ended(item: Resource, told: PartialDate | None) -> str:
    """Return the day from which an item no longer holds, `old` when only that is known, "" while it holds."""
    end = item.get("period", {}).get("end", "")
    day = read_date(end, instant=True)
    if day is not None and told is not None and day.first < told.first:
        return str(day)
    return "old" if item.get("use") == "old" else ""


def _rank(item: Resource) -> int:
    use = item.get("use", "")
    return _USES.index(use) if use in _USES else len(_USES)
