"""Fact codes, signatures, blind indexes, the local root key."""

import json
import math
import os
from pathlib import Path

import pytest

from hub.domain.errors import FactBrokenError, KeyUnavailableError, PolicyError, SettingsError
from hub.vault import signatures
from hub.vault.blind_index import BlindIndex, Kind, bits_for
from hub.vault.fact_mac import START, FactMac
from hub.vault.providers import local_file
from hub.vault.providers.local_file import LocalFileRoot
from tests.unit.vault.conftest import Source

VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text())
MAC = FactMac(b"f" * 32)
ROWS = [{"number": number, "body": {"status": "given"}, "until": None} for number in (1, 2, 3)]
Chain = list[tuple[dict[str, object], bytes]]


def chain() -> Chain:
    made: Chain = []
    previous = START
    for row in ROWS:
        previous = MAC.mac(previous, row)
        made.append((dict(row), previous))
    return made


def test_an_untouched_chain_is_believed() -> None:
    facts = chain()
    MAC.require_chain(facts, (3, facts[-1][1]))
    MAC.require_chain([], None)


@pytest.mark.parametrize("index", range(3))
def test_a_fact_edited_removed_or_reordered_is_not_believed(index: int) -> None:
    facts = chain()
    newest = (3, facts[-1][1])
    edited = [*facts[:index], (facts[index][0] | {"body": {"status": "refused"}}, facts[index][1]), *facts[index + 1 :]]
    removed = facts[:index] + facts[index + 1 :]
    reordered = [*removed, facts[index]] if index < 2 else [facts[2], *facts[:2]]
    for changed in (edited, removed, reordered, [*facts, facts[index]]):
        with pytest.raises(FactBrokenError):
            MAC.require_chain(changed, newest, where="person:1")


def test_a_tail_that_the_ledger_does_not_know_yet_is_believed_because_only_the_hub_can_make_its_codes() -> None:
    facts = chain()
    for newest in (None, (1, facts[0][1]), (2, facts[1][1])):
        MAC.require_chain(facts, newest)
    forged = (facts[2][0], bytes(32))
    with pytest.raises(FactBrokenError):
        MAC.require_chain([*facts[:2], forged], (2, facts[1][1]))


def test_a_chain_rolled_back_is_not_believed() -> None:
    facts = chain()
    for newest in ((4, facts[2][1]), (3, facts[1][1])):
        with pytest.raises(FactBrokenError):
            MAC.require_chain(facts, newest)
    with pytest.raises(FactBrokenError):
        MAC.require_chain([], (1, facts[0][1]))


def test_a_code_by_another_key_is_not_believed() -> None:
    with pytest.raises(FactBrokenError, match="person:1"):
        FactMac(bytes(32)).require(START, ROWS[0], MAC.mac(START, ROWS[0]), where="person:1")


def test_a_column_that_has_no_canonical_form_is_refused() -> None:
    with pytest.raises(TypeError):
        MAC.mac(START, {"weight": 0.5})


def test_a_signature_holds_for_its_message_and_key_only() -> None:
    private = signatures.new_signing_key(Source())
    public = signatures.public_key(private)
    signature = signatures.sign(private, b"agreement")
    signatures.require_signature(public, b"agreement", signature)
    other = signatures.public_key(bytes(32))
    for claim in (
        (public, b"agreement!", signature),
        (other, b"agreement", signature),
        (public, b"agreement", signature[:-1]),
        (public, b"agreement", bytes(64)),
        (b"short", b"agreement", signature),
    ):
        with pytest.raises(PolicyError, match="signature_refused"):
            signatures.require_signature(*claim)


def test_the_first_published_ed25519_answer() -> None:
    """RFC 8032 section 7.1, test 1."""
    private = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    assert signatures.public_key(private) == public
    assert signatures.sign(private, b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065")
    assert len(signatures.fingerprint(public)) == 64


@pytest.mark.parametrize("vector", VECTORS["fact_mac"])
def test_fact_code_known_answers(vector: dict[str, str]) -> None:
    made = FactMac(bytes.fromhex(vector["key"])).mac(bytes.fromhex(vector["previous"]), vector["columns"])  # type: ignore[arg-type]
    assert made.hex() == vector["mac"]


@pytest.mark.parametrize("vector", VECTORS["blind_index"])
def test_blind_index_known_answers(vector: dict[str, object]) -> None:
    index = BlindIndex(bytes.fromhex(str(vector["key"])), 7, 7)
    assert index.token(vector["kind"], str(vector["value"])) == vector["token"]  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "bits"), [("nhs", 63), ("dob", 6), ("name", 4)])
def test_a_token_fits_its_bits_and_a_signed_column(kind: Kind, bits: int) -> None:
    index = BlindIndex(b"i" * 32, 6, 4)
    tokens = {index.token(kind, str(value)) for value in range(500)}
    assert all(0 <= token < 2**bits for token in tokens)
    assert len(tokens) == min(500, 2**bits)


def test_tokens_differ_by_key_and_kind() -> None:
    one, two = BlindIndex(b"i" * 32, 63, 63), BlindIndex(b"j" * 32, 63, 63)
    assert one.token("nhs", "9434765919") == one.token("nhs", "9434765919")
    assert len({one.token("nhs", "x"), one.token("dob", "x"), one.token("name", "x"), two.token("nhs", "x")}) == 4


@pytest.mark.parametrize("population", [50_000, 65_536, 131_071, 131_072, 1_000_000, 8_000_000])
@pytest.mark.parametrize("name_rows", [1, 2, 3])
@pytest.mark.parametrize("versions", [1, 2])
def test_the_bits_kept_per_person_stay_within_the_budget(population: int, name_rows: int, versions: int) -> None:
    dob, name = bits_for(population, name_rows=name_rows, versions=versions)
    assert min(dob, name) >= 1
    assert versions * (dob + name_rows * name) <= math.log2(population / 2)


def test_the_smallest_population_keeps_seven_and_seven() -> None:
    assert bits_for(50_000) == (7, 7)


@pytest.mark.parametrize(("population", "rows"), [(49_999, 1), (0, 1), (50_000, 14)])
def test_a_population_too_small_or_too_many_rows_are_refused(population: int, rows: int) -> None:
    with pytest.raises(SettingsError):
        bits_for(population, name_rows=rows)


def test_the_root_key_wraps_and_only_its_own_context_unwraps(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    root = LocalFileRoot.create(path, Source())
    blob = root.wrap(b"k" * 32, b"one")
    assert LocalFileRoot(path, Source()).unwrap(blob, b"one") == b"k" * 32
    for wrong in ((blob, b"two"), (blob[:-1], b"one"), (b"", b"one")):
        with pytest.raises(KeyUnavailableError):
            root.unwrap(*wrong)
    assert str(path) in root.describe()
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644])
def test_a_root_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "root.key"
    LocalFileRoot.create(path, Source())
    path.chmod(mode)
    with pytest.raises(SettingsError, match="root_key_readable_by_others"):
        LocalFileRoot(path, Source())


def test_a_root_key_in_the_source_tree_is_refused(tmp_path: Path) -> None:
    inside = Path(local_file.__file__).parent / "root.key"
    link = tmp_path / "root.key"
    link.symlink_to(inside)
    for path in (inside, link):
        with pytest.raises(SettingsError, match="root_key_in_source_tree"):
            LocalFileRoot.create(path, Source())
    assert not inside.exists()


def test_a_root_key_is_never_overwritten_and_must_be_whole(tmp_path: Path) -> None:
    path = tmp_path / "root.key"
    with pytest.raises(SettingsError, match="root_key_missing"):
        LocalFileRoot(path, Source())
    LocalFileRoot.create(path, Source())
    with pytest.raises(SettingsError, match="root_key_not_created"):
        LocalFileRoot.create(path, Source())
    for size in (0, 31, 33):
        path.write_bytes(os.urandom(size))
        with pytest.raises(SettingsError, match="root_key_wrong_size"):
            LocalFileRoot(path, Source())
