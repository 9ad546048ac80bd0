import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.domain.errors import GrantMissingError, SealBrokenError
from hub.domain.ids import AgencyId, RecordId
from hub.vault.sealing import Place, Sealer
from tests.opening import open_set
from tests.unit.vault.conftest import Source, grant, place

KEY = bytes(range(32))
FIELDS = {"text": "Mother said she was afraid.", "outcome": "no further action"}
VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())


def sealed(where: Place | None = None, fields: dict[str, str] | None = None) -> bytes:
    return Sealer(Source()).seal_set(KEY, where or place(), fields or FIELDS)


def refused(where: Place, packed: bytes, key: bytes = KEY) -> None:
    with pytest.raises(SealBrokenError):
        open_set(key, where, packed, grant(where))


def test_what_was_sealed_opens_in_its_place() -> None:
    assert open_set(KEY, place(), sealed(), grant()) == FIELDS


@pytest.mark.parametrize("name", ["record", "label_digest"])
def test_no_grant_no_plain_text(name: str) -> None:
    with pytest.raises(GrantMissingError):
        open_set(KEY, place(), sealed(), grant(place(**{name: "another"})))


MOVES = {
    "partnership": "p-2",
    "synthetic": False,
    "table": "referral",
    "record": RecordId("r-2"),
    "owner": AgencyId("school"),
    "key_number": 4,
    "schema": 2,
    "revision": 2,
    "label_digest": "cd" * 32,
    "frame": "police_notice 2019-01-01 None",
}


def test_the_moves_below_are_all_there_are() -> None:
    assert set(MOVES) == set(Place._fields)


@pytest.mark.parametrize("part", MOVES)
def test_a_ciphertext_moved_to_another_place_is_refused(part: str) -> None:
    refused(place(**{part: MOVES[part]}), sealed())


def test_a_place_that_reads_the_same_when_run_together_is_another_place() -> None:
    refused(place(table="even", record=RecordId("tr-1")), sealed())
    refused(place(key_number=31, revision=1), sealed(place(key_number=3, revision=11)))


def test_another_key_does_not_open() -> None:
    refused(place(), sealed(), bytes(32))


def test_every_changed_bit_is_refused() -> None:
    packed = sealed()
    for position in range(len(packed)):
        changed = bytearray(packed)
        changed[position] ^= 1 << position % 8
        refused(place(), bytes(changed))


def test_every_shortened_or_lengthened_set_is_refused() -> None:
    packed = sealed()
    for size in range(len(packed)):
        refused(place(), packed[:size])
    refused(place(), packed + b"\0")


def parts(packed: bytes) -> tuple[list[str], list[bytes]]:
    end = 2 + int.from_bytes(packed[:2], "big")
    names = json.loads(packed[2:end])
    lengths = [int.from_bytes(packed[end + 4 * i : end + 4 * i + 4], "big") for i in range(len(names))]
    position, envelopes = end + 4 * len(names), []
    for length in lengths:
        envelopes.append(packed[position : position + length])
        position += length
    return names, envelopes


def packed_again(names: list[str], envelopes: list[bytes]) -> bytes:
    raw = json.dumps(names, separators=(",", ":")).encode()
    lengths = b"".join(len(envelope).to_bytes(4, "big") for envelope in envelopes)
    return len(raw).to_bytes(2, "big") + raw + lengths + b"".join(envelopes)


def test_a_field_moved_to_another_field_or_left_out_is_refused() -> None:
    names, envelopes = parts(sealed())
    assert packed_again(names, envelopes) == sealed()
    refused(place(), packed_again(names, envelopes[::-1]))
    refused(place(), packed_again(names[:1], envelopes[:1]))
    refused(place(), packed_again(names[::-1], envelopes[::-1]))
    refused(place(), packed_again([names[0], names[0]], [envelopes[0], envelopes[0]]))
    refused(place(), packed_again([], []))
    refused(place(), packed_again([*names, "zz"], [*envelopes, envelopes[0]]))


@pytest.mark.parametrize(("offset", "value"), [(0, 2), (1, 2), (5, 9)])
def test_an_unknown_version_algorithm_or_key_number_is_refused(offset: int, value: int) -> None:
    names, envelopes = parts(sealed())
    changed = bytearray(envelopes[0])
    changed[offset] = value
    refused(place(), packed_again(names, [bytes(changed), *envelopes[1:]]))


@pytest.mark.parametrize("junk", [b"", b"\0", b"\0\2[]", b"\0\4null", b"\0\1{", b'\0\5["a"]', b"\xff" * 40])
def test_junk_is_refused(junk: bytes) -> None:
    refused(place(), junk)


def test_an_empty_set_is_not_sealed() -> None:
    with pytest.raises(ValueError, match="nothing to seal"):
        Sealer(Source()).seal_set(KEY, place(), {})


@pytest.mark.parametrize(
    ("length", "bucket"), [(0, 32), (31, 32), (32, 64), (255, 256), (256, 512), (511, 512), (512, 768)]
)
def test_lengths_tell_only_the_bucket(length: int, bucket: int) -> None:
    _, (envelope,) = parts(sealed(fields={"text": "x" * length}))
    assert len(envelope) == bucket + 34


def test_the_same_text_twice_looks_different() -> None:
    sealer = Sealer(Source())
    assert sealer.seal_set(KEY, place(), FIELDS) != sealer.seal_set(KEY, place(), FIELDS)


@given(st.dictionaries(st.sampled_from("abcdef"), st.text(max_size=600), min_size=1))
def test_any_text_comes_back_unchanged(fields: dict[str, str]) -> None:
    assert open_set(KEY, place(), sealed(fields=fields), grant()) == fields


@pytest.mark.parametrize("text", ["", "\0", "x\0\0", "\x80", "x\x80\0", "\u20ac\x80"])
def test_text_that_looks_like_padding_comes_back_unchanged(text: str) -> None:
    assert open_set(KEY, place(), sealed(fields={"t": text}), grant()) == {"t": text}


def test_an_error_says_where_and_nothing_else() -> None:
    with pytest.raises(SealBrokenError) as caught:
        open_set(KEY, place(), sealed()[:-1], grant())
    assert str(caught.value) == "seal_broken r-1"
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("vector", VECTORS["sealing"], ids=lambda vector: vector["name"])
def test_known_answers(vector: dict[str, object]) -> None:
    where = Place(**vector["place"])  # type: ignore[arg-type]
    nonces = iter(vector["nonces"])  # type: ignore[call-overload]
    key, packed = bytes.fromhex(str(vector["key"])), bytes.fromhex(str(vector["sealed"]))
    assert where.prefix().hex() == vector["prefix"]
    fields = vector["fields"]
    assert Sealer(lambda _: bytes.fromhex(next(nonces))).seal_set(key, where, fields) == packed  # type: ignore[arg-type]
    assert open_set(key, where, packed, grant(where)) == fields
