"""Messages that no sender should send."""

from collections.abc import Iterator

CANARY = "Canarysurname"
MALFORMED_JSON = [
    b"",
    b"\xef\xbb\xbf",
    b"null",
    b"[]",
    b"7",
    b"{}",
    b'{"version": "1.0", "version": "' + CANARY.encode() + b'"}',
    b'{"referrals": NaN}',
    b'{"referrals": ["\x00' + CANARY.encode() + b'"]}',
    b"[" * 100_000,
    b'{"version": "1.0", "batch_id": "b", "referrals": 3}',
    b'{"version": "9", "batch_id": "b", "referrals": [{}]}',
    b"\xff\xfe{\x00}\x00",
    b'{"referrals": [{"referral_ref": "' + CANARY.encode(),
]
MALFORMED_CSV = [
    b"",
    b"\xef\xbb\xbf\n\n",
    b'referral_ref,created\nF-1,"2',
    b"referral_ref,referral_ref\nF-1,F-1\n#rows=1\n",
    b"\x00\x01\x02",
    CANARY.encode() + b"," + CANARY.encode() + b"x\n1,2\n",
]


def places(value: object, way: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Yield the way to every value inside a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*way, key)
        yield from places(item, (*way, key))
