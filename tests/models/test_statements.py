"""Architecture §8 in every model: what each step, queue, case and desk of the whole way costs in statements, with warm caches.

Model A's are written down one by one (tests/golden/queries.txt); here the way of each model is walked twice, the second time counted.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import pytest
from django.test import Client
from django.urls import reverse

from tests.config.query_counts import Counts
from tests.config.test_bench import BUDGET
from tests.models import ways
from tests.support.browser import enter
from tests.support.desk import Answer, Desk
from tests.support.model_city import ModelCity
from urbangrid.catalog import cache
from urbangrid.core import platforms
from urbangrid.organizations import queries as organizations

LETTERS: Final = ["a", "b", "c", "d", "e"]
At = Callable[[str], Desk]


class Counted(Desk):
    """A desk that counts what each of its calls costs."""

    counts: Counts

    def get(self, path: str, **asked: Any) -> Answer:
        first = path.split("/")[1]
        kind = {"queues": "list", "reports": "list", "cases": "case"}.get(first, "other")
        with self.counts.of(f"{kind} {path} of {self.who.post_name}"):
            return super().get(path, **asked)

    def post(self, path: str, body: dict[str, Any] | None = None, key: str = "") -> Answer:
        with self.counts.of(f"action {path} of {self.who.post_name}"):
            return super().post(path, body, key)


@pytest.fixture
def counts(monkeypatch: pytest.MonkeyPatch) -> Counts:
    """Memories do not end by the hour while the way is walked."""
    for module, name in ((cache, "CHECK_SECONDS"), (platforms, "FRESH_SECONDS"), (organizations, "FRESH_SECONDS")):
        monkeypatch.setattr(module, name, 1e9)
    return Counts()


def _way(at: At, city: ModelCity) -> str:
    """From a find to closure, in model D over a district, with somebody of the unit looking at its desk."""
    case = ways.accepted(at, ways.inspector_reports(at, city))
    ways.filed(at, city, case)
    if city.tenant is None:
        ways.dispatched(at, case)
        ways.disposed(at, case)
    else:
        at("dispatcher").done(case, "dispatch", unit_id=str(at("district_dispatcher").who.unit_id))
        at("district_dispatcher").done(case, "dispatch", unit_id=str(at("district_clerk").who.unit_id))
        ways.disposed(at, case, "district_clerk")
        at("district_dispatcher").done(case, "review")
    at("dispatcher").done(case, "review")
    ways.closed(at, city, case)
    return case


def _under_way(at: At, city: ModelCity) -> None:
    """Something for every desk to show: a case to file, one to dispatch, one to receive."""
    cases = [ways.accepted(at, ways.inspector_reports(at, city)) for _number in range(3)]
    for case in cases[1:]:
        ways.filed(at, city, case)
    ways.dispatched(at, cases[2])


@pytest.mark.parametrize("model_city", LETTERS, indirect=True)
def test_every_step_queue_case_and_desk_keeps_its_budget_in_every_model(at: At, model_city: ModelCity, counts: Counts) -> None:
    _way(at, model_city)
    known: dict[str, Counted] = {}

    def counted(name: str) -> Desk:
        if name not in known:
            known[name] = Counted(model_city, name)  # type: ignore[arg-type]
            known[name].counts = counts
            known[name].get("/queues/dispose")  # what a post's first call remembers
        return known[name]

    for name in ("seat_agent", "dispatcher", "clerk", "inspector"):
        counted(name)
    closed = _way(counted, model_city)
    _under_way(at, model_city)
    pages = {"desk": reverse("workbench:desk"), "case": reverse("workbench:case", args=[closed]), "list": reverse("workbench:search")}
    for name in ("seat_agent", "duty_director", "dispatcher", "clerk", *(["district_dispatcher"] if model_city.tenant else [])):
        browser = enter(Client(), model_city, name)  # type: ignore[arg-type]
        for kind, path in pages.items():
            for _again in range(2):
                with counts.of(f"{kind} page {path} of {name}"):
                    assert browser.get(path).status_code in (200, 404), path
    over = {name: count for name, count in counts.found.items() if count > BUDGET.get(name.partition(" ")[0], 12)}
    assert not over, {name: counts.statements[name] for name in over}
    assert {name.partition(" ")[0] for name in counts.found} >= {"action", "list", "case", "desk"}
    print("\n".join(f"{count:>3}  {name}" for name, count in sorted(counts.found.items())))
