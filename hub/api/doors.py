"""Which act each API door performs. `OPEN` doors check the caller themselves, from the credential they are sent."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from hub.domain.access import Act

DOORS: Final[Mapping[str, Act]] = MappingProxyType(
    {
        "agencies.token": Act.TOKEN_ISSUE,
        "agencies.notices": Act.REFERRAL_SUBMIT,
        "agencies.referrals": Act.REFERRAL_SUBMIT,
        "agencies.batches": Act.REFERRAL_SUBMIT,
        "agencies.receipts": Act.RECEIPT_READ,
        "agencies.receipt": Act.RECEIPT_READ,
        "agencies.notice_schema": Act.PAGE_OPEN,
        "agencies.chronology": Act.CHRONOLOGY_CONSULT,
        "council.census": Act.CENSUS_EXPORT,
        "council.updates": Act.REFERRAL_SUBMIT,
        "council.case_record": Act.CASE_RECORD_EXPORT,
        "council.confirm": Act.CASE_RECORD_CONFIRM,
        "fhir.process_message": Act.REFERRAL_SUBMIT,
        "fhir.consent": Act.REFERRAL_SUBMIT,
        "fhir.read_consent": Act.CONSENT_READ,
        "partners_api.transfers": Act.REFERRAL_SUBMIT,
        "partners_api.messages": Act.REFERRAL_SUBMIT,
        "partners_api.access_notices": Act.ACCESS_NOTICE_READ,
        "fhir.metadata": Act.PAGE_OPEN,
        "fhir.message_definition": Act.PAGE_OPEN,
        "fhir.read_replies": Act.RECEIPT_READ,
        "hl7.message": Act.REFERRAL_SUBMIT,
        "forms.receive_form": Act.REFERRAL_SUBMIT,
        "forms.schema": Act.PAGE_OPEN,
        "forms.template": Act.PAGE_OPEN,
        "agencies.notice_xml_schema": Act.PAGE_OPEN,
        "api-docs.openapi_json": Act.PAGE_OPEN,
    }
)
OPEN: Final = frozenset(DOORS)
