"""What each process remembers of the catalogues. Catalogues are read at every action and changed a few times a year.

A value is kept until the stamp in the database changes; the stamp is looked at once in `CHECK_SECONDS` (one primary-key
query). A change is seen at once in the process that made it and within `CHECK_SECONDS` in the others; a calendar or a
limit is entered ahead of the instant from which it applies, so that this delay decides nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from typing import TypeVar

from django.db import transaction

from urbangrid.catalog.models import CatalogStamp
from urbangrid.core.ids import new_id

CHECK_SECONDS = 5.0
_ROW = 1
_NOTHING = object()

T = TypeVar("T")
_values: dict[Hashable, object] = {}
_stamp: int | None = None
_checked_at: float | None = None


def remembered(key: Hashable, make: Callable[[], T]) -> T:
    """The value of ``key``, made anew after a change of any catalogue. Keys start with the name of their function."""
    _check()
    found = _values.get(key, _NOTHING)
    if found is _NOTHING:
        found = _values[key] = make()
    value: T = found  # type: ignore[assignment]  # one key is always made by the same function
    return value


def changed() -> None:
    """Called by everything that writes to a catalogue, in the same transaction."""
    CatalogStamp.objects.update_or_create(pk=_ROW, defaults={"stamp": new_id()})
    clear()
    transaction.on_commit(clear)


def clear() -> None:
    """Forget everything; tests call it between databases."""
    global _checked_at
    _values.clear()
    _checked_at = None


def stamp() -> int:
    """The present stamp, for the ETag of the combobox list; 0 before the first load."""
    _check()
    return _stamp or 0


def _check() -> None:
    global _stamp, _checked_at
    now = time.monotonic()
    if _checked_at is not None and now - _checked_at < CHECK_SECONDS:
        return
    found = CatalogStamp.objects.filter(pk=_ROW).values_list("stamp", flat=True).first()
    if found != _stamp:
        _values.clear()
    _stamp, _checked_at = found, now
