"""Words of a newspaper or a letter to cases (desks.md L3): no case has every letter of a sentence, so what lies at the places that it names
is put in the order of how much of the rest each case says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from django.db.models import Q

from urbangrid.cases import search
from urbangrid.cases.actions.indexing import text_of
from urbangrid.cases.models import Case
from urbangrid.core.platforms import platform_of
from urbangrid.core.text import bigrams, normal
from urbangrid.grids import queries as grids
from urbangrid.grids.roads import road_names
from urbangrid.organizations.acting import Acting

LOOKED_AT: Final = 300
"""So many of the newest cases at each of the places named are read: those of a busy road do not push out those of a small one."""
SHOWN: Final = 20
LEAST_LETTERS: Final = 6
"""Shorter words are no sentence: they are looked for as they stand."""


@dataclass(frozen=True, slots=True)
class Likest:
    """The places that the sentence names, the longest name first, and the cases there, the likest first."""

    places: tuple[str, ...]
    found: search.Found


def of_sentence(acting: Acting, asked: search.Asked) -> Likest | None:
    """For words that no case has all of; the other conditions of ``asked`` hold. None where they are no sentence or name no place.

    Three statements (roads, areas, rows) and one for each place.
    """
    sentence = normal(asked.words)
    if len(sentence) < LEAST_LETTERS:
        return None
    whole = platform_of(acting.cases_platform_id)
    areas = {one.name: one.id for one in grids.walk(grids.area_tree(whole))}
    places = places_in(sentence, (*road_names(whole.pk), *areas))
    if not places:
        return None
    cases = search.matching(acting, replace(asked, words="")).only("pk", *_TEXT).order_by("-id")
    found = {case.pk: case for name in places for case in cases.filter(_at(name, areas.get(name)))[:LOOKED_AT]}
    rest = frozenset(bigrams(sentence)).difference(*(bigrams(name) for name in places))
    ids = in_order(sorted(found.values(), key=lambda case: -case.pk), rest, places)[:SHOWN]
    rows = tuple(search.rows_of(acting, ids))
    return Likest(places, search.Found(rows, len(rows), more=False))


def _at(name: str, area_id: int | None) -> Q:
    """Cases that name the place, or lie in the area of that name."""
    inside = Q() if area_id is None else Q(community_id=area_id) | Q(subdistrict_id=area_id) | Q(district_id=area_id)
    return search.by_words(name) | inside


_TEXT: Final = ("number", "place_text", "description", "category_id", "condition_id")
"""What ``text_of`` reads."""


def places_in(sentence: str, names: Iterable[str]) -> tuple[str, ...]:
    """Names that stand in the sentence, the longest first; none that is only a part of a longer one found."""
    found: list[str] = []
    for name in sorted(set(names), key=lambda name: (-len(name), name)):
        if len(name) > 1 and name in sentence:
            found.append(name)
            sentence = sentence.replace(name, "，")
    return tuple(found)


def in_order(cases: Iterable[Case], said: frozenset[str], places: Iterable[str]) -> list[int]:
    """Ids: who says most of ``said`` first, of equals who stands at more of the places, then the newest (as given)."""

    def likeness(case: Case) -> tuple[int, int]:
        text = text_of(case)
        return -len(said.intersection(bigrams(text))), -sum(name in text for name in places)

    return [case.pk for case in sorted(cases, key=likeness)]
