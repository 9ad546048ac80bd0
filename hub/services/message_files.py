"""Files that came inside a message: taken in clean beside the entry they belong to, or kept sealed in quarantine.

INVARIANT: whatever a file is, its referral comes in; a file that is refused is kept as it was sent, is never handed
out, and is told of in the receipt.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from hub.domain.errors import InvalidRequestError
from hub.domain.file_kinds import CleanFile, clean_file
from hub.domain.ids import FamilyId, IdMaker, RecordId
from hub.domain.referral import AttachmentDraft, Issue, ReferralDraft, Severity
from hub.gate.records import NewRecord
from hub.policy.working_days import Calendar
from hub.services.composing import Composed, Sender
from hub.services.file_chunks import FileKeys
from hub.services.file_records import file_record
from hub.services.quarantine import QUARANTINE, REFUSED, WITHIN, Scanner, finding
from hub.store.clear import attachments, work


@dataclass(frozen=True, slots=True)
class TakenFile:
    """A file on its way in: the record that opens it, its row and its sealed chunks."""

    record: NewRecord
    row: attachments.Attachment
    chunks: Sequence[bytes] = field(repr=False)


class MessageFiles:
    """Takes in. Built by wiring, for intake."""

    def __init__(self, keys: FileKeys, scanner: Scanner, calendar: Calendar, ids: IdMaker, most: int) -> None:
        """Take what seals chunks, the scanner, the calendar of clocks, and the largest file in bytes."""
        self._keys, self._scanner, self._calendar, self._ids, self._most = keys, scanner, calendar, ids, most

    def take(
        self, draft: ReferralDraft, composed: Composed, sender: Sender
    ) -> tuple[tuple[TakenFile, ...], tuple[Issue, ...]]:
        """Return the files of a message, sealed, and a warning for each that is refused or stopped."""
        taken, issues = [], []
        for file in draft.attachments:
            if not composed.entries:
                issues.append(Issue(Severity.WARNING, "attachment_without_entry", file.pointer))
                continue
            entry = composed.entries[file.entry if file.entry in range(len(composed.entries)) else 0]
            clean, code = self._look_at(file)
            taken.append(self._sealed(file, (clean, code), entry, sender))
            issues += [Issue(Severity.WARNING, code, file.pointer)] if code else []
        return tuple(taken), tuple(issues)

    def store(self, connection: Connection, partnership: str, files: Sequence[TakenFile], family: FamilyId) -> None:
        """Write rows and chunks beside what the gate seals; what was stopped gets its task."""
        for file in files:
            attachments.add(connection, partnership, file.row, file.chunks)
            if file.row.state == attachments.QUARANTINED:
                work.add_task(connection, partnership, self._task(file, family, file.row.added_at))

    def _look_at(self, file: AttachmentDraft) -> tuple[CleanFile | None, str]:
        if len(file.content) > self._most:
            return None, "file_too_large"
        try:
            clean = clean_file(file.content)
        except InvalidRequestError as error:
            return None, error.code
        return clean, "file_stopped" if finding(self._scanner, file.content) else ""

    def _sealed(
        self, file: AttachmentDraft, looked: tuple[CleanFile | None, str], entry: NewRecord, sender: Sender
    ) -> TakenFile:
        (clean, code), record, key = looked, RecordId(self._ids.new()), self._keys.new_key()
        kept = clean or CleanFile("application/octet-stream", "bin", file.content)
        heading = {"title": file.title or "Attachment", "type": kept.media_type, "ending": kept.ending}
        heading |= {"entry": entry.id} | ({} if clean else {REFUSED: code})
        chunks = self._keys.seal(key, record, heading, kept.content)
        state = attachments.QUARANTINED if code else attachments.CLEAN
        row = attachments.Attachment(record, entry.id, len(chunks), state, sender.at, sender.account)
        labels = list(entry.by_label())
        sealed = file_record(self._keys, key, record, labels, entry.owner, entry.occurred, entry.referral)
        return TakenFile(sealed, row, chunks)

    def _task(self, file: TakenFile, family: FamilyId, now: datetime) -> work.Task:
        due, id_ = self._calendar.due(now, WITHIN), file.record.id
        return work.Task(self._ids.new(), id_, QUARANTINE, file.record.owner, family, None, now, due, subject=id_)
