"""What can be read on the pages of a PDF that the platform made: text by its fonts' own tables, as a reader's search finds it."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.S)
_STREAM = re.compile(rb"<<(.*?)>>\nstream\n(.*?)\nendstream", re.S)


def _streams(data: bytes) -> dict[int, bytes]:
    found = {}
    for number, body in _OBJECT.findall(data):
        if (stream := _STREAM.search(body)) is not None:
            raw = stream[2]
            found[int(number)] = zlib.decompress(raw) if b"FlateDecode" in stream[1] else raw
    return found


def pages(data: bytes) -> list[str]:
    """The text of each page, without spaces. Fails when a sign has no meaning in its font: it would be an empty box."""
    streams = _streams(data)
    rest = b"".join(text for text in streams.values() if b"/Type /Catalog" in text or b"/Type /Page" in text or b"/Type /Font" in text)
    fonts = re.findall(rb"/BaseFont /(\w+)\+[^/]*/ToUnicode (\d+) 0 R", rest)
    letters = {name.decode(): _letters(streams[int(number)]) for name, number in fonts}
    contents = [int(number) for number in re.findall(rb"/Type /Page/Parent .*?/Contents (\d+) 0 R", rest)]
    return [_text(streams[number].decode("latin-1"), letters) for number in contents]


def pictures(data: bytes) -> int:
    """How many photos are in the file."""
    return len(re.findall(rb"/Subtype /Image", data))


def _letters(table: bytes) -> dict[str, str]:
    rows = re.findall(r"^<(\w{4})> <(\w+)>$", table.decode("ascii"), re.M)
    return {code: bytes.fromhex(text).decode("utf-16-be") for code, text in rows}


def _text(content: str, letters: dict[str, dict[str, str]]) -> str:
    found, font = [], ""
    for name, shown in re.findall(r"/(\w+) [\d.]+ Tf|\[(.*?)\] TJ", content):
        if name:
            font = name
            continue
        for run in re.findall(r"<(\w+)>", shown):
            codes = [run[i : i + 4] for i in range(0, len(run), 4)]
            assert "0000" not in codes, "a sign that the font does not have"
            found += [letters[font][code] for code in codes]
    return "".join("".join(found).split())
