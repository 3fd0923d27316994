"""The engine's verdict agrees with the on-time flag a real city gave its reports of July and August 2011."""

import csv
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cases.deadlines.calendars import NEW_YORK, only
from urbangrid.cases.deadlines import continuous, end, on_time, start

REPOSITORY = Path(__file__).parents[3]
REAL_DATA = Path(os.environ.get("URBANGRID_REAL_DATA", REPOSITORY.parent / "shared" / "data"))
REPORTS = REAL_DATA / "reports_boston311" / "boston311_2011-07_2011-08.csv"
ROUND_THE_CLOCK = only(continuous(NEW_YORK))
LONG_AFTER = datetime(2100, 1, 1, tzinfo=UTC)


def local(text: str) -> datetime:
    """A local time of Boston without zone."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


def flag(row: dict[str, str]) -> str:
    """The engine's flag; a report without target has no clock, an open one is judged long after."""
    if not row["target_dt"]:
        return "ONTIME"
    opened, target = local(row["open_dt"]), local(row["target_dt"])
    if target < opened:
        return "OVERDUE"  # three rows: missed before it began, no limit a clock could hold
    clock = start(opened, int((target - opened).total_seconds()), ROUND_THE_CLOCK)
    if row["closed_dt"]:
        closed = local(row["closed_dt"])
        kept = end(clock, closed).missed_at is None
        assert kept == on_time(clock, closed)
    else:
        kept = on_time(clock, LONG_AFTER)
    return "ONTIME" if kept else "OVERDUE"


@pytest.mark.skipif(not REPORTS.exists(), reason="real data set reports_boston311 is not here")
def test_no_flag_of_the_city_is_contradicted() -> None:
    with REPORTS.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["ontime"]]
    contradicted = [row["case_enquiry_id"] for row in rows if flag(row) != row["ontime"]]
    assert (len(contradicted), len(rows)) == (0, 21_357), contradicted[:10]
