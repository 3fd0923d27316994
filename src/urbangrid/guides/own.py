"""本市修订: the city's own words in the handbooks, read (HD-3.1.3-m). Writing: ``guides.own_writing``.

1. The shipped texts are cut at their headings; a section is known by its Chinese heading, in whatever language it is read.
2. Own words stand in the place of a section, those of 本市规定 after the last; the newest version counts, an empty one is the shipped text.
3. What the program ships for a section is kept with each version: where it ships something else now, the editor is told.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from urbangrid.guides import markup, shelf
from urbangrid.guides.models import OwnText
from urbangrid.guides.shelf import Guide, Section

RULES: Final = "本市规定"
"""The section that no handbook ships; stored, so that it is no translated word."""
RULES_ANCHOR: Final = "own"
MOST_LETTERS: Final = 20_000
Own = Mapping[tuple[str, str], OwnText]


@cache
def shipped(guide: str) -> dict[str, str]:
    """Chinese heading → its text as the program ships it, in the markup; read once."""
    text = (shelf.FOLDER / "text" / f"{guide}.md").read_text(encoding="utf-8")
    _before, *parts = re.split(r"^#{2,3} (.+)$", text, flags=re.M)
    return {heading.strip(): body.strip() for heading, body in zip(parts[::2], parts[1::2], strict=True)}


def headings(guide: str) -> tuple[str, ...]:
    """Sections that may be written: the shipped ones and 本市规定."""
    return (*shipped(guide), RULES)


def heading(guide: Guide, section: str) -> str:
    """The heading of a section in the language of ``guide``; as it is stored where the program ships the section no more."""
    shown = {one.key: one.heading for one in guide.sections} | {RULES: _("本市规定")}
    return shown.get(section, section)


def current(platform_id: int, guide: str = "") -> Own:
    """The own words that count, by handbook and section; one statement."""
    rows = OwnText.objects.filter(platform_id=platform_id, ended_at=None).exclude(text="")
    return {(row.guide, row.section): row for row in (rows.filter(guide=guide) if guide else rows).order_by("guide", "section")}


def versions(platform_id: int, guide: str, section: str) -> list[OwnText]:
    """All versions of a section, the newest first; one statement."""
    return list(OwnText.objects.filter(platform_id=platform_id, guide=guide, section=section).order_by("-version"))


def laid_over(guides: Mapping[str, Guide], own: Own) -> dict[str, Guide]:
    """The handbooks as they are read and searched, with the own words in their places."""
    return {name: replace(guide, sections=tuple(_sections(guide, own))) for name, guide in guides.items()}


def _sections(guide: Guide, own: Own) -> list[Section]:
    found = []
    for one in guide.sections:
        row = own.get((guide.name, one.key))
        found.append(one if row is None else replace(one, text=markup.plain(row.text)))
    rules = own.get((guide.name, RULES))
    return found if rules is None else [*found, Section(RULES_ANCHOR, 2, heading(guide, RULES), markup.plain(rules.text), RULES)]


@dataclass(frozen=True, slots=True)
class Part:
    """What stands on the page from one heading to the next; ``row``: the own words, None where the shipped text stands."""

    anchor: str
    level: int
    heading: str
    key: str
    html: str
    row: OwnText | None


def page(guide: Guide, own: Own) -> list[Part]:
    """The handbook in its parts; the first is its title with what stands before the first heading."""
    made = render_to_string(guide.template)
    first, *cut = re.split(r'(?=<h[23] id="s\d+">)', made)
    parts = [Part("", 1, "", "", markup.shipped(first), None)]
    for one, text in zip((one for one in guide.sections if one.anchor != RULES_ANCHOR), cut, strict=True):
        row = own.get((guide.name, one.key))
        html = markup.shipped(text) if row is None else markup.html(row.text)
        parts.append(Part(one.anchor, one.level, one.heading, one.key, html, row))
    rules = own.get((guide.name, RULES))
    return parts if rules is None else [*parts, Part(RULES_ANCHOR, 2, heading(guide, RULES), RULES, markup.html(rules.text), rules)]


def differing(guide: str, own: Own) -> list[OwnText]:
    """Own words for whose section the program ships another text now than when they were saved, or none any more."""
    now = shipped(guide)
    return [row for (name, section), row in own.items() if name == guide and section != RULES and row.shipped != now.get(section)]


@dataclass(frozen=True, slots=True)
class DiffLine:
    """``kind``: same, gone or new."""

    kind: str
    text: str


def difference(old: str, new: str) -> list[DiffLine]:
    """Two texts line by line, those without a letter left out; what went stands before what came."""
    before, after = (_lines(one) for one in (old, new))
    found: list[DiffLine] = []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [DiffLine("same", line) for line in before[a:b]]
        else:
            found += [*(DiffLine("gone", line) for line in before[a:b]), *(DiffLine("new", line) for line in after[c:d])]
    return found


def _lines(text: str) -> Sequence[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]
