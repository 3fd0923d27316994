"""What lists, pages and actions cost in statements, and the parts of ``bench`` that can go wrong silently."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.config import query_counts
from tests.support.city import City
from tests.support.desk import Desk
from urbangrid.cases.actions import ACTIONS
from urbangrid.catalog import cache
from urbangrid.core import platforms
from urbangrid.organizations import queries as organizations

GOLDEN = Path(__file__).parents[1] / "golden" / "queries.txt"
BUDGET = {"list": 10, "case": 12, "action": 12, "desk": 20}
"""Architecture §8. A desk draws a list and a case on one page: both budgets, less session and acting post, which it asks once."""
HEAD = "# Statements of each list, case page and action with warm caches; made by UPDATE_GOLDEN=1 pytest tests/config/test_bench.py\n"


@pytest.fixture
def counts(city: City, desk: Callable[[str], Desk], monkeypatch: pytest.MonkeyPatch) -> query_counts.Counts:
    """The counts, with memories that do not end by the hour while the story is told."""
    monkeypatch.setattr(cache, "CHECK_SECONDS", 1e9)
    monkeypatch.setattr(platforms, "FRESH_SECONDS", 1e9)
    monkeypatch.setattr(organizations, "FRESH_SECONDS", 1e9)
    return query_counts.all_counts(desk, city)


def test_statements_are_within_budget_and_as_many_as_the_golden_file_says(counts: query_counts.Counts) -> None:
    actions = {name.removeprefix("action ") for name in counts.found if name.startswith("action ")}
    assert set(ACTIONS) - actions <= {"hand_on"}, "an action that no story here takes"  # hand_on follows filing by itself
    over = {name: count for name, count in counts.found.items() if count > BUDGET[name.partition(" ")[0]]}
    written = HEAD + "".join(f"{count:>3}  {name}\n" for name, count in sorted(counts.found.items()))
    if os.environ.get("UPDATE_GOLDEN") == "1":
        GOLDEN.write_text(written, encoding="utf-8")
    assert not over, {name: counts.statements[name] for name in over}
    assert written == GOLDEN.read_text(encoding="utf-8")
