"""Rewrite a picture of a page with a palette: a third of the bytes, the same to the eye. Standard library only."""

import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_COLOURS: Final = 256


def shrink(path: Path) -> None:
    """Replace an 8-bit RGB picture by one with at most 256 colours; each pixel takes the nearest one kept."""
    chunks = dict(_chunks(path.read_bytes()))
    width, height, _, kind = struct.unpack(">IIBB", chunks[b"IHDR"][:10])
    pixels = list(_rows(zlib.decompress(chunks[b"IDAT"]), width, height, {2: 3, 6: 4}[kind]))
    kept = [colour for colour, _ in Counter(colour for row in pixels for colour in row).most_common(_COLOURS)]
    place = {colour: number for number, colour in enumerate(kept)}
    for colour in {colour for row in pixels for colour in row} - place.keys():
        place[colour] = min(
            range(len(kept)), key=lambda n: sum((a - b) ** 2 for a, b in zip(colour, kept[n], strict=True))
        )
    body = b"".join(b"\0" + bytes(place[colour] for colour in row) for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    palette = bytes(part for colour in kept for part in colour)
    parts = ((b"IHDR", head), (b"PLTE", palette), (b"IDAT", zlib.compress(body, 9)), (b"IEND", b""))
    path.write_bytes(_SIGNATURE + b"".join(_chunk(name, data) for name, data in parts))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield each kind of chunk once, its data joined."""
    found: dict[bytes, bytes] = {}
    place = len(_SIGNATURE)
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        name = data[place + 4 : place + 8]
        found[name] = found.get(name, b"") + data[place + 8 : place + 8 + length]
        place += 12 + length
    yield from found.items()


def _rows(raw: bytes, width: int, height: int, size: int) -> Iterator[list[tuple[int, int, int]]]:
    """Undo each row's filter (PNG section 9) and yield its colours."""
    above = bytearray(width * size)
    for number in range(height):
        start = number * (width * size + 1)
        row = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + width * size]), above, size)
        yield [(row[at], row[at + 1], row[at + 2]) for at in range(0, len(row), size)]
        above = row


def _unfiltered(kind: int, row: bytearray, above: bytearray, size: int) -> bytearray:
    for at in range(len(row)):
        left = row[at - size] if at >= size else 0
        corner = above[at - size] if at >= size else 0
        add = (0, left, above[at], (left + above[at]) // 2, _paeth(left, above[at], corner))[kind]
        row[at] = (row[at] + add) & 255
    return row


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))
