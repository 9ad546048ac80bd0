"""A file drop: signed over what it is and how long it is; refused whole, or received with every bad row quarantined."""

import json
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from hub.cli.drop_folder import alone_in
from hub.domain.errors import LedgerUnavailableError
from hub.services import file_drop
from hub.services.intake import Intake
from hub.store.clear.tables import receipt, referral
from tests.batches import hub, lay, rows, signature
from tests.factories import SmallWorld
from tests.journeys.senders import Sender
from tests.spec.helping import holds

CSV = "adult_with_children_csv"


def stored(world: SmallWorld) -> tuple[int, int]:
    with world.hub.engines.data.connect() as connection:
        return tuple(connection.scalar(select(func.count()).select_from(t)) or 0 for t in (receipt, referral))


def post(sender: Sender, body: bytes, signed: str) -> tuple[int, dict]:
    answer = sender.post("/v1/batches", body, "text/csv", Batch_Signature=signed)
    return answer.status_code, answer.json


def test_a_signed_batch_is_received_and_one_bad_row_is_quarantined_alone(world: SmallWorld, app: Flask) -> None:
    service, body = Sender(world, app, "sm"), rows(7, bad=(3,))
    status, told = post(service, body, signature(service, body, 7, CSV))
    assert status == 200
    assert (told["rows"], told["records"], told["accepted"], told["quarantined"]) == (7, 7, 6, 1)
    assert [r["pointer"] for r in told["remarks"] if r["outcome"] == "quarantined"] == ["row 5"]
    assert stored(world) == (2, 7)  # the bad row has a receipt of its own, and lies by itself


def a_batch_that_does_not_fit_stores_nothing(world: SmallWorld, app: Flask) -> None:
    service, police, body = Sender(world, app, "sm"), Sender(world, app, "police"), rows(7)
    good = signature(service, body, 7, CSV)
    for signed in (
        "",
        "no signature",
        "naïve",
        signature(service, body, 8, CSV),
        signature(service, body, 6, CSV),
        signature(service, body + b"\n", 7, CSV),
        signature(police, body, 7, CSV),
        signature(service, body, 7, CSV, iss=police.client_id),
        signature(service, body, 7, CSV, aud=world.settings.base_url + "/oauth2/token"),
        signature(service, body, 7, CSV, iat=int(world.clock().timestamp()) + 3_600),
        signature(service, body, 7, CSV, iat=None),
        signature(service, body, 7, "unheard_of"),
        signature(service, body, 7, CSV, rows=True),
        signature(service, body, 7, CSV, sha256="A" * 64),
        service.signed(),
        good[:-4] + "AAAA",
    ):
        status, told = post(service, body, signed)
        assert status in {400, 401, 422}, told
        assert stored(world) == (0, 0)


def test_a_batch_that_does_not_fit_stores_nothing(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    a_batch_that_does_not_fit_stores_nothing(sqlite_world, sqlite_app)


def test_a_row_count_that_is_not_compared_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_drop, "_counted", lambda *_: 7)
    assert not holds(lambda: a_batch_that_does_not_fit_stores_nothing(sqlite_world, sqlite_app))


def test_a_batch_that_breaks_in_its_last_row_stores_nothing(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    service, body = Sender(sqlite_world, sqlite_app, "sm"), rows(250) + b'\nRR-X,"never closed'
    status, told = post(service, body, signature(service, body, 251, CSV))
    assert (status, told["type"]) == (400, "urn:hub:problem:malformed_csv")
    assert stored(sqlite_world) == (0, 0)


def test_the_same_batch_again_gives_the_same_answer_and_stores_nothing_more(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    service, body = Sender(sqlite_world, sqlite_app, "sm"), rows(230)
    first = post(service, body, signature(service, body, 230, CSV))
    sqlite_world.clock.advance(hours=1)
    assert post(service, body, signature(service, body, 230, CSV)) == first
    assert len(first[1]["receipts"]) == 3
    assert stored(sqlite_world) == (3, 230)


def test_a_batch_that_is_cut_off_goes_on_where_it_stopped(
    sqlite_world: SmallWorld, sqlite_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    service, body, folder = Sender(sqlite_world, sqlite_app, "sm"), rows(230), tmp_path / "in"
    lay(folder, "march.csv", body, signature(service, body, 230, CSV), 230)
    receive, calls = Intake.receive, []

    def fails_at_the_second(intake: Intake, message: object) -> dict:
        calls.append(message)
        if len(calls) == 2:
            raise LedgerUnavailableError
        return receive(intake, message)

    monkeypatch.setattr(Intake, "receive", fails_at_the_second)
    told = drop(sqlite_world, folder)
    assert (told.exit_code, stored(sqlite_world)) == (2, (1, 100))
    assert sorted(p.name for p in folder.iterdir()) == ["march.csv", "march.csv.manifest.json"]
    assert drop(sqlite_world, folder).exit_code == 0
    assert stored(sqlite_world) == (3, 230)


def drop(world: SmallWorld, path: Path, agency: str = "sm") -> object:
    return hub(world, "import", str(path), "--connector", CSV, "--agency", agency, "--folder", str(path))


def test_a_folder_is_worked_off_and_a_second_run_does_nothing_twice(
    sqlite_world: SmallWorld, sqlite_app: Flask, tmp_path: Path
) -> None:
    service, folder, body = Sender(sqlite_world, sqlite_app, "sm"), tmp_path / "in", rows(5, bad=(1,))
    lay(folder, "good.csv", body, signature(service, body, 5, CSV), 5)
    lay(folder, "short.csv", rows(4), signature(service, rows(4), 5, CSV), 5)
    (folder / "unsigned.csv").write_bytes(body)
    told = drop(sqlite_world, folder)
    assert told.exit_code == 1
    assert "good.csv: 5 rows, 5 records: 4 accepted, 1 quarantined, 0 rejected." in told.stdout
    assert "short.csv: refused, row_count_differs." in told.stdout
    assert "unsigned.csv: waits for its manifest" in told.stdout
    done = [json.loads(p.read_text()) for p in (folder / "done").glob("*.receipt.json")]
    assert [one["quarantined"] for one in done] == [1]
    refused = [json.loads(p.read_text()) for p in (folder / "refused").glob("*.receipt.json")]
    assert [one["refused"] for one in refused] == ["row_count_differs"]
    assert sorted(p.name for p in folder.iterdir()) == ["done", "refused", "unsigned.csv"]
    before = stored(sqlite_world)
    again = drop(sqlite_world, folder)
    assert (again.exit_code, stored(sqlite_world)) == (0, before)
    assert "Nothing waits here." in again.stdout
    lay(folder, "good again.csv", body, signature(service, body, 5, CSV), 5)
    assert drop(sqlite_world, folder).exit_code == 0
    assert stored(sqlite_world) == before


def test_a_second_import_waits_until_the_first_is_through(
    sqlite_world: SmallWorld, sqlite_app: Flask, tmp_path: Path
) -> None:
    service, folder, body = Sender(sqlite_world, sqlite_app, "sm"), tmp_path / "in", rows(2)
    lay(folder, "a.csv", body, signature(service, body, 2, CSV), 2)
    with alone_in(folder):
        told = drop(sqlite_world, folder)
    assert (told.exit_code, "import_running" in told.stderr) == (2, True)
    assert drop(sqlite_world, folder).exit_code == 0
    assert stored(sqlite_world) == (1, 2)


def test_a_manifest_that_lies_or_leads_elsewhere_is_refused(
    sqlite_world: SmallWorld, sqlite_app: Flask, tmp_path: Path
) -> None:
    service, folder, body = Sender(sqlite_world, sqlite_app, "sm"), tmp_path / "in", rows(2)
    signed = signature(service, body, 2, CSV)
    (tmp_path / "elsewhere.csv").write_bytes(body)
    lay(folder, "a.csv", body, signed, 2)
    (folder / "a.csv").unlink()
    lay(folder, "b.csv", body, signed, 2)
    (folder / "b.csv.manifest.json").write_text('{"file": "b.csv", "file": "b.csv"}')
    lay(folder, "c.csv", body, signed, 2)
    (folder / "c.csv").unlink()
    (folder / "c.csv").symlink_to(tmp_path / "elsewhere.csv")
    lay(folder, "d.csv", body, signed, 2)
    (folder / "d.csv.manifest.json").write_text((folder / "d.csv.manifest.json").read_text().replace("d.", "../x/d."))
    assert drop(sqlite_world, folder).exit_code == 1
    refused = sorted(json.loads(p.read_text())["refused"] for p in (folder / "refused").glob("*.receipt.json"))
    assert refused == ["duplicate_key", "file_missing", "file_missing", "manifest_differs"]
    assert stored(sqlite_world) == (0, 0)
    assert (tmp_path / "elsewhere.csv").read_bytes() == body


def test_a_file_of_another_agencys_client_is_refused(
    sqlite_world: SmallWorld, sqlite_app: Flask, tmp_path: Path
) -> None:
    service, folder, body = Sender(sqlite_world, sqlite_app, "sm"), tmp_path / "in", rows(2)
    lay(folder, "a.csv", body, signature(service, body, 2, CSV), 2)
    assert "a.csv: refused, wrong_sender." in drop(sqlite_world, folder, "police").stdout
    assert stored(sqlite_world) == (0, 0)


def test_the_manifest_that_the_hubs_own_command_writes_is_taken(
    sqlite_world: SmallWorld, sqlite_app: Flask, tmp_path: Path
) -> None:
    service, file, key = Sender(sqlite_world, sqlite_app, "sm"), tmp_path / "return.csv", tmp_path / "key.pem"
    file.write_bytes(rows(3))
    key.write_bytes(service.private)
    named = ("--client", service.client_id, "--kid", service.kid, "--algorithm", "ES256", "--key", str(key))
    address = sqlite_world.settings.base_url
    signed = hub(sqlite_world, "manifest", str(file), "--connector", CSV, "--rows", "3", "--hub", address, *named)
    assert signed.exit_code == 0, signed.output
    assert drop(sqlite_world, file).exit_code == 0
    assert stored(sqlite_world) == (1, 3)
    unusable = ("--algorithm", "EdDSA")
    signed = hub(
        sqlite_world, "manifest", str(key), "--connector", CSV, "--rows", "3", "--hub", address, *named, *unusable
    )
    assert (signed.exit_code, "Traceback" in signed.output) == (2, False)
