"""The record is proved while everybody works on: what somebody does between two statements of the reading is no fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from tests.api import paths
from tests.support.city import City
from tests.support.desk import Desk
from urbangrid.audit import retention
from urbangrid.cases.models import CaseRecord
from urbangrid.cases.verification import verify_case, verify_cases
from urbangrid.core import clock, files
from urbangrid.core.models import StoredFile

pytestmark = pytest.mark.django_db(transaction=True)
At = Callable[[str], Desk]


def elsewhere(act: Callable[[], Any]) -> None:
    """On a connection of its own, committed before this returns."""

    def run() -> None:
        try:
            act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result(60)


@contextmanager
def behind_the_first_reading_of_a_case(act: Callable[[], Any]) -> Iterator[None]:
    """``act`` happens when the rows of the cases are read and their records are not yet."""
    waiting = [act]

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        got = execute(sql, params, many, context)
        if waiting and 'FROM "cases_case"' in sql:
            elsewhere(waiting.pop())
        return got

    with connection.execute_wrapper(watch):
        yield
    assert not waiting, "the case was read"


@pytest.mark.parametrize("prove", [verify_case, lambda case: verify_cases([case]).faults])
def test_a_move_made_while_the_case_is_read_is_no_fault(desk: At, city: City, prove: Callable[[int], list[Any]]) -> None:
    case = int(paths.dispatched(desk, city))
    before = CaseRecord.objects.filter(case_id=case).count()
    with behind_the_first_reading_of_a_case(lambda: paths.fed_back(desk, str(case))):
        assert prove(case) == []
    assert CaseRecord.objects.filter(case_id=case).count() == before + 2, "the clerk's work was written meanwhile"
    assert prove(case) == []


def test_a_photo_that_is_purged_between_its_row_and_its_bytes_is_no_fault(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case)
    desk("seat_agent").done(case, "close")

    def purge() -> None:
        with clock.travel(clock.now() + timedelta(days=retention.term("photos").days + 2)):
            assert retention.purge("photos") > 0

    with behind_the_first_reading_of_a_case(purge):
        assert verify_case(int(case)) == []
    held = StoredFile.objects.filter(state="erased").first()
    assert held is not None and not files.path_of(held.sha256).exists(), "the bytes went meanwhile"
