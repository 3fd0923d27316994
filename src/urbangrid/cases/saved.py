"""常用查询: searches a person keeps under names of her own (CY-20-3)."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from urbangrid.cases.models import SavedSearch
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.organizations.acting import Acting

MOST: Final = 20


def mine(acting: Acting) -> list[SavedSearch]:
    """In the order of their names; one statement."""
    return list(SavedSearch.objects.filter(platform_id=acting.platform_id, user_id=acting.user_id).order_by("name")[:MOST])


@transaction.atomic
def save(acting: Acting, name: str, query: str) -> SavedSearch:
    """Keep a search; the same name again replaces it. Raises Refusal ``saved_name`` without a name, ``saved_too_many`` beyond twenty."""
    name = " ".join(name.split())[:20]
    if not name or not query or len(query) > 500:
        raise Refusal("saved_name", status=422, field="name")
    found = SavedSearch.objects.select_for_update().filter(platform_id=acting.platform_id, user_id=acting.user_id)
    if name not in (kept := {row.name for row in found}) and len(kept) >= MOST:
        raise Refusal("saved_too_many", status=422, field="name", most=MOST)
    row, _made = SavedSearch.objects.update_or_create(
        platform_id=acting.platform_id, user_id=acting.user_id, name=name, defaults={"query": query}
    )
    return row


def forget(acting: Acting, saved_id: int) -> None:
    """Raises NotFound ``saved_unknown`` for another's too."""
    gone, _rows = SavedSearch.objects.filter(pk=saved_id, platform_id=acting.platform_id, user_id=acting.user_id).delete()
    if not gone:
        raise NotFound("saved_unknown")
