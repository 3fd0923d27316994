"""Files made to do harm, at every place that takes one: the interface, the desk, uploads in parts, the tables of the handbook.

What is kept is one still picture and nothing else, under the type of its content, never run; what is no picture is refused in words;
nothing makes a process slow or large.
"""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as configured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook, load_workbook
from PIL import Image

from tests.api.paths import At
from tests.support.browser import enter
from tests.support.city import City, picture
from urbangrid.catalog import spreadsheets
from urbangrid.catalog.spreadsheets import Column, Faults
from urbangrid.core.models import StoredFile
from urbangrid.core.picture_parts import is_picture_alone
from urbangrid.live import tokens, uploads

SCRIPT = b"<script>alert(1)</script>"
COLUMNS = [Column("kind", "类别", True), Column("words", "说明")]


def _saved(form: str, **more: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "gray").save(out, form, **more)
    return out.getvalue()


def _frames(form: str) -> bytes:
    frames = [Image.new("RGB", (64, 48), colour) for colour in ("red", "blue", "green")]
    out = io.BytesIO()
    frames[0].save(out, form, save_all=True, append_images=frames[1:])
    return out.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _png(width: int, height: int, extra: bytes = b"") -> bytes:
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = _chunk(b"IDAT", zlib.compress(b"\0" * (31 * 10)))
    return b"\x89PNG\r\n\x1a\n" + head + extra + body + _chunk(b"IEND", b"")


def _segment(kind: int, data: bytes) -> bytes:
    return b"\xff" + bytes([kind]) + struct.pack(">H", len(data) + 2) + data


def _exif() -> Image.Exif:
    found = Image.Exif()
    found[0x8825], found[271] = {1: "N", 2: (39.0, 5.0, 5.0)}, "Maker"
    return found


JPEG = picture()
CARRY = {
    "place.jpg": _saved("JPEG", exif=_exif()), "place.png": _saved("PNG", exif=_exif()), "place.webp": _saved("WEBP", exif=_exif()),
    "colours.jpg": _saved("JPEG", icc_profile=SCRIPT * 9), "xmp.jpg": _saved("JPEG", xmp=SCRIPT), "xmp.webp": _saved("WEBP", xmp=SCRIPT),
    "comment.jpg": _saved("JPEG", comment=SCRIPT), "paper.jpg": JPEG[:2] + _segment(0xED, b"Photoshop 3.0\0" + SCRIPT) + JPEG[2:],
    "segment.jpg": JPEG[:2] + _segment(0xEF, SCRIPT) + JPEG[2:], "behind.jpg": JPEG + b"PK\x03\x04" + SCRIPT,
    "several.mpo": _frames("MPO"), "moving.webp": _frames("WEBP"), "moving.png": _frames("PNG"),
    "words.png": _png(10, 10, _chunk(b"tEXt", b"Comment\0" + SCRIPT)), "own.png": _png(10, 10, _chunk(b"prVt", SCRIPT)),
    "behind.png": _png(10, 10) + SCRIPT, "page.html": JPEG, "photo.jpg.php": JPEG, "picture.png": JPEG,
}  # fmt: skip
"""Pictures that carry more than a picture."""
JPEG_HEAD = JPEG.index(b"\xff\xc0")
REFUSED = {
    "page.jpg": b"<!doctype html>" + SCRIPT, "paper.pdf": b"%PDF-1.4\n" + SCRIPT, "drawing.svg": b"<svg onload='alert(1)'/>",
    "script.gif": b"GIF89a/*" + bytes(20) + b"*/=1;alert(1)", "scan.tiff": _saved("TIFF"), "icon.bmp": _saved("BMP"),
    "wide.png": _png(100_000, 100_000), "bomb.png": _png(10, 10, _chunk(b"iCCP", b"a\0\0" + zlib.compress(bytes(200_000_000)))),
    "words.png": _png(10, 10, _chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(200_000_000)))),
    "wide.jpg": JPEG[: JPEG_HEAD + 5] + struct.pack(">HH", 65_500, 65_500) + JPEG[JPEG_HEAD + 9 :],
    "wide.webp": b"RIFF" + struct.pack("<I", 22) + b"WEBPVP8X" + struct.pack("<I", 10) + bytes(4) + b"\xff\x3f\0\xff\x3f\0",
    "cut.jpg": _saved("JPEG")[:300], "head.jpg": JPEG[:30], "nothing.jpg": b"", "one.jpg": b"\xff", "noise.webp": b"RIFF" + bytes(4000),
}  # fmt: skip
"""What is no picture, or none that can be opened safely."""


def _by_interface(city: City, desk: At, name: str, content: bytes) -> int:
    return desk("seat_agent").upload(name, content).status


def _by_desk(city: City, desk: At, name: str, content: bytes) -> int:
    sent = SimpleUploadedFile(name, content, "image/jpeg")
    return enter(Client(), city, "seat_agent").post("/upload/", {"file": sent}).status_code


def _in_parts(city: City, desk: At, name: str, content: bytes) -> int:
    """As the telephone sends it: begun and finished at the web process, the parts at the live process."""
    browser = enter(Client(), city, "inspector")
    started = browser.post("/uploads/start", {"client_id": "u-1", "name": name, "size": len(content)})
    if started.status_code != 200:
        return started.status_code
    begun = uploads.begin(tokens.read_upload(started.json()["token"]))
    for start in range(0, len(content), uploads.PART_BYTES):
        uploads.append(begun, start, content[start : start + uploads.PART_BYTES])
    return browser.post("/uploads/finish", {"client_id": "u-1"}).status_code


WAYS: dict[str, Callable[[City, At, str, bytes], int]] = {"interface": _by_interface, "desk": _by_desk, "parts": _in_parts}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    settings.UPLOADS_ROOT = tmp_path / "uploads"


@pytest.mark.parametrize("way", WAYS)
def test_of_every_picture_only_the_still_picture_is_kept(city: City, desk: At, way: str) -> None:
    for name, content in CARRY.items():
        StoredFile.objects.all().delete()
        assert WAYS[way](city, desk, name, content) in (200, 201), name
        kept = StoredFile.objects.get()
        data = (Path(configured.FILES_ROOT) / kept.sha256[:2] / kept.sha256).read_bytes()
        image = Image.open(io.BytesIO(data))
        assert not any(trace in data for trace in (SCRIPT[:8], b"Exif", b"Maker", b"PK\x03\x04", b"ANMF", b"acTL")), name
        assert (getattr(image, "n_frames", 1), Image.MIME[str(image.format)]) == (1, kept.media_type), name
        assert is_picture_alone(data, str(image.format)), name
        uploads.discard(city.acting("inspector").user_id, "u-1")
        _forget_keys()


def _forget_keys() -> None:
    from urbangrid.core.models import IdempotencyKey

    IdempotencyKey.objects.all().delete()


@pytest.mark.parametrize("way", WAYS)
def test_what_is_no_safe_picture_is_refused_at_once_and_nothing_is_kept(city: City, desk: At, way: str) -> None:
    for name, content in REFUSED.items():
        began = time.process_time()
        assert WAYS[way](city, desk, name, content) == 422, name
        assert time.process_time() - began < 2, name
        uploads.discard(city.acting("inspector").user_id, "u-1")
    assert not StoredFile.objects.exists() and not list(Path(configured.FILES_ROOT).rglob("*"))


@pytest.mark.parametrize("way", WAYS)
def test_a_file_of_the_limit_is_taken_and_one_byte_more_is_not(city: City, desk: At, way: str, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = len(JPEG)
    assert WAYS[way](city, desk, "a.jpg", JPEG) in (200, 201)
    assert WAYS[way](city, desk, "b.jpg", JPEG + b"\0") == 422


def test_a_table_beyond_the_limit_is_not_even_received(city: City, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 100_000
    sent = SimpleUploadedFile("a.xlsx", bytes(3 * 2**20))
    answer = enter(Client(), city, "system_admin").post("/catalog/handbook/import/", {"file": sent})
    assert (answer.status_code, "上限" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(
    ("name", "shown"),
    [("../../etc/passwd", "passwd"), ("C:\\win\\a.jpg", "a.jpg"), ("\u202egpj.exe", "gpj.exe"),
     ("a\r\nSet-Cookie: x.jpg", "aSet-Cookie: x.jpg"),
     ("photo.php.jpg", "photo.php.jpg"), ("\0", "file"), ("", "photo"), ("名" * 300 + ".jpg", "名" * 120)],
)  # fmt: skip
def test_a_file_s_name_is_shown_and_never_used(city: City, name: str, shown: str) -> None:
    from urbangrid.core.text import plain_name

    assert plain_name(name) == (shown if name else "file")


def test_what_is_served_cannot_run_whatever_it_is(city: City, desk: At) -> None:
    photo = desk("inspector").upload("a.html", JPEG).body["file_id"]
    browser = enter(Client(), city, "inspector")
    for path in (f"/files/{photo}/", f"/files/{photo}/thumb/", f"/api/v1/files/{photo}", f"/api/v1/files/{photo}/thumb"):
        answer = browser.get(path)
        assert b"".join(answer)[:3] == b"\xff\xd8\xff"
        assert answer["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox", path
        assert (answer["X-Content-Type-Options"], answer["Cross-Origin-Resource-Policy"]) == ("nosniff", "same-origin"), path
        assert answer["Content-Disposition"].startswith("inline"), path


# --- tables ---


def _table(edit: Callable[[bytes], bytes] = lambda sheet: sheet, extra: dict[str, bytes] | None = None, part: str = "sheet1") -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "表"
    sheet.append(["类别", "说明"])
    sheet.append(["甲", "乙"])
    plain, out = io.BytesIO(), io.BytesIO()
    book.save(plain)
    with zipfile.ZipFile(plain) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in given.namelist():
            data = given.read(name)
            made.writestr(name, edit(data) if part in name else data)
        for name, data in (extra or {}).items():
            made.writestr(name, data)
    return out.getvalue()


def _with(row: bytes, head: bytes = b"") -> Callable[[bytes], bytes]:
    return lambda sheet: head + sheet.replace(b"</sheetData>", row + b"</sheetData>")


def _text(words: bytes, place: bytes = b"") -> bytes:
    return b"<c" + (b' r="' + place + b'"' if place else b"") + b' t="inlineStr"><is><t>' + words + b"</t></is></c>"


GROWING = b"<!DOCTYPE x [<!ENTITY a0 '" + b"a" * 20 + b"'>" + b"".join(
    b"<!ENTITY a%d '%s'>" % (level, b"&a%d;" % (level - 1) * 10) for level in range(1, 10)
) + b"]>"  # fmt: skip
FOREIGN = b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]>"
MERGED = b'<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'
HARMFUL = {
    "a cell at the far corner": _table(_with(b'<row r="1048576">' + _text(b"x", b"XFD1048576") + b"</row>")),
    "a cell at the far edge of the last row read": _table(_with(b'<row r="49999">' + _text(b"x", b"XFD49999") + b"</row>")),
    "a million cells in a row": _table(_with(b"<row>" + _text(b"x") * 900_000 + b"</row>")),
    "everything merged": _table(lambda sheet: sheet.replace(b"</sheetData>", b"</sheetData>" + MERGED)),
    "entities that grow": _table(_with(b"<row>" + _text(b"&a9;") + b"</row>", GROWING)),
    "a file of the machine": _table(_with(b"<row>" + _text(b"&e;") + b"</row>", FOREIGN)),
    "much in little": _table(extra={"xl/media/x": bytes(200_000_000)}),
    "a path upwards": _table(extra={"../../../../evil": b"x"}), "no archive": b"PK\x03\x04xxxx", "nothing": b"", "cut off": _table()[:900],
    "a text that is not there": _table(_with(b'<row r="3"><c r="A3" t="s"><v>77</v></c></row>')),
    "a place that is none": _table(_with(b'<row r="x"><c r="!!" t="s"><v>0</v></c></row>')),
    "a number beyond numbers": _table(_with(b'<row r="3"><c r="A3"><v>1e999</v></c></row>')),
    "no styles": _table(lambda _: b"<a", part="styles"), "no workbook": _table(lambda _: b"<a/>", part="xl/workbook.xml"),
}  # fmt: skip


@pytest.mark.parametrize("name", HARMFUL)
def test_a_table_made_to_do_harm_is_read_or_refused_in_a_moment(name: str) -> None:
    began, faults = time.process_time(), Faults("表")
    rows = spreadsheets.read_rows(HARMFUL[name], COLUMNS, faults)
    assert time.process_time() - began < 2
    assert faults.found or rows[0].values == {"kind": "甲", "words": "乙"}
    assert not any("root" in value or len(value) > 1000 for row in rows for value in row.values.values())


def test_entities_do_not_grow_either_where_no_hardened_reader_is_installed() -> None:
    """The tests have defusedxml, the running platform has not: there the limits of expat itself hold."""
    code = (
        "import sys; sys.modules['defusedxml'] = None; import django; django.setup(); import openpyxl;"
        "from tests.core.test_uploads import COLUMNS, HARMFUL, Faults, spreadsheets as s;"
        "print(openpyxl.DEFUSEDXML, [(len(s.read_rows(HARMFUL[name], COLUMNS, f)), [one.code for one in f.found])"
        " for name in ('entities that grow', 'a file of the machine') for f in [Faults('表')]])"
    )
    root = Path(__file__).parents[2]
    places = {"PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}", "DJANGO_SETTINGS_MODULE": "urbangrid.config.settings"}
    command = [sys.executable, "-c", code]
    run = subprocess.run(command, env=dict(os.environ) | places, capture_output=True, text=True, timeout=60, check=False)
    assert run.stdout.strip() == "False [(1, ['not_xlsx']), (1, ['not_xlsx'])]", run.stdout + run.stderr[-2000:]


FORMULAS = ("=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", '=HYPERLINK("x")', "=cmd|' /C calc'!A0", "甲\x0b乙\x1f")


@pytest.mark.parametrize("words", FORMULAS)
def test_words_that_look_like_a_formula_leave_as_words(words: str) -> None:
    book = load_workbook(io.BytesIO(spreadsheets.write_book("表", COLUMNS, [(words, 7)])))
    cell = book["表"]["A2"]
    assert (cell.data_type, book["表"]["B2"].value) == ("s", 7)
    assert cell.value == words.replace("\x0b", "").replace("\x1f", "")
    assert bool(cell.quotePrefix) == words.startswith(("=", "+", "-", "@", "\t"))
