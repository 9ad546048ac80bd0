"""Keys: root -> one KEK per owner agency (versioned) -> one DEK per record; released only for a committed entry.

INVARIANT: `release` answers once per entry, only for exactly the records that the entry was made for, and only for
an entry of a kind that opens: never for a refusal.
INVARIANT: a key row is committed before the record that needs it is written.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from threading import Lock
from typing import Final, NamedTuple, Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from hub.domain.access import OPENS, Operation
from hub.domain.canonical import digest_of_ids, length_prefixed
from hub.domain.clock import Clock, Randomness
from hub.domain.errors import ConflictError, GrantMissingError, KeyUnavailableError
from hub.domain.ids import AgencyId, EntryId, RecordId

WrappedKey = tuple[RecordId, AgencyId, int, bytes, bytes]
"""Record, owner, KEK version, DEK wrapped under that KEK, KEK wrapped under the root."""
KekStatus = tuple[AgencyId, int, str, int]
"""Owner, KEK version, state (`current`, `retiring`, `destroyed`), number of live record keys under it."""
RECENT: Final = timedelta(seconds=60)
KEEP_KEK: Final = timedelta(minutes=15)
_BATCH: Final = 500
_ATTEMPTS: Final = 3


class RootKey(Protocol):
    """The provider that holds the root key; see `hub.vault.providers`."""

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Seal a key under the root, bound to `context`."""
        ...

    def unwrap(self, blob: bytes, context: bytes) -> bytes:
        """Turn `wrap` around; KeyUnavailableError when it cannot."""
        ...

    def describe(self) -> str:
        """Say where the root lives, without secrets."""
        ...


class WrappedKeys(Protocol):
    """The key store. Every method that writes has committed when it returns; failure is KeyUnavailableError."""

    def current_kek(self, owner: AgencyId) -> tuple[int, bytes] | None:
        """Return the newest KEK (version, wrapped), or None before the first."""
        ...

    def add_kek(self, owner: AgencyId, version: int, wrapped: bytes, at: datetime) -> None:
        """Make this the current KEK and set older ones to retiring; ConflictError if the version exists."""
        ...

    def add_keys(self, owner: AgencyId, version: int, wrapped: Mapping[RecordId, bytes], at: datetime) -> None:
        """Store new record keys; ConflictError if the KEK is no longer current or a record has a key."""
        ...

    def find(self, records: Collection[RecordId]) -> Sequence[WrappedKey]:
        """Return the live keys of these records in one query; destroyed and unknown ones are absent."""
        ...

    def behind(self, owner: AgencyId, limit: int) -> Sequence[WrappedKey]:
        """Return live keys that are still wrapped under a retiring KEK."""
        ...

    def rewrap(self, version: int, moved: Sequence[tuple[RecordId, int, bytes]]) -> None:
        """Set (record, old version, new blob), only where the key is live and still under the old version."""
        ...

    def destroy_retiring(self, owner: AgencyId) -> None:
        """Destroy retiring KEKs of this owner under which no live key remains."""
        ...

    def made_before(self, at: datetime, after: RecordId, limit: int) -> Sequence[RecordId]:
        """Return records with a live key older than `at`, in order of their ids, after this one."""
        ...

    def erase(self, records: Collection[RecordId], at: datetime) -> Collection[AgencyId]:
        """Destroy record keys; return the owners concerned."""
        ...

    def status(self) -> Sequence[KekStatus]:
        """Return one line per KEK version."""
        ...


class CommittedEntry(Protocol):
    """What the key service must know of a committed log entry."""

    @property
    def at(self) -> datetime:
        """When it was entered."""
        ...

    @property
    def own(self) -> bool:
        """Whether this process made it, on a lane of its own."""
        ...

    @property
    def operation(self) -> Operation:
        """What kind of entry it is."""
        ...

    @property
    def records_digest(self) -> str:
        """`hub.domain.canonical.digest_of_ids` of the records."""
        ...


class CommittedEntries(Protocol):
    """The access log as the key service reads it."""

    def find(self, entry: EntryId) -> CommittedEntry | None:
        """Return the entry if it is committed and authentic, else None (or LedgerBrokenError)."""
        ...


class _Kek(NamedTuple):
    """A KEK in use. What it wraps is `nonce(12) ciphertext tag(16)`, bound to partnership, owner, version, record."""

    cipher: AESGCM
    context: bytes
    since: datetime

    def wrap(self, record: RecordId, key: bytes, nonce: bytes) -> bytes:
        return nonce + self.cipher.encrypt(nonce, key, self.context + record.encode())

    def unwrap(self, record: RecordId, blob: bytes) -> bytes:
        try:
            return self.cipher.decrypt(blob[:12], blob[12:], self.context + record.encode())
        except (InvalidTag, ValueError):
            raise KeyUnavailableError("key_broken", where=record) from None


class KeyService:
    """The embedded key service: the code of the key process, running inside this one."""

    def __init__(
        self,
        partnership: str,
        root: RootKey,
        keys: WrappedKeys,
        entries: CommittedEntries,
        clock: Clock,
        randomness: Randomness,
    ) -> None:
        """Take the root, the key store and the log that `release` reads."""
        self._partnership = partnership
        self._root = root
        self._keys = keys
        self._entries = entries
        self._clock = clock
        self._randomness = randomness
        self._lock = Lock()
        self._used: dict[EntryId, datetime] = {}
        self._keks: dict[tuple[AgencyId, int], _Kek] = {}

    def describe(self) -> str:
        """Say how keys are served, for `hub doctor`."""
        return f"embedded (keys are in this process's memory while in use); root: {self._root.describe()}"

    def new_keys(self, owner: AgencyId, records: Sequence[RecordId]) -> dict[RecordId, tuple[int, bytes]]:
        """Make one 32-byte key per new record; the wrapped keys are committed when this returns.

        Returns:
            Per record its key number (the owner's KEK version) and its key.
        """
        keys = {record: self._randomness(32) for record in records}
        for attempt in range(_ATTEMPTS):
            try:
                version, kek = self._current(owner, asked=attempt > 0)
                wrapped = {record: kek.wrap(record, key, self._randomness(12)) for record, key in keys.items()}
                self._keys.add_keys(owner, version, wrapped, self._clock())
            except ConflictError:  # another process made the first KEK or rotated meanwhile
                continue
            return {record: (version, key) for record, key in keys.items()}
        raise KeyUnavailableError("keys_not_stored", where=owner)

    def release(self, entry: EntryId, records: Collection[RecordId]) -> dict[RecordId, bytes]:
        """Return the keys of exactly the records that a committed, recent, unused entry of this process names.

        A record whose key was destroyed is absent from the answer.

        Raises:
            GrantMissingError: the entry is unknown, another process's, old, used, or names other records.
            KeyUnavailableError: the key store or the root did not answer, or a key was changed.
        """
        self._spend(entry, records)
        return self._unwrapped(self._keys.find(records)) if records else {}

    def rotate(self, owner: AgencyId) -> int:
        """Add a KEK version, rewrap every live key under it, destroy the older versions; return how many moved.

        Safe to run again after an interruption, and while writers run; ConflictError when another one runs.
        """
        before = self._keys.current_kek(owner)
        version, kek = self._add_kek(owner, before[0] + 1 if before else 1)
        moved = 0
        while rows := self._keys.behind(owner, _BATCH):
            plain = self._unwrapped(rows)
            blobs = [(row[0], row[2], kek.wrap(row[0], plain[row[0]], self._randomness(12))) for row in rows]
            self._keys.rewrap(version, blobs)
            moved += len(rows)
        self._keys.destroy_retiring(owner)
        with self._lock:
            self._keks = {place: kept for place, kept in tuple(self._keks.items()) if place[0] != owner}
        return moved

    def made_before(self, at: datetime, *, after: RecordId, limit: int) -> Sequence[RecordId]:
        """Return records with a live key older than `at`, in order of their ids, after this one."""
        return self._keys.made_before(at, after, limit)

    def live(self, records: Collection[RecordId]) -> set[RecordId]:
        """Return which of these records have a key that was not destroyed; nothing is unwrapped."""
        return {row[0] for row in self._keys.find(records)}

    def erase(self, records: Collection[RecordId]) -> None:
        """Destroy the keys of records that were never stored; nothing was sealed with them that anybody keeps."""
        self._keys.erase(records, self._clock())

    def destroy(self, *records: RecordId) -> datetime:
        """Destroy the keys of these records and every KEK that ever wrapped them; return when.

        Copies in backups of the key store stay readable until those backups expire.
        """
        at = self._clock()
        for owner in self._keys.erase(records, at):
            self.rotate(owner)
        return at

    def status(self) -> Sequence[KekStatus]:
        """Return one line per KEK version, for `hub keys status`."""
        return self._keys.status()

    def _spend(self, entry: EntryId, records: Collection[RecordId]) -> None:
        found = self._entries.find(entry)
        now = self._clock()
        if found is None or not found.own:
            raise GrantMissingError("entry_unknown", where=entry)
        if found.operation not in OPENS:
            raise GrantMissingError("entry_opens_nothing", where=entry)
        if abs(now - found.at) > RECENT:
            raise GrantMissingError("entry_old", where=entry)
        if found.records_digest != digest_of_ids(records):
            raise GrantMissingError("entry_names_others", where=entry)
        with self._lock:
            if entry in self._used:
                raise GrantMissingError("entry_used", where=entry)
            while self._used and now - next(iter(self._used.values())) > 2 * RECENT:
                del self._used[next(iter(self._used))]
            self._used[entry] = found.at

    def _current(self, owner: AgencyId, *, asked: bool) -> tuple[int, _Kek]:
        """Return the KEK to wrap under: the one in use, unless it is `asked` for, because it was refused."""
        # A copy is walked: another thread may keep a KEK of its own at this moment.
        version = max((version for whose, version in tuple(self._keks) if whose == owner), default=0)
        kept = self._keks.get((owner, version))
        if kept and not asked and abs(self._clock() - kept.since) <= KEEP_KEK:
            return version, kept
        current = self._keys.current_kek(owner)
        if current is None:
            return self._add_kek(owner, 1)
        return current[0], self._kek(owner, *current)

    def _add_kek(self, owner: AgencyId, version: int) -> tuple[int, _Kek]:
        context, key = self._context(owner, version), self._randomness(32)
        self._keys.add_kek(owner, version, self._root.wrap(key, context), self._clock())
        return version, _Kek(AESGCM(key), context, self._clock())

    def _kek(self, owner: AgencyId, version: int, wrapped: bytes) -> _Kek:
        kept, now = self._keks.get((owner, version)), self._clock()
        if kept is None or abs(now - kept.since) > KEEP_KEK:
            context = self._context(owner, version)
            kept = self._keks[owner, version] = _Kek(AESGCM(self._root.unwrap(wrapped, context)), context, now)
        return kept

    def _unwrapped(self, rows: Sequence[WrappedKey]) -> dict[RecordId, bytes]:
        keks = {row[1:3]: self._kek(row[1], row[2], row[4]) for row in {row[1:3]: row for row in rows}.values()}
        return {row[0]: keks[row[1:3]].unwrap(row[0], row[3]) for row in rows}

    def _context(self, owner: str, version: int) -> bytes:
        parts = ("hub/key/1", self._partnership, owner, str(version))
        return length_prefixed(*(part.encode() for part in parts))
