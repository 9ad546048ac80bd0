"""Small files of each kind, made here: pictures with places in them, PDFs with and without scripts."""

import struct
import zlib

GPS, EXIF, COMMENT = b"GPS 50.7N 3.5W", b"Exif\x00\x00MM\x00*", b"taken at Willow Court"
SCAN = b"\x11\x22\xff\x00\x33\xff\xd0\x44"


def png() -> bytes:
    """Return a picture of three grey points that says where it was taken, in three ways."""
    head = struct.pack(">IIBBBBB", 3, 1, 8, 0, 0, 0, 0)
    chunks = [
        (b"IHDR", head),
        (b"eXIf", EXIF + GPS),
        (b"tEXt", b"Comment\x00" + COMMENT),
        (b"iTXt", b"XML:com.adobe.xmp\x00<x:xmpmeta>"),
        (b"IDAT", zlib.compress(b"\x00\x10\x20\x30")),
        (b"IEND", b""),
    ]
    made = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + made + b"TRAILER"


def jpeg() -> bytes:
    """Return the frame of a photograph that says where it was taken."""

    def part(marker: int, data: bytes) -> bytes:
        return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data

    return b"".join(
        (
            b"\xff\xd8",
            part(0xE0, b"JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00"),
            part(0xE1, EXIF + GPS),
            part(0xE1, b"http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>"),
            part(0xFE, COMMENT),
            part(0xDB, bytes(65)),
            part(0xC0, b"\x08\x00\x01\x00\x01\x01\x01\x11\x00"),
            part(0xC4, bytes(20)),
            part(0xDA, b"\x01\x01\x00\x00\x3f\x00") + SCAN,
            b"\xff\xd9",
            b"TRAILER",
        )
    )


def pdf(body: bytes) -> bytes:
    return b"%PDF-1.7\n1 0 obj\n" + body + b"\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n"
