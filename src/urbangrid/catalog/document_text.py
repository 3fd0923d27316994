"""The words of a file that somebody uploads: plain text, or a word processor's .docx. Nothing of its make-up is kept.

A .docx is a folder of XML in a zip: the paragraphs of its main part are read, a table cell by cell. What unpacks to too much, or
declares a document type (from which entities grow), is refused before it is parsed.
"""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Final
from xml.etree import ElementTree

from urbangrid.catalog.spreadsheets import BROKEN, MOST_BYTES, fits
from urbangrid.core.errors import Refusal

_MAIN: Final = "word/document.xml"
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SIGNS: Final = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n"}


def text_of(data: bytes) -> str:
    """The text of a file, told apart by content. Raises Refusal ``catalog.text_file`` (422) for any other or a broken one."""
    if len(data) > MOST_BYTES:
        raise Refusal("catalog.text_file", status=422, field="source")
    return _docx(data) if data.startswith(b"PK") else _plain(data)


def _plain(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.replace("\r\n", "\n")
    raise Refusal("catalog.text_file", status=422, field="source")


def _docx(data: bytes) -> str:
    try:
        with zipfile.ZipFile(BytesIO(data)) as parts:
            if not fits(parts):
                raise Refusal("catalog.text_file", status=422, field="source")
            main = parts.read(_MAIN)
        if b"\0" in main[:200] or b"<!DOCTYPE" in main[:4096].upper():  # word processors write UTF-8
            raise Refusal("catalog.text_file", status=422, field="source")
        root = ElementTree.fromstring(main)  # noqa: S314 - no document type, bounded size: looked at just now
    except (*BROKEN, ElementTree.ParseError, NotImplementedError, RuntimeError) as error:
        raise Refusal("catalog.text_file", status=422, field="source") from error
    return "\n".join(_paragraph(one) for one in root.iter(f"{_W}p")).replace("\0", "")


def _paragraph(paragraph: ElementTree.Element) -> str:
    return "".join(one.text or "" if one.tag == f"{_W}t" else _SIGNS.get(one.tag, "") for one in paragraph.iter())
