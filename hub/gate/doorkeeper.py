"""Lets in where no record is opened, and raises alarms: both are entered in the log before anything else.

Law: DPA 2018 s62(4) limits what the log may be used for; what is read here are decisions and reasons, never content.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from hub.domain.access import Act, Operation
from hub.domain.errors import AccessRefusedError
from hub.domain.ids import AccountId, EntryId, RecordId
from hub.gate.finder import Finder, Standing
from hub.ledger.book import Book
from hub.ledger.entries import Entry


class Doorkeeper:
    """Enters who was let in, who was not, and what must not go unseen. Built once by wiring."""

    def __init__(self, finder: Finder, book: Book) -> None:
        """Take who knows the roles, and the log."""
        self._finder, self._book = finder, book

    def let_in(  # noqa: PLR0913  what an entry says
        self,
        account: AccountId,
        act: Act,
        may: Collection[str],
        *,
        operation: Operation = Operation.CONSULTATION,
        purpose: str = "",
        family: str = "",
        justification: str = "",
        recipient: str = "",
        records: Collection[RecordId] = (),
        selection: Mapping[str, object] = MappingProxyType({}),
    ) -> Standing:
        """Return the standing of whoever has one of these roles or relationships; an entered refusal raises."""
        who = self._finder.standing(account)
        allowed = bool({who.role, *who.relationships} & set(may))
        entry = Entry(
            operation=operation if allowed else Operation.DENIAL,
            act=act.value,
            actor=account,
            actor_role=who.role,
            agency=who.agency,
            purpose=purpose,
            family=family,
            justification=justification,
            recipient=recipient,
            records=tuple(records) if allowed else (),
            selection=selection,
            outcome="released" if allowed else "refused",
        )
        self._book.append(entry)
        if not allowed:
            raise AccessRefusedError("role_may_not", where=act.value)
        return who

    def alarm(self, act: Act, code: str, *, agency: str, family: str, detail: Mapping[str, str]) -> EntryId:
        """Enter that something was not done in time: codes and ids, for the officers of that agency."""
        said = Entry(operation=Operation.ALARM, act=act.value, actor="system", outcome=code, detail=detail)
        return self._book.append(replace(said, agency=agency, family=family)).id
