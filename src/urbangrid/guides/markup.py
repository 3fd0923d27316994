"""The markup of the handbooks, read for what people type: paragraphs, lists, tables, quotes, fences, **bold**, `keys`, links to handbooks.

1. Blocks are found line by line, marks within a line by one pattern; every letter that reaches a page is escaped first, so that no typed
   HTML is ever HTML.
2. Nothing else is markup: a link to anywhere but a handbook, a picture that the program does not ship, a heading are shown as typed.

The shipped texts come to the same pages by markdown-it (tests/support/guides.py); a test holds the two readers to each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from urbangrid.guides import shelf

KEY: Final = re.compile(r"F\d{1,2}|[↑↓/+−]|空格|Space|\d(?:–\d)?|Tab|Enter|Ctrl-C")
_INLINE: Final = re.compile(r"`(?P<code>[^`\n]+)`|\*\*(?P<bold>[^\n]+?)\*\*|(?P<picture>!)?\[(?P<words>[^\]\n]*)\]\((?P<to>[^()\s]+)\)")
_GUIDE: Final = re.compile(r"([a-z]+)\.md")
_PICTURE: Final = re.compile(r"\.\./static/guides/([\w-]+\.png)")
_ITEM: Final = re.compile(r"(?:(?P<bullet>-)|(?P<number>\d{1,3})\.)\s+")
_RULE: Final = re.compile(r"\|(?:\s*:?-+:?\s*\|)+")
FENCE: Final = "```"


def html(text: str) -> SafeString:
    """The text as HTML of this module's own tags alone."""
    return mark_safe("\n".join(_blocks(text.replace("\r\n", "\n").split("\n"))))  # noqa: S308 - every letter was escaped by _inline


def shipped(text: str) -> SafeString:
    """A piece of a page that was made of the shipped texts (``templates/guides/made``), as it is."""
    return mark_safe(text)  # noqa: S308 - nobody types it


def plain(text: str) -> str:
    """The words alone, for a search."""
    lines = (re.sub(r"^\s*(?:>|-|\d{1,3}\.)\s+", "", line).strip("| ") for line in text.splitlines() if not _RULE.fullmatch(line.strip()))
    return "\n".join(_INLINE.sub(_words, line) for line in lines)


def _words(hit: re.Match[str]) -> str:
    return hit["code"] or hit["bold"] or ("" if hit["picture"] else hit["words"])


def _blocks(lines: Sequence[str]) -> Iterator[str]:
    place = 0
    while place < len(lines):
        line = lines[place]
        if not line.strip():
            place += 1
        elif line.startswith(FENCE):
            end = next((at for at in range(place + 1, len(lines)) if lines[at].startswith(FENCE)), len(lines))
            yield f"<pre><code>{escape(''.join(one + chr(10) for one in lines[place + 1 : end]))}</code></pre>"
            place = end + 1
        else:
            reader = _reader(lines, place)
            end = _end(lines, place, reader)
            yield reader(lines[place:end])
            place = end


def _reader(lines: Sequence[str], place: int) -> Callable[[Sequence[str]], str]:
    line = lines[place]
    if line.startswith("|") and place + 1 < len(lines) and _RULE.fullmatch(lines[place + 1].strip()):
        return _table
    if line.startswith(">"):
        return _quote
    return _list if _ITEM.match(line) else _paragraph


def _end(lines: Sequence[str], place: int, reader: Callable[[Sequence[str]], str]) -> int:
    """Where the block ends: at a blank line or fence, or where another kind of block begins."""
    numbered = (found := _ITEM.match(lines[place])) is not None and found["number"] is not None
    for at in range(place + 1, len(lines)):
        line = lines[at]
        if not line.strip() or line.startswith(FENCE):
            return at
        if reader in (_table, _quote):
            if not line.startswith("|" if reader is _table else ">"):
                return at
        elif (item := _ITEM.match(line)) is not None:
            if reader is _paragraph or (item["number"] is not None) != numbered:
                return at
        elif line.startswith(">") or _reader(lines, at) is _table:
            return at
    return len(lines)


def _paragraph(lines: Sequence[str]) -> str:
    return f"<p>{_inline(chr(10).join(line.strip() for line in lines))}</p>"


def _quote(lines: Sequence[str]) -> str:
    inner = "\n".join(_blocks([line[1:].removeprefix(" ") for line in lines]))
    return f"<blockquote>\n{inner}\n</blockquote>"


def _list(lines: Sequence[str]) -> str:
    first = _ITEM.match(lines[0])
    assert first is not None
    items: list[list[str]] = []
    for line in lines:
        mark = _ITEM.match(line)
        if mark is not None:
            items.append([line[mark.end() :].strip()])
        else:
            items[-1].append(line.strip())
    tag = "ul" if first["bullet"] else "ol"
    start = f' start="{int(first["number"])}"' if tag == "ol" and int(first["number"]) != 1 else ""
    inner = "\n".join(f"<li>{_inline(chr(10).join(item))}</li>" for item in items)
    return f"<{tag}{start}>\n{inner}\n</{tag}>"


def _table(lines: Sequence[str]) -> str:
    head, _rule, *rows = ([cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines)

    def row(tag: str, cells: Sequence[str]) -> str:
        filled = [*cells, *[""] * len(head)][: len(head)]
        return "<tr>\n" + "\n".join(f"<{tag}>{_inline(cell)}</{tag}>" for cell in filled) + "\n</tr>"

    body = "\n".join(row("td", cells) for cells in rows)
    return f"<table>\n<thead>\n{row('th', head)}\n</thead>\n" + (f"<tbody>\n{body}\n</tbody>\n" if rows else "") + "</table>"


def _inline(text: str) -> str:
    found, after = [], 0
    for hit in _INLINE.finditer(text):
        found += [str(escape(text[after : hit.start()])), _marked(hit)]
        after = hit.end()
    return "".join([*found, str(escape(text[after:]))])


def _marked(hit: re.Match[str]) -> str:
    if hit["code"] is not None:
        tag = "kbd" if KEY.fullmatch(hit["code"]) else "code"
        return f"<{tag}>{escape(hit['code'])}</{tag}>"
    if hit["bold"] is not None:
        return f"<strong>{_inline(hit['bold'])}</strong>"
    guide, picture = _GUIDE.fullmatch(hit["to"]), _PICTURE.fullmatch(hit["to"])
    if hit["picture"] and picture is not None and (Path(__file__).parent / "static" / "guides" / picture[1]).is_file():
        return f'<img src="{escape(static("guides/" + picture[1]))}" alt="{escape(hit["words"])}" />'
    if not hit["picture"] and guide is not None and guide[1] in shelf.DESKS:
        return f'<a href="{escape(reverse("guides:guide", args=[guide[1]]))}">{_inline(hit["words"])}</a>'
    return str(escape(hit[0]))
