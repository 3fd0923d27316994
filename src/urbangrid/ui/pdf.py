"""Sheets as PDF: HTML laid out on A4 with local files only (case-rules 27).

1. Each page text is laid out by itself, so that every sheet counts its own pages; then all pages become one file with one set of fonts.
2. What a page may name: ``static:PATH`` (our own static files) and ``stored:SHA-256`` (a stored photo that the caller lists). Everything
   else, the network and the machine's files before all, is refused and stays away.
3. Layout needs Debian's Pango and a Chinese font (``config.command.debian``); without them the sheet is refused with the steps, and no
   other page suffers: the libraries are loaded at the first sheet (1.2 s, 60 MB), not when a process starts.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Collection, Iterable
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.contrib.staticfiles import finders
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageFile

from urbangrid.core import files
from urbangrid.core.errors import Refusal, declare
from urbangrid.ui import band

declare(
    {
        "pdf_without_library": _("这台服务器缺少生成 PDF 的程序库，没有生成。可先在网页上直接打印；请管理员安装 %(packages)s 后再试。"),
        "pdf_without_font": _("这台服务器没有中文字体，PDF 没有生成。可先在网页上直接打印；请管理员安装 %(packages)s 后再试。"),
        "pdf_failed": _("PDF 没有生成。可先在网页上直接打印；请把错误编号告诉管理员。"),
    }
)

LIBRARIES: Final = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")
FONT_PACKAGE: Final = "fonts-wqy-microhei"
NOTO: Final = "Noto Sans CJK SC"
SIMPLIFIED: Final = 2
"""Place of the simplified letters in Noto's collection."""
FONTS: Final = {
    "WenQuanYi Micro Hei": "wqy-microhei.ttc", NOTO: "NotoSansCJK-Regular.ttc", "WenQuanYi Zen Hei": "wqy-zenhei.ttc",
    "Droid Sans Fallback": "DroidSansFallbackFull.ttf",
}  # fmt: skip
"""Families that can print Chinese, the preferred first, with the file that shows that one is here."""
FONT_FOLDERS: Final = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
PHOTO_PX: Final = 1000
"""Longer side of a photo on paper: 85 mm at 300 dots per inch; a phone's original would make twenty sheets a file of 80 MB."""
MEDIA_TYPE: Final = "application/pdf"

STYLES: Final = ("static:ui/css/tokens.css", "static:ui/css/print.css")
"""Of every sheet; read once for all pages of a file."""
_one_at_a_time = threading.Lock()
"""A layout takes up to 150 MB; threads of one process wait for each other."""


def write(pages: Iterable[str], *, photos: Collection[str] = (), done: Callable[[int], None] | None = None) -> bytes:
    """One PDF of all ``pages`` (HTML texts, each beginning on a new leaf). ``photos``: SHA-256 of the stored photos they may show.

    ``done`` is told after each how many are laid out. Raises Refusal ``pdf_without_library`` or ``pdf_without_font`` (503).
    """
    with _one_at_a_time:
        return _write(pages, frozenset(photos), done)


def write_on_one_leaf(versions: Iterable[str]) -> bytes:
    """The first of several versions of a page that needs no second leaf; the last where all do. Raises as ``write``."""
    with _one_at_a_time:
        lay_out = _layout(frozenset())
        for html in versions:
            document = lay_out(html)
            if len(document.pages) == 1:
                break
        out = io.BytesIO()
        document.write_pdf(out)
        return out.getvalue()


def _write(pages: Iterable[str], photos: frozenset[str], done: Callable[[int], None] | None) -> bytes:
    lay_out = _layout(photos)
    laid_out = []
    for number, html in enumerate(pages, 1):
        laid_out.append(lay_out(html))
        if done is not None:
            done(number)
    if not laid_out:
        raise ValueError("a file of no pages")
    out = io.BytesIO()
    laid_out[0].copy([page for document in laid_out for page in document.pages]).write_pdf(out)
    return out.getvalue()


def _layout(photos: frozenset[str]) -> Callable[[str], Any]:
    """What lays a page out, with one set of fonts for all that it is given."""
    weasyprint = _library()
    family = font()
    fetch = _fetcher(weasyprint, photos)
    fonts = weasyprint.text.fonts.FontConfiguration()
    style = weasyprint.CSS(string=_numbered(family), font_config=fonts)
    styles = [weasyprint.CSS(string=local_file(url, ())[0].decode(), font_config=fonts, url_fetcher=fetch) for url in STYLES]

    def lay_out(html: str) -> Any:
        page = weasyprint.HTML(string=html, base_url="static:", url_fetcher=fetch)
        return page.render(font_config=fonts, stylesheets=[*styles, style])

    return lay_out


def _numbered(family: str) -> str:
    """What only paper has: the font of this machine, and 第 x 页 共 y 页 at the foot of each page."""
    foot = str(_("第 {page} 页 共 {pages} 页")).replace('"', "").format(page='" counter(page) "', pages='" counter(pages) "')
    page = f'@page sheet {{ @bottom-right {{ content: "{foot}"; font-size: 9pt; }} }}'
    return f'body, svg text {{ font-family: "{family}", sans-serif; }} .sheet-a4 {{ page: sheet; }} {page}{_band(family)}'


def _band(family: str) -> str:
    """A training copy says so at the head of each page and across it; nothing on a platform."""
    if not band.words():
        return ""
    said, short = (words.replace("\\", "").replace('"', "") for words in (band.words(), band.short()))
    head = f'@page {{ @top-center {{ content: "{said}"; font: 700 10pt "{family}"; width: 100%; border-bottom: 1pt solid #000; }} }}'
    across = "position: fixed; top: 90mm; left: 0; right: 0; text-align: center; color: #ddd; transform: rotate(-30deg); z-index: -1"
    return f'{head} html::after {{ content: "{short}"; font: 700 150pt "{family}"; {across}; }}'


@cache
def _library() -> Any:
    """WeasyPrint, loaded when the first sheet asks for it. Raises Refusal ``pdf_without_library``; asked again, it looks again."""
    try:
        import weasyprint  # type: ignore[import-untyped]
        import weasyprint.text.fonts  # type: ignore[import-untyped]
    except OSError as error:  # one of Pango's libraries is not on this machine
        raise Refusal("pdf_without_library", status=503, packages=" ".join(LIBRARIES)) from error
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # the import switches it on for the whole process: torn or bombed uploads would pass
    return weasyprint


def font() -> str:
    """The family that Chinese is printed in. Raises Refusal ``pdf_without_font``: a sheet of empty boxes would be worse than none."""
    return _font()[0]


def font_file() -> tuple[Path, int]:
    """The file of that family and its place in a collection, for pictures. Raises Refusal ``pdf_without_font``."""
    family, path = _font()
    return path, SIMPLIFIED if family == NOTO else 0


def _font() -> tuple[str, Path]:
    for family, name in FONTS.items():
        for folder in FONT_FOLDERS:
            if folder.is_dir() and (found := next(folder.rglob(name), None)) is not None:
                return family, found
    raise Refusal("pdf_without_font", status=503, packages=FONT_PACKAGE)


def _fetcher(weasyprint: Any, photos: frozenset[str]) -> Any:
    """The only way from a page to a file."""
    base: Any = weasyprint.urls.URLFetcher
    answer = weasyprint.urls.URLFetcherResponse

    class Local(base):  # type: ignore[misc]
        """Own static files and the listed photos; a refused address leaves its place empty."""

        def fetch(self, url: str, headers: Any = None) -> Any:
            body, media_type = local_file(url, photos)
            return answer(url, body, {"Content-Type": media_type})

    return Local(fail_on_errors=False)


STATIC_TYPES: Final = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}


def local_file(url: str, photos: Collection[str]) -> tuple[bytes, str]:
    """Bytes and type behind an address of a page. Raises ValueError for every other address, FileNotFoundError for a photo that is gone."""
    scheme, _colon, path = url.partition(":")
    if scheme == "static" and Path(path).suffix in STATIC_TYPES and (found := finders.find(path)) is not None:
        return Path(str(found)).read_bytes(), STATIC_TYPES[Path(path).suffix]
    if scheme == "stored" and path in photos:
        return _photo(path), "image/jpeg"
    raise ValueError(f"no page of ours shows {scheme}:")


def _photo(digest: str) -> bytes:
    """The photo as small as paper needs it; a JPEG is read small, so that a large one costs little. Else the thumbnail does."""
    try:
        with Image.open(files.path_of(digest)) as image:
            if image.format != "JPEG" and image.width * image.height > 12_000_000:
                return files.thumb_of(digest).read_bytes()
            image.draft("RGB", (PHOTO_PX, PHOTO_PX))
            small = image.convert("RGB")
    except (OSError, SyntaxError):
        return files.thumb_of(digest).read_bytes()
    small.thumbnail((PHOTO_PX, PHOTO_PX))
    out = io.BytesIO()
    small.save(out, format="JPEG", quality=82)
    return out.getvalue()
