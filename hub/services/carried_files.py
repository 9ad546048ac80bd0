"""Files that go with a family to another partnership: opened as the view allows, left out by name where they do not.

INVARIANT: only a file that the view shows whole, to its maker and to its recipient, is opened.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from hub.domain.errors import SealBrokenError
from hub.domain.ids import AgencyId, RecordId
from hub.gate.disclosure import ShownRecord
from hub.services.attachments import key_of, require_place
from hub.services.file_chunks import FileKeys
from hub.store.clear import attachments
from hub.store.session import Transactions

QUARANTINED, TOO_LARGE, BROKEN = "in_quarantine", "too_large", "broken"


@dataclass(frozen=True, slots=True)
class Carried:
    """One file on its way: beside which entry, and its content; `left_out` says why it stays ("" when it goes)."""

    owner: AgencyId
    entry: RecordId
    title: str = field(repr=False)
    media_type: str
    content: bytes = field(repr=False)
    left_out: str = ""


class CarriedFiles:
    """Opens files for a bundle. Built by wiring."""

    def __init__(self, keys: FileKeys, clear: Transactions, most: int) -> None:
        """Take what opens chunks, clear rows, and how many bytes of files one bundle may hold."""
        self._keys, self._clear, self._most = keys, clear, most

    def beside(self, records: Iterable[ShownRecord]) -> Sequence[Carried]:
        """Return the files among the records of a view, oldest first, as long as there is room."""
        keys = {record.record: (record.owner, key) for record in records if (key := key_of(record)) is not None}
        found: list[Carried] = []
        room = self._most
        with self._clear.read() as connection:
            for row, _ in attachments.headings(connection, self._clear.partnership, sorted(keys)):
                chunks = attachments.chunks_of(connection, self._clear.partnership, row.id)
                found.append(self._carried(row, *keys[row.id], chunks, room))
                room -= len(found[-1].content)
        return found

    def _carried(
        self, row: attachments.Attachment, owner: AgencyId, key: bytes, chunks: Sequence[bytes], room: int
    ) -> Carried:
        try:
            heading, content = self._keys.content(key, row.id, chunks)
            require_place(heading, row)
        except SealBrokenError:
            return Carried(owner, row.entry, "", "", b"", BROKEN)
        why = QUARANTINED if row.state != attachments.CLEAN else TOO_LARGE if len(content) > room else ""
        return Carried(owner, row.entry, str(heading["title"]), str(heading["type"]), b"" if why else content, why)
