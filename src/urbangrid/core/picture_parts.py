"""What a picture file is made of: whether it holds its picture and nothing else (JPEG ITU-T T.81 B.1, PNG ISO/IEC 15948 11, WebP RIFF).

Decoders pass over parts they do not know; what lies in them would be kept and served under our name: places, names, scripts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

JPEG_PARTS: Final = frozenset((0xC0, 0xC1, 0xC2, 0xC4, 0xDA, 0xDB, 0xDD, 0xE0))
"""Frames (baseline, extended, progressive), Huffman tables, scans, quantisation, restart interval, JFIF."""
PNG_PARTS: Final = frozenset((b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"sRGB", b"cHRM", b"pHYs", b"sBIT", b"bKGD"))
WEBP_PARTS: Final = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH"))
JFIF_BYTES: Final = 16
"""Length of an APP0 segment without a preview picture."""


def is_picture_alone(raw: bytes, form: str) -> bool:
    """Whether a decodable file of ``form`` (JPEG, PNG, WEBP) has only parts that make up one still picture and ends with it."""
    try:
        return {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp}[form](raw)
    except (IndexError, ValueError):
        return False


def _jpeg(raw: bytes) -> bool:
    at = 2
    while raw[at] == 0xFF:
        kind, length = raw[at + 1], int.from_bytes(raw[at + 2 : at + 4], "big")
        if kind == 0xD9:
            return at + 2 == len(raw)
        if kind not in JPEG_PARTS or length < 2 or (kind == 0xE0 and length != JFIF_BYTES):
            return False
        at += 2 + length
        if kind == 0xDA:
            at = _after_scan(raw, at)
    return False


def _after_scan(raw: bytes, at: int) -> int:
    """Where the next segment begins: in a scan 0xFF stands only before a stuffed zero or a restart mark."""
    while True:
        at = raw.index(b"\xff", at)
        if raw[at + 1] != 0 and not 0xD0 <= raw[at + 1] <= 0xD7:
            return at
        at += 2


def _chunks(raw: bytes, at: int, order: str) -> Iterator[tuple[bytes, int]]:
    """Kind of each chunk and where it ends; PNG writes the length first and a checksum last, RIFF pads to even."""
    while at < len(raw):
        if order == "PNG":
            length, kind = int.from_bytes(raw[at : at + 4], "big"), raw[at + 4 : at + 8]
            at += 12 + length
        else:
            length, kind = int.from_bytes(raw[at + 4 : at + 8], "little"), raw[at : at + 4]
            at += 8 + length + length % 2
        yield kind, at


def _png(raw: bytes) -> bool:
    parts = list(_chunks(raw, 8, "PNG"))
    kinds = [kind for kind, _ in parts]
    return set(kinds) <= PNG_PARTS and kinds.count(b"IEND") == 1 and parts[-1] == (b"IEND", len(raw))


def _webp(raw: bytes) -> bool:
    parts = list(_chunks(raw, 12, "WEBP"))
    whole = int.from_bytes(raw[4:8], "little") + 8 == len(raw) == parts[-1][1]
    return whole and {kind for kind, _ in parts} <= WEBP_PARTS
