"""The catalogue as it stood at an instant: classes, conditions with their limits, who was responsible, which articles applied.

For what is printed of it (指挥手册): a row that ended stays in the database, so that any day can be told. Each function is one or two
statements, whatever the number of classes; nothing is remembered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db.models import Max, Q

from urbangrid.catalog import law, queries, regulations, responsibility_queries
from urbangrid.catalog.models import CatalogVersion, LegalArticle, Responsibility
from urbangrid.catalog.values import Article, CategoryOption, Condition, Responsible
from urbangrid.core import ids


def versions(platform_id: int, at: datetime) -> list[CatalogVersion]:
    """The editions that were offered, the shipped ones and the platform's own."""
    ours = Q(platform=None) | Q(platform_id=platform_id)
    return list(CatalogVersion.objects.filter(queries.held_at(at), ours, offered=True).order_by("code"))


def classes(platform_id: int, at: datetime) -> list[CategoryOption]:
    """The classes that were offered, events first."""
    return sorted(map(queries.option_of, queries.offered_categories(platform_id, at)), key=lambda one: one.kind != "event")


def conditions(category_ids: Sequence[int], platform_id: int, at: datetime) -> dict[int, list[Condition]]:
    """Filing conditions of the classes, with the limits that held then alone."""
    return queries.effective_conditions(category_ids, platform_id, at)


def responsible(platform_id: int, at: datetime) -> Mapping[int, tuple[Responsible, ...]]:
    """The responsibility table by class, in its order."""
    rows = Responsibility.objects.filter(queries.held_at(at), platform_id=platform_id).exclude(category=None)
    found: dict[int, tuple[Responsible, ...]] = {}
    for row in rows.select_related("division").defer("division__geom").order_by("position", "id"):
        assert row.category_id is not None
        found[row.category_id] = (*found.get(row.category_id, ()), responsibility_queries.responsible(row))
    return found


def responsible_changed(platform_id: int, at: datetime) -> datetime | None:
    """When the responsibility table was last changed before the instant; None: not since it was loaded."""
    rows = Responsibility.objects.filter(platform_id=platform_id)
    found = rows.aggregate(began=Max("valid_from", filter=Q(valid_from__lte=at)), ended=Max("valid_to", filter=Q(valid_to__lte=at)))
    return max((one for one in found.values() if one is not None), default=None)


def articles(platform_id: int, at: datetime, day: date) -> dict[int | None, list[Article]]:
    """Articles by class, None: of every class, in the order of the table; three statements.

    A row has no day of its own on which somebody wrote it: its id tells. A text that was out of force on ``day`` lends no article.
    """
    there = Q(ended_at=None) | Q(ended_at__gt=at)
    rows = LegalArticle.objects.filter(there, law.in_force(day), platform_id=platform_id, id__lt=ids.id_at(at))
    standings = regulations.standings(platform_id)
    found: dict[int | None, list[Article]] = {}
    for row in rows.order_by("position", "id").prefetch_related("categories"):
        standing = standings.get(row.title)
        if standing is None or standing.in_force(day):
            classes: list[int | None] = [one.pk for one in row.categories.all()]
            for category_id in classes or [None]:
                found.setdefault(category_id, []).append(Article(row.pk, row.title, row.number, row.text))
    return found
