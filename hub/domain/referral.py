"""What a sender told us, in one shape for every format: people, parts, entries, consents; and what was wrong.

A referral is about several people, never one patient. Every value keeps its source pointer, so that a receipt can
say where and nobody has to say what.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from hub.domain.fields import RecordKind
from hub.domain.labels import Audience, Handling, Sensitivity
from hub.domain.partial_date import PartialDate


class Severity(StrEnum):
    """`error` stops this record (quarantine or rejection), `warning` does not."""

    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Issue:
    """One remark about a message. INVARIANT: holds a code and a place, never a value from the message."""

    severity: Severity
    code: str
    location: str


@dataclass(frozen=True, slots=True)
class Sourced:
    """A value and where in the message it stood (`/notices/0/people/1/name`, `row 3 col child_name`)."""

    value: str
    pointer: str


class Part(StrEnum):
    """A person's part in the case. One person may have several; who has which is dated."""

    CHILD = "child"
    UNBORN_CHILD = "unborn_child"
    PARENT = "parent"
    CARER = "carer"
    VICTIM = "victim"
    ALLEGED_PERPETRATOR = "alleged_perpetrator"
    PARTNER = "partner"
    WITNESS = "witness"
    REPORTER = "reporter"
    OTHER = "other"


class NhsNumberStatus(StrEnum):
    """Only `verified` (England status 01) with a right check digit may ever attach a person by itself."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    FAILS_CHECK_DIGIT = "fails_check_digit"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class PersonDraft:
    """One person of a message. `key` is the message's own temporary id; `fields` are names declared in fields.py.

    `contact` holds address, phone, email, school, gp; when `restricted` is true, or the sender flagged the address
    or phone as unsafe, all of it becomes protected contact details.
    `match` names are what matching may use, besides birth date and a sound NHS number.
    """

    key: str
    fields: Mapping[str, Sourced]
    contact: Mapping[str, Sourced] = field(default_factory=dict)
    parts: frozenset[Part] = frozenset()
    restricted: bool = False
    family_name: str = ""
    given_names: str = ""
    other_names: tuple[str, ...] = ()
    birth_date: PartialDate | None = None
    nhs_number: str = ""
    nhs_number_status: NhsNumberStatus = NhsNumberStatus.ABSENT


@dataclass(frozen=True, slots=True)
class EntryDraft:
    """One event or report for the chronology, about some or all of the people (`about`: keys).

    `narrowed` maps a field to the keys it speaks of, where the sender split the text by person; a field not in it
    speaks of everyone in `about`. `occurred` is when it happened, not when it was sent.
    """

    kind: RecordKind
    occurred: PartialDate
    about: tuple[str, ...]
    fields: Mapping[str, Sourced]
    narrowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sensitivity: Sensitivity = Sensitivity.SENSITIVE
    handling: Handling = Handling.NONE
    audience: Audience = Audience.ANY


class ConsentWord(StrEnum):
    """What a sender said about agreement; unknown is not no, and not sought always has a reason."""

    GIVEN = "given"
    REFUSED = "refused"
    NOT_SOUGHT = "not_sought"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    UNKNOWN = "unknown"


class ConsentScope(StrEnum):
    """What the sender asked about. INVARIANT: only `hub_sharing` can ever become a consent of the hub."""

    HUB_SHARING = "hub_sharing"
    DIRECT_CARE = "direct_care"
    STATISTICAL_RETURN = "statistical_return"
    MARAC = "marac"


@dataclass(frozen=True, slots=True)
class ConsentDraft:
    """One person's consent as the sender states it. `about` is a person key.

    `categories`, `recipients` (agency codes) and `purposes` are words of ours; ("*",) means all of that list. It holds
    from `starts` (when it was received, if None) to `ends`.
    """

    about: str
    scope: ConsentScope
    word: ConsentWord
    reason: str = ""
    pointer: str = ""
    kind: str = "confidentiality_agreement"
    categories: tuple[str, ...] = ("*",)
    recipients: tuple[str, ...] = ("*",)
    purposes: tuple[str, ...] = ("*",)
    starts: datetime | None = None
    ends: datetime | None = None


@dataclass(frozen=True, slots=True)
class AttachmentDraft:
    """A file inside a message, decoded. `entry` is the place in `entries` of the entry that it belongs to.

    `media_type` is the sender's word for it: the hub types files by their content.
    """

    entry: int
    title: str = field(repr=False)
    media_type: str
    content: bytes = field(repr=False)
    pointer: str


@dataclass(frozen=True, slots=True)
class ReferralDraft:
    """One record of a message, translated. `message_id` and `version` come from the sender's own numbering.

    A format that numbers no versions, and sends everything again each time, has version 0 and always amends: other
    content under the same `message_id` supersedes, the same content is the same again, a first one is new.

    `action` is `new`, `amend` (supersedes what the sender sent under this `message_id`) or `withdraw` (takes it back).
    `why_withdrawn` is for the front door: it is no record of anybody. `dated` says that `version` is the moment at
    which the message was made (`hub.domain.moments`): one that is still to come is not believed.
    """

    message_id: str
    version: int
    pointer: str
    people: tuple[PersonDraft, ...]
    entries: tuple[EntryDraft, ...]
    consents: tuple[ConsentDraft, ...] = ()
    purpose: str = "referral"
    action: str = "new"
    family_reference: str = ""
    attachments: tuple[AttachmentDraft, ...] = ()
    why_withdrawn: Sourced | None = field(default=None, repr=False)
    dated: bool = False


class Outcome(StrEnum):
    """What became of one record."""

    ACCEPTED = "accepted"
    QUARANTINED = "quarantined"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Parsed:
    """One record of a message: accepted (with a draft), quarantined or rejected, with its issues.

    `fault` is a defect of the reader's that it met in the record, for the operator's log; it may hold values.
    """

    outcome: Outcome
    pointer: str
    draft: ReferralDraft | None = None
    issues: tuple[Issue, ...] = ()
    fault: Exception | None = field(default=None, repr=False, compare=False)


def not_understood(pointer: str, fault: Exception) -> Parsed:
    """Return a record that a defect kept from being read: it waits for a person, as it came."""
    issue = Issue(Severity.ERROR, "not_understood", pointer)
    return Parsed(Outcome.QUARANTINED, pointer, None, (issue,), fault)


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes a connector refuses to pass (settings decide; each has a tested refusal)."""

    max_bytes: int = 5_000_000
    max_records: int = 10_000
    max_depth: int = 64
    max_entries: int = 1_000
    max_field_characters: int = 64_000


class Connector(Protocol):
    """A pure translator of one sender's format. Lazy: one `Parsed` per record, in message order."""

    name: str

    def parse(self, body: bytes, limits: Limits) -> Iterator[Parsed]:
        """Translate; raise `RejectedMessageError` when the whole message cannot be read."""
        ...

    def message_key(self, body: bytes) -> str:
        """Return the sender's own id of this message for idempotency, or "" when the format has none."""
        ...


@runtime_checkable
class CountsRows(Protocol):
    """A connector whose sender counts rows, not records: several rows may make one record."""

    def rows(self, body: bytes, limits: Limits) -> int:
        """Return the number of rows as the sender counts them; raises as `parse` does."""
        ...
