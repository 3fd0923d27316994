"""Photos: kept without metadata, shown to who may read the report or case that holds them."""

from __future__ import annotations

import hashlib
import io

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City, picture


def test_a_photo_is_seen_by_who_may_read_its_case_and_by_nobody_else(desk: At, city: City) -> None:
    photo = desk("inspector").send_photo()
    assert [desk(name).bytes_of(photo)[0] for name in ("inspector", "second_inspector", "clerk", "company_clerk")] == [200, 404, 404, 404]

    report = paths.report(desk, city, files=[photo])["report_id"]
    case = paths.accept(desk, report, "file")
    assert desk("clerk").bytes_of(photo)[0] == 404
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))

    assert desk("clerk").bytes_of(photo) == (200, picture())
    assert desk("clerk").bytes_of(photo, small=True)[0] == 200
    assert desk("subdistrict_officer").bytes_of(photo)[0] == 200
    assert [desk(name).bytes_of(photo)[0] for name in ("other_clerk", "company_clerk", "far_subdistrict_officer")] == [404, 404, 404]


def test_the_place_in_a_photos_metadata_does_not_leave_the_phone_with_it(desk: At, city: City) -> None:
    exif = Image.Exif()
    exif[0x010E] = "Liuyin Lane 3, Qin Suzhen"
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(out, "JPEG", exif=exif)
    sent = desk("inspector").upload("a.jpg", out.getvalue()).body
    status, content = desk("inspector").bytes_of(sent["file_id"])
    assert status == 200
    assert b"Qin Suzhen" in out.getvalue() and b"Qin Suzhen" not in content
    assert hashlib.sha256(content).hexdigest() == sent["sha256"]


def test_a_png_named_jpg_is_kept_as_what_it_is(desk: At, city: City) -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "blue").save(out, "PNG")
    assert desk("inspector").upload("现场.jpg", out.getvalue()).body["media_type"] == "image/png"


def test_a_picture_of_several_as_phones_take_them_is_kept_as_its_first(desk: At, city: City) -> None:
    out = io.BytesIO()
    first, second = (Image.new("RGB", (64, 48), colour) for colour in ("red", "blue"))
    first.save(out, "MPO", save_all=True, append_images=[second])
    sent = desk("inspector").upload("立体.jpg", out.getvalue()).body
    assert sent["media_type"] == "image/jpeg"
    _status, content = desk("inspector").bytes_of(sent["file_id"])
    with Image.open(io.BytesIO(content)) as kept:
        assert (kept.format, kept.size) == ("JPEG", (64, 48))


def test_words_in_a_png_do_not_leave_the_phone_with_it(desk: At, city: City) -> None:
    words = PngInfo()
    words.add_text("Author", "Qin Suzhen")
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "blue").save(out, "PNG", pnginfo=words)
    _status, content = desk("inspector").bytes_of(desk("inspector").upload("a.png", out.getvalue()).body["file_id"])
    assert b"Qin Suzhen" in out.getvalue() and b"Qin Suzhen" not in content
