"""Finding a unit by what a dispatcher types: initials or words."""

from __future__ import annotations

from collections.abc import Sequence

from urbangrid.core.text import initials
from urbangrid.organizations import queries


def search_units(platform_id: int, typed: str, most: int = 9) -> list[queries.UnitInfo]:
    """Units by pinyin initials or Chinese words, best first: initials that begin so, names that begin so, names that contain."""
    return _ranked(queries.targets(platform_id), typed, most)


def _ranked(among: Sequence[queries.UnitInfo], typed: str, most: int) -> list[queries.UnitInfo]:
    words = typed.strip().lower()
    if not words:
        return list(among[:most])
    ranked = []
    for one in among:
        texts = (one.initials, initials(one.name), one.name, one.short_name)
        if any(text.startswith(words) for text in texts):
            ranked.append((0, one.code, one))
        elif any(words in text for text in texts):
            ranked.append((1, one.code, one))
    return [one for _, _, one in sorted(ranked, key=lambda row: row[:2])][:most]


def search_any(platform_id: int, typed: str, most: int = 9) -> list[queries.UnitInfo]:
    """The same among all active units of the platform, for orders that go to a centre's department as well."""
    return _ranked(queries.any_units(platform_id), typed, most)
