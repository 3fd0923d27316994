"""A city changes its process: new cases follow it from an instant on, running ones keep theirs until they are moved."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from procrastinate.contrib.django import app

from tests.api import paths
from tests.api.paths import At
from tests.cases.deadlines.minute_by_minute import counted_minutes, due_after
from tests.support.city import WORKDAY, City
from urbangrid.audit.models import AuditRow
from urbangrid.cases import clocks, processes, verification
from urbangrid.cases.actions import definitions, migrating
from urbangrid.cases.definitions import rows, running, steps
from urbangrid.cases.definitions.simulating import Simulator, as_json
from urbangrid.cases.lifecycle import State
from urbangrid.cases.models import Case, CaseRecord, Clock, ProcessDefinition, WorkItem
from urbangrid.catalog.values import CategoryOption
from urbangrid.core import clock
from urbangrid.core.errors import MovedOn, Refusal
from urbangrid.organizations.acting import Acting


def admin(city: City) -> Acting:
    return city.acting("system_admin")


def duties(city: City) -> set[str]:
    return definitions.held_duties(city.platform.pk)


def in_force(city: City, code: str = "model_a") -> ProcessDefinition:
    found = processes.current_version(city.platform.pk, code)
    assert found is not None
    return found


def changed(city: City, **limits: Any) -> dict[str, Any]:
    """The definition in force with other stage limits, or duties where words are given, by state."""
    definition = rows.normal(in_force(city).definition)
    for wait in definition["waits"]:
        if wait["state"] in limits:
            given = limits[wait["state"]]
            wait["duty" if isinstance(given, str) else "limit_minutes"] = given
    return definition


def publish(city: City, definition: dict[str, Any], **more: Any) -> ProcessDefinition:
    return processes.publish(city.platform, definition, duties(city), **more)


def variant(city: City, code: str, **more: Any) -> ProcessDefinition:
    """An override of model A for some class or source."""
    return publish(city, changed(city) | {"code": code, "name": code} | more, base_code="model_a")


def item(case: str, kind: str) -> WorkItem:
    return WorkItem.objects.get(case_id=int(case), kind=kind, closed_at=None)


def minutes(one: WorkItem) -> int:
    return int(Clock.objects.get(item=one, kind="stage").limit_seconds / 60)


@pytest.mark.requirement("SZ-4.1e")
def test_another_post_and_limit_of_a_stage_count_for_new_cases_at_once(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        old = paths.filed(desk, city)
        definition = changed(city, to_dispatch=45, filed=20)
        next(wait for wait in definition["waits"] if wait["state"] == "to_dispatch")["duty"] = "approve"
        publish(city, definition)
        new = paths.filed(desk, city)
    assert (item(old, "dispatch").duty, minutes(item(old, "dispatch"))) == ("dispatch", 15)
    assert (item(new, "dispatch").duty, minutes(item(new, "dispatch"))) == ("approve", 45)


@pytest.mark.requirement("CY-2.1b")
def test_an_exported_workflow_with_another_limit_comes_back_as_a_new_version_and_running_cases_keep_the_old(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        old = paths.filed(desk, city)
        first = in_force(city)
        body = json.loads(definitions.write_file(first))
        next(wait for wait in body["definition"]["waits"] if wait["state"] == "to_dispatch")["limit_minutes"] = 25
        draft = definitions.import_draft(admin(city), json.dumps(body).encode())
        second = definitions.publish_draft(admin(city), draft.pk, draft.seq)
        new = paths.filed(desk, city)
    assert (second.code, second.version) == (first.code, first.version + 1)
    assert (minutes(item(old, "dispatch")), minutes(item(new, "dispatch"))) == (15, 25)
    assert Case.objects.get(pk=int(old)).process_id == first.pk
    assert json.loads(definitions.write_file(second))["definition"] == body["definition"]
    assert set(AuditRow.objects.filter(subject="process:model_a").values_list("action", flat=True)) == {
        "process_imported",
        "process_published",
    }


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xfe", b"[]", b'{"format": "urbangrid-process/1"}', b"[" * 5000, b'{"format":"x","definition":{}}']
)
def test_a_file_that_is_no_workflow_is_refused_with_a_sentence(city: City, data: bytes) -> None:
    with pytest.raises(Refusal) as refused:
        definitions.import_draft(admin(city), data)
    assert "文件读不懂" in refused.value.sentence()


def test_the_most_exact_definition_is_chosen_class_before_kind_before_source(city: City) -> None:
    pothole = city.category()

    def found(category: CategoryOption, source: str) -> str:
        return processes.current_for(city.platform.pk, source, category.kind, category).code

    other = city.category("暴露垃圾")
    assert found(pothole, "inspector") == "model_a"
    variant(city, "by_source", source="hotline")
    assert [found(pothole, "hotline"), found(pothole, "inspector")] == ["by_source", "model_a"]
    variant(city, "by_kind", kind=pothole.kind)
    assert [found(pothole, "hotline"), found(pothole, "inspector")] == ["by_kind", "by_kind"]
    variant(city, "by_major", kind=pothole.kind, major_code=pothole.major_code)
    variant(city, "by_class", kind=pothole.kind, category_code=pothole.code)
    assert found(pothole, "hotline") == "by_class"
    assert found(other, "inspector") == ("by_major" if other.major_code == pothole.major_code else "by_kind")


def test_a_definition_counts_from_its_instant_on(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        before = in_force(city)
        after = publish(city, changed(city, to_dispatch=45), effective_from=WORKDAY + timedelta(hours=2))
        early = paths.filed(desk, city)
    with clock.travel(WORKDAY + timedelta(hours=2)):
        late = paths.filed(desk, city)
    chosen = dict(Case.objects.filter(pk__in=[int(early), int(late)]).values_list("pk", "process_id"))
    assert chosen == {int(early): before.pk, int(late): after.pk}


def test_taking_back_puts_the_version_before_in_force_and_is_in_the_trail(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        first, second = in_force(city), publish(city, changed(city, to_dispatch=45))
        meanwhile = paths.filed(desk, city)
        with pytest.raises(Refusal, match="不是最新的一版"):
            definitions.take_back(admin(city), first.pk)
        assert definitions.take_back(admin(city), second.pk) == first
        with pytest.raises(Refusal, match="没有适用于全部案件的流程"):
            definitions.take_back(admin(city), first.pk)
        later = paths.filed(desk, city)
    assert Case.objects.get(pk=int(meanwhile)).process_id == second.pk
    assert Case.objects.get(pk=int(later)).process_id == first.pk
    assert AuditRow.objects.filter(action="process_taken_back", user_id=admin(city).user_id).count() == 1


def test_an_override_follows_its_base_and_comes_back_with_it(city: City) -> None:
    definition = changed(city, to_review=240) | {"code": "roads", "name": "道路", "kind": "event", "category_code": city.category().code}
    publish(city, definition, base_code="model_a")

    def limits() -> tuple[int, int]:
        process = processes.process_of(in_force(city, "roads").pk)
        return process.waits[State.TO_DISPATCH].limit_minutes or 0, process.waits[State.TO_REVIEW].limit_minutes or 0

    assert limits() == (15, 240)
    second = publish(city, changed(city, to_dispatch=45))
    assert limits() == (45, 240)
    definitions.take_back(admin(city), second.pk)
    assert limits() == (15, 240)
    bad = changed(city)
    bad["waits"] = [wait for wait in bad["waits"] if wait["state"] != "to_sign"]
    with pytest.raises(Refusal, match="待签发"):
        publish(city, bad)


def test_a_case_follows_the_class_that_filing_decides(city: City, desk: At) -> None:
    garbage = city.category("暴露垃圾")
    whole = steps.with_steps(in_force(city).definition, steps.read_steps("受理、立案、派遣、处置、核查、结案")[0])
    own = {
        "code": "garbage",
        "name": "垃圾",
        "kind": garbage.kind,
        "category_code": garbage.code,
        "limit": {"value": 3, "unit": "urgent_hour"},
    }
    row = publish(city, whole | own, base_code="model_a")
    case = paths.filed(desk, city, category_id=str(garbage.id), condition_id=str(city.condition("暴露垃圾")))
    found = Case.objects.get(pk=int(case))
    assert (found.process_id, found.limit_value, found.limit_unit) == (row.pk, 3, "urgent_hour")
    filing = CaseRecord.objects.get(case=found, action="file")
    assert json.loads(filing.body)["inputs"]["process"] == "garbage 1"
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id), reason="", opinion="")
    assert Case.objects.get(pk=int(case)).state == "disposing"
    desk("clerk").done(case, "feedback", text="已清理", handled_by="何建", files=[desk("clerk").send_photo("black")])
    assert Case.objects.get(pk=int(case)).state == "checking"
    paths.checked(desk, case)
    desk("seat_agent").done(case, "close")
    assert not verification.verify_case(int(case))


def test_a_class_that_is_always_signed_goes_to_the_head_whoever_files_it(city: City, desk: At) -> None:
    named = "受理、核实、立案、签发、批转、派遣、签收、处置、审核、发核查、核查、结案"
    whole = steps.with_steps(in_force(city).definition, steps.read_steps(named)[0])
    pothole = city.category()
    publish(city, whole | {"code": "signed", "name": "必签", "kind": pothole.kind, "category_code": pothole.code}, base_code="model_a")
    case = paths.filed(desk, city)
    assert Case.objects.get(pk=int(case)).state == "to_sign"
    desk("head").done(case, "sign")
    assert Case.objects.get(pk=int(case)).state == "filed"


def test_two_administrators_who_edit_the_same_draft_are_told(city: City) -> None:
    draft = definitions.begin_draft(admin(city), in_force(city).pk)
    definitions.save_draft(admin(city), draft.pk, 0, changed(city, to_dispatch=45))
    with pytest.raises(MovedOn, match="别人在"):
        definitions.save_draft(admin(city), draft.pk, 0, changed(city, to_dispatch=50))
    with pytest.raises(Refusal, match="没有不同"):
        again = definitions.begin_draft(admin(city), in_force(city).pk)
        definitions.publish_draft(admin(city), again.pk, 0)


# --- moving running cases ---


def test_running_cases_move_with_one_record_each_and_their_stage_counts_from_its_start(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        cases = [paths.filed(desk, city) for _ in range(2)] + [paths.dispatched(desk, city)]
        old = in_force(city)
        new = publish(city, changed(city, to_dispatch=45))
    with clock.travel(WORKDAY + timedelta(minutes=10)):
        run = running.migrate(admin(city), old.pk, new.pk, {})
    assert (run.state, run.result) == ("done", {"moved": 3, "stayed": 0, "stays": []})
    for case in cases:
        found = Case.objects.get(pk=int(case))
        record = CaseRecord.objects.get(case=found, action="migrate_process")
        assert (found.process_id, record.seq) == (new.pk, found.seq)
        assert json.loads(record.body)["inputs"] == {"from": "model_a 1", "to": "model_a 2"}
        assert not verification.verify_case(found.pk)
    assert item(cases[0], "dispatch").due_at == WORKDAY + timedelta(minutes=45)
    assert item(cases[2], "receive").opened_at == WORKDAY
    desk("dispatcher").done(cases[0], "dispatch", unit_id=str(desk("clerk").who.unit_id), opinion="请尽快修补")
    assert AuditRow.objects.get(action="process_migrated").values["cases"] == 3


def test_a_case_whose_state_is_gone_stays_unless_a_state_of_its_phase_is_named(city: City, desk: At) -> None:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    old = in_force(city)
    definition = changed(city)
    definition["moves"] = [row for row in definition["moves"] if "to_review" not in (row["from"], row["to"])]
    definition["moves"] += [{"action": "feedback", "from": "disposing", "to": "to_review", "duty": "dispose", "then": "review"},
                            {"action": "review", "from": "to_review", "to": "to_send_check", "duty": "review"}]  # fmt: skip
    new = publish(city, definition)
    target = rows.normal(new.definition)
    target["waits"] = [wait for wait in target["waits"] if wait["state"] != "to_review"]
    ProcessDefinition.objects.filter(pk=new.pk).update(definition=target)
    plan = migrating.plan(city.platform.pk, old.pk, new.pk, {})
    assert [(one.state, one.why) for one in plan.stays] == [("to_review", "state_missing")]
    with pytest.raises(Refusal, match="状态对应不对"):
        migrating.plan(city.platform.pk, old.pk, new.pk, {"to_review": "to_dispatch"})
    plan = migrating.plan(city.platform.pk, old.pk, new.pk, {"to_review": "to_send_check"})
    assert (plan.goes, plan.stays) == ((("to_review", "to_send_check", 1),), ())
    assert running.migrate(admin(city), old.pk, new.pk, {"to_review": "to_send_check"}).result["moved"] == 1  # type: ignore[index]
    assert item(case, "send_check").duty == "send_check"
    desk("seat_agent").done(case, "send_check")


def test_another_duty_hands_the_open_work_to_those_who_have_it(city: City, desk: At) -> None:
    case = paths.filed(desk, city)
    old = in_force(city)
    definition = changed(city, to_dispatch="approve")
    new = publish(city, definition)
    running.migrate(admin(city), old.pk, new.pk, {})
    assert item(case, "dispatch").duty == "approve"
    assert WorkItem.objects.filter(case_id=int(case), kind="dispatch").count() == 2


# --- simulation ---


def _month(city: City, desk: At) -> list[str]:
    """Cases of an afternoon: dispatched after 5, 20 and 40 minutes, one still waiting to be dispatched."""
    told = []
    for number, waited in enumerate((5, 20, 40, None)):
        begun = WORKDAY + timedelta(hours=number)
        with clock.travel(begun):
            told.append(paths.filed(desk, city))
        if waited is not None:
            with clock.travel(begun + timedelta(minutes=waited)):
                desk("dispatcher").done(told[-1], "dispatch", unit_id=str(desk("clerk").who.unit_id), opinion="")
    return told


def naive(city: City, kind: str, minutes: int, until: datetime) -> tuple[int, int, set[int | None]]:
    """Kept and judged stages of a kind, and open cases with another due instant, minute by minute on the wall clock."""
    kept = judged = 0
    touched: set[int | None] = set()
    for one in WorkItem.objects.filter(kind=kind, case__isnull=False).order_by("pk"):
        row = Clock.objects.get(item=one, kind="stage")
        calendar = clocks.timeline(city.platform.pk, row.calendar_code, city.platform.zone).first
        if one.closed_at is None:
            if due_after(calendar, one.opened_at, minutes) != one.due_at:
                touched.add(one.case_id)
            continue
        judged += 1
        kept += counted_minutes(calendar, one.opened_at, one.closed_at) <= minutes
    return kept, judged, touched


@pytest.mark.parametrize("minutes", [1, 5, 19, 20, 30, 60])
def test_a_simulated_limit_gives_the_figures_of_counting_every_minute(city: City, desk: At, minutes: int) -> None:
    _month(city, desk)
    now = WORKDAY + timedelta(hours=5)
    with clock.travel(now):
        simulator = Simulator(city.platform.pk, changed(city, to_dispatch=minutes))
        found = simulator.run()
        result = as_json(found, simulator)
    kept, judged, touched = naive(city, "dispatch", minutes, now)
    tally = found.stages["dispatch"]
    assert (tally.kept_after, tally.judged_after, found.affected) == (kept, judged, touched)
    assert (tally.kept_before, tally.judged_before) == (1, 3)
    unchanged = [one for stage, one in found.stages.items() if stage != "dispatch"]
    assert all((one.kept_before, one.judged_before) == (one.kept_after, one.judged_after) for one in unchanged)
    whole = found.whole
    before, after = (100 * part / all_ for part, all_ in ((whole.kept_before, whole.judged_before), (whole.kept_after, whole.judged_after)))
    assert result["sentence"] == f"在办影响1件，上月按期率{before:.1f}→{after:.1f}"


def test_a_simulated_disposal_limit_is_judged_by_the_units_clock(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
    with clock.travel(WORKDAY + timedelta(hours=3)):
        paths.fed_back(desk, case)
    with clock.travel(WORKDAY + timedelta(hours=4)):
        for hours, kept in ((1, 0), (4, 1)):
            simulator = Simulator(city.platform.pk, changed(city) | {"limit": {"value": hours, "unit": "urgent_hour"}})
            tally = simulator.run().stages["dispose"]
            assert (tally.kept_before, tally.kept_after, tally.judged_after) == (1, kept, 1)


def test_only_cases_that_would_follow_the_draft_are_counted(city: City, desk: At) -> None:
    _month(city, desk)
    with clock.travel(WORKDAY + timedelta(hours=5)):
        draft = changed(city, to_dispatch=1) | {"code": "hot", "name": "热线", "source": "hotline"}
        assert not Simulator(city.platform.pk, draft).run().stages
        variant(city, "roads", kind=city.category().kind, category_code=city.category().code)
        assert not Simulator(city.platform.pk, changed(city, to_dispatch=1)).run().stages


def test_a_passed_stage_is_no_longer_judged_and_its_open_cases_are_named(city: City, desk: At) -> None:
    case = paths.dispatched(desk, city)
    draft = steps.with_steps(changed(city), steps.read_steps("受理、立案、派遣、处置、审核、发核查、核查、结案")[0])
    found = Simulator(city.platform.pk, draft).run()
    assert found.affected == {int(case)}
    assert found.stages["receive"].judged_after == 0


def test_a_long_simulation_is_left_to_the_worker_and_its_row_tells_how_far(city: City, desk: At, monkeypatch: pytest.MonkeyPatch) -> None:
    _month(city, desk)
    asked: list[dict[str, Any]] = []
    monkeypatch.setattr(running, "STAGES_AT_ONCE", 2)
    monkeypatch.setattr(
        app, "configure_task", lambda name: type("Task", (), {"defer": staticmethod(lambda **how: asked.append(how))})
    )
    with clock.travel(WORKDAY + timedelta(hours=5)):
        draft = definitions.begin_draft(admin(city), in_force(city).pk)
        run = running.simulate(admin(city), draft)
        assert (run.state, asked) == ("waiting", [{"run_id": str(run.pk)}])
        running.perform(run.pk)
        running.perform(run.pk)  # a second worker finds nothing to do
    run.refresh_from_db()
    assert run.state == "done" and run.result is not None and run.result["sentence"].startswith("在办影响0件")
