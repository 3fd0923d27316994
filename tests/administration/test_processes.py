"""The system administrator changes how cases are dealt with: edits, checks, simulates, publishes, takes back (desks.md A3)."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import QueryDict
from django.urls import reverse

from tests.api import paths
from tests.api.paths import At
from tests.cases.test_process_table import book, line
from tests.support.city import WORKDAY, City
from tests.support.screen import Screen
from urbangrid.administration import process_editor
from urbangrid.audit.models import AuditRow
from urbangrid.cases import processes
from urbangrid.cases.definitions import rows
from urbangrid.cases.models import Case, ProcessDefinition, ProcessDraft, ProcessRun
from urbangrid.core import clock

FIELD = re.compile(r'<(?:input|select|textarea)[^>]*\bname="([^"]+)"')


def desk_page(city: City, case: str) -> str:
    """The case as the duty director sees it."""
    return Screen("duty_director").get(f"/case/{case}/?all=1")


@pytest.fixture
def admin(screen: type[Screen]) -> Screen:
    return screen("system_admin")


def _url(name: str, *args: object) -> str:
    return reverse(f"administration:{name}", args=args)


def _current(city: City) -> ProcessDefinition:
    found = processes.current_version(city.platform.pk, "model_a")
    assert found is not None
    return found


def _begin(admin: Screen, city: City) -> ProcessDraft:
    admin.post(_url("begin_draft", _current(city).pk))
    return ProcessDraft.objects.latest("pk")


def _part(html: str, anchor: str) -> str:
    part = html[html.index(f'id="{anchor}"') :]
    return part[: part.index("</form>")]


def _anchors(html: str) -> list[str]:
    """The forms of the sections: ``waits``, ``moves`` of the first stage, ``moves-1`` of the second."""
    return re.findall(r'<section class="panel" id="([a-z_]+(?:-\d+)?)"', html)


def _form_with(html: str, section: str, key: str) -> dict[str, Any]:
    """The form of a section that carries a row."""
    return next(form for one in _anchors(html) if one.split("-")[0] == section and key in (form := _form(html, one)).values())


def _form(html: str, anchor: str) -> dict[str, Any]:
    """What a browser would send of a section's form, from its first field to its last."""
    found: dict[str, Any] = {}
    for field in re.findall(r"<input[^>]*>", _part(html, anchor)):
        name = re.search(r'\bname="([^"]+)"', field)
        if name is None or ('type="checkbox"' in field and " checked" not in field):
            continue
        typed = re.search(r'\bvalue="([^"]*)"', field)
        found[name[1]] = typed[1].replace("&quot;", '"') if typed else ("on" if 'type="checkbox"' in field else "")
    return found


def _set(form: dict[str, Any], section: str, key: str, column: str, value: str) -> dict[str, Any]:
    number = next(name.split("-")[1] for name, typed in form.items() if name.startswith(f"{section}-") and typed == key)
    return form | {f"{section}-{number}-{column}": value}


def test_a_limit_is_changed_simulated_published_and_taken_back_on_the_pages(admin: Screen, city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        waiting = paths.filed(desk, city)
        told = paths.filed(desk, city)
    with clock.travel(WORKDAY + timedelta(minutes=12)):
        desk("dispatcher").done(told, "dispatch", unit_id=str(desk("clerk").who.unit_id), opinion="")
    with clock.travel(WORKDAY + timedelta(minutes=14)):
        draft = _begin(admin, city)
        form = _form(admin.html, "waits")
        page = admin.post(_url("process_draft", draft.pk), _set(form, "waits", "to_dispatch", "limit_minutes", "10"))
        assert "草稿已保存" in admin.toast
        assert "待办与时限 待派遣 时限（分钟） 15分 10分" in page

        page = admin.post(_url("simulate_draft", draft.pk))
        assert re.search(r"在办影响1件，上月按期率100\.0→\d+\.\d", page)
        assert "待派遣 1 / 1 100.0 0 / 1 0.0 1" in page
        run = ProcessRun.objects.get()
        number = Case.objects.get(pk=int(told)).number
        listed = admin.get(_url("process_run", run.pk) + "?stage=dispatch")
        assert f"{number} 待派遣" in listed and "按时 超时" in listed
        assert f'href="/case/{told}/"' not in admin.html  # she has no right to read cases

        draft.refresh_from_db()
        page = admin.post(_url("publish_draft", draft.pk), {"seq": draft.seq})
        assert "第 2 版已发布" in admin.toast
        new = paths.filed(desk, city)
        assert Case.objects.get(pk=int(new)).process_id == _current(city).pk

        first = ProcessDefinition.objects.get(version=1)
        page = admin.get(_url("compare_processes") + f"?old={first.pk}&new={_current(city).pk}")
        assert "1 处不同" in page and "15分 10分" in page
        admin.post(_url("take_back_process", _current(city).pk))
        assert "现行的是第 1 版" in admin.toast
        run_url = _url("process_run", run.pk)
        assert "已发布的版本" in admin.get(run_url) and "在办影响1件" in admin.get(run_url)  # what it was published upon stays readable
        published = ProcessDefinition.objects.get(version=2)
        admin.get(_url("process", published.pk))
        assert f'href="{run_url}"' in admin.html
    assert _current(city).pk == first.pk
    assert Case.objects.get(pk=int(waiting)).process_id == first.pk


def test_every_section_of_the_form_read_back_unchanged_gives_the_same_definition(admin: Screen, city: City) -> None:
    draft = _begin(admin, city)
    html = admin.html
    sections = _anchors(html)
    assert {"waits", "moves", "moves-1", "stages", "settings", "verify_before_filing", "requests"} <= set(sections)
    for section in sections:
        draft.refresh_from_db()
        form = _form(html, section) | {"seq": draft.seq}
        assert len(FIELD.findall(_part(html, section))) < 450, section  # the platform refuses forms of more than 500 fields
        admin.post(_url("process_draft", draft.pk), form)
    draft.refresh_from_db()
    assert draft.definition == rows.normal(_current(city).definition)


def test_a_section_of_a_later_release_is_shown_and_kept(admin: Screen, city: City) -> None:
    draft = _begin(admin, city)
    draft.definition["tides"] = [{"code": "ebb", "height": 3, "moons": ["new", "full"], "deep": {"a": 1}}]
    draft.save()
    admin.get(_url("process_draft", draft.pk))
    form = _form(admin.html, "tides") | {"seq": 0}
    admin.post(_url("process_draft", draft.pk), _set(form, "tides", "ebb", "height", "4"))
    draft.refresh_from_db()
    assert draft.definition["tides"] == [{"code": "ebb", "height": 4, "moons": ["new", "full"], "deep": {"a": 1}}]


def test_faults_stand_at_their_rows_and_a_faulty_draft_is_neither_simulated_nor_published(admin: Screen, city: City) -> None:
    draft = _begin(admin, city)
    form = _form(admin.html, "waits")
    form = _set(form, "waits", "to_dispatch", "limit_minutes", "soon")
    form = _set(form, "waits", "to_sign", "duty", "moonwalk")
    page = admin.post(_url("process_draft", draft.pk), form)
    assert "有 2 处不通，不能发布" in page
    assert "“待派遣”：“soon”：时限须是正整数" in page
    assert "“待签发”：“moonwalk”：没有岗位有这项职责" in page
    draft.refresh_from_db()
    assert "还有错误，不能模拟" in admin.post(_url("simulate_draft", draft.pk), status=422)
    assert "没有发布" in admin.post(_url("publish_draft", draft.pk), {"seq": draft.seq}, status=422)
    assert not ProcessRun.objects.exists()
    assert ProcessDefinition.objects.count() == 1


def test_neither_a_calendar_of_mars_nor_a_process_that_dispatches_nothing_is_published(admin: Screen, city: City) -> None:
    draft = _begin(admin, city)
    form = _set(_form(admin.html, "waits"), "waits", "to_dispatch", "calendar", "火星历")
    page = admin.post(_url("process_draft", draft.pk), _set(form, "waits", "reported", "holder", ""))
    assert "“待派遣”：“火星历”：“日历”一列写的不是本平台的工作日历" in page
    assert "“待受理”：空着：归谁办理" in page and "None" not in page
    draft.delete()
    draft = _begin(admin, city)
    form = _form_with(admin.html, "moves", "dispatch|to_dispatch|to_receive")
    page = admin.post(_url("process_draft", draft.pk), _set(form, "moves", "dispatch|to_dispatch|to_receive", "drop", "on"))
    assert "缺步骤“派遣”自“待派遣”到“待签收”" in page
    admin.post(_url("publish_draft", draft.pk), {"seq": 1}, status=422)
    assert ProcessDefinition.objects.count() == 1


def test_rows_are_added_and_left_out(admin: Screen, city: City) -> None:
    draft = _begin(admin, city)
    before = rows.normal(draft.definition)["moves"]
    form = _form_with(admin.html, "moves", "sign|to_sign|filed")
    for key in ("sign|to_sign|filed", "return_unsigned|to_sign|to_file"):
        form = _set(form, "moves", key, "drop", "on")
    fresh = f"moves-{int(form['moves-count']) - 1}"
    form |= {f"{fresh}-action": "转天上 teleport", f"{fresh}-from": "待派遣 to_dispatch", f"{fresh}-duty": "派遣 dispatch"}
    page = admin.post(_url("process_draft", draft.pk), form)
    assert "teleport”自“待派遣”：本版程序没有这个步骤" in page
    assert "状态“待签发”走不到结案" in page
    draft.refresh_from_db()
    kept = {(row["action"], row["from"]) for row in draft.definition["moves"]}
    assert ("teleport", "to_dispatch") in kept and ("sign", "to_sign") not in kept
    assert len(draft.definition["moves"]) == len(before) - 2 + 1  # the steps of the other stages stay


def test_steps_are_edited_a_stage_at_a_time_and_a_long_section_in_parts(admin: Screen, city: City) -> None:
    draft = _begin(admin, city)
    draft.definition["tides"] = [{"code": f"t{number}", "height": number} for number in range(310)]
    draft.save()
    page = admin.get(_url("process_draft", draft.pk))
    assert "步骤 · 任务派遣" in page and "保存“步骤 · 核查结案”" in page
    parts = [one for one in _anchors(admin.html) if one.split("-")[0] == "tides"]
    assert len(parts) > 3 and all(len(FIELD.findall(_part(admin.html, one))) < 450 for one in parts)
    form = _form_with(admin.html, "tides", "t200")
    admin.post(_url("process_draft", draft.pk), _set(form, "tides", "t200", "height", "7"))
    draft.refresh_from_db()
    expected = [{"code": f"t{number}", "height": number} for number in range(310)]
    expected[200]["height"] = 7
    assert draft.definition["tides"] == expected


def test_what_another_administrator_saved_is_not_overwritten(admin: Screen, city: City) -> None:
    draft = _begin(admin, city)
    form = _form(admin.html, "waits")
    admin.post(_url("process_draft", draft.pk), _set(form, "waits", "to_dispatch", "limit_minutes", "20"))
    page = admin.post(_url("process_draft", draft.pk), _set(form, "waits", "to_dispatch", "limit_minutes", "30"), status=409)
    assert "别人在" in page
    draft.refresh_from_db()
    assert next(row for row in draft.definition["waits"] if row["state"] == "to_dispatch")["limit_minutes"] == 20


@pytest.mark.parametrize(
    ("typed", "said"), [("gestern", "生效时刻请按"), ("2020-01-01T08:00", "生效时刻已过"), ("9999-99-99T99:99", "生效时刻请按")]
)
def test_an_instant_that_is_none_or_over_is_refused_at_its_field(admin: Screen, city: City, typed: str, said: str) -> None:
    draft = _begin(admin, city)
    page = admin.post(_url("publish_draft", draft.pk), {"seq": 0, "effective_from": typed}, status=422)
    assert said in page and 'id="effective_from-fault"' in admin.html


def test_a_variant_for_a_class_is_drafted_from_a_version_and_published_as_an_override(admin: Screen, city: City) -> None:
    head = {"variant": "1", "code": "potholes", "name": "道路破损", "kind": "", "category_code": ""}
    admin.post(_url("begin_draft", _current(city).pk), head)
    draft = ProcessDraft.objects.get()
    category = city.category()
    form = {"seq": 0, "name": "道路破损", "kind": category.kind, "category_code": category.code, "limit_value": "6"}
    form |= {"limit_unit": "work_hour", "standard": "铺平压实", "source": "", "major_code": ""}
    admin.post(_url("process_draft", draft.pk), form)
    admin.post(_url("publish_draft", draft.pk), {"seq": 1})
    made = ProcessDefinition.objects.get(code="potholes")
    assert made.base_id == _current(city).pk
    assert made.override is not None and set(made.override) == {"limit", "standard"}
    assert dict(made.override["limit"], put=sorted(made.override["limit"]["put"])) == {
        "put": [[["unit"], "work_hour"], [["value"], 6]], "without": [], "table": True,
    }  # fmt: skip
    assert processes.current_for(city.platform.pk, "inspector", category.kind, category) == made


def test_files_go_out_on_record_and_come_back_as_a_draft(admin: Screen, city: City) -> None:
    first = _current(city)
    answer = admin.client.get(_url("process_json", first.pk))
    assert answer["Content-Disposition"] == 'attachment; filename="model_a-1.json"'
    page = admin.post(_url("import_process"), {"file": SimpleUploadedFile("p.json", answer.content)})
    assert "检查通过" in page
    answer = admin.client.get(_url("process_bpmn", first.pk))
    assert answer.content.startswith(b"<?xml") and "派遣".encode() in answer.content
    assert "文件读不懂" in admin.post(_url("import_process"), {"file": SimpleUploadedFile("p.json", b"{")}, status=422)
    assert AuditRow.objects.filter(action="export_process").count() == 2


def test_running_cases_are_moved_after_a_dry_run(admin: Screen, city: City, desk: At) -> None:
    case = paths.filed(desk, city)
    old = _current(city)
    definition = rows.normal(old.definition)
    next(row for row in definition["waits"] if row["state"] == "to_dispatch")["limit_minutes"] = 45
    new = processes.publish(city.platform, definition, {duty for one in city.cast.values() for duty in one.duties})
    page = admin.get(_url("migrate_process", new.pk) + f"?source={old.pk}")
    assert "1 件可改，0 件不能" in page and "待派遣 待派遣 1" in page
    assert Case.objects.get(pk=int(case)).process_id == old.pk
    page = admin.post(_url("migrate_process", new.pk), {"source": old.pk, "confirmed": "1"})
    assert "1 件已改用新流程，0 件没有动" in page
    assert "改用新流程" in desk_page(city, case)
    assert Case.objects.get(pk=int(case)).process_id == new.pk


def test_the_table_of_classes_is_imported_and_its_faults_are_listed(admin: Screen, city: City) -> None:
    assert "还没有类别自己的流程" in admin.get(_url("process_table"))
    bad = SimpleUploadedFile("t.xlsx", book(line(city, 步骤="受理、结案")))
    assert "工作表“办理流程”第 2 行“步骤”列" in admin.post(_url("process_table"), {"file": bad}, status=422)
    good = SimpleUploadedFile("t.xlsx", book(line(city)))
    page = admin.post(_url("process_table"), {"file": good})
    assert "新增 1" in page and "园林所 受理、立案、派遣、处置、核查、结案" in page
    answer = admin.client.get(_url("process_table_file"))
    assert io.BytesIO(answer.content).read(2) == b"PK"


def test_versions_drafts_and_runs_of_another_platform_do_not_exist_here(admin: Screen, city: City) -> None:
    for name in ("process", "process_json", "process_bpmn", "migrate_process", "process_draft", "process_run"):
        assert admin.client.get(_url(name, 12345)).status_code == 404, name
    for name in ("begin_draft", "take_back_process", "discard_draft", "simulate_draft", "publish_draft"):
        assert admin.client.post(_url(name, 12345)).status_code == 404, name


def test_a_form_of_nonsense_is_kept_as_a_faulty_draft_and_breaks_nothing() -> None:
    before: dict[str, Any] = {"code": "x", "name": "x", "moves": [], "waits": [], "settings": {"a": 1}}
    posted = QueryDict(mutable=True)
    posted.update({"moves-count": "99999999999", "settings-count": "2", "settings-0-key": "a", "settings-0-value": "[NaN",
                   "waits-count": "1", "waits-0-limit_minutes": "٣", "waits-0-more": '{"x": "\\u0000"}'})  # fmt: skip
    assert process_editor.read(posted, before) == {
        "code": "x", "name": "x", "moves": [], "waits": [{"limit_minutes": "٣"}], "settings": {"a": "[NaN"},
    }  # fmt: skip
