"""A file is what its content says; a picture does not say where it was taken; a PDF does nothing by itself."""

import struct
import zlib

import pytest

from hub.domain import file_kinds
from hub.domain.errors import InvalidRequestError
from hub.domain.file_kinds import clean_file
from tests.files import COMMENT, EXIF, GPS, SCAN, jpeg, pdf, png


def refused(content: bytes) -> str:
    with pytest.raises(InvalidRequestError) as wrong:
        clean_file(content)
    return wrong.value.code


def carries_no_place() -> None:
    for content in (jpeg(), png()):
        kept = clean_file(content).content
        for told in (GPS, EXIF, COMMENT, b"<x:xmpmeta", b"TRAILER"):
            assert told in content
            assert told not in kept


def test_where_and_with_what_a_picture_was_taken_is_left_out() -> None:
    carries_no_place()


@pytest.mark.parametrize(("name", "more"), [("_KEPT", {0xE1}), ("_PICTURE", {b"eXIf"})])
def test_planted_a_picture_that_keeps_its_exif_is_noticed(
    name: str, more: set, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_kinds, name, getattr(file_kinds, name) | more)
    with pytest.raises(AssertionError):
        carries_no_place()


def test_the_picture_itself_is_kept() -> None:
    kept = clean_file(png())
    assert (kept.media_type, kept.ending) == ("image/png", "png")
    assert zlib.compress(b"\x00\x10\x20\x30") in kept.content
    photo = clean_file(jpeg())
    assert (photo.media_type, photo.ending) == ("image/jpeg", "jpg")
    assert SCAN in photo.content
    assert clean_file(photo.content) == photo
    assert clean_file(kept.content) == kept


def test_a_name_or_a_type_that_was_sent_counts_for_nothing() -> None:
    assert clean_file(b"Mum said: <b>hello</b>\r\n").media_type == "text/plain; charset=utf-8"
    assert clean_file(pdf(b"<< /Type /Catalog >>")).media_type == "application/pdf"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"MZ\x90\x00\x03",
        b"PK\x03\x04docm",
        b"GIF89a\x01\x00",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"\x00text",
        "caf\u00e9".encode("latin-1"),
    ],
)
def test_what_is_not_on_the_list_is_refused(content: bytes) -> None:
    assert refused(content) == "file_not_allowed"


@pytest.mark.parametrize(
    "content",
    [
        png()[:40],
        png().replace(b"IEND", b"IENX"),
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 2**31) + b"IHDR",
        jpeg()[:30],
        b"\xff\xd8\xff\xd9",
        b"%PDF-1.7 nothing",
    ],
)
def test_what_is_not_whole_is_refused(content: bytes) -> None:
    assert refused(content) == "file_broken"


@pytest.mark.parametrize(
    "body",
    [
        b"<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>",
        b"<< /S /Launch /F (cmd.exe) >>",
        b"<< /S /J#61vaScript >>",
        b"<< /Names << /EmbeddedFiles 3 0 R >> >>",
        b"<< /Encrypt 5 0 R >>",
        b"<< /Filter /FlateDecode /Type /ObjStm >>\nstream\n" + zlib.compress(b"<< /S /Launch >>") + b"\nendstream",
    ],
)
def test_a_pdf_that_can_act_is_refused(body: bytes) -> None:
    assert refused(pdf(body)) == "file_can_act"


def test_planted_a_pdf_read_without_its_packed_parts_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_kinds, "_inflated", lambda _content: ())
    packed = b"<< /Type /ObjStm >>\nstream\n" + zlib.compress(b"<< /S /Launch >>") + b"\nendstream"
    assert clean_file(pdf(packed)).ending == "pdf"


def test_a_pdf_that_unpacks_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_kinds, "_MOST_INFLATED", 10_000)
    assert refused(pdf(b"<< >>\nstream\n" + zlib.compress(b"0" * 100_000) + b"\nendstream")) == "file_can_act"
