"""A photograph lies beside its entry, for whoever may see all of that entry, and for nobody else."""

from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from hub.domain.access import Operation
from hub.domain.facts import person_chain
from hub.domain.fields import SHAPES, RecordKind
from hub.domain.file_kinds import clean_file
from hub.services import attachments
from hub.services.family_page import Stated
from tests.factories import SmallWorld
from tests.files import jpeg, pdf, png
from tests.journeys.printing_world import DANIEL, GRACE, entry, family, for_person, sally
from tests.journeys.readers import Reader, bare, lead, plain
from tests.spec.helping import edit, holds, named, reference_of, select, since

TITLE = "Bruise on the left forearm"


def files_of(world: SmallWorld, record: str) -> str:
    return f"/families/{world.family}/entries/{record}/files"


def add(reader: Reader, path: str, content: bytes, title: str = TITLE, name: str = "holiday.exe") -> TestResponse:
    data = {"csrf_token": reader.token(path), "title": title, "file": (BytesIO(content), name)}
    return reader.http.post(path, data=data, content_type="multipart/form-data")


def his(world: SmallWorld, **more: str) -> str:
    return entry(world, [reference_of(world, DANIEL)], summary="Daniel came with an injury", **more)


def beside(world: SmallWorld, app: Flask, content: bytes, record: str) -> Reader:
    reader = sally(world, app)
    answer = add(reader, files_of(world, record), content)
    assert answer.status_code == 302, plain(answer)
    return reader


def the_file(world: SmallWorld) -> str:
    ((id_,),) = select(world, "data", "SELECT id FROM attachment")
    return f"/families/{world.family}/files/{id_}"


def test_a_photograph_is_beside_its_entry_and_comes_back_without_its_place(world: SmallWorld, app: Flask) -> None:
    family(world)
    reader = beside(world, app, jpeg(), his(world))
    page = reader.get(f"/families/{world.family}")
    assert TITLE in plain(page)
    path = next(part for part in page.text.split('"') if "/files/" in part)
    before = world.entries()
    answer = reader.get(path)
    assert answer.data == clean_file(jpeg()).content
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="attachment-')
    assert TITLE.split(maxsplit=1)[0] not in str(answer.headers)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content_type == "image/jpeg"
    (entered,) = [e.entry for e in since(world, before)]
    assert (entered.act, entered.operation, entered.outcome) == ("attachment:open", Operation.CONSULTATION, "released")


def the_strictest_label_counts(world: SmallWorld, app: Flask) -> None:
    """Pete may see what the meeting said of Daniel, and not social care's view of risk in the same entry."""
    world.allocate("pete", "alleged_perpetrator")
    record = his(world, concern="Only for social care")
    pete = Reader(app, "pete")
    assert "Daniel came with an injury" in pete.open(world.family, "support_family")
    path = f"/families/{world.family}"
    before = bare(pete.get(path)), bare(pete.get(files_of(world, record)))
    beside(world, app, png(), record)
    assert (bare(pete.get(path)), bare(pete.get(files_of(world, record)))) == before
    assert pete.get(the_file(world)).status_code == 404
    absent = f"/families/{world.family}/files/00000000-0000-7000-8000-000000000000"
    assert bare(pete.get(the_file(world))) == bare(pete.get(absent))


def test_a_file_is_for_whoever_may_see_all_of_its_entry_and_is_like_nothing_for_others(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    family(sqlite_world)
    the_strictest_label_counts(sqlite_world, sqlite_app)


def test_planted_a_file_that_inherits_one_label_only_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    family(sqlite_world)
    real = attachments.file_record

    def lenient(keys: object, key: bytes, id_: str, labels: list, *more: object) -> object:
        return real(keys, key, id_, [label for label in labels if label.category == "meeting_outcome"], *more)

    monkeypatch.setattr(attachments, "file_record", lenient)
    assert not holds(lambda: the_strictest_label_counts(sqlite_world, sqlite_app))


def test_a_worker_who_sees_the_whole_entry_sees_the_file_until_that_ends(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    family(sqlite_world)
    sqlite_world.allocate("pete", "alleged_perpetrator")
    beside(sqlite_world, sqlite_app, pdf(b"<< >>"), his(sqlite_world))
    pete = Reader(sqlite_app, "pete")
    assert TITLE in pete.open(sqlite_world.family, "support_family")
    answer = pete.get(the_file(sqlite_world))
    assert (answer.status_code, answer.content_type) == (200, "application/pdf")
    assert Reader(sqlite_app, "vera").get(the_file(sqlite_world)).status_code == 404


def test_only_the_agency_that_wrote_an_entry_puts_files_beside_it(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    family(sqlite_world)
    sqlite_world.allocate("pete", "alleged_perpetrator")
    record = his(sqlite_world)
    pete = Reader(sqlite_app, "pete")
    pete.open(sqlite_world.family, "support_family")
    assert "Only the agency that wrote an entry" in pete.words(files_of(sqlite_world, record))
    assert add(pete, files_of(sqlite_world, record), png()).status_code == 422
    reader = sally(sqlite_world, sqlite_app)
    nowhere = files_of(sqlite_world, "00000000-0000-7000-8000-000000000000")
    assert reader.get(nowhere).status_code == 404
    assert select(sqlite_world, "data", "SELECT count(*) FROM attachment") == [(0,)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"MZ\x90\x00", "Choose a photograph"),
        (png()[:60], "not whole"),
        (pdf(b"<< /S /JavaScript >>"), "holds scripts"),
        (b"a" * 100_001, "too large"),
    ],
)
def test_what_may_not_come_in_is_refused_beside_its_field(
    content: bytes, words: str, sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    family(sqlite_world)
    record, sqlite_world.hub.files.attachments._most = his(sqlite_world), 100_000
    answer = add(sally(sqlite_world, sqlite_app), files_of(sqlite_world, record), content, name="photo.png")
    assert (answer.status_code, words in plain(answer)) == (200, True)
    assert select(sqlite_world, "data", "SELECT count(*) FROM attachment") == [(0,)]


def found_something(_content: bytes) -> str:
    return "eicar"


def broken(_content: bytes) -> str:
    raise OSError


def kept_with_a_clock(world: SmallWorld, app: Flask, scanner: Callable[[bytes], str]) -> None:
    service = world.hub.files.attachments
    service._scanner = scanner
    reader = beside(world, app, png(), his(world))
    assert "Being checked" in reader.words(f"/families/{world.family}")
    assert reader.get(the_file(world)).status_code == 409
    lead(world)
    manager = Reader(app, "manager")
    assert "A file was stopped when it came in" in manager.words("/queue")
    again = {
        "csrf_token": reader.token(files_of(world, select(world, "data", "SELECT entry_id FROM attachment")[0][0]))
    }
    reader.http.post(the_file(world) + "/check", data=again)
    assert reader.get(the_file(world)).status_code == 409
    service._scanner = lambda _content: ""
    reader.http.post(the_file(world) + "/check", data=again)
    assert reader.get(the_file(world)).data == clean_file(png()).content
    assert "A file was stopped when it came in" not in manager.words("/queue")


@pytest.mark.parametrize("scanner", [found_something, broken])
def test_a_file_that_the_scanner_stops_is_kept_with_a_clock_and_handed_to_nobody(
    scanner: Callable[[bytes], str], sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    family(sqlite_world)
    kept_with_a_clock(sqlite_world, sqlite_app, scanner)


def test_planted_a_scanner_that_nobody_listens_to_is_noticed(
    sqlite_world: SmallWorld, sqlite_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    family(sqlite_world)
    monkeypatch.setattr(attachments, "finding", lambda *_: "")
    assert not holds(lambda: kept_with_a_clock(sqlite_world, sqlite_app, found_something))


TAMPERED = {
    "two chunks swapped": (
        "UPDATE attachment_chunk SET number = 99 WHERE number = 1",
        "UPDATE attachment_chunk SET number = 1 WHERE number = 2",
        "UPDATE attachment_chunk SET number = 2 WHERE number = 99",
    ),
    "a chunk gone": ("DELETE FROM attachment_chunk WHERE number = 2",),
    "a byte more": ("UPDATE attachment_chunk SET body = CAST(body || x'00' AS BLOB) WHERE number = 1",),
    "moved beside another entry": ("UPDATE attachment SET entry_id = 'x' || substr(entry_id, 2)",),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_a_file_that_was_changed_in_the_database_does_not_open_and_raises_an_alarm(
    how: str, sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    family(sqlite_world)
    reader = beside(sqlite_world, sqlite_app, b"word " * 20_000, his(sqlite_world))
    assert reader.get(the_file(sqlite_world)).status_code == 200
    assert edit(sqlite_world, "data", *((statement, ()) for statement in TAMPERED[how])) == len(TAMPERED[how])
    answer = reader.get(the_file(sqlite_world))
    assert answer.status_code == 500
    assert b"word word" not in answer.data
    assert "integrity_fault" in {e.entry.outcome for e in sqlite_world.entries()}


def nothing_lies_in_clear(world: SmallWorld, app: Flask) -> None:
    beside(world, app, b"A sentence nobody may find on the disk. " * 2_000, his(world))
    for path in world.settings.folder.rglob("*"):
        if path.is_file():
            held = path.read_bytes()
            assert b"A sentence nobody may find" not in held, path
            assert TITLE.encode() not in held, path


def test_nothing_of_a_file_lies_in_clear(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    family(sqlite_world)
    nothing_lies_in_clear(sqlite_world, sqlite_app)


def test_a_file_on_its_way_in_never_touches_a_disk(sqlite_app: Flask) -> None:
    request = sqlite_app.request_class({"wsgi.input": BytesIO(), "REQUEST_METHOD": "POST"})
    assert type(request._get_file_stream(10_000_000, "image/png", "photo.png", 10_000_000)) is BytesIO


def test_a_key_destroyed_with_its_record_takes_the_file_with_it(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    family(sqlite_world)
    reader = beside(sqlite_world, sqlite_app, png(), his(sqlite_world))
    path = the_file(sqlite_world)
    assert edit(sqlite_world, "keys", ("DELETE FROM record_key WHERE record_id = ?", (path.split("/")[-1],))) == 1
    assert reader.get(path).status_code == 404
    assert TITLE not in reader.words(f"/families/{sqlite_world.family}")


def test_a_copy_of_a_file_is_for_whom_both_allow_and_is_entered_with_them(
    sqlite_world: SmallWorld, sqlite_app: Flask
) -> None:
    family(sqlite_world)
    reader = beside(sqlite_world, sqlite_app, png(), his(sqlite_world))
    before = sqlite_world.entries()
    answer = reader.send(the_file(sqlite_world) + "/copy", recipient=for_person(sqlite_world, DANIEL))
    assert answer.data == clean_file(png()).content
    daniel = person_chain(named(sqlite_world, DANIEL))
    made = [e.entry for e in since(sqlite_world, before) if e.entry.operation is Operation.PRINT]
    assert [(e.act, e.recipient) for e in made] == [("attachment:print", daniel)]
    hers = reader.send(the_file(sqlite_world) + "/copy", recipient=for_person(sqlite_world, GRACE))
    assert hers.status_code == 404


def test_every_category_that_an_entry_can_have_has_its_share() -> None:
    entries = {c for shape in SHAPES.values() if shape.in_chronology for c in shape.fields.values()}
    assert entries == set(SHAPES[RecordKind.ATTACHMENT].fields.values())


def test_the_api_hands_out_no_share(sqlite_world: SmallWorld, sqlite_app: Flask) -> None:
    family(sqlite_world)
    beside(sqlite_world, sqlite_app, png(), his(sqlite_world))
    by, stated = sqlite_world.accounts["sally"], Stated("support_family", "a test")
    shown = sqlite_world.hub.pages.disclose(by, sqlite_world.family, stated)
    assert RecordKind.ATTACHMENT not in {record.kind for record in shown.records}
