"""Photographs and documents beside an entry: taken in clean, sealed in chunks, opened under an entry of their own.

INVARIANT: an attachment is for whoever may see everything that its author saw in the entry: its key is split into one
share per category of the entry, sealed for all the subjects, and with the handling and limits, that the entry has.
INVARIANT: nothing of a file is opened before the entry that says who opens it, and nothing in quarantine is handed out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from hub.domain.access import Act, Operation
from hub.domain.clock import Clock
from hub.domain.errors import ConflictError, InvalidRequestError, NotFoundError, SealBrokenError
from hub.domain.fields import SHAPES, RecordKind
from hub.domain.file_kinds import clean_file
from hub.domain.ids import AccountId, AgencyId, FamilyId, IdMaker, RecordId
from hub.domain.life import PRACTITIONERS
from hub.domain.partial_date import PartialDate
from hub.gate.disclosure import Disclosure, ShownRecord
from hub.gate.doorkeeper import Doorkeeper
from hub.gate.finder import Finder
from hub.gate.reader import Reader
from hub.gate.view import View
from hub.gate.writer import Actor, Writer
from hub.policy.working_days import Calendar
from hub.services.family_page import Stated
from hub.services.file_chunks import FileKeys, joined
from hub.services.file_records import file_record
from hub.services.printing import Audience as Taking
from hub.services.quarantine import QUARANTINE, REFUSED, WITHIN, Scanner, finding
from hub.services.register import moment_words
from hub.store.clear import attachments, duties, work
from hub.store.session import Transactions

ADDERS: Final = PRACTITIONERS | {"team_manager", "psychologist", "duty_worker"}
_ENTRIES: Final = frozenset(kind for kind, shape in SHAPES.items() if shape.in_chronology)
_MOST: Final = 10_000


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file as a listing prints it; `state` is clean, quarantined or broken."""

    id: RecordId
    title: str = field(repr=False)
    kind_words: str
    size_words: str
    added_words: str
    state: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as it is handed out. Its name says nothing of anybody."""

    name: str
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks, about which family, for which sitting's purpose and reason."""

    by: AccountId
    family: FamilyId
    stated: Stated


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file on its way in: what it shows, in its author's words, and its bytes as they were sent."""

    title: str = field(repr=False)
    content: bytes = field(repr=False)


_KIND_WORDS: Final[Mapping[str, str]] = {"png": "Picture", "jpg": "Photograph", "pdf": "PDF document", "txt": "Text"}


class Attachments:
    """Takes in, lists and opens. Built once by wiring."""

    def __init__(  # noqa: PLR0913, PLR0917  what files are made of
        self,
        gate: tuple[Reader, Writer, Finder, Doorkeeper],
        keys: FileKeys,
        scanner: Scanner,
        calendar: Calendar,
        clear: Transactions,
        clock: Clock,
        ids: IdMaker,
        most: int,
    ) -> None:
        """Take the gate, what seals chunks, the scanner, clear rows, and the largest file in bytes."""
        self._reader, self._writer, self._finder, self._doorkeeper = gate
        self._keys, self._scanner, self._calendar = keys, scanner, calendar
        self._clear, self._clock, self._ids, self._most = clear, clock, ids, most

    def of_entry(self, asking: Asking, entry: RecordId) -> tuple[ShownRecord, tuple[FileLine, ...]]:
        """Return an entry that this reader may see, and those of its files that they may; NotFoundError otherwise."""
        with self._clear.read() as connection:
            files = attachments.of_entry(connection, self._clear.partnership, entry)
        wanted = frozenset({entry, *(file.id for file in files)})
        seen = self._seen(asking, Act.ATTACHMENT_OPEN, _ENTRIES | {RecordKind.ATTACHMENT}, wanted)
        return _entry(seen, entry), self.beside(seen.records).get(entry, ())

    def beside(self, records: Iterable[ShownRecord]) -> dict[RecordId, tuple[FileLine, ...]]:
        """Return entry -> its files, of those that a view shows in full."""
        keys = {record.record: key for record in records if (key := key_of(record)) is not None}
        if not keys:
            return {}
        with self._clear.read() as connection:
            rows = attachments.headings(connection, self._clear.partnership, keys)
        found: dict[RecordId, tuple[FileLine, ...]] = {}
        for row, chunk in rows:
            found[row.entry] = (*found.get(row.entry, ()), self._line(row, keys[row.id], chunk))
        return found

    def may_add(self, by: AccountId, entry: ShownRecord) -> bool:
        """Say whether this worker may put a file beside an entry: one of their own agency, which they see whole."""
        who = self._finder.standing(by)
        return who.role in ADDERS and who.agency == entry.owner and not entry.withheld

    def add(self, asking: Asking, entry: RecordId, new: NewFile) -> str:
        """Take a file in; returns its state (clean or quarantined).

        Raises:
            InvalidRequestError: too large, not of an allowed kind, broken, or beside an entry of another agency.
        """
        seen = self._seen(asking, Act.ATTACHMENT_ADD, _ENTRIES, frozenset({entry}))
        shown = _entry(seen, entry)
        if not self.may_add(asking.by, shown):
            raise InvalidRequestError("not_your_entry", where="entry", next_step="add_an_entry_of_your_own")
        if len(new.content) > self._most:
            raise InvalidRequestError("file_too_large", where="file", next_step="send_a_smaller_file")
        clean, now = clean_file(new.content), self._clock()
        state = attachments.QUARANTINED if finding(self._scanner, new.content) else attachments.CLEAN
        record, key = RecordId(self._ids.new()), self._keys.new_key()
        heading = {"title": new.title, "type": clean.media_type, "ending": clean.ending, "entry": entry}
        chunks = self._keys.seal(key, record, heading, clean.content)
        row = attachments.Attachment(record, entry, len(chunks), state, now, asking.by)

        def store(connection: Connection) -> None:
            attachments.add(connection, self._clear.partnership, row, chunks)
            if state == attachments.QUARANTINED:
                work.add_task(connection, self._clear.partnership, self._task(record, shown.owner, asking.family, now))

        labels = [seen.labels[number] for number in shown.labels]
        self._writer.record(
            Actor(asking.by),
            Act.ATTACHMENT_ADD,
            asking.family,
            [],
            purpose=asking.stated.purpose,
            records=[file_record(self._keys, key, record, labels, shown.owner, PartialDate.parse(shown.event_date))],
            alongside=store,
            justification=asking.stated.reason,
        )
        return state

    def open(self, asking: Asking, file: RecordId, taking: Taking | None = None) -> Opened:
        """Return a file, for its reader or as a copy for a recipient whom the entry names.

        Raises:
            NotFoundError: there is none for this reader (and recipient).
            ConflictError: it waits in quarantine.
            SealBrokenError: its chunks are not as they were sealed; an alarm was entered.
        """
        act = Act.ATTACHMENT_PRINT if taking else Act.ATTACHMENT_OPEN
        row, heading, content = self._content(asking, act, file, taking)
        if row.state != attachments.CLEAN:
            raise ConflictError("in_quarantine", where=file, next_step="have_it_checked")
        return Opened(f"attachment-{file[-8:]}.{heading['ending']}", str(heading["type"]), content)

    def entry_of(self, file: RecordId) -> RecordId | None:
        """Return the entry that a file is beside, None when there is no such file; nothing is opened."""
        with self._clear.read() as connection:
            rows = attachments.headings(connection, self._clear.partnership, [file])
        return rows[0][0].entry if rows else None

    def check(self, asking: Asking, file: RecordId) -> bool:
        """Let the scanner look again at a file in quarantine; when it finds nothing, the file is released.

        A file that came inside a message and is of no allowed kind stays where it is, whatever the scanner says.
        """
        row, heading, content = self._content(asking, Act.ATTACHMENT_OPEN, file, None)
        if row.state == attachments.CLEAN or REFUSED in heading or finding(self._scanner, content):
            return row.state == attachments.CLEAN
        with self._clear.write() as connection:
            attachments.release(connection, self._clear.partnership, file)
            task = duties.task_about(connection, self._clear.partnership, QUARANTINE, file)
            if task is not None:
                work.finish_task(connection, self._clear.partnership, task.id, asking.by, self._clock())
        return True

    def _content(
        self, asking: Asking, act: Act, file: RecordId, taking: Taking | None
    ) -> tuple[attachments.Attachment, dict[str, object], bytes]:
        seen = self._seen(asking, act, frozenset({RecordKind.ATTACHMENT}), frozenset({file}), taking)
        key = next((key for record in seen.records if (key := key_of(record)) is not None), None)
        if key is None:
            raise NotFoundError(where=file)
        with self._clear.read() as connection:
            rows = attachments.headings(connection, self._clear.partnership, [file])
            chunks = attachments.chunks_of(connection, self._clear.partnership, file)
        try:
            row = _one(rows, file)
            heading, content = self._keys.content(key, file, chunks)
            require_place(heading, row)
        except SealBrokenError:
            who = self._finder.standing(asking.by)
            detail = {"records": file}
            self._doorkeeper.alarm(act, "integrity_fault", agency=who.agency, family=asking.family, detail=detail)
            raise
        return row, heading, content

    def _line(self, row: attachments.Attachment, key: bytes, chunk: bytes) -> FileLine:
        added = moment_words(row.added_at)
        try:
            heading = self._keys.heading(key, row.id, chunk, row.chunks)
            require_place(heading, row)
        except SealBrokenError:
            return FileLine(row.id, "A file that failed its check. Tell your IG officer now.", "", "", added, "broken")
        size = max(1, round(int(str(heading["size"])) / 1_000))
        words = _KIND_WORDS.get(str(heading["ending"]), "File")
        return FileLine(row.id, str(heading["title"]), words, f"{size:,} kB", added, row.state)

    def _task(self, file: RecordId, agency: AgencyId, family: FamilyId, now: datetime) -> work.Task:
        due = self._calendar.due(now, WITHIN)
        return work.Task(self._ids.new(), file, QUARANTINE, agency, family, None, now, due, subject=file)

    def _seen(
        self,
        asking: Asking,
        act: Act,
        kinds: frozenset[RecordKind],
        only: frozenset[RecordId],
        taking: Taking | None = None,
    ) -> Disclosure:
        now, stated = self._clock(), asking.stated
        met = {"state_purpose"} | ({"state_reason"} if stated.reason.strip() else set())
        view = View(act, asking.by, asking.family, stated.purpose, kinds, at=now, known=now, only=only, limit=_MOST)
        view = replace(view, justification=stated.reason, satisfied=frozenset(met))
        if taking is not None:
            view = replace(view, operation=Operation.PRINT, taker=taking.taker, recipient=taking.agency)
        return self._reader.disclose(view)


def _entry(seen: Disclosure, entry: RecordId) -> ShownRecord:
    found = next((r for r in seen.records if r.record == entry and r.kind in _ENTRIES), None)
    if found is None:
        raise NotFoundError(where=entry)
    return found


def key_of(record: ShownRecord) -> bytes | None:
    """Return a file's key when every share of it is shown."""
    return joined(list(record.fields.values())) if record.kind is RecordKind.ATTACHMENT else None


def _one(rows: list[tuple[attachments.Attachment, bytes]], file: RecordId) -> attachments.Attachment:
    if not rows:
        raise SealBrokenError("chunk_missing", where=file)
    return rows[0][0]


def require_place(heading: Mapping[str, object], row: attachments.Attachment) -> None:
    """A file belongs beside the entry that its heading names: its row could be moved to another."""
    if heading.get("entry") != row.entry:
        raise SealBrokenError("file_moved", where=row.id)
