"""``messages``: the English texts beside the Chinese ones of code and templates (``locale/en/LC_MESSAGES/django.po``).

Chinese is the message id; every text for people goes through gettext (style). The command collects what the code says now, keeps the
translations that still have their text, drops those without one, and names what is not translated yet. Babel does the reading and
writing: a bare Debian has no gettext tools. ``.mo`` files are compiled when the platform is installed (``command/bootstrap.py``).
"""

from __future__ import annotations

import ast
import csv
import io
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from babel.messages import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

from urbangrid.config.command import places
from urbangrid.core.shipped import CONTEXT

ROOT: Final = places.SOURCE / "urbangrid"
FILE: Final = ROOT / "config" / "locale" / "en" / "LC_MESSAGES" / "django.po"
KEYWORDS: Final = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None, "N_": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2), "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
PLACEHOLDER: Final = re.compile(r"%\(\w+\)0?\d*[sd]|%[sd]|\{\w*[^{}]*\}|%%")
NAMED: Final = {"reasons.csv": "label", "company_kinds.csv": "name"}
"""Shipped tables and their column of names; categories and conditions are the standard's own and stay as it has them."""
CHINESE: Final = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


def said() -> Catalog:
    """Every text for people that code and templates name, with the files where they stand."""
    catalogue = Catalog(locale="en", fuzzy=False, charset="utf-8")
    for where, message, context in found():
        catalogue.add(message, locations=[(where, 0)], context=context)
    return catalogue


def found() -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    """File, text or its two forms, and context of each."""
    for path in sorted(ROOT.rglob("*.py")):
        yield from _collected(path, path.read_bytes())
        yield from _within_f_strings(path)
    for path in sorted(ROOT.rglob("*.html")):
        yield from _collected(path, templatize(path.read_text(encoding="utf-8")).encode())
    for path, name in shipped_names():
        yield path.relative_to(ROOT).as_posix(), name, CONTEXT


def shipped_names() -> Iterator[tuple[Path, str]]:
    """Names of the presets, and of the shipped tables that people choose from (``core.shipped``); a name with a place in it has none."""
    for path in sorted((ROOT / "organizations" / "presets").glob("*.toml")) + sorted((ROOT / "cases" / "presets").glob("*.toml")):
        preset = tomllib.loads(path.read_text(encoding="utf-8"))
        tables = [preset[name] for name in ("units", "posts", "stages") if isinstance(preset.get(name), list)]  # or how many stages
        rows = [preset, *(row for table in tables for row in table)]
        yield from ((path, row[key]) for row in rows for key in ("name", "short_name") if key in row and "{" not in row[key])
    for table, column in NAMED.items():
        path = ROOT / "catalog" / "data" / table
        with path.open(encoding="utf-8", newline="") as lines:
            yield from ((path, row[column]) for row in csv.DictReader(lines))


def _collected(path: Path, content: bytes) -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    where = path.relative_to(ROOT).as_posix()
    for _line, message, _comments, context in extract("python", io.BytesIO(content), keywords=KEYWORDS, options={"encoding": "utf-8"}):
        texts = message if isinstance(message, tuple) else (message,)
        if any(CHINESE.search(text or "") for text in texts):
            yield where, message, context


def _within_f_strings(path: Path) -> Iterator[tuple[str, str, None]]:
    """What Babel passes over: a call in the braces of an f-string is a part of the string to its reader of tokens."""
    source = path.read_text(encoding="utf-8")
    if "gettext" not in source:
        return
    for string in ast.walk(ast.parse(source)):
        for one in ast.walk(string) if isinstance(string, ast.JoinedStr) else ():
            if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id in KEYWORDS and not KEYWORDS[one.func.id]:
                text = one.args[0].value if isinstance(one.args[0], ast.Constant) else None
                if isinstance(text, str) and CHINESE.search(text):
                    yield path.relative_to(ROOT).as_posix(), text, None


def known() -> Catalog:
    """The file as it stands; empty where there is none."""
    if not FILE.exists():
        return Catalog(locale="en")
    with FILE.open("rb") as stream:
        return read_po(stream, locale="en")


def joined(now: Catalog, kept: Catalog) -> Catalog:
    """What is said now with the translations that are kept, in the order of the files. A text that got plural forms begins without them."""
    for message in now:
        earlier = kept.get(message.id, message.context) if message.id else None
        if message.id and earlier is not None and message.pluralizable == earlier.pluralizable:
            message.string = earlier.string
    return now


def untranslated(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id and not all(texts(message.string))]


def faults(catalogue: Catalog) -> Iterator[str]:
    """A translation that lacks or invents a placeholder, or still holds Chinese, with the text that it stands for."""
    for message in catalogue:
        if not message.id:
            continue
        for text in filter(None, texts(message.string)):
            wanted, there = (sorted(PLACEHOLDER.findall(one)) for one in (texts(message.id)[-1], text))
            if wanted != there and not isinstance(message.id, tuple):
                yield f"{message.id!r}: {text!r} has {there}, not {wanted}"
            if CHINESE.search(text) and not _is_typed_in_chinese(text, "".join(texts(message.id))):
                yield f"{message.id!r}: {text!r} holds Chinese"


def _is_typed_in_chinese(text: str, chinese: str) -> bool:
    """Whether what is left of Chinese are signs that a person types, named as such: they stand in the Chinese text too."""
    kept = re.findall(r"[\u4e00-\u9fff]+", text)
    return all(sign in chinese for sign in kept) and (len(text) < 10 or re.search("[A-Za-z]", text) is not None)


def texts(found: object) -> tuple[str, ...]:
    return tuple(found) if isinstance(found, tuple | list) else (str(found or ""),)


HEAD: Final = r"""msgid ""
msgstr ""
"Language: en\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\n"

"""


def write(catalogue: Catalog) -> None:
    """Without dates and line numbers: the file changes only with the texts."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    write_po(content, catalogue, width=0, omit_header=True, include_lineno=False, sort_by_file=True)
    FILE.write_text(HEAD + content.getvalue().decode().lstrip("\n"), encoding="utf-8")
