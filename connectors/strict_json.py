"""The one strict JSON reader: bytes to a plain value, or a refusal that says where and never what.

INVARIANT: nothing from the message stands in an error, also not in its context; keys are shown only when they are
words of our own format (`names`), any other key is written `*`.
"""

import json
import math
import re
from collections.abc import Collection, Iterator
from typing import NoReturn

from hub.domain.errors import RejectedMessageError
from hub.domain.referral import Limits

# A whole string, an opening or closing bracket, or a quote that never ends. Possessive, so that no input backtracks.
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[{]|[\]}]|"', re.DOTALL)
_UNSAFE = re.compile("[\x00\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAX_DIGITS = 18
_NESTED = (dict, list)


class _Flaw:
    """Stands in the parsed value where something refused was read, so that the walk can say where."""

    def __init__(self, code: str) -> None:
        self.code = code


def read_json(body: bytes, limits: Limits, names: Collection[str] = ()) -> object:
    """Read one JSON text (UTF-8, a byte-order mark is fine) as dicts, lists, str, int, float, bool and None.

    Args:
        body: the message as received.
        limits: `max_bytes` and `max_depth` (nested arrays and objects) are kept here.
        names: keys that may be shown in a place.

    Raises:
        RejectedMessageError: `message_too_large`, `empty_message`, `not_utf8`, `too_deep`, `malformed_json`,
            `duplicate_key`, `not_a_number`, `number_too_large`, `lone_surrogate` or `unsafe_character`.
    """
    text = _decode(body, limits)
    value, fault, flawed = _parse(text)
    if fault or _depth(value, limits.max_depth) > limits.max_depth:
        _refuse_depth(text, limits.max_depth)
        raise RejectedMessageError("malformed_json", where=fault)
    # Only a message that may hold something refused is walked value by value, to say where.
    if flawed or _may_be_unsafe(text):
        _check(value, names)
    return value


def strings(value: object, pointer: str, names: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield (pointer, text) for every string in a value read by `read_json`, keys included."""
    for place, item in _walk(value, pointer, names):
        if isinstance(item, str):
            yield place, item


def _decode(body: bytes, limits: Limits) -> str:
    if len(body) > limits.max_bytes:
        raise RejectedMessageError("message_too_large")
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = None
    if text is None:  # raised here and not above: the decoding error holds the body
        raise RejectedMessageError("not_utf8")
    if not text.strip():
        raise RejectedMessageError("empty_message")
    return text


def _depth(value: object, limit: int) -> int:
    """Return how deeply arrays and objects are nested; one more than the limit stands for anything beyond."""
    level, depth = [value] if isinstance(value, _NESTED) else [], 0
    while level and depth <= limit:
        depth += 1
        inner = (item.values() if isinstance(item, dict) else item for item in level)
        level = [value for values in inner for value in values if isinstance(value, _NESTED)]
    return depth


def _refuse_depth(text: str, limit: int) -> None:
    """Say at which character a text becomes too deep, or where its last quote never ends; nothing when it does not."""
    depth = 0
    for match in _TOKEN.finditer(text):
        piece = match.group()
        if piece == '"':
            raise RejectedMessageError("malformed_json", where=f"character {match.start()}")
        if piece in "[{":
            depth += 1
        elif piece in "]}":
            depth -= 1
        if depth > limit:
            raise RejectedMessageError("too_deep", where=f"character {match.start()}")


def _parse(text: str) -> tuple[object, str, bool]:
    """Return the value, where it is malformed, and whether something refused stands in it."""
    flaws: list[_Flaw] = []

    def flaw(code: str) -> _Flaw:
        flaws.append(_Flaw(code))
        return flaws[-1]

    def made(pairs: list[tuple[str, object]]) -> object:
        result = dict(pairs)
        return result if len(result) == len(pairs) else flaw("duplicate_key")

    def real(digits: str) -> object:
        number = float(digits)
        return number if math.isfinite(number) else flaw("number_too_large")

    def whole(digits: str) -> object:
        return int(digits) if len(digits) <= _MAX_DIGITS else flaw("number_too_large")

    try:
        value = json.loads(
            text,
            object_pairs_hook=made,
            parse_constant=lambda _: flaw("not_a_number"),
            parse_float=real,
            parse_int=whole,
        )
    except json.JSONDecodeError as error:
        return None, f"line {error.lineno} column {error.colno}", False
    except RecursionError:  # the parser counts its own depth and stops in time
        return None, "/", False
    return value, "", bool(flaws)


def _may_be_unsafe(text: str) -> bool:
    """Say whether an escape or a character in the text could be one that is refused; quick, and never wrongly no."""
    return "\\u" in text or (not text.isascii() and has_unsafe_characters(text))


def _check(value: object, names: Collection[str]) -> None:
    for pointer, item in _walk(value, "", names):
        if isinstance(item, _Flaw):
            _refuse(item.code, pointer)
        if isinstance(item, str) and _SURROGATE.search(item):
            _refuse("lone_surrogate", pointer)
        if isinstance(item, str) and has_unsafe_characters(item):
            _refuse("unsafe_character", pointer)


def has_unsafe_characters(text: str) -> bool:
    """Say whether text holds NUL or a bidirectional control, which can make a page show other words than are stored."""
    return _UNSAFE.search(text) is not None


def _refuse(code: str, pointer: str) -> NoReturn:
    raise RejectedMessageError(code, where=pointer or "/")


def _walk(value: object, pointer: str, names: Collection[str]) -> Iterator[tuple[str, object]]:
    yield pointer, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield pointer, key
            yield from _walk(item, f"{pointer}/{key if key in names else '*'}", names)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, f"{pointer}/{index}", names)
