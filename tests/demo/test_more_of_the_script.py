"""docs/demonstration.md, "More, if asked", played key by key in the made city: what the page promises is what the desks say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from lxml import html as pages  # type: ignore[import-untyped]

from tests.demo.test_town import forget
from tests.support.keyboard import Trainee
from urbangrid.cases import holding
from urbangrid.cases.models import Case, CaseReport, CaseRequest, Report, WorkItem
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.demo import accounts, day, town
from urbangrid.grids.models import Road, UnitGrid
from urbangrid.organizations import signin
from urbangrid.organizations.models import Appointment, Unit
from urbangrid.service_requests.models import RequestCase


@pytest.fixture
def today(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[day.Day]:
    """The made city at its smallest, nothing reported yet."""
    settings.DEMONSTRATION, settings.FILES_ROOT, settings.DATA = True, tmp_path / "files", tmp_path
    monkeypatch.setattr(signin, "demonstration", accounts.offered)
    forget()
    now = clock.now()
    yield day.begin(town.build(lambda _line: None, town.since(now), scale=0.04), now)
    forget()


def _open(case: Case, kind: str) -> int:
    return WorkItem.objects.get(case=case, kind=kind, closed_at=None).pk


def _point(today: day.Day) -> Any:
    """Where every call of this file comes from: within the first cell, in degrees."""
    return UnitGrid.objects.filter(platform=today.town.platform, valid_to=None).order_by("code")[0].geom.point_on_surface


def called(today: day.Day, name: str, problem: str = "") -> Report:
    """A call that 李敏 registers, at the same point each time."""
    platform = today.town.platform
    category = next(one for one in catalog.category_options(platform.pk) if one.name == name)
    conditions = catalog.conditions_of(category.id, platform.pk)
    condition = next(one for one in conditions if problem in one.problem)
    at = _point(today)
    seat = Trainee("limin")
    seat.go("/register/")
    seat.press("F2", phone="55500001111", text="实验小学东门", category_id=str(category.id), condition_id=str(condition.id),
               place_text="实验小学东门", longitude=f"{at.x:.6f}", latitude=f"{at.y:.6f}")  # fmt: skip
    assert "请告知来电人编号" in seat.toast
    return Report.objects.latest("pk")


def filed(today: day.Day, name: str, problem: str = "") -> Case:
    """On to 待派遣: verified on the spot and filed, as minutes 1:40 to 3:00 have it."""
    report, seat = called(today, name, problem), Trainee("limin")
    seat.go(f"/desk/?tab=accept&item={WorkItem.objects.get(report=report, kind='accept', closed_at=None).pk}")
    seat.press("F2")
    case = Case.objects.latest("pk")
    while (work := holding.open_work(case.pk)) is not None and work.kind != "dispatch":
        today.answer(case.pk, work, day.Story(), name, case.pk % 1000)
    return case


def _send_back(account: str, case: Case) -> None:
    clerk = Trainee(account)
    clerk.go(f"/desk/?tab=receive&item={_open(case, 'receive')}")
    clerk.press("F2")
    clerk.go(f"/desk/?tab=dispose&item={_open(case, 'dispose')}")
    clerk.open("ask-send_back")
    clerk.press("1")
    clerk.press("F2", note="不在本单位清单内")


def _agreed(account: str, case: Case, **typed: str) -> None:
    approver = Trainee(account)
    approver.go(f"/desk/?tab=decide&item={_open(case, 'decide')}")
    approver.press("F2", **typed)


def test_the_initials_of_the_page_find_what_it_says(today: day.Day) -> None:
    for who, list_of, typed, found in (
        ("limin", "categories", "dlps", "道路破损"), ("limin", "categories", "ysjg", "雨水井盖"),
        ("wangfang", "units", "yls", "园林绿化管理所"), ("yanwen", "units", "hds", "河道管理所"),
    ):  # fmt: skip
        answer = Trainee(who).client.get(reverse(f"workbench:{list_of}"), {"q": typed}).json()
        assert found in str(answer), typed


def test_a_second_caller_is_merged_by_one_key(today: day.Day) -> None:
    case, second, seat = filed(today, "雨水井盖", "缺失移位"), called(today, "雨水井盖", "缺失移位"), Trainee("limin")
    seat.go(f"/desk/?tab=accept&item={WorkItem.objects.get(report=second, kind='accept', closed_at=None).pk}")
    seat.press("F7")
    assert "已并入" in seat.toast
    second.refresh_from_db()
    assert second.state == "linked" and Case.objects.get() == case
    assert CaseReport.objects.get(report=second).case == case


def test_a_company_fences_a_missing_cover_before_it_repairs_and_sees_neither_caller_nor_place(today: day.Day) -> None:
    case, dispatcher = filed(today, "雨水井盖", "缺失移位"), Trainee("wangfang")
    dispatcher.go("/desk/")
    dispatcher.press("F2")
    assert "已派遣" in dispatcher.toast
    company = Trainee("c02")
    company.go("/company/")
    waiting = company.page.xpath("//a[contains(@href, '/company/t/')]/@href")
    company.go(waiting[0])
    drawn, point = pages.tostring(company.page, encoding="unicode"), _point(today)
    assert "55500001111" not in drawn and f"{point.x:.3f}" not in drawn and f"{point.y:.3f}" not in drawn
    company.press("F2")
    assert "签收已送出" in company.toast and "先期围护时限" in company.text
    _answered(today, company, case, "feedback", "盖板已换")
    assert "先期围护还没有反馈" in company.text and Case.objects.get(pk=case.pk).state == "disposing", "the fence first"
    _answered(today, company, case, "fence", "已围挡并设警示标志")
    _answered(today, company, case, "feedback", "盖板已换")
    assert Case.objects.get(pk=case.pk).state == "to_review"


def _answered(today: day.Day, company: Trainee, case: Case, action: str, text: str) -> None:
    """The form of the task's page with that act, with a photo."""
    company.go("/company/")
    company.go(company.page.xpath("//a[contains(@href, '/company/t/')]/@href")[0])
    form = company.page.xpath("//form[contains(@action, $act)]", act=f"/act/{action}/")[0]
    clerk = today.acting(Appointment.objects.get(user__username="c02").pk)
    photo = today.photo(clerk, "雨水井盖", "after" if action == "feedback" else "fence", case.pk % 1000)
    answer = company.client.post(form.get("action"), dict(form.form_values()) | {"text": text, "files": photo}, follow=True)
    company.page = pages.fromstring(answer.content.decode())


def test_of_two_red_lights_one_adds_up_and_the_other_is_taken_out_of_the_appraisal(today: day.Day) -> None:
    for number in (1, 2):
        story = day.Story(until="dispose", category=next(one.id for one in today.classes_of(today.town.units["D01"].pk)))
        today.play(number, story, clock.now() - timedelta(days=30), public=False)
    just, other = Case.objects.order_by("pk")
    clerk = Trainee("d01")
    clerk.go(f"/desk/?tab=dispose&item={_open(just, 'dispose')}")
    counted, total = _sum(clerk)
    assert 0 <= total - counted <= 1, "each stretch is shown in whole minutes"
    assert total > 5 * 8 * 60, "more than five working days"
    clerk.go(f"/desk/?tab=dispose&item={_open(other, 'dispose')}")
    clerk.open("ask-appeal")
    clerk.press("1")
    clerk.press("F2", note="停水抢修占道，公安要求缓开工", subject="lateness")
    assert "已申诉" in clerk.toast
    _agreed("qiaolan", other, excluded="on", note="属实")
    clerk.go(f"/desk/?tab=dispose&item={_open(other, 'dispose')}")
    asked = CaseRequest.objects.get(case=other, kind="appeal")
    assert asked.state == "granted" and asked.outcome["excluded"] and "申诉已同意" in clerk.text


def _sum(clerk: Trainee) -> tuple[int, int]:
    """Minutes of the stretches under 为什么算超时 and those of the last line 合计."""
    block = clerk.page.xpath("//h2[contains(., '为什么算超时')]/following-sibling::table[1]")[0]
    found = [re.fullmatch(r"(?:(\d+)时)?(\d+)分", cell.text_content().strip()) for cell in block.xpath(".//td[last()]")]
    minutes = [int(one[1] or 0) * 60 + int(one[2]) for one in found if one]
    return sum(minutes[:-1]), minutes[-1]


def test_a_road_that_two_units_sent_back_is_settled_and_the_next_one_there_goes_by_the_precedent(today: day.Day) -> None:
    case, desk = filed(today, "道路破损"), Trainee("wangfang")
    desk.go(f"/desk/?tab=dispatch&item={_open(case, 'dispatch')}")
    desk.press("F2")
    _send_back("d01", case)
    _agreed("wangfang", case)
    gardens = Unit.objects.get(platform=today.town.platform, short_name="园林所")
    desk.go(f"/desk/?tab=dispatch&item={_open(case, 'dispatch')}")
    assert "曾派单位" in desk.text and "没有建议：请在右边选单位" in desk.text
    assert "urgent_near" in desk.page.xpath("//select[@name='reason']/option/@value"), "what the page offers is taken"
    desk.press("F2", unit_id=str(gardens.pk), reason="urgent_near")
    _send_back("d02", case)
    _agreed("fengbo", case)
    desk.go(f"/desk/?tab=dispatch&item={_open(case, 'dispatch')}")
    assert "已有两家回退，须先提请权属会商" in desk.text
    blind = desk.page.xpath("//form[contains(@action, '/act/dispatch/')]")[0]
    third = str(Unit.objects.get(platform=today.town.platform, code="D03").pk)
    answer = desk.client.post(blind.get("action"), dict(blind.form_values()) | {"unit_id": third, "reason": "urgent_near"})
    assert answer.status_code == 409 and "不能再试派" in answer.content.decode()
    desk.press("F4")
    desk.press("1")
    desk.press("F2", note="两家都说不归自己")
    unit = Unit.objects.get(platform=today.town.platform, code="D09")
    _agreed("yanwen", case, unit_id=str(unit.pk), basis="城市道路移交清单", designated="on")
    desk.go(f"/desk/?tab=dispatch&item={_open(case, 'dispatch')}")
    assert "权属会商已定" in desk.text
    desk.press("F2")
    assert "已派遣" in desk.toast
    clerk = Trainee("d09")
    clerk.go(f"/desk/?tab=receive&item={_open(case, 'receive')}")
    clerk.press("F2")
    clerk.go(f"/desk/?tab=dispose&item={_open(case, 'dispose')}")
    assert not clerk.page.xpath("//*[@id='ask-send_back']"), "nothing to type into for what would be refused"
    assert "指定处置，不能回退" in clerk.text
    later = filed(today, "道路破损")
    desk.go(f"/desk/?tab=dispatch&item={_open(later, 'dispatch')}")
    case.refresh_from_db()
    assert re.search(f"1 河道管理所.*权属会商 ?{case.number} 已定：城市道路移交清单", desk.text)


def test_calls_of_a_storm_become_one_case_per_road(today: day.Day) -> None:
    director, seat = Trainee("chenliguo"), Trainee("limin")
    director.go("/plans/new/")
    director.press("F2", name="暴雨", kind="storm", by_road="on")
    assert "按路合并" in director.text
    director.press("F2", why="气象台发布暴雨橙色预警")
    assert "已启动" in director.toast
    roads = list(Road.objects.filter(platform=today.town.platform).order_by("pk").values_list("name", flat=True)[:6])
    seat.go("/register/batch/")
    seat.press("F2", calls="\n".join(f"5550{n:07d}，{roads[n % 6]}{n}号，门前积水没过膝盖" for n in range(40)))
    assert "6 条路各建一件" in seat.text and not Case.objects.exists()
    seat.press("F2")
    assert Case.objects.count() == 6 and RequestCase.objects.count() == 40 and "7 个来电建成一件" in seat.text
