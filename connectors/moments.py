"""Moments as FHIR and HL7 v2 write them, as the versions of a referral (`hub.domain.moments`)."""

import re
from datetime import UTC, datetime

from hub.domain.moments import UNKNOWN, version_of

__all__ = ["UNKNOWN", "version_at", "version_at_dtm"]

_DTM = re.compile(r"([0-9]{4,14})(?:\.([0-9]{1,4}))?([+-][0-9]{4})?", re.ASCII)
_EARLIEST = "00000101000000"


def version_at(written: str) -> int:
    """Return the version for an RFC 3339 instant (FHIR); `UNKNOWN` when it is none. Without an offset it is UTC."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return UNKNOWN
    return version_of(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def version_at_dtm(written: str) -> int:
    """Return the version for a DTM (HL7 v2), as exact as it is; `UNKNOWN` when it is none."""
    found = _DTM.fullmatch(written)
    if found is None:
        return UNKNOWN
    digits, fraction, offset = found.groups()
    whole = digits + _EARLIEST[len(digits) :]
    try:
        moment = datetime.strptime(f"{whole}{(fraction or '0'):0<6}{offset or '+0000'}", "%Y%m%d%H%M%S%f%z")
    except ValueError:
        return UNKNOWN
    return version_of(moment)
