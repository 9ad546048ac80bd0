"""NHS numbers, behind a stricter gate than the library's own.

The library accepts full-width digits and three well-known fillers; source: connectors reference 1.2 and 6.
"""

import re

from nhs_number.validate import is_valid

from hub.domain.referral import Issue, NhsNumberStatus, Severity

_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015]+")
_TEN_DIGITS = re.compile(r"[0-9]{10}")
_FILLERS = frozenset({"0000000000", "1111111111", "9999999999"})


def read_nhs_number(text: str, *, verified: bool) -> tuple[str, NhsNumberStatus]:
    """Return (ten digits, status); the digits are "" when there is no number that could be one.

    Args:
        text: as the sender wrote it; spaces and hyphens are fine; digits are ASCII (see `digits`).
        verified: the sender says it was traced (England status 01). It never rescues a wrong check digit.
    """
    digits = _SEPARATORS.sub("", text)
    if not digits:
        return "", NhsNumberStatus.ABSENT
    if not _TEN_DIGITS.fullmatch(digits):
        return "", NhsNumberStatus.FAILS_CHECK_DIGIT
    if digits in _FILLERS or not is_valid(digits):
        return digits, NhsNumberStatus.FAILS_CHECK_DIGIT
    return digits, NhsNumberStatus.VERIFIED if verified else NhsNumberStatus.UNVERIFIED


def matchable(digits: str, status: NhsNumberStatus) -> str:
    """Return the digits that matching may use: "" unless the check digit is right."""
    return digits if status in {NhsNumberStatus.VERIFIED, NhsNumberStatus.UNVERIFIED} else ""


def nhs_number_issues(status: NhsNumberStatus, location: str) -> tuple[Issue, ...]:
    """Return the warning for a number that fails its check digit, else nothing."""
    if status is not NhsNumberStatus.FAILS_CHECK_DIGIT:
        return ()
    return (Issue(Severity.WARNING, "nhs_number_fails_check_digit", location),)
