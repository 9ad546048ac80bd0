"""Every bad file where a person or an operator brings it: drop folders, bundles on disk, forms, repairs, uploads."""

import base64
import json
import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from hub.domain.errors import RejectedMessageError
from hub.store.clear.attachments import attachment
from hub.store.clear.tables import referral
from tests.bad_input import CANARY, corpus
from tests.batches import hub, lay, signature
from tests.factories import SmallWorld, notice
from tests.journeys.intakes import BATCHES
from tests.journeys.printing_world import GRACE, entry, family, sally
from tests.journeys.readers import Reader
from tests.journeys.senders import Sender
from tests.spec.helping import reference_of

FILES = list(corpus())
ODD = list({bad.body: bad for bad in FILES if ":" not in bad.name and len(bad.body) < 5_000}.values())
"""What is wrong as a whole, once each: a page costs much more than a door, and knows nothing of formats."""
SHORT_REFUSED = re.compile(r"refused, [a-z0-9_]+\.")


@pytest.mark.parametrize("connector", BATCHES)
def test_every_bad_file_of_a_drop_folder_is_taken_apart_or_refused_by_name(
    sqlite_world: SmallWorld, sqlite_app: Flask, tmp_path: Path, connector: str
) -> None:
    sender, folder = Sender(sqlite_world, sqlite_app, "police"), tmp_path / "in"
    for number, bad in enumerate(FILES):
        lay(folder, f"{number}.dat", bad.body, signature(sender, bad.body, 1, connector), 1)
    asked = ("--connector", connector, "--agency", "police", "--folder", str(folder))
    told = hub(sqlite_world, "import", str(folder), *asked)
    assert told.exit_code == 1, told.output
    assert CANARY not in told.output
    outcomes = Counter[str]()
    for place in ("done", "refused"):
        for path in (folder / place).glob("*.receipt.json"):
            receipt = path.read_text()
            assert CANARY not in receipt
            said = json.loads(receipt)
            outcomes += Counter(refused=1) if place == "refused" else Counter(records=said["records"])
            assert place == "done" or said["refused"]
    assert outcomes["refused"] == len(SHORT_REFUSED.findall(told.output)) > 100
    assert kept(sqlite_world)["referral"] <= outcomes["records"]
    assert sorted(path.name for path in folder.iterdir()) in (["done", "refused"], ["refused"])


def test_no_bad_file_is_a_bundle_of_a_family_or_a_receipt_for_one(sqlite_world: SmallWorld, tmp_path: Path) -> None:
    before, bundle, receipt = kept(sqlite_world), tmp_path / "bundle", tmp_path / "receipt"
    transfers, manager = sqlite_world.hub.partners.transfers, sqlite_world.accounts["manager"]
    for bad in ODD:
        bundle.write_bytes(bad.body)
        asked = ("--agency", "police", "--folder", str(tmp_path))
        told = hub(sqlite_world, "transfer", "in", str(bundle), str(receipt), *asked)
        assert told.exit_code, bad.name
        assert CANARY not in told.output, bad.name
        assert not receipt.exists(), bad.name
    for bad in FILES:
        with pytest.raises(RejectedMessageError) as refused:
            transfers.acknowledge(manager, bad.body)
        assert CANARY not in str(refused.value), bad.name
    assert kept(sqlite_world) == before


def test_no_bad_file_is_a_form_of_a_page(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    """A body that is no form of ours has no token: it is refused before anything is made of it."""
    before = kept(sqlite_world)
    otto, public = Reader(sqlite_app, "otto"), Reader(sqlite_app)
    for bad in FILES:
        for reader, path, media in (
            (otto, "/refer/school", "application/x-www-form-urlencoded"),
            (public, "/tell-us", "multipart/form-data; boundary=x"),
        ):
            answer = reader.http.post(path, data=bad.body, content_type=media)
            assert answer.status_code in {400, 413}, (bad.name, path, answer.status_code)
            assert CANARY not in answer.text, (bad.name, path)
    assert kept(sqlite_world) == before


def test_no_bad_text_in_a_form_breaks_it_or_is_taken_where_it_says_nothing(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    """What somebody typed stands in the page again, as text: it is theirs, and a page that lost it would lose more."""
    public = Reader(sqlite_app)
    token = public.token("/tell-us")
    once = re.search(r'name="once" value="([^"]*)"', public.get("/tell-us").text)
    assert once
    for text in texts():
        fields = dict.fromkeys(("p1_roles", "p1_name", "p1_birth_date-year", "q_concern", "once", "people"), text)
        answer = public.http.post("/tell-us", data={"csrf_token": token, "events": text, **fields})
        assert answer.status_code in {200, 400, 413, 429}, text
        assert "<script>alert" not in answer.text
        sqlite_world.clock.advance(hours=1)
    assert kept(sqlite_world)["referral"] == 0


def test_no_bad_text_repairs_a_record(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    event = {"reference": "x", "occurred_from": "last Tuesday"}
    sqlite_world.send("police", "safeguarding_notice", notice(event=event))
    [line] = sqlite_world.hub.partners.quarantined.waiting(sqlite_world.accounts["fran"])
    path, fran, before = f"/front-door/quarantine/{line.id}", Reader(sqlite_app, "fran"), kept(sqlite_world)
    field = re.search(r'name="(place_[\w-]+)"', fran.get(path).text)
    assert field
    token = fran.token(path)
    for text in texts():
        answer = fran.http.post(path, data={"csrf_token": token, field[1]: text, nowhere(text): text})
        assert answer.status_code in {200, 400}, text
        assert "<script>alert" not in answer.text
    assert kept(sqlite_world) == before
    assert fran.send(path, **{field[1]: "2024-03-05"}).status_code == 302


def test_only_plain_text_of_all_bad_files_lies_beside_an_entry(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    """Whatever its name says: markup and scripts are text there, are handed out as text, and run nowhere."""
    family(sqlite_world)
    record = entry(sqlite_world, [reference_of(sqlite_world, GRACE)], summary="Grace came alone")
    path, reader = f"/families/{sqlite_world.family}/entries/{record}/files", sally(sqlite_world, sqlite_app)
    token, before, taken = reader.token(path), kept(sqlite_world), 0
    for bad in ODD:
        data = {"csrf_token": token, "title": "A letter", "file": (BytesIO(bad.body), f"{CANARY}.pdf")}
        answer = reader.http.post(path, data=data, content_type="multipart/form-data")
        assert answer.status_code == (302 if is_text(bad.body) else 200), bad.name
        assert CANARY not in answer.text, bad.name
        taken += answer.status_code == 302
    assert kept(sqlite_world) == before | {"attachment": before["attachment"] + taken}


def is_text(body: bytes) -> bool:
    try:
        words = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return (
        bool(words.strip()) and all(letter >= " " or letter in "\t\n\r\f" for letter in words) and words[:4] != "%PDF"
    )


def nowhere(text: str) -> str:
    """Return the name of a field as if a record had a place of this name."""
    return "place_" + base64.urlsafe_b64encode(text[:90].encode()).decode().rstrip("=")


def texts() -> Iterator[str]:
    """Yield what the small files are as text, and nothing that is only a plain word."""
    return (bad.body.decode("latin-1") for bad in ODD)


def kept(world: SmallWorld) -> dict[str, int]:
    with world.hub.clear.read() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (referral, attachment)
        }
