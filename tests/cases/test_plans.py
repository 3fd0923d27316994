"""预案: a storm tightens limits, an examination exempts; what was touched stands on a list, and an undone start leaves nothing behind."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.api import paths
from tests.api.paths import At
from tests.support.city import FAR_INSIDE, WORKDAY, City
from urbangrid.audit.models import AuditRow
from urbangrid.cases import plan_preview, verification
from urbangrid.cases.actions import plan_settling, plans
from urbangrid.cases.actions.plans import PlanInputs
from urbangrid.cases.models import Case, CaseRecord, Clock, Plan, PlanEffect
from urbangrid.cases.rows import limit_words
from urbangrid.catalog import cache
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.models import FilingCondition, TimeLimit
from urbangrid.core import clock
from urbangrid.core.errors import MovedOn, NotAllowed, Refusal

EARLIER = WORKDAY - timedelta(minutes=5)


def storm(city: City, **more: Any) -> PlanInputs:
    """Half the limit of broken roads in 西湖街道, open cases too."""
    values: dict[str, Any] = {
        "name": "暴雨", "kind": "storm", "division_ids": (city.west_street.pk,), "category_ids": (city.category().id,), "percent": 50,
        "takes_open": True, "by_road": True, "to_territory": True, "hourly": True,
    }  # fmt: skip
    return PlanInputs(**{**values, **more})


def started(city: City, who: str = "duty_director", **more: Any) -> Plan:
    director = city.acting(who)
    row = plans.save(director, storm(city, **more))
    return plans.start(director, row.pk, row.version, "暴雨橙色预警")


def limit_of(case: str) -> tuple[int | None, str]:
    return Case.objects.values_list("limit_value", "limit_unit").get(pk=case)


def test_a_case_filed_in_the_storm_has_half_the_limit_and_its_record_says_so(desk: At, city: City) -> None:
    with clock.travel(EARLIER):
        before = paths.filed(desk, city)
        value, unit = limit_of(before)
    with clock.travel(WORKDAY):
        started(city, takes_open=False)
        case = paths.filed(desk, city)
        assert limit_of(before) == (value, unit), "what was filed before stays as it is"
        new = limit_of(case)
        row = PlanEffect.objects.get(case_id=case)
        assert (row.old_value, row.old_unit) == (value, unit)
        assert (row.new_value, row.new_unit) == new
        assert seconds(*new) * 2 == seconds(value, unit)
        told = desk("seat_agent").get(f"/cases/{case}").body["story"]
        line = next(line for line in told if line["action"] == "file")
        assert line["inputs"]["plan_name"] == "暴雨" if "inputs" in line else True
        assert clock_of(case, "case").budget_seconds < clock_of(before, "case").budget_seconds
    assert not verification.verify_case(int(case))


def seconds(value: Any, unit: str) -> int:
    return int(value) * {"work_day": 28800, "work_hour": 3600, "urgent_hour": 3600, "day": 86400}[unit]


def clock_of(case: str, kind: str) -> Clock:
    return Clock.objects.get(case_id=case, kind=kind, ended_at=None)


def test_elsewhere_and_for_other_classes_the_storm_changes_nothing(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        started(city)
        far = paths.accept(desk, paths.report(desk, city, who="far_inspector", spot=FAR_INSIDE)["report_id"], "file")
        assert not PlanEffect.objects.filter(case_id=far).exists()


def test_open_cases_are_taken_up_and_given_back_when_the_start_is_undone(desk: At, city: City) -> None:
    with clock.travel(WORKDAY) as _:
        case = paths.dispatched(desk, city)
        old = limit_of(case)
        unit, whole = clock_of(case, "unit"), clock_of(case, "case")
    with clock.travel(WORKDAY + timedelta(minutes=30)):
        row = started(city)
        assert seconds(*limit_of(case)) * 2 == seconds(*old)
        assert clock_of(case, "unit").budget_seconds * 2 == unit.budget_seconds
        record = CaseRecord.objects.filter(case_id=case).latest("seq")
        assert record.action == "plan" and record.actor_id is None
        assert f'"ordinary_limit":"{old[0]} {old[1]}"' in record.body
        assert "暴雨" in desk("clerk").get(f"/cases/{case}").body["story"][-1]["text"]
    with clock.travel(WORKDAY + timedelta(minutes=40)):
        plans.undo(city.acting("head"), row.pk)
        assert limit_of(case) == old
        assert clock_of(case, "unit").due_at == unit.due_at
        assert clock_of(case, "case").due_at == whole.due_at
        assert PlanEffect.objects.get(case_id=case).left_why == "undone"
        assert "恢复" in desk("clerk").get(f"/cases/{case}").body["story"][-1]["text"]
        again = paths.filed(desk, city)
        assert limit_of(again) == old, "an undone plan holds no more"
    assert not verification.verify_case(int(case))
    assert list(AuditRow.objects.filter(subject=f"plan:{row.pk}").order_by("pk").values_list("action", flat=True)) == [
        "plan_written", "plan_started", "plan_undone",
    ]  # fmt: skip


def test_ten_minutes_later_a_start_is_ended_not_undone(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        row = started(city)
    with clock.travel(WORKDAY + timedelta(minutes=11)):
        case = paths.filed(desk, city)
        with pytest.raises(Refusal) as fault:
            plans.undo(city.acting("duty_director"), row.pk)
        assert fault.value.code == "plan_undo_late"
        plans.end(city.acting("duty_director"), row.pk)
        assert seconds(*limit_of(case)) > 0
        assert PlanEffect.objects.get(case_id=case).left_at is None, "what was filed under it stays so"
    with clock.travel(WORKDAY + timedelta(minutes=12)):
        assert not PlanEffect.objects.filter(case_id=paths.filed(desk, city)).exists()


def test_a_plan_ends_at_its_very_instant_even_before_the_worker_looks(desk: At, city: City) -> None:
    until = WORKDAY + timedelta(hours=1)
    with clock.travel(WORKDAY):
        row = started(city, until=until)
    with clock.travel(until):
        assert not PlanEffect.objects.filter(case_id=paths.filed(desk, city)).exists()
    with clock.travel(until + timedelta(minutes=3)):
        assert plans.end_due() == 1
        row.refresh_from_db()
        assert (row.state, row.ended_at) == (Plan.ENDED, until)
        assert AuditRow.objects.filter(action="plan_ended", subject=f"plan:{row.pk}").count() == 1


def test_a_planned_begin_waits_for_its_day(desk: At, city: City) -> None:
    begins = WORKDAY + timedelta(hours=2)
    with clock.travel(WORKDAY):
        case = paths.filed(desk, city)
        row = started(city, begins_at=begins)
        assert not PlanEffect.objects.exists()
    with clock.travel(begins):
        assert plan_settling.settle_all() == 1
        assert PlanEffect.objects.get(case_id=case).plan_id == row.pk
        assert plan_settling.settle_all() == 0


def test_exempt_cases_keep_their_limit_and_say_that_they_are_exempt(desk: At, city: City) -> None:
    with clock.travel(EARLIER):
        ordinary = limit_of(paths.filed(desk, city))
    with clock.travel(WORKDAY):
        started(city, name="中考", kind="examination", percent=100, exempt=True, takes_open=False)
        case = paths.filed(desk, city)
        assert limit_of(case) == ordinary
        assert PlanEffect.objects.get(case_id=case).exempt


def test_the_period_of_the_catalogue_goes_before_the_percentage(desk: At, city: City) -> None:
    row = FilingCondition.objects.get(pk=city.condition())
    TimeLimit.objects.create(condition=row, period="暴雨", value=3, unit="urgent_hour", case_value=6)
    cache.changed()
    with clock.travel(EARLIER):
        open_case = paths.dispatched(desk, city)
    with clock.travel(WORKDAY):
        started(city, period="暴雨")
        case = paths.dispatched(desk, city)
        for one in (open_case, case):
            assert limit_of(one) == (3, "urgent_hour")
            assert clock_of(one, "unit").calendar_code == "always"
            assert clock_of(one, "case").budget_seconds == 6 * 3600
        assert clock_of(open_case, "unit").due_at == EARLIER + timedelta(hours=3), "from its first start"
        assert clock_of(case, "unit").due_at == WORKDAY + timedelta(hours=3)


def test_a_case_corrected_out_of_the_plan_leaves_its_list(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        started(city)
        case = paths.filed(desk, city)
        other = city.category("暴露垃圾")
        desk("duty_director").done(
            case, "correct", reason=_reason(desk), note="类别选错", category_id=str(other.id), condition_id=str(city.condition("暴露垃圾")),
        )  # fmt: skip
        assert PlanEffect.objects.get(case_id=case).left_why == "corrected"
        desk("duty_director").done(
            case, "correct", reason=_reason(desk), note="改回", category_id=str(city.category().id), condition_id=str(city.condition())
        )
        row = PlanEffect.objects.get(case_id=case)
        assert row.left_at is None
        assert (row.new_value, row.new_unit) == limit_of(case)


def _reason(desk: At) -> str:
    return catalog.reasons(desk("duty_director").who.platform_id, "correct")[0].code


def test_a_case_that_a_process_filed_without_hearing_of_the_plan_is_taken_up(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        row = started(city, takes_open=False)
        cache.remembered(("plans", city.platform.pk), tuple)  # known here
        cache._values["plans", city.platform.pk] = ()  # what a process knew a second before the start
        case = paths.filed(desk, city)
        ordinary = limit_of(case)
        assert not PlanEffect.objects.exists()
        assert plan_settling.settle_all() == 1
        assert PlanEffect.objects.get(case_id=case, plan=row).way == "filed"
        assert seconds(*limit_of(case)) * 2 == seconds(*ordinary)


def test_of_two_plans_the_later_start_counts(desk: At, city: City) -> None:
    with clock.travel(EARLIER):
        case = paths.filed(desk, city)
        ordinary = limit_of(case)
    with clock.travel(WORKDAY):
        first = started(city)
    with clock.travel(WORKDAY + timedelta(minutes=1)):
        second = started(city, name="迎检", kind="inspection", percent=25)
        assert seconds(*limit_of(case)) * 4 == seconds(*ordinary), "a quarter of the ordinary limit, not of the half"
        assert PlanEffect.objects.get(case_id=case, plan=first).left_why == "another"
        assert plan_settling.settle_all() == 0, "the first does not take it back"
        assert PlanEffect.objects.get(case_id=case, plan=second).left_at is None


def test_who_has_not_the_duty_writes_and_starts_nothing(city: City) -> None:
    with clock.travel(WORKDAY):
        row = plans.save(city.acting("duty_director"), storm(city))
        for name in ("seat_agent", "dispatcher", "clerk", "subdistrict_officer", "leader"):
            with pytest.raises(NotAllowed):
                plans.save(city.acting(name), storm(city))
            with pytest.raises(NotAllowed):
                plans.start(city.acting(name), row.pk, row.version, "雨")


def test_a_draft_that_another_changed_meanwhile_is_not_started(city: City) -> None:
    with clock.travel(WORKDAY):
        director, head = city.acting("duty_director"), city.acting("head")
        row = plans.save(director, storm(city))
        seen = row.version
        plans.save(head, storm(city, percent=10), plan_id=row.pk, version=seen)
        with pytest.raises(MovedOn):
            plans.start(director, row.pk, seen, "雨")
        with pytest.raises(MovedOn):
            plans.save(director, storm(city), plan_id=row.pk, version=seen)
        plans.start(director, row.pk, seen + 1, "雨")
        with pytest.raises(Refusal) as fault:
            plans.save(head, storm(city), plan_id=row.pk, version=seen + 1)
        assert fault.value.code == "plan_started"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": " "}, "input_missing"),
        ({"kind": "flood"}, "input_wrong"),
        ({"percent": 0}, "input_wrong"),
        ({"division_ids": (1,)}, "input_wrong"),
        ({"category_ids": (1,)}, "input_wrong"),
        ({"condition_ids": (1,)}, "input_wrong"),
        ({"period": "没有"}, "input_wrong"),
        ({"until": WORKDAY - timedelta(days=1)}, "plan_times"),
        ({"percent": 100, "to_territory": False, "by_road": False, "hourly": False}, "plan_says_nothing"),
    ],
)
def test_a_faulty_draft_is_refused_at_its_field(city: City, wrong: dict[str, Any], code: str) -> None:
    with clock.travel(WORKDAY), pytest.raises(Refusal) as fault:
        plans.save(city.acting("duty_director"), storm(city, **wrong))
    assert fault.value.code == code
    assert fault.value.field


def test_the_preview_says_what_the_start_then_does(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        paths.filed(desk, city)
        paths.accept(desk, paths.report(desk, city, who="far_inspector", spot=FAR_INSIDE)["report_id"], "file")
    with clock.travel(WORKDAY + timedelta(hours=1, minutes=1)):
        director = city.acting("duty_director")
        row = plans.save(director, storm(city, percent=1))
        told = plan_preview.of_plan(director, row)
        assert (told.open, told.filed, told.late) == (2, 2, 1)
        assert told.per_day == "0.1"
        assert {one.case_id for one in told.rows if one.late} == {int(case)}
        plans.start(director, row.pk, row.version, "雨")
        effects = PlanEffect.objects.filter(plan=row)
        assert effects.count() == told.open
        done = {(limit_words(one.old_value, one.old_unit), limit_words(one.new_value, one.new_unit)) for one in effects}
        assert done == {(one.old, one.new) for one in told.changes}
        assert sum(one.count for one in told.changes) == told.open
