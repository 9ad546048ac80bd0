"""What a file is, by its content and never by its name; and the same file without what it should not carry. Pure.

Allowed are PNG, JPEG, PDF and plain text. An image is written again from the parts that make the picture: where and
with what it was taken (EXIF, GPS, XMP), comments, thumbnails and whatever hangs on behind its end are left out. A PDF
that can act (scripts, launching, files inside, forms that submit) or is encrypted is refused.
Source: PNG (ISO/IEC 15948), JPEG (ITU-T T.81, JFIF 1.02), PDF (ISO 32000-2, 7.3.5 on names written with #).
"""

import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final

from hub.domain.errors import InvalidRequestError


@dataclass(frozen=True, slots=True)
class CleanFile:
    """A file of an allowed kind; `content` is what may be kept, `ending` how its name ends."""

    media_type: str
    ending: str
    content: bytes = field(repr=False)


_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PICTURE: Final = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT", b"pHYs"})
_SOI, _EOI, _SOS = 0xD8, 0xD9, 0xDA
_KEPT: Final = frozenset({0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD, 0xEE, _SOS})
"""Frame headers (baseline, extended, progressive), Huffman and quantisation tables, restarts, Adobe's colour mark."""
_JFIF: Final = b"\xff\xe0\x00\x10JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00"
_ACTING: Final = re.compile(
    rb"/(JavaScript|JS|Launch|EmbeddedFiles?|AA|RichMedia|XFA|SubmitForm|ImportData|Encrypt|GoToR|GoToE)\b"
)
_STREAM: Final = re.compile(rb"stream\r?\n")
_WRITTEN: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_MOST_INFLATED: Final = 64_000_000


def clean_file(content: bytes) -> CleanFile:
    """Return the file as it may be kept.

    Raises:
        InvalidRequestError: `file_not_allowed`: no kind on the list; `file_broken`: not whole; `file_can_act`: a PDF
            that does something by itself or hides what it holds.
    """
    for magic, make in _BY_MAGIC.items():
        if content.startswith(magic):
            return make(content)
    return _text(content)


def _refuse(code: str) -> InvalidRequestError:
    return InvalidRequestError(code, where="file", next_step="choose_another_file")


def _png(content: bytes) -> CleanFile:
    kept, names = [_PNG], []
    for name, chunk in _png_chunks(content):
        names.append(name)
        if name in _PICTURE:
            kept.append(chunk)
    if names[:1] != [b"IHDR"] or b"IDAT" not in names or names[-1] != b"IEND":
        raise _refuse("file_broken")
    return CleanFile("image/png", "png", b"".join(kept))


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Return (name, chunk) up to the end of the picture; each chunk is length(4) name(4) data crc(4)."""
    at = len(_PNG)
    while at + 12 <= len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        chunk, name = content[at:end], content[at + 4 : at + 8]
        if end > len(content) or zlib.crc32(chunk[4:-4]) != int.from_bytes(chunk[-4:], "big"):
            raise _refuse("file_broken")
        yield name, chunk
        if name == b"IEND":
            return
        at = end
    raise _refuse("file_broken")


def _jpeg(content: bytes) -> CleanFile:
    kept, at = [b"\xff\xd8", _JFIF], 2
    seen: set[int] = set()
    while at + 2 <= len(content) and content[at] == 0xFF:  # noqa: PLR2004  every marker begins with this byte
        marker = content[at + 1]
        if marker == 0xFF:  # noqa: PLR2004  a filling byte before a marker
            at += 1
            continue
        if marker == _EOI:
            if not {_SOS, 0xDB} <= seen:
                break
            return CleanFile("image/jpeg", "jpg", b"".join((*kept, b"\xff\xd9")))
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        end = _scan_end(content, end) if marker == _SOS else end
        if end > len(content) or end < at + 4:
            break
        seen.add(marker)
        if marker in _KEPT:
            kept.append(content[at:end])
        at = end
    raise _refuse("file_broken")


def _scan_end(content: bytes, at: int) -> int:
    """Return where the coded picture after a scan header ends: at the first marker that is no stuffing or restart."""
    while (at := content.find(b"\xff", at)) >= 0 and at + 1 < len(content):
        if content[at + 1] != 0 and not 0xD0 <= content[at + 1] <= 0xD7:  # noqa: PLR2004  the restart markers
            return at
        at += 2
    return len(content) + 1


def _pdf(content: bytes) -> CleanFile:
    if b"%%EOF" not in content[-1_024:]:
        raise _refuse("file_broken")
    if any(_ACTING.search(_plain_names(part)) for part in (content, *_inflated(content))):
        raise _refuse("file_can_act")
    return CleanFile("application/pdf", "pdf", content)


def _plain_names(part: bytes) -> bytes:
    return _WRITTEN.sub(lambda found: bytes([int(found[1], 16)]), part)


def _inflated(content: bytes) -> Iterator[bytes]:
    """Return what the packed parts of a PDF hold, because objects can lie in them; too much of it is refused."""
    left = _MOST_INFLATED
    for begin in _STREAM.finditer(content):
        unpacker = zlib.decompressobj()
        try:
            part = unpacker.decompress(content[begin.end() :], left)
        except zlib.error:
            continue
        left -= len(part)
        if left <= 0:
            raise _refuse("file_can_act")
        yield part


def _text(content: bytes) -> CleanFile:
    try:
        words = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _refuse("file_not_allowed") from None
    if not words.strip() or any(ord(letter) < ord(" ") and letter not in "\t\n\r\f" for letter in words):
        raise _refuse("file_not_allowed")
    return CleanFile("text/plain; charset=utf-8", "txt", words.encode())


_BY_MAGIC: Final[Mapping[bytes, Callable[[bytes], CleanFile]]] = MappingProxyType(
    {_PNG: _png, b"\xff\xd8\xff": _jpeg, b"%PDF-": _pdf}
)
