"""监督员档案: a supervision user opens an inspector's file with its six tabs; others do not (HD-3.1.2f)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from tests.api import paths
from tests.support.browser import enter
from tests.support.city import WORKDAY, City
from tests.support.desk import Desk
from urbangrid.accounts.models import Device
from urbangrid.cases import inspector_figures
from urbangrid.cases.models import WorkItem
from urbangrid.core import clock
from urbangrid.courses import actions as courses
from urbangrid.organizations.models import Appointment, Shift, Turn

TABS = ("person", "cells", "turns", "equipment", "training", "assessment")


def text(answer: Any) -> str:
    return str(answer.content.decode())


def tab(browser: Client, city: City, name: str, **more: str) -> str:
    address = reverse("workbench:inspector", args=[city.acting("inspector").appointment_id])
    return text(browser.get(address, {"tab": name, **more}))


@pytest.mark.requirement("HD-3.1.2f")
def test_a_supervision_head_opens_a_file_with_six_tabs(city: City, desk: Callable[[str], Desk]) -> None:
    who = city.acting("inspector")
    with clock.travel(WORKDAY):
        Device.objects.create(
            platform=city.platform, user_id=who.user_id, unit_id=who.unit_id, number="样终01", model="样机", public_key=b"",
            fingerprint="a" * 64, state=Device.ADMITTED, asked_at=WORKDAY, admitted_at=WORKDAY, seen_at=WORKDAY,
        )  # fmt: skip
        shift = Shift.objects.create(platform=city.platform, letter="早", name="早班", begins_minute=480, lasts_minutes=480)
        for days, signed in ((-1, True), (1, False)):
            begins = WORKDAY.replace(hour=0, minute=0) + timedelta(days=days)
            Turn.objects.create(
                platform=city.platform, unit_id=who.unit_id, post_id=_post(who.appointment_id), shift=shift, day=begins.date(),
                appointment_id=who.appointment_id, begins_at=begins, ends_at=begins + timedelta(hours=8),
                signed_on_at=begins if signed else None, signed_off_at=begins + timedelta(hours=7, minutes=30) if signed else None,
            )  # fmt: skip
        course = courses.save(city.acting("head"), courses.CourseInputs("安全培训", "safety", date(2026, 11, 2), Decimal(2), required=True))
        courses.invite(city.acting("head"), course.pk, people=[who.appointment_id])
        paths.report(desk, city)
        head = enter(Client(), city, "head")
        first = tab(head, city, "")
        assert [f"?tab={name}" in first for name in TABS] == [True] * 6
        assert all(words in first for words in ("张小燕", "监督员", "西湖", "2025-01-02", "没有请假"))
        assert "柳荫社区" in tab(head, city, "cells") and tab(head, city, "cells").count("、") >= 2
        turns = tab(head, city, "turns")
        assert "排班 16.0 小时，签到签退 7.5 小时" in turns and "已签退" in turns and "2026-11-21" in turns
        equipment = tab(head, city, "equipment")
        assert "样终01" in equipment and "2026-11-20 09:40" in equipment
        training = tab(head, city, "training")
        assert "安全培训" in training and "未合格" in training and "待定" in training
        assessment = tab(head, city, "assessment", month="2026-11")
        assert "不评分" in assessment and "截至" in assessment and "有效" in assessment
        assert "2026-10-01 起，2026-11-01 前" in tab(head, city, "assessment", month="2026-10")


def _post(appointment_id: int) -> int:
    return Appointment.objects.get(pk=appointment_id).post_id


@pytest.mark.requirement("HD-3.1.2f")
def test_the_figures_of_a_month_are_those_of_the_record(city: City, desk: Callable[[str], Desk]) -> None:
    who = city.acting("inspector")
    with clock.travel(WORKDAY):
        paths.dispatched(desk, city)
        refused = paths.report(desk, city)
        seat = desk("seat_agent")
        answer = seat.post(f"/reports/{refused['report_id']}/refuse", {"reason": "below_condition"})
        waiting = paths.report(desk, city)
        item = WorkItem.objects.get(report_id=int(waiting["report_id"]))
        for minutes, on_time in ((10, True), (30, False), (20, None)):
            WorkItem.objects.create(
                platform=city.platform, kind="check", duty="check", appointment_id=who.appointment_id, closed_by_id=who.appointment_id,
                opened_at=WORKDAY - timedelta(minutes=minutes), closed_at=WORKDAY, on_time=on_time,
            )  # fmt: skip
    assert answer.status == 200, answer.body
    assert item.closed_at is None
    month = WORKDAY - timedelta(days=10), WORKDAY + timedelta(days=10)
    found = inspector_figures.figures(who.appointment_id, *month)
    assert (found.reports, found.valid, found.invalid, found.waiting, found.other) == (3, 1, 1, 1, 0)
    verify, check = found.tasks
    assert (check.done, check.on_time, check.late, check.unlimited, check.minutes) == (3, 1, 1, 1, 20)
    assert (verify.done, verify.minutes) == (0, None)
    before = inspector_figures.figures(who.appointment_id, month[0] - timedelta(days=30), month[0])
    assert (before.reports, before.tasks[1].done) == (0, 0)


def test_the_list_says_cells_terminals_and_what_training_is_lacking_and_goes_out_as_a_table(city: City) -> None:
    with clock.travel(WORKDAY):
        courses.save(city.acting("head"), courses.CourseInputs("安全培训", "safety", date(2026, 11, 2), Decimal(2), required=True))
        courses.save(city.acting("head"), courses.CourseInputs("明年的", "safety", date(2027, 1, 2), Decimal(2), required=True))
        head = enter(Client(), city, "head")
        page = text(head.get(reverse("workbench:inspectors")))
        assert all(name in page for name in ("张小燕", "陈默", "吴桐")) and "明年的" not in page
        found = text(head.get(reverse("workbench:inspectors"), {"typed": "陈默"}))
        assert "陈默" in found and "张小燕" not in found
        assert "没有找到" in text(head.get(reverse("workbench:inspectors"), {"typed": "没有这人"}))
        sheet = load_workbook(BytesIO(head.get(reverse("workbench:inspectors_file")).content)).worksheets[0]
        rows: dict[Any, Any] = {row[0]: row for row in sheet.iter_rows(min_row=2, values_only=True)}
        assert rows["张小燕"][3] > 0 and rows["陈默"][3:7] == (0, "是", 0, "安全培训")


def test_a_squad_leader_reads_her_own_squad_and_nobody_of_the_command_axis_any(city: City) -> None:
    own, far = (reverse("workbench:inspector", args=[city.acting(name).appointment_id]) for name in ("inspector", "far_inspector"))
    leader = enter(Client(), city, "squad_leader")
    assert leader.get(own).status_code == 200 and leader.get(far).status_code == 404
    page = text(leader.get(reverse("workbench:inspectors")))
    assert "张小燕" in page and "吴桐" not in page
    director = enter(Client(), city, "duty_director")
    assert director.get(far).status_code == 200 and reverse("workbench:inspectors") in text(director.get(reverse("workbench:duty")))
    command = enter(Client(), city, "command_director")
    assert command.get(own).status_code == 403 and reverse("workbench:inspectors") not in text(command.get(reverse("workbench:duty")))
    for name in ("seat_agent", "leader", "clerk", "inspector", "system_admin"):
        assert enter(Client(), city, name).get(own).status_code == 403, name
    clerk = reverse("workbench:inspector", args=[city.acting("clerk").appointment_id])
    assert enter(Client(), city, "head").get(clerk).status_code == 404, "no file of who is no inspector"
