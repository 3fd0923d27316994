"""法规条文: articles of laws and regulations attached to classes (CY-2.9), as a spreadsheet out and in. The file is the whole table.

An article is never edited: one that a file leaves out or words otherwise ends, and the new one begins, so that what stood on a case page
on any day can be told. Articles that have not come into force, or no longer are, by their own days, stay in the table and are not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import Max, Prefetch, Q, QuerySet
from django.utils.translation import gettext_noop as N_

from urbangrid.catalog import cache, queries, regulations
from urbangrid.catalog.handbook import ImportResult, code_of
from urbangrid.catalog.models import Category, LegalArticle
from urbangrid.catalog.sections import clause
from urbangrid.catalog.spreadsheets import Column, Faults, Row, day_of, read_rows, write_book
from urbangrid.catalog.staging import Changes
from urbangrid.catalog.values import Article
from urbangrid.catalog.words import KIND_FROM_CHINESE, KIND_TO_CHINESE
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.core.text import cited

SHEET: Final = "法规条文"
TITLE = Column("title", N_("法规名称"), required=True, most=100, width=30)
NUMBER = Column("number", N_("条号"), required=True, most=30, width=16)
TEXT = Column("text", N_("条文"), required=True, most=2000, width=70)
CLASSES = Column("classes", N_("适用小类"), most=2000, width=30)
FROM = Column("from", N_("施行日期"), most=10, width=12)
UNTIL = Column("until", N_("失效日期"), most=10, width=12)
COLUMNS: Final[Sequence[Column]] = (TITLE, NUMBER, TEXT, CLASSES, FROM, UNTIL)
_CLASS = re.compile(r"(部件|事件|服务)\s*(\d{3,4})")


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the table in the shape that is compared and stored; ``classes`` empty: every class."""

    title: str
    number: str
    text: str
    classes: frozenset[int]
    valid_from: date | None
    valid_to: date | None

    @property
    def line(self) -> str:
        return cited(self.title, self.number)


def articles(platform_id: int, category_id: int | None, day: date) -> list[Article]:
    """The articles in force on a day that apply to a class, or to every class, in the order of the table."""
    if category_id is None:
        return []
    fitting = [known for known in _articles(platform_id) if not known[1].classes or category_id in known[1].classes]
    in_force = [known for known in fitting if (known[1].valid_from or day) <= day <= (known[1].valid_to or day)]
    return [article for article, _entry_, standing in in_force if standing is None or standing.in_force(day)]


def in_force(day: date) -> Q:
    """Articles that are in force on a day by their own days."""
    return (Q(valid_from=None) | Q(valid_from__lte=day)) & (Q(valid_to=None) | Q(valid_to__gte=day))


def _articles(platform_id: int) -> list[tuple[Article, Entry, regulations.Standing | None]]:
    return cache.remembered(("articles", platform_id), lambda: _read_articles(platform_id))


def _read_articles(platform_id: int) -> list[tuple[Article, Entry, regulations.Standing | None]]:
    """With the text in the library that an article is of, where there is one: it is shown only while that is in force."""
    standings = regulations.standings(platform_id)
    found = []
    for row in table(platform_id):
        standing = standings.get(row.title)
        article = Article(row.id, row.title, row.number, row.text, standing.document_id if standing is not None else None)
        found.append((article, _entry(row), standing))
    return found


def replace(row: LegalArticle, *, title: str, text: str, at: datetime) -> None:
    """The article ends, and one with these words begins for the same classes and days. Call under the catalogue's lock."""
    classes = [one.pk for one in row.categories.all()]
    LegalArticle.objects.filter(pk=row.pk).update(ended_at=at)
    made = add(row.platform_id, title=title, number=row.number, text=text, classes=classes, position=row.position)
    LegalArticle.objects.filter(pk=made.pk).update(valid_from=row.valid_from, valid_to=row.valid_to)


def add(platform_id: int, *, title: str, number: str, text: str, classes: Sequence[int], position: int | None = None) -> LegalArticle:
    """One more article, by default the last of the table; no classes: every one. Call under the catalogue's lock."""
    if position is None:
        position = (table(platform_id).aggregate(last=Max("position"))["last"] or 0) + 1
    made = LegalArticle.objects.create(platform_id=platform_id, title=title, number=number, text=text, position=position)
    made.categories.set(classes)
    return made


def classes_of(platform_id: int, typed: str) -> frozenset[int]:
    """``事件0304、部件0101`` as ids. Raises Refusal ``catalog.row_fault`` for the first that is no class."""
    faults = Faults(SHEET)
    found = _classes(platform_id, Row(0, {CLASSES.key: typed}), faults)
    if faults.found:
        raise Refusal("catalog.row_fault", status=422, field=CLASSES.key, column=CLASSES.title, said=faults.found[0].words())
    return found


def table(platform_id: int, typed: str = "") -> QuerySet[LegalArticle]:
    """The articles of the table in their order; ``typed``: part of title, number, text or class."""
    rows = LegalArticle.objects.filter(platform_id=platform_id, ended_at=None)
    if typed:
        named = LegalArticle.objects.filter(Q(categories__name__icontains=typed) | Q(categories__code=typed)).values("id")
        rows = rows.filter(Q(title__icontains=typed) | Q(number__icontains=typed) | Q(text__icontains=typed) | Q(id__in=named))
    classes = Category.objects.only("id", "kind", "code", "name").order_by("kind", "code")
    return rows.order_by("position", "id").prefetch_related(Prefetch("categories", classes))


def export_table(platform_id: int) -> bytes:
    """The table as a spreadsheet that imports unchanged."""
    rows = (
        [row.title, row.number, row.text, "、".join(f"{KIND_TO_CHINESE[one.kind]}{one.code}" for one in row.categories.all()),
         _day(row.valid_from), _day(row.valid_to)]
        for row in table(platform_id)
    )  # fmt: skip
    return write_book(SHEET, COLUMNS, rows)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def preview(platform: Platform, data: bytes) -> Changes:
    """What a file would change, or its faults; nothing is written."""
    faults = Faults(SHEET)
    entries = _read(platform.id, read_rows(data, COLUMNS, faults), faults)
    if faults.found:
        return Changes(faults=tuple(faults.found))
    there = {_entry(row) for row in table(platform.id)}
    return Changes(
        added=tuple(entry.line for entry in entries if entry not in there),
        ended=tuple(sorted(entry.line for entry in there if entry not in set(entries))),
        unchanged=sum(entry in there for entry in entries),
    )


def apply(platform: Platform, data: bytes) -> ImportResult:
    """Make the file the table. Call in a transaction, after a preview without faults."""
    faults = Faults(SHEET)
    entries = _read(platform.id, read_rows(data, COLUMNS, faults), faults)
    if faults.found:
        return ImportResult(faults=tuple(faults.found))
    there = {_entry(row): row for row in table(platform.id)}
    gone = [row.id for entry, row in there.items() if entry not in set(entries)]
    LegalArticle.objects.filter(id__in=gone).update(ended_at=clock.now())
    new: list[tuple[LegalArticle, Entry]] = []
    moved = []
    for position, entry in enumerate(entries, 1):
        row = there.get(entry)
        if row is None:
            new.append((_row(platform, entry, position), entry))
        elif row.position != position:
            row.position = position
            moved.append(row)
    LegalArticle.objects.bulk_create(row for row, _entry_ in new)
    through = LegalArticle.categories.through
    through.objects.bulk_create(through(legalarticle_id=row.pk, category_id=number) for row, entry in new for number in entry.classes)
    LegalArticle.objects.bulk_update(moved, ["position"])
    cache.changed()
    return ImportResult(added=len(new), unchanged=len(entries) - len(new), ended=len(gone))


def _entry(row: LegalArticle) -> Entry:
    return Entry(row.title, row.number, row.text, frozenset(one.id for one in row.categories.all()), row.valid_from, row.valid_to)


def _row(platform: Platform, entry: Entry, position: int) -> LegalArticle:
    return LegalArticle(
        platform=platform, title=entry.title, number=entry.number, text=entry.text, position=position, valid_from=entry.valid_from,
        valid_to=entry.valid_to,
    )  # fmt: skip


def _read(platform_id: int, rows: Iterable[Row], faults: Faults) -> list[Entry]:
    seen: dict[tuple[str, str], int] = {}
    entries = []
    rows = list(rows)
    texts = regulations.texts(platform_id, list({row["title"] for row in rows}))
    for row in rows:
        before = len(faults.found)
        first, last = day_of(row, FROM, faults), day_of(row, UNTIL, faults)
        if first and last and last < first:
            faults.add("days_turned", row.number, UNTIL.title, value=row["until"])
        classes = _classes(platform_id, row, faults)
        key = (row["title"], row["number"])
        if key in seen:
            faults.add("entry_twice", row.number, NUMBER.title, row=seen[key])
        seen.setdefault(key, row.number)
        held = clause(texts.get(row["title"], ()), row["number"])
        if held is not None and held != row["text"]:
            faults.add("text_differs", row.number, TEXT.title, title=row["title"], number=row["number"])
        if len(faults.found) == before:
            entries.append(Entry(*key, row["text"], classes, first, last))
    return entries


def _classes(platform_id: int, row: Row, faults: Faults) -> frozenset[int]:
    """``事件0304、部件0101``; empty: every class."""
    found: set[int] = set()
    for part in re.split(r"[、,，;；\s]+", row["classes"]):
        named = _CLASS.fullmatch(part)
        if not part:
            continue
        code = code_of(named[2]) if named else None
        if named is None or code is None:
            faults.add("classes_form", row.number, CLASSES.title, value=part[:20])
            continue
        option = queries.find_class(platform_id, KIND_FROM_CHINESE[named[1]], code)
        if option is None:
            faults.add("class_unknown", row.number, CLASSES.title, kind=named[1], code=code)
        else:
            found.add(option.id)
    return frozenset(found)
