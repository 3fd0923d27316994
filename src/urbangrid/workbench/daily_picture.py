"""城市管理日报 as one picture for a messenger: black on white, 1,080 dots wide, letters that a phone shows without zooming (desks.md L5).

Drawn with Pillow in the font that sheets are printed in; what stands in it is what the sheet says, cut to a phone's screen: figures, whose
hands, map, dangers.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from PIL import Image, ImageDraw, ImageFont

from urbangrid.ui import band, pdf
from urbangrid.ui.templatetags.ug import duration_words
from urbangrid.workbench.daily_sheets import SheetView

WIDTH: Final = 1080
MARGIN: Final = 48
INNER: Final = WIDTH - 2 * MARGIN
MAP_WIDTH: Final = 760
MAP_MOST: Final = 620
"""Height of the map at most."""
UNITS: Final = 7
INK, LINE, SOFT = "#000000", "#000000", "#444444"
BOLD: Final = 1
"""Dots of edge around bold letters: the font has one weight."""


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    path, place = pdf.font_file()
    return ImageFont.truetype(str(path), size, index=place)


@dataclass(slots=True)
class _Sheet:
    """A picture that grows downwards: everything is drawn at ``y`` and moves it on."""

    image: Image.Image
    y: int = MARGIN
    pen: ImageDraw.ImageDraw = field(init=False)

    def __post_init__(self) -> None:
        self.pen = ImageDraw.Draw(self.image)

    def words(self, x: int, text: str, size: int, *, anchor: str = "la", bold: bool = False, room: int = INNER, fill: str = INK) -> None:
        """A line at ``y``, cut with … where it is longer than ``room``."""
        self.pen.text((x, self.y), fitted(text, size, room), font=_font(size), fill=fill, anchor=anchor, stroke_width=BOLD if bold else 0)

    def heading(self, text: str) -> None:
        self.y += 26
        self.words(MARGIN, text, 34, bold=True)
        self.y += 50


def fitted(text: str, size: int, room: int) -> str:
    """The text, or as much of it as ``room`` dots hold with … behind it."""
    font = _font(size)
    if font.getlength(text) <= room:
        return text
    end = len(text)
    while end and font.getlength(text[:end] + "…") > room:
        end -= 1
    return text[:end] + "…"


def draw(view: SheetView) -> bytes:
    """The PNG. Raises Refusal ``pdf_without_font`` (503) where no Chinese font is installed."""
    sheet = _Sheet(Image.new("L", (WIDTH, 4000), "#ffffff"))
    _head(sheet, view)
    _figures(sheet, view)
    _late(sheet, view)
    _map(sheet, view)
    _dangers(sheet, view.content["dangers"])
    _foot(sheet, view)
    out = io.BytesIO()
    sheet.image.crop((0, 0, WIDTH, sheet.y + MARGIN)).quantize(16).save(out, "PNG", optimize=True)
    return out.getvalue()


def _head(sheet: _Sheet, view: SheetView) -> None:
    if band.words():
        sheet.words(WIDTH // 2, band.words(), 30, anchor="ma", bold=True)
        sheet.y += 52
    sheet.words(WIDTH // 2, _("城市管理日报"), 64, anchor="ma", bold=True)
    sheet.y += 92
    sheet.words(MARGIN, view.platform.name, 28, room=INNER // 3)
    sheet.words(WIDTH // 2, _("第 %(n)s 期") % {"n": view.sheet.number}, 28, anchor="ma")
    made = view.sheet.made_at.astimezone(view.platform.zone)
    sheet.words(WIDTH - MARGIN, f"{view.day_words} {made:%H:%M}", 28, anchor="ra")
    sheet.y += 44
    sheet.pen.line((MARGIN, sheet.y, WIDTH - MARGIN, sheet.y), fill=LINE, width=3)


def _figures(sheet: _Sheet, view: SheetView) -> None:
    """Three beside each other, twice."""
    sheet.heading(_("昨日情况（%(day)s，对%(before)s）") % {"day": view.yesterday_words, "before": view.before_words})
    wide, high, top = INNER // 3, 176, sheet.y
    for place, one in enumerate(view.sheet.figures):
        x, y = MARGIN + wide * (place % 3), top + high * (place // 3)
        sheet.pen.rectangle((x, y, x + wide, y + high), outline=LINE, width=2)
        middle = x + wide // 2
        compared = _("，").join(part for part in (one.before, one.change) if part)
        for shift, text, size, bold in (
            (10, one.word, 28, False), (46, f"{one.number}{'%' if one.is_rate else ''}", 60, True),
            (126, f"{compared} {one.verdict_word}".strip(), 28, False),
        ):  # fmt: skip
            sheet.y = y + shift
            sheet.words(middle, text, size, anchor="ma", bold=bold, room=wide - 16)
    sheet.y = top + high * ((len(view.sheet.figures) + 2) // 3)


def _late(sheet: _Sheet, view: SheetView) -> None:
    late = view.content["late"]
    sheet.heading(_("超期未结 %(n)s 件，在谁手里") % {"n": late["total"]})
    columns = (MARGIN, MARGIN + 230, MARGIN + 310, MARGIN + 490)
    for row in late["rows"][:UNITS]:
        _row(sheet, columns, (row["unit"] or _("尚未派遣"), str(row["count"]), duration_words(row["late_seconds"]), _held(row)))
    others = late["total"] - sum(row["count"] for row in late["rows"][:UNITS])
    if others:
        _row(sheet, columns, (_("其余单位"), str(others), "", ""))


def _held(row: dict[str, Any]) -> str:
    return _("，").join(part for part in (row["holder"], row["stage"], row["phone"]) if part)


def _row(sheet: _Sheet, columns: Sequence[int], texts: Sequence[str]) -> None:
    ends = [*columns[1:], WIDTH - MARGIN]
    for x, end, text in zip(columns, ends, texts, strict=True):
        sheet.words(x, text, 28, room=end - x - 12)
    sheet.y += 44
    sheet.pen.line((MARGIN, sheet.y - 4, WIDTH - MARGIN, sheet.y - 4), fill=SOFT, width=1)


def _map(sheet: _Sheet, view: SheetView) -> None:
    """Sub-districts in grey by how many are late, with name and number."""
    picture = view.map.picture
    if picture is None:
        return
    sheet.heading(_("各街道超期未结"))
    scale = min(MAP_WIDTH / picture.width, MAP_MOST / picture.height)
    left = (WIDTH - round(picture.width * scale)) // 2
    for one in view.map.areas:
        grey = 255 - round(255 * float(one.opacity))
        for ring in one.shape.rings if one.shape is not None else ():
            sheet.pen.polygon([(left + x * scale, sheet.y + y * scale) for x, y in ring], fill=grey, outline=0, width=2)
    top = sheet.y
    for one in view.map.areas:
        if one.shape is not None:
            x = left + round(one.shape.x * scale)
            sheet.y = top + round(one.shape.y * scale) - 34
            sheet.words(x, one.name, 26, anchor="ma")
            sheet.y += 28
            sheet.words(x, one.text, 36, anchor="ma", bold=True)
    sheet.y = top + round(picture.height * scale)


def _dangers(sheet: _Sheet, dangers: dict[str, Any]) -> None:
    if not dangers["count"]:
        return
    sheet.heading(ngettext("过夜险情 %(n)s 件", "过夜险情 %(n)s 件", dangers["count"]) % {"n": dangers["count"]})
    for row in dangers["rows"]:
        sheet.words(MARGIN, f"{row['place']} {row['title']}", 28, room=INNER - 220)
        sheet.words(WIDTH - MARGIN, duration_words(row["seconds"]), 28, anchor="ra")
        sheet.y += 40
        measure = _("已围护，未恢复") if row["fenced"] else row["stage"]
        sheet.words(MARGIN + 28, _("，").join(filter(None, (measure, row["holder"], row["phone"]))), 26, fill=SOFT, room=INNER - 28)
        sheet.y += 44


def _foot(sheet: _Sheet, view: SheetView) -> None:
    sheet.y += 20
    sheet.pen.line((MARGIN, sheet.y, WIDTH - MARGIN, sheet.y), fill=LINE, width=2)
    sheet.y += 12
    made = view.sheet.made_at.astimezone(view.platform.zone)
    sheet.words(MARGIN, _("截至 %(t)s，与今日概况同数") % {"t": f"{made:%Y-%m-%d %H:%M:%S}"}, 24, fill=SOFT)
    if view.content["signed"]:
        sheet.words(WIDTH - MARGIN, _("签发 %(name)s") % {"name": view.content["signed"]}, 24, anchor="ra", room=300)
    sheet.y += 32
