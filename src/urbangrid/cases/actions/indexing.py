"""Search words of a case (bigrams, architecture §5)."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.search import SearchVector
from django.db.models import Value

from urbangrid.cases.models import Case
from urbangrid.catalog import queries as catalog
from urbangrid.core.text import index_words


def text_of(case: Case) -> str:
    """What a case is found by: number, category and problem, place, description. Descriptions of the public carry names too; those are
    found by the centre alone, because every search passes ``queries.visible_to``."""
    parts = [case.number or "", case.place_text, case.description[:500]]
    if case.category_id is not None:
        chosen = catalog.category(case.category_id)
        parts += [chosen.name, *chosen.aliases]
    if case.condition_id is not None:
        parts.append(catalog.condition(case.condition_id).problem)
    return " ".join(parts)


def words_of(case: Case) -> Any:
    """An SQL expression for ``Case.words``."""
    return SearchVector(Value(index_words(text_of(case))), config="simple")
