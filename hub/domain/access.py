"""Words for asking and answering: acts, purposes, and what a grant must be able to say.

The vault and the gate are on different floors; `Grant` is the border between them.
"""

from collections.abc import Collection
from enum import StrEnum
from typing import Protocol

from hub.domain.ids import EntryId, RecordId


class Operation(StrEnum):
    """Kinds of log entry: the six operations of DPA 2018 s62, and what the hub adds."""

    COLLECTION = "collection"
    ALTERATION = "alteration"
    CONSULTATION = "consultation"
    DISCLOSURE = "disclosure"
    COMBINATION = "combination"
    ERASURE = "erasure"
    DENIAL = "denial"
    EMERGENCY = "emergency"
    MATCH = "match"
    EXPORT = "export"
    PRINT = "print"
    KEY = "key"
    POLICY = "policy"
    LOG_READ = "log_read"
    ALARM = "alarm"
    ANCHOR = "anchor"
    LANE = "lane"


OPENS = frozenset(
    {
        Operation.CONSULTATION,
        Operation.DISCLOSURE,
        Operation.EMERGENCY,
        Operation.MATCH,
        Operation.EXPORT,
        Operation.PRINT,
    }
)
"""Kinds of entry under which a record may be opened; no key is released for any other."""


class Act(StrEnum):
    """What a door performs, `thing:verb`; each route names exactly one (see `hub.web.doors`)."""

    PAGE_OPEN = "page:open"
    SESSION_START = "session:start"
    SESSION_READ = "session:read"
    SESSION_END = "session:end"
    FACTOR_RECORD = "factor:record"
    TOKEN_ISSUE = "token:issue"  # noqa: S105  the name of an act, not a secret
    REFERRAL_SUBMIT = "referral:submit"
    RECEIPT_READ = "receipt:read"
    FRONT_DOOR_LIST = "front_door:list"
    REFERRAL_CONSULT = "referral:consult"
    MATCH_SEARCH = "match:search"
    MATCH_CONFIRM = "match:confirm"
    HOME_READ = "home:read"
    CHRONOLOGY_CONSULT = "chronology:consult"
    CHRONOLOGY_FIND = "chronology:find"
    GENOGRAM_CONSULT = "genogram:consult"
    ALLOCATION_RECORD = "allocation:record"
    HANDOVER_ACCEPT = "handover:accept"
    FAMILY_CLOSE = "family:close"
    FAMILY_REOPEN = "family:reopen"
    DUTY_RECORD = "duty:record"
    DUTY_NOTE = "duty:note"
    DUTY_OPEN = "duty:open"
    DIGEST_CHOOSE = "digest:choose"
    OPENING_RECORD = "opening:record"
    CONSENT_RECORD = "consent:record"
    CONSENT_READ = "consent:read"
    CONSENT_RECEIPT = "consent_receipt:hand_over"
    CHRONOLOGY_PRINT = "chronology:print"
    ATTACHMENT_ADD = "attachment:add"
    ATTACHMENT_OPEN = "attachment:open"
    ATTACHMENT_PRINT = "attachment:print"
    LIFE_DERIVE = "life:derive"
    LIFE_RECORD = "life:record"
    COVERAGE_RECORD = "coverage:record"
    DECISION_PIN = "decision:pin"
    CONSENT_WEIGH = "consent:weigh"
    SHARING_DECIDE = "sharing:decide"
    SHARING_ASK = "sharing:ask"
    SHARING_REVIEW = "sharing:review"
    TASK_READ = "task:read"
    TASK_DO = "task:do"
    QUEUE_READ = "queue:read"
    DEADLINE_WATCH = "deadline:watch"
    EMERGENCY_OPEN = "emergency:open"
    EMERGENCY_END = "emergency:end"
    EMERGENCY_REVIEW = "emergency:review"
    KEY_SWEEP = "key:sweep"
    ROWS_ANCHOR = "rows:anchor"
    ROWS_AUDIT = "rows:audit"
    LOG_INSPECT = "log:inspect"
    LOG_EXAMINE = "log:examine"
    POLICY_REPLAY = "policy:replay"
    POLICY_READ = "policy:read"
    ACCOUNT_READ = "account:read"
    ACCOUNT_RECORD = "account:record"
    AGREEMENT_READ = "agreement:read"
    AGREEMENT_PROPOSE = "agreement:propose"
    AGREEMENT_CHECK = "agreement:check"
    AGREEMENT_WITHDRAW = "agreement:withdraw"
    AGREEMENT_SIGN = "agreement:sign"
    AGREEMENT_PUBLISH = "agreement:publish"
    AGREEMENT_RESUME = "agreement:resume"
    ROSTER_RECORD = "roster:record"
    AGREEMENT_SUSPEND = "agreement:suspend"
    ROUTE_ACCEPT = "route:accept"
    CONFLICT_RECORD = "conflict:record"
    FAMILY_RESTRICT = "family:restrict"
    IDENTITY_OPEN = "identity:open"
    ENTRY_RECORD = "entry:record"
    ENTRY_CORRECT = "entry:correct"
    REMARK_RECORD = "remark:record"
    WORKBOOK_READ = "workbook:read"
    WORKBOOK_RECORD = "workbook:record"
    SUPERVISION_BEGIN = "supervision:begin"
    SUPERVISION_RECORD = "supervision:record"
    ROOM_VIEW = "room:view"
    WEBHOOK_RECORD = "webhook:record"
    ACCESS_NOTICE_READ = "access_notice:read"
    QUARANTINE_LIST = "quarantine:list"
    QUARANTINE_REPAIR = "quarantine:repair"
    FAMILY_TRANSFER = "family:transfer"
    REFERRER_CONSULT = "referrer:consult"
    PARTNERSHIP_FOUND = "partnership:found"
    CENSUS_EXPORT = "census:export"
    CASE_RECORD_EXPORT = "case_record:export"
    CASE_RECORD_CONFIRM = "case_record:confirm"
    CANDIDATES_READ = "candidates:read"
    MERGE_READ = "merge:read"
    PROTECTED_MATCH = "match:protected"
    REFERRAL_RATE = "referral:rate"
    REFERRAL_DECIDE = "referral:decide"
    REDIRECTION_ANSWER = "redirection:answer"
    REQUEST_ASK = "request:ask"
    REQUEST_READ = "request:read"
    REQUEST_ANSWER = "request:answer"
    STRATEGY_RECORD = "strategy:record"
    SCHOOL_NOTICE_ROUTE = "school_notice:route"
    SCHOOL_NOTICE_LIST = "school_notice:list"
    SCHOOL_NOTICE_READ = "school_notice:read"
    SCHOOL_NOTICE_WATCH = "school_notice:watch"
    TRANSFER_KEYS = "transfer:keys"


HANDING_OVER = frozenset({Act.CONSENT_RECEIPT, Act.CHRONOLOGY_PRINT, Act.ATTACHMENT_PRINT})
"""Acts that put something into somebody's hands: they are told whose address must not be used."""


class Grant(Protocol):
    """Proof that a decision exists and is durably entered. Only `hub.gate` mints one."""

    @property
    def entry(self) -> EntryId:
        """The committed log entry."""
        ...

    @property
    def records(self) -> Collection[RecordId]:
        """The records whose keys may be released."""
        ...

    def covers(self, record: RecordId, label_digest: str) -> bool:
        """Say whether this field set of this record may be opened."""
        ...
