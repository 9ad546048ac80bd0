import pytest
from nhs_number.validate import is_valid

from connectors.nhs_numbers import matchable, nhs_number_issues, read_nhs_number
from hub.domain.referral import NhsNumberStatus


def test_spaces_and_hyphens_are_read() -> None:
    for written in ("9000000009", "900 000 0009", "900-000-0009"):
        assert read_nhs_number(written, verified=False) == ("9000000009", NhsNumberStatus.UNVERIFIED)


@pytest.mark.parametrize("filler", ["0000000000", "1111111111", "9999999999"])
def test_a_filler_that_the_library_accepts_is_refused_here(filler: str) -> None:
    assert is_valid(filler)
    assert read_nhs_number(filler, verified=True)[1] is NhsNumberStatus.FAILS_CHECK_DIGIT


@pytest.mark.parametrize("written", ["12345", "900000000X", "٩٠٠٠٠٠٠٠٠٩", "\uff19\uff10\uff10 000 0009", "90000000099"])
def test_what_cannot_be_a_number_gives_no_digits(written: str) -> None:
    assert read_nhs_number(written, verified=True) == ("", NhsNumberStatus.FAILS_CHECK_DIGIT)


def test_a_blank_is_absent_and_not_wrong() -> None:
    assert read_nhs_number("  ", verified=False) == ("", NhsNumberStatus.ABSENT)
    assert nhs_number_issues(NhsNumberStatus.ABSENT, "x") == ()


def test_an_nhs_number_that_fails_its_check_digit_is_never_matched_on() -> None:
    digits, status = read_nhs_number("3478526985", verified=True)
    assert status is NhsNumberStatus.FAILS_CHECK_DIGIT
    assert matchable(digits, status) == ""
    (issue,) = nhs_number_issues(status, "/people/0/nhs_number")
    assert (issue.code, issue.location) == ("nhs_number_fails_check_digit", "/people/0/nhs_number")
