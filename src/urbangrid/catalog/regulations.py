"""法规库: laws, standards and manuals read and searched by everybody (CY-10b, CY-14-2). Writing: ``catalog.regulations_writing``.

Search: all bigrams of what was typed must stand in a text (GIN index, no extension), and each typed word as it stands: bigrams alone
would also find 道路 and 路面 of different sentences for 道路路面. A class finds the texts whose articles apply to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.contrib.postgres.search import SearchQuery
from django.db.models import Case, Count, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from urbangrid.catalog.models import Category, LegalArticle, Regulation
from urbangrid.catalog.sections import Piece, Place, Section, marked, places, sections, typed_words
from urbangrid.core.errors import NotFound
from urbangrid.core.models import StoredFile
from urbangrid.core.text import bigrams

KINDS: Final = {
    "law": gettext_lazy("法律"), "regulation": gettext_lazy("法规"), "rule": gettext_lazy("规章"), "standard": gettext_lazy("标准"),
    "policy": gettext_lazy("规范性文件"), "manual": gettext_lazy("工作手册"),
}  # fmt: skip
PAGE = 20


@dataclass(frozen=True, slots=True)
class Listed:
    """A text in the list. ``state``: in words, empty while it is in force; ``places``: where the words were found; ``classes``: how many
    articles of it stand in the list of articles."""

    id: int
    title: str
    kind: str
    number: str
    issuer: str
    valid_from: date | None
    valid_to: date | None
    version: int
    state: str
    places: tuple[Place, ...]
    classes: int


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of the list and how many there are; ``kinds``: each kind that is there, its word and how many."""

    rows: tuple[Listed, ...]
    total: int
    kinds: tuple[tuple[str, str, int], ...]


def shelf(platform_id: int, day: date, *, typed: str = "", kind: str = "", page: int = 1) -> Shelf:
    """Current versions by words and kind; those whose title has the words first. Four statements."""
    words = typed_words(typed)
    rows = Regulation.objects.filter(platform_id=platform_id, ended_at=None)
    rows = rows.filter(_holding(platform_id, words, typed)) if words else rows
    counted = dict(rows.values_list("kind").annotate(n=Count("id")).order_by())
    kinds = tuple((code, str(word), counted[code]) for code, word in KINDS.items() if code in counted)
    chosen = rows.filter(kind=kind) if kind in KINDS else rows
    in_title = Q()
    for word in words:
        in_title &= Q(title__icontains=word)
    first = Case(When(in_title, then=0), default=1) if words else Value(0)
    shown = list(chosen.defer("words").order_by(first, "kind", "title", "id")[(page - 1) * PAGE : page * PAGE])
    applied = _articles_of(platform_id, [row.title for row in shown])
    total = counted.get(kind, 0) if kind in KINDS else sum(counted.values())
    return Shelf(tuple(_listed(row, day, words, applied.get(row.title, 0)) for row in shown), total, kinds)


def _holding(platform_id: int, words: Sequence[str], typed: str) -> Q:
    """Every word in the text, or all that was typed in the name or code of a class that an article of it applies to."""
    held = Q()
    for word in words:
        anywhere = Q(title__icontains=word) | Q(number__icontains=word) | Q(issuer__icontains=word) | Q(text__icontains=word)
        held &= anywhere & _by_index(word)
    classes = Category.objects.filter(Q(name__icontains=typed.strip()) | Q(code=typed.strip())).values("id")
    applying = LegalArticle.objects.filter(platform_id=platform_id, ended_at=None, categories__in=classes).values("title")
    return held | Q(title__in=applying)


def _by_index(word: str) -> Q:
    query: SearchQuery | None = None
    for pair in bigrams(word):
        part = SearchQuery(pair, config="simple", search_type="plain")
        query = part if query is None else query & part
    return Q(words=query) if query is not None else Q()


def _articles_of(platform_id: int, titles: Sequence[str]) -> dict[str, int]:
    rows = LegalArticle.objects.filter(platform_id=platform_id, ended_at=None, title__in=titles)
    return dict(rows.values_list("title").annotate(n=Count("id")).order_by())


def _listed(row: Regulation, day: date, words: Sequence[str], classes: int) -> Listed:
    found = tuple(places(sections(row.text), words)) if words else ()
    return Listed(
        row.pk, row.title, str(KINDS.get(row.kind, row.kind)), row.number, row.issuer, row.valid_from, row.valid_to, row.version,
        state_of(row, day), found, classes,
    )  # fmt: skip


def state_of(row: Regulation, day: date) -> str:
    """Why a text is not in force on a day, in words; empty while it is."""
    if row.ended_at is not None:
        return _("不是现行版本")
    if row.valid_from is not None and day < row.valid_from:
        return _("尚未施行")
    return _("已失效") if row.valid_to is not None and row.valid_to < day else ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A section as it is drawn: its pieces per paragraph, what was looked for marked; the classes that its article applies to."""

    section: Section
    heading: tuple[Piece, ...]
    paragraphs: tuple[tuple[Piece, ...], ...]
    articles: tuple[LegalArticle, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One version with its text, the versions of the same title (newest first), and articles that name no section of it."""

    row: Regulation
    kind: str
    state: str
    parts: tuple[Shown, ...]
    versions: tuple[Regulation, ...]
    astray: tuple[LegalArticle, ...]


def document(platform_id: int, document_id: int, day: date, *, typed: str = "") -> Document:
    """A version, current or former. Four statements. Raises NotFound ``catalog.document_unknown``."""
    row = find(platform_id, document_id)
    words, text = typed_words(typed), sections(row.text)
    rows = LegalArticle.objects.filter(platform_id=platform_id, ended_at=None, title=row.title).order_by("position", "id")
    applied: dict[str, list[LegalArticle]] = {}
    for one in rows.prefetch_related("categories") if row.ended_at is None else ():
        applied.setdefault(one.number, []).append(one)
    parts = []
    for part in text:
        names = [name for name in applied if part.number and name.startswith(part.number) and name[len(part.number) :][:1] in ("", "第")]
        of_it = tuple(one for name in names for one in applied.pop(name))
        lines = tuple(tuple(marked(line, words)) for line in part.paragraphs)
        parts.append(Shown(part, tuple(marked(part.heading, words)), lines, of_it))
    versions = Regulation.objects.filter(platform_id=platform_id, title=row.title).defer("text", "words").order_by("-version")
    astray = tuple(one for left in applied.values() for one in left)
    return Document(row, str(KINDS.get(row.kind, row.kind)), state_of(row, day), tuple(parts), tuple(versions), astray)


def find(platform_id: int, document_id: int) -> Regulation:
    """The row of a version. Raises NotFound ``catalog.document_unknown``."""
    row = Regulation.objects.filter(platform_id=platform_id, pk=document_id).select_related("file").defer("words").first()
    if row is None:
        raise NotFound("catalog.document_unknown")
    return row


def attachment(platform_id: int, document_id: int) -> StoredFile:
    """The PDF of a version. Raises NotFound ``catalog.document_unknown``."""
    stored = find(platform_id, document_id).file
    if stored is None:
        raise NotFound("catalog.document_unknown")
    return stored


@dataclass(frozen=True, slots=True)
class Standing:
    """Of a title: its current version, and from when to when it is in force."""

    document_id: int
    valid_from: date | None
    valid_to: date | None

    def in_force(self, day: date) -> bool:
        return (self.valid_from or day) <= day <= (self.valid_to or day)


def standings(platform_id: int) -> dict[str, Standing]:
    """Title → its current version. One statement."""
    rows = Regulation.objects.filter(platform_id=platform_id, ended_at=None).order_by("title")
    return {title: Standing(pk, begins, ends) for title, pk, begins, ends in rows.values_list("title", "id", "valid_from", "valid_to")}


def texts(platform_id: int, titles: Sequence[str]) -> dict[str, list[Section]]:
    """Title → the sections of its current version, for comparing articles with it. One statement."""
    rows = Regulation.objects.filter(platform_id=platform_id, ended_at=None, title__in=titles).order_by("title")
    return {title: sections(text) for title, text in rows.values_list("title", "text")}
