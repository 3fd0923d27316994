"""Two at the same instant: one of them does it, both get the answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City
from tests.support.desk import Answer
from urbangrid.cases.models import CaseRecord, Report

pytestmark = pytest.mark.django_db(transaction=True)


def _at_once(*acts: Callable[[], Answer]) -> list[Answer]:
    """Each in a thread with a database connection of its own."""

    def run(act: Callable[[], Answer]) -> Answer:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_a_report_sent_six_times_at_once_is_one_report(desk: At, city: City) -> None:
    inspector = desk("inspector")
    body: dict[str, Any] = {"source": "inspector", "client_id": "p-1", "place_text": "某处", "files": [inspector.send_photo()]}
    answers = _at_once(*[lambda: inspector.post("/reports", body)] * 6)
    assert [one.status for one in answers] == [201] * 6
    assert len({one.body["report_id"] for one in answers}) == 1
    assert Report.objects.count() == 1


def test_of_two_dispatchers_at_once_one_dispatches_and_the_other_learns_who(desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    seq, unit = desk("dispatcher").get(f"/cases/{case}/moves").body["seq"], str(desk("clerk").who.unit_id)
    first, second = desk("dispatcher"), desk("command_director")
    answers = _at_once(
        lambda: first.act(case, "dispatch", seq=seq, unit_id=unit), lambda: second.act(case, "dispatch", seq=seq, unit_id=unit)
    )
    assert sorted(one.status for one in answers) == [200, 409]
    late = next(one for one in answers if one.status == 409)
    assert late.code == "case_moved_on" and late.body["values"]["name"] in ("王芳", "冯立新")
    assert CaseRecord.objects.filter(case_id=int(case), action="dispatch").count() == 1
