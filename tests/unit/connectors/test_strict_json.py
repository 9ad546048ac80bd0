import json

import pytest

from connectors.strict_json import read_json
from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Limits

LIMITS = Limits()


def refusal(body: bytes, limits: Limits = LIMITS, names: tuple[str, ...] = ()) -> RejectedMessageError:
    with pytest.raises(RejectedMessageError) as caught:
        read_json(body, limits, names)
    return caught.value


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "empty_message"),
        (b" \n ", "empty_message"),
        (b"\xef\xbb\xbf", "empty_message"),
        (b'{"a": 1', "malformed_json"),
        (b'{"a": "never ends', "malformed_json"),
        (b'{"a": 1} trailing', "malformed_json"),
        (b"{'a': 1}", "malformed_json"),
        (b'{"a": 1, "a": 2}', "duplicate_key"),
        (b'{"a": [{"b": 1, "b": 1}]}', "duplicate_key"),
        (b'{"a": NaN}', "not_a_number"),
        (b'{"a": -Infinity}', "not_a_number"),
        (b'{"a": 1e999}', "number_too_large"),
        (b'{"a": ' + b"9" * 5000 + b"}", "number_too_large"),
        (rb'{"a": "\ud800"}', "lone_surrogate"),
        (rb'{"a": "\u0000"}', "unsafe_character"),
        (rb'{"\u202e": "x"}', "unsafe_character"),
        (b'{"a": "\x00"}', "malformed_json"),
        ('{"a": "Zoë"}'.encode("cp1252"), "not_utf8"),
        ('{"a": "x"}'.encode("utf-16"), "not_utf8"),
    ],
)
def test_a_malformed_message_is_refused_by_a_code(body: bytes, code: str) -> None:
    assert refusal(body).code == code


def test_depth_is_refused_before_the_parser_can_run_out_of_stack() -> None:
    assert refusal(b"[" * 1_000_000).code == "too_deep"
    assert refusal(b'{"a":' * 200_000).code == "too_deep"


def test_brackets_inside_text_are_not_depth() -> None:
    assert read_json(json.dumps({"a": "[" * 500 + '\\"{'}).encode(), LIMITS) == {"a": "[" * 500 + '\\"{'}


def test_many_unended_quotes_do_not_take_quadratic_time() -> None:
    assert refusal(b'"' + rb"\"" * 1_000_000).code == "malformed_json"


def test_a_message_over_the_size_limit_is_refused_unread() -> None:
    assert refusal(b"[1, 2, 3]", Limits(max_bytes=4)).code == "message_too_large"


def test_a_byte_order_mark_is_fine() -> None:
    assert read_json(b'\xef\xbb\xbf{"a": 1}', LIMITS) == {"a": 1}


def test_a_refusal_says_where_with_our_own_words_only() -> None:
    error = refusal(rb'{"people": [{"Grace Hart": {"name": "\u0000"}}]}', names=("people", "name"))
    assert error.where == "/people/0/*/name"


def test_a_refusal_keeps_nothing_of_the_message() -> None:
    for body in (b'{"name": "Grace Hart', b'{"name": "Grace Hart"} x', b'"Grace Hart\xff"'):
        error = refusal(body)
        assert "Grace" not in repr(error)
        assert error.__context__ is None
        assert error.__cause__ is None
