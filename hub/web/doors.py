"""Which act each page's door performs. A route that is not here does not open, and a test fails.

`OPEN` doors need no signed-in person; every other door does.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.domain.access import Act

DOORS: Final[Mapping[str, Act]] = MappingProxyType(
    {
        "static": Act.PAGE_OPEN,
        "main.sign_in": Act.SESSION_START,
        "steps.code": Act.SESSION_START,
        "steps.enrol": Act.FACTOR_RECORD,
        "steps.choose": Act.SESSION_START,
        "steps.start": Act.SESSION_START,
        "provider.leave": Act.SESSION_START,
        "provider.returned": Act.SESSION_START,
        "provider.prove_again": Act.SESSION_START,
        "staff.page": Act.ACCOUNT_READ,
        "staff.start": Act.ACCOUNT_RECORD,
        "staff.member": Act.ACCOUNT_RECORD,
        "account.page": Act.SESSION_READ,
        "account.end_sitting": Act.SESSION_END,
        "account.second_factor": Act.FACTOR_RECORD,
        "account.confirm": Act.SESSION_START,
        "main.sign_out": Act.SESSION_END,
        "main.home": Act.HOME_READ,
        "main.ready": Act.PAGE_OPEN,
        "families.family": Act.CHRONOLOGY_CONSULT,
        "families.reason": Act.CHRONOLOGY_CONSULT,
        "recording.allocation": Act.ALLOCATION_RECORD,
        "recording.opening": Act.OPENING_RECORD,
        "recording.end_opening": Act.OPENING_RECORD,
        "recording.consent": Act.CONSENT_RECORD,
        "recording.coverage": Act.COVERAGE_RECORD,
        "receipts.page": Act.CONSENT_RECEIPT,
        "receipts.machine": Act.CONSENT_RECEIPT,
        "life.events": Act.LIFE_RECORD,
        "life.end_event": Act.LIFE_RECORD,
        "conflicts.family": Act.CONFLICT_RECORD,
        "identities.family": Act.IDENTITY_OPEN,
        "conflicts.restriction": Act.FAMILY_RESTRICT,
        "conflicts.end": Act.CONFLICT_RECORD,
        "sharing.ask": Act.SHARING_ASK,
        "sharing.decide": Act.SHARING_DECIDE,
        "sharing.review": Act.SHARING_REVIEW,
        "tasks.tasks": Act.TASK_READ,
        "tasks.task": Act.TASK_DO,
        "tasks.queue": Act.QUEUE_READ,
        "emergency.open_family": Act.EMERGENCY_OPEN,
        "emergency.end": Act.EMERGENCY_END,
        "emergency.review": Act.EMERGENCY_REVIEW,
        "front_door.list_referrals": Act.FRONT_DOOR_LIST,
        "front_door.referral": Act.REFERRAL_CONSULT,
        "partners.receipts": Act.RECEIPT_READ,
        "governance.log": Act.LOG_INSPECT,
        "questions.family": Act.LOG_EXAMINE,
        "questions.rules": Act.POLICY_READ,
        "questions.draft": Act.POLICY_REPLAY,
        "signing.versions": Act.AGREEMENT_READ,
        "signing.version": Act.AGREEMENT_READ,
        "signing.copy": Act.AGREEMENT_READ,
        "signing.signing_request": Act.AGREEMENT_READ,
        "signing.propose": Act.AGREEMENT_PROPOSE,
        "signing.check": Act.AGREEMENT_CHECK,
        "signing.withdraw": Act.AGREEMENT_WITHDRAW,
        "signing.publish": Act.AGREEMENT_PUBLISH,
        "signing.signature": Act.AGREEMENT_SIGN,
        "signing.suspend": Act.AGREEMENT_SUSPEND,
        "signatories.signatories": Act.AGREEMENT_READ,
        "signatories.roster_request": Act.AGREEMENT_READ,
        "signatories.offer": Act.ROSTER_RECORD,
        "signatories.confirm": Act.ROSTER_RECORD,
        "signatories.signature": Act.ROSTER_RECORD,
    }
)
OPEN: Final = frozenset(
    {"static", "main.sign_in", "main.ready", "steps.code", "steps.enrol", "steps.choose", "steps.start"}
    | {"provider.leave", "provider.returned"}
)
