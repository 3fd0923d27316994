"""反复: reported again soon after closing, at the same place and of the same kind (case-rules 9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.api import paths
from tests.api.paths import At
from tests.support.city import FAR_INSIDE, INSIDE, WORKDAY, City
from urbangrid.cases import repeats
from urbangrid.cases.models import Case, CaseRelation
from urbangrid.core import clock


def _closed(desk: At, city: City) -> str:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case)
    desk("seat_agent").done(case, "close")
    return case


def _again(desk: At, city: City, **more: object) -> str:
    return paths.accept(desk, paths.report(desk, city, **more)["report_id"], "file")  # type: ignore[arg-type]


def test_reported_again_within_three_days_it_is_a_new_case_that_names_the_earlier_one_and_is_counted_apart(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        first = _closed(desk, city)
    with clock.travel(WORKDAY + timedelta(hours=70)):
        near = desk("seat_agent").get("/cases/near", longitude=INSIDE[0], latitude=INSIDE[1], category_id=str(city.category().id)).body
        assert [(row["case_id"], row["repeat"], row["duplicate"]) for row in near] == [(first, True, False)]
        case = _again(desk, city)
        seen = desk("seat_agent").get(f"/cases/{case}").body
        assert seen["repeat"] is True
        assert [(row["case_id"], row["kind"], row["word"]) for row in seen["relations"]] == [(first, "repeat", "反复前案")]
        assert desk("seat_agent").get("/cases", repeat_only=True).body["total"] == 1
        assert desk("seat_agent").get("/cases").body["total"] == 2


@pytest.mark.parametrize("why", ["too late", "elsewhere", "still open", "void"])
def test_what_is_too_late_elsewhere_or_was_never_closed_is_no_repeat(desk: At, city: City, why: str) -> None:
    with clock.travel(WORKDAY):
        if why == "still open":
            paths.filed(desk, city)
        elif why == "void":
            desk("duty_director").done(paths.filed(desk, city), "void", reason="other", note="误报")
        else:
            _closed(desk, city)
    with clock.travel(WORKDAY + timedelta(hours=73 if why == "too late" else 10)):
        case = _again(desk, city, spot=FAR_INSIDE) if why == "elsewhere" else _again(desk, city)
    assert Case.objects.get(pk=case).repeat is False
    assert not CaseRelation.objects.exists()


def test_the_seat_may_say_that_it_is_another_matter_or_name_the_case_but_no_foreign_one(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        first, open_one = _closed(desk, city), paths.filed(desk, city)
    with clock.travel(WORKDAY + timedelta(hours=5)):
        other = paths.accept(desk, paths.report(desk, city)["report_id"], "file", repeat_of=0)
        assert Case.objects.get(pk=other).repeat is False
        case = paths.accept(desk, paths.report(desk, city)["report_id"])
        wrong = desk("seat_agent").act(case, "file", repeat_of=open_one)
        assert (wrong.status, wrong.code) == (422, "repeat_unknown")
        assert "72" in wrong.body["sentence"]
        desk("seat_agent").done(case, "file", repeat_of=first)
        assert CaseRelation.objects.get(case_id=case).other_id == int(first)


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-90, 90), st.integers(0, 96))
def test_the_hours_are_counted_as_by_hand(at: datetime, later: int, hours: int) -> None:
    assume(datetime(1, 1, 9, tzinfo=UTC) < at < datetime(9999, 12, 1, tzinfo=UTC))
    seconds = (at + timedelta(hours=later) - at).total_seconds()
    assert repeats.is_repeat(at, at + timedelta(hours=later), hours) is (0 <= seconds <= hours * 3600)
    assert not repeats.is_repeat(None, at, hours)
