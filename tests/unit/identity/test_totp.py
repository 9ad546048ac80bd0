"""One-time codes against the vectors of RFC 6238 (appendix B) and RFC 4226 (appendix D)."""

from datetime import UTC, datetime, timedelta

import pytest

from hub.identity import totp

SECRET = b"12345678901234567890"
NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "94287082"),
        (1111111109, "07081804"),
        (1111111111, "14050471"),
        (1234567890, "89005924"),
        (2000000000, "69279037"),
        (20000000000, "65353130"),
    ],
)
def test_the_vectors_of_rfc_6238(seconds: int, code: str) -> None:
    step = totp.step_at(datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds))
    assert totp.code_at(SECRET, step, digits=8) == code


def test_the_vectors_of_rfc_4226() -> None:
    wanted = ["755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"]
    assert [totp.code_at(SECRET, step) for step in range(10)] == wanted


@pytest.mark.parametrize(("off", "taken"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_a_clock_may_be_one_step_off(off: int, *, taken: bool) -> None:
    step = totp.step_at(NOON) + off
    assert totp.matching_step(SECRET, totp.code_at(SECRET, step), NOON, -1) == (step if taken else None)


def test_an_earlier_or_equal_step_is_spent() -> None:
    step = totp.step_at(NOON)
    assert totp.matching_step(SECRET, totp.code_at(SECRET, step), NOON, step) is None
    assert totp.matching_step(SECRET, totp.code_at(SECRET, step), NOON, step - 1) == step


@pytest.mark.parametrize("odd", ["", "1", "abcdef", "\uff11\uff12\uff13\uff14\uff15\uff16", "1234567", " ", "\x00"])
def test_odd_input_is_no_code(odd: str) -> None:
    assert totp.matching_step(SECRET, odd, NOON, -1) is None


def test_the_secret_is_written_for_people_and_for_authenticators() -> None:
    assert totp.as_text(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    link = totp.otpauth(SECRET, "Family Safeguarding hub", "sally")
    assert link == (
        "otpauth://totp/Family%20Safeguarding%20hub%3Asally"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Family+Safeguarding+hub"
    )
