"""A legal text in sections, and what of it a search shows: plain values, no database.

A section begins with its number at the beginning of a line (第九条, also with chapters 第二章 and headings 一、 of manuals) and runs to the
next one. A number that goes on within a sentence (第三条规定的) begins nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_DIGITS = "零〇一二三四五六七八九十百千0-9"
_ARTICLE = re.compile(rf"(第[{_DIGITS}]+条(?:之[{_DIGITS}]+)?)(?=[\s\u3000：:]|$)[\s\u3000：:]*")
_CHAPTER = re.compile(rf"第[{_DIGITS}]+[编章节](?=[\s\u3000]|$).{{0,40}}$")
_HEADING = re.compile(r"(?:[一二三四五六七八九十]+、|[0-9]+(?:\.[0-9]+)*[\s\u3000]).{1,40}$")
_CLAUSE = re.compile(rf"(第[{_DIGITS}]+条(?:之[{_DIGITS}]+)?)(?:第([一二三四五六七八九十]+)款)?$")
_ONE_TO_TEN = {sign: place for place, sign in enumerate("一二三四五六七八九十", 1)}
AROUND = 36
"""Characters before and after what was found."""


@dataclass(frozen=True, slots=True)
class Section:
    """``number``: 第九条, empty of a heading or of what stands before the first; ``heading``: a chapter's or a manual's own line."""

    number: str
    heading: str
    paragraphs: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.paragraphs)


def sections(text: str) -> list[Section]:
    """The sections in their order; every line that is not blank is in exactly one of them."""
    found: list[tuple[str, str, list[str]]] = []
    for line in (raw.strip(" \t\u3000") for raw in text.splitlines()):
        if not line:
            continue
        article = _ARTICLE.match(line)
        if article:
            found.append((article[1], "", [line[article.end() :]] if line[article.end() :] else []))
        elif _CHAPTER.match(line) or _HEADING.match(line):
            found.append(("", line, []))
        elif found:
            found[-1][2].append(line)
        else:
            found.append(("", "", [line]))
    return [Section(number, heading, tuple(lines)) for number, heading, lines in found]


def clause(parts: Sequence[Section], number: str) -> str | None:
    """The words of 第九条, or of its 第二款; None where there is no such."""
    asked = _CLAUSE.fullmatch(number.strip())
    if asked is None:
        return None
    article = next((one for one in parts if one.number == asked[1]), None)
    if article is None or asked[2] is None:
        return article.text if article is not None else None
    place = _ONE_TO_TEN.get(asked[2], 0)
    return article.paragraphs[place - 1] if 0 < place <= len(article.paragraphs) else None


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; ``found``: it is what was looked for."""

    text: str
    found: bool


def typed_words(typed: str) -> list[str]:
    """The words of a search: what blanks separate, each as it stands."""
    return list(dict.fromkeys(typed.split()))


def _finder(words: Sequence[str]) -> re.Pattern[str] | None:
    """Longer words first, so that of two that begin alike the longer is marked."""
    return re.compile("|".join(re.escape(one) for one in sorted(words, key=len, reverse=True)), re.IGNORECASE) if words else None


def marked(text: str, words: Sequence[str]) -> list[Piece]:
    """All of a text with what was found set apart; the pieces joined are the text."""
    finder, at = _finder(words), 0
    pieces: list[Piece] = []
    for hit in finder.finditer(text) if finder else ():
        if hit.start() > at:
            pieces.append(Piece(text[at : hit.start()], found=False))
        pieces.append(Piece(hit[0], found=True))
        at = hit.end()
    return [*pieces, Piece(text[at:], found=False)] if at < len(text) else pieces


def excerpt(text: str, words: Sequence[str], around: int = AROUND) -> list[Piece]:
    """The first place where a word is found with ``around`` characters on both sides, all words in it set apart; empty: none is found."""
    finder = _finder(words)
    hit = finder.search(text) if finder else None
    if hit is None:
        return []
    begin, end = max(hit.start() - around, 0), min(hit.end() + around, len(text))
    cut = marked(text[begin:end], words)
    return [*([Piece("…", found=False)] if begin else []), *cut, *([Piece("…", found=False)] if end < len(text) else [])]


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a text words were found: the section by its place from 0, its number or heading, and an excerpt."""

    section: int
    name: str
    pieces: tuple[Piece, ...]


def places(parts: Sequence[Section], words: Sequence[str], most: int = 3) -> list[Place]:
    """The first sections that hold a word; those that hold more of the words first."""
    ranked = sorted(_holding(parts, words), key=lambda one: -one[0])[:most]
    return [place for _hits, place in sorted(ranked, key=lambda one: one[1].section)]


def _holding(parts: Sequence[Section], words: Sequence[str]) -> Iterator[tuple[int, Place]]:
    for number, one in enumerate(parts):
        text = one.text or one.heading
        hits = sum(word.lower() in text.lower() for word in words)
        if hits:
            yield hits, Place(number, one.number or one.heading, tuple(excerpt(text, words)))
