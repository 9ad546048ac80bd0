"""What people said stands nowhere in the files of the three databases, in no usual encoding."""

import base64
from collections.abc import Callable, Iterator

import pytest

from connectors.registry import CONNECTORS
from hub.services.recording import ConsentWord
from hub.wiring import web_app
from tests.factories import FIXTURES, SmallWorld, notice, texts
from tests.journeys.readers import Reader
from tests.spec.helping import edit, holds, treatment

CANARIES = (
    "Adeyemi",
    "Daniel Hart",
    "Maya Hart",
    "Ruth Vale",
    "Larch Court",
    "Quarry Road",
    "ZZ99 4AB",
    "ZZ99 7QR",
    "07700 900123",
    "07700 900456",
    "900 000 0009",
    "9000000009",
    "9000000017",
    "9990000018",
    "INC-24-55012",
    "hands on my ears",
    "dad they can rely on",
    "Northbridge Primary",
    "asks for help with sleep",
    "He came by himself",
    "1991-04-17",
    "hid behind the chair",
)
IN_RETURNS = ("Imogen", "Supervision order", "RR-10001", "EX0000041", "kept as written")
"""Of these no family is made here: a case system's children, a treatment return, a census."""
SAID_TO_THE_HUB = ("Zephyrine strategy meeting", "Quillfeather visit", "Wolverdene said no")
ENCODINGS: dict[str, Callable[[bytes, str], list[bytes]]] = {
    "utf-8": lambda raw, _: [raw],
    "utf-16": lambda _, words: [words.encode("utf-16-le"), words.encode("utf-16-be")],
    "hexadecimal": lambda raw, _: [raw.hex().encode(), raw.hex().upper().encode()],
    "base64": lambda raw, _: [base64.b64encode(bytes(lead) + raw)[lead + 1 : -4] for lead in range(3)],
}


def forms(words: str) -> Iterator[bytes]:
    """Return the ways in which words could stand in a file; four bytes and fewer stand in any file by chance."""
    for spelling in {words, words.lower(), words.upper(), words.replace(" ", "")}:
        for encode in ENCODINGS.values():
            yield from (form for form in encode(spelling.encode(), spelling) if len(form) > 4)


def nothing_in_clear(world: SmallWorld) -> None:
    files = sorted(world.settings.folder.glob("*.db*"))
    assert {file.name for file in files} >= {"data.db", "ledger.db", "keys.db", "data.db-wal", "ledger.db-wal"}
    for file in files:
        raw = file.read_bytes()
        found = [
            words for words in (*CANARIES, *IN_RETURNS, *SAID_TO_THE_HUB) if any(form in raw for form in forms(words))
        ]
        assert not found, file.name


@pytest.fixture
def told(sqlite_world: SmallWorld) -> SmallWorld:
    """Return a world that was told everything: by every connector, by forms, and as reasons for the log."""
    world = sqlite_world
    world.send("police", "transfer_bundle", (FIXTURES / "transfer_bundle" / "two_people.json").read_bytes())
    world.police_notice()
    for agency, connector, path in (
        ("sm", "adult_with_children_csv", "substance_misuse/adult_with_children.csv"),
        ("mh", "fhir_bars", "bars/mother_referral.json"),
        ("mh", "fhir_consent", "fhir_consent/agreed.json"),
        ("mh", "hl7v2", "hl7v2/child_referral.hl7"),
        ("police", "safeguarding_notice_xml", "safeguarding_notice/domestic_abuse.xml"),
        ("police", "safeguarding_notice_csv", "safeguarding_notice/domestic_abuse.csv"),
    ):
        world.send(agency, connector, (FIXTURES / path).read_bytes().replace(b"SN-2024-0117", connector.encode()))
        world.hub.rounds.run_once()
        world.accept()
    world.send("sm", "adult_with_children_json", treatment(referral_ref="RS-0099"))
    world.hub.rounds.run_once()
    world.accept()
    world.allocate("sally", lead=True)
    world.open()
    reader = Reader(web_app(world.hub), "sally")
    reader.open(world.family, reason=SAID_TO_THE_HUB[1])
    word = ConsentWord(world.people("parent")[0], "refused", reason="said_no")
    world.hub.recording.consent(world.accounts["sally"], world.family, word)
    world.view("sally", justification=SAID_TO_THE_HUB[0])
    for agency, connector, path in (
        ("csc", "case_system", "case_system/monday.csv"),
        ("sm", "ndtms_csv", "ndtms/cds_p.csv"),
        ("csc", "cin_census", "cin_census/synthetic_2026.xml"),
    ):
        world.send(agency, connector, (FIXTURES / path).read_bytes())
    world.hub.rounds.run_once()
    return world


def test_nothing_sealed_stands_in_the_files_in_clear(told: SmallWorld) -> None:
    kinds = {"safeguarding_notice", "adult_with_children_csv", "fhir_bars", "adult_with_children_json", "fhir_consent"}
    notices = {"safeguarding_notice_xml", "safeguarding_notice_csv"}
    assert set(CONNECTORS) == kinds | notices | {"case_system", "ndtms_csv", "cin_census", "hl7v2", "transfer_bundle"}
    assert b"Adeyemi" in notice()
    seen = texts(told.view("sally"))
    missing = [words for words in CANARIES if words not in seen]
    not_for_her = {"9000000009", "He came by himself", "asks for help with sleep", "hid behind the chair"}
    assert set(missing) <= {"INC-24-55012", *not_for_her}
    nothing_in_clear(told)


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("file", ["data", "ledger"])
def test_one_value_in_clear_is_noticed(case: SmallWorld, encoding: str, file: str) -> None:
    planted = ENCODINGS[encoding](b"Larch Court", "Larch Court")[-1]
    case.view("sally")
    edit(case, file, ("CREATE TABLE leak (said)", ()), ("INSERT INTO leak VALUES (?)", (planted,)))
    assert not holds(lambda: nothing_in_clear(case))


def test_a_world_told_little_holds_nothing_in_clear_either(case: SmallWorld) -> None:
    case.view("sally")
    nothing_in_clear(case)
