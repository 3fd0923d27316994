"""派遣 to a department on the government's own network: received at the workplace, the receipt's time kept, answered (CY-23a, JJ-5.2.4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.api import paths
from tests.api.paths import At
from tests.support.city import WORKDAY, City, photo
from tests.support.screen import Screen
from urbangrid.cases.models import Case, CaseRecord, WorkItem
from urbangrid.core import clock


@pytest.mark.requirement("CY-23a")
@pytest.mark.requirement("JJ-5.2.4")
def test_a_department_receives_at_its_workplace_confirms_and_answers_and_the_receipt_has_its_time(
    desk: At, city: City, screen: type[Screen]
) -> None:  # fmt: skip
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        row = Case.objects.get(pk=case)
        clerk = screen("clerk")
        assert "待签收 1" in clerk.get("/desk/") and str(row.number) in clerk.text and "请尽快修补" in clerk.text
    received = WORKDAY + timedelta(minutes=25)
    with clock.travel(received):
        clerk.post(f"/case/{case}/act/receive/", {"seq": row.seq, "tab": "receive"})
        assert "已签收" in clerk.toast
    item = WorkItem.objects.get(case_id=case, kind="receive")
    record = CaseRecord.objects.get(case_id=case, action="receive")
    assert item.closed_at == record.at == received and item.on_time is True and item.closed_by_id == city.acting("clerk").appointment_id
    with clock.travel(received + timedelta(hours=2)):
        told = desk("dispatcher").get(f"/cases/{case}").body["story"]
        assert [line["word"] for line in told][-2:] == ["派遣", "签收"] and told[-1]["actor"] == "何建"
        form = {"text": "已热补两平方米", "handled_by": "何建", "handled_at": "2026-11-20T12:00"}
        form["files"] = str(photo(city.acting("clerk"), "black"))
        clerk.post(f"/case/{case}/act/feedback/", {"seq": Case.objects.get(pk=case).seq, "tab": "dispose", **form})
        assert "已反馈" in clerk.toast
        waits = desk("dispatcher").get("/queues/review").body
    assert [one["case_id"] for one in waits] == [case] and Case.objects.get(pk=case).state == "to_review"
