"""The handbooks 使用手册: which there are, whose they are, what stands where in them (HD-13, CY-30).

The text of each is ``text/NAME.md`` and ``text/en/NAME.md``, written by hand; ``templates/guides/made/`` and ``made.json`` are made from
them by tests/guides/test_text.py (``UPDATE_GOLDEN=1``), which fails while they differ: so the platform carries no reader of Markdown, and
no page shows HTML that somebody else wrote. What a city writes itself is read by ``guides.markup``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.utils import translation

from urbangrid.catalog.sections import Piece, excerpt, marked, typed_words
from urbangrid.organizations.security import OUTSIDE

FOLDER: Final = Path(__file__).parent
CHINESE: Final = "zh-hans"
ENGLISH: Final = "en"
LANGUAGES: Final = {CHINESE: "", ENGLISH: "en/"}
"""Languages of the handbooks, with the folder of their texts and templates below that of the Chinese ones."""
EVERYBODY: Final = "start"
"""What every post has in common."""
DESKS: Final[dict[str, tuple[str, ...]]] = {
    EVERYBODY: (),
    "seat": ("seat",),
    "director": ("director",),
    "head": ("head",),
    "inspector": ("inspector",),
    "squad": ("squad_leader",),
    "dispatcher": ("dispatcher", "command_director", "district_dispatcher"),
    "department": ("department", "station", "reader"),
    "crew": ("crew",),
    "company": ("company",),
    "subdistrict": ("subdistrict",),
    "leader": ("leader",),
    "office": ("coordinator", "policy", "evaluator"),
    "administrator": ("system_admin", "business_admin"),
    "security": ("security_admin",),
    "audit": ("audit_admin",),
}
"""Handbooks in their order, with the desks of their posts: posts are a city's own, desks are the program's."""
FOR_OUTSIDE: Final = (EVERYBODY, "company")
"""What posts outside the government network read: their own face (CY-23b)."""
MOST_FOUND: Final = 60


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under a heading of level 2 or 3, as plain words.

    ``anchor`` is its id on the page; ``key`` its Chinese heading, by which own words know it in every language.
    """

    anchor: str
    level: int
    heading: str
    text: str
    key: str


@dataclass(frozen=True, slots=True)
class Guide:
    language: str
    name: str
    title: str
    sections: tuple[Section, ...]

    @property
    def template(self) -> str:
        return f"guides/made/{LANGUAGES[self.language]}{self.name}.html"


@dataclass(frozen=True, slots=True)
class Found:
    """A section in which all words of a search stand, what was looked for set apart."""

    guide: Guide
    section: Section
    heading: tuple[Piece, ...]
    words: tuple[Piece, ...]


def every() -> dict[str, Guide]:
    """All handbooks in the reader's language by name, in their order."""
    written = _written()
    return written.get(translation.get_language() or CHINESE, written[CHINESE])


@cache
def _written() -> dict[str, dict[str, Guide]]:
    """Language → handbooks by name; read once. Sections of one place are the same section in every language, which a test holds."""
    made = json.loads((FOLDER / "made.json").read_text(encoding="utf-8"))
    keys = {name: [one["heading"] for one in made[CHINESE][name]["sections"]] for name in DESKS}
    return {language: {name: _guide(language, name, made[language][name], keys[name]) for name in DESKS} for language in LANGUAGES}


def _guide(language: str, name: str, made: Mapping[str, Any], keys: Sequence[str]) -> Guide:
    sections = (Section(**one, key=key) for one, key in zip(made["sections"], keys, strict=True))
    return Guide(language, name, made["title"], tuple(sections))


def open_to(face: str) -> dict[str, Guide]:
    """The handbooks that a post of this face reads."""
    return {name: guide for name, guide in every().items() if face != OUTSIDE or name in FOR_OUTSIDE}


def own(desk: str) -> str:
    """The name of the handbook of a desk; what everybody should know for one without."""
    return next((name for name, desks in DESKS.items() if desk in desks), EVERYBODY)


def found(typed: str, open_guides: Mapping[str, Guide], first: str) -> list[Found]:
    """Sections with every word of ``typed``, those of the handbook ``first`` before the others."""
    words = typed_words(typed)
    guides = sorted(open_guides.values(), key=lambda one: one.name != first)
    return [_shown(guide, section, words) for guide in guides for section in _with(guide, words)][:MOST_FOUND]


def _with(guide: Guide, words: list[str]) -> Iterator[Section]:
    for section in guide.sections:
        here = f"{section.heading}\n{section.text}".lower()
        if words and all(word.lower() in here for word in words):
            yield section


def _shown(guide: Guide, section: Section, words: list[str]) -> Found:
    cut = excerpt(section.text, words) or [Piece(section.text[:80], found=False)]
    return Found(guide, section, tuple(marked(section.heading, words)), tuple(cut))
