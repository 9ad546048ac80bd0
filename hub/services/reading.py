"""Finding one entry of a family as one reader sees it: through the gate, page by page, each page entered."""

from dataclasses import dataclass

from hub.domain.errors import AccessRefusedError
from hub.domain.ids import AccountId, FamilyId, PersonId
from hub.gate.disclosure import Disclosure, ShownRecord
from hub.services import persons
from hub.services.family_page import FamilyPages, Stated


@dataclass(frozen=True, slots=True)
class Found:
    """One record, and the view it was found in: what else is shown, and under which labels."""

    record: ShownRecord
    disclosure: Disclosure


class Reading:
    """Reads through the family page's own view. Built once by wiring."""

    def __init__(self, pages: FamilyPages) -> None:
        """Take what opens families."""
        self._pages = pages

    def everything(
        self, account: AccountId, family: FamilyId, stated: Stated
    ) -> tuple[tuple[ShownRecord, ...], dict[PersonId, str]]:
        """Return all records this reader sees, and the names of the people they may name."""
        shown = self._pages.disclose(account, family, stated)
        names = {PersonId(line.person): line.name for line in persons.people(shown, self._pages.register())}
        records = {record.record: record for record in shown.records}
        while shown.cursor:
            shown = self._pages.disclose(account, family, stated, cursor=shown.cursor)
            records |= {record.record: record for record in shown.records}
        return tuple(records.values()), names

    def find(self, account: AccountId, family: FamilyId, stated: Stated, record: str) -> Found:
        """Return a record this reader sees; AccessRefusedError, as for one that does not exist, otherwise."""
        cursor, more = "", True
        while more:
            shown = self._pages.disclose(account, family, stated, cursor=cursor)
            found = next((one for one in shown.records if one.record == record), None)
            if found is not None:
                return Found(found, shown)
            cursor, more = shown.cursor, bool(shown.cursor)
        raise AccessRefusedError("not_seen", where=record)
