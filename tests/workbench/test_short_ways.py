"""Pages of cases that have to do with each other, and of the short ways: keys, fields, lists, and what they lead to."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.api import paths
from tests.api.paths import At
from tests.support.browser import enter
from tests.support.city import INSIDE, City, photo
from urbangrid.cases.models import Case, CaseReport, ClosingAuthorisation, SelfDisposal, WorkItem
from urbangrid.catalog import actions as catalog


def _html(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.status_code)
    return answer.content.decode()


def _item(**wanted: object) -> WorkItem:
    return WorkItem.objects.get(closed_at=None, **wanted)


def test_the_seat_joins_a_report_to_the_near_case_by_one_key(desk: At, city: City) -> None:
    case, report = paths.filed(desk, city), paths.report(desk, city)
    seat = enter(Client(), city, "seat_agent")
    item = _item(report_id=report["report_id"])
    shown = _html(seat, f"{reverse('workbench:desk')}?tab=accept&item={item.pk}")
    address = reverse("workbench:join", args=[report["report_id"], case])
    assert address in shown and 'data-key="F7"' in shown
    assert seat.post(address, {"key": "k1", "tab": "accept", "item": item.pk}).status_code == 302
    assert CaseReport.objects.get(report_id=report["report_id"]).case_id == int(case)
    again = seat.post(address, {"key": "k2", "tab": "accept", "item": item.pk})
    assert again.status_code == 409 and "并入" in again.content.decode()


def test_a_merged_cases_page_leads_to_the_main_one_and_a_refused_merger_keeps_what_was_typed(desk: At, city: City) -> None:
    main, case = paths.filed(desk, city), paths.filed(desk, city)
    director = enter(Client(), city, "duty_director")
    address, page = reverse("workbench:act", args=[case, "merge"]), reverse("workbench:case", args=[case])
    seq = Case.objects.get(pk=case).seq
    stale = director.post(address, {"seq": seq - 1, "from": "case", "main": main, "reason": "same_matter", "note": "同一个坑，我核过"})
    assert stale.status_code == 409 and "同一个坑，我核过" in stale.content.decode()
    assert "同一个坑，我核过" in _html(director, page)  # a draft, kept
    done = director.post(address, {"seq": seq, "from": "case", "main": Case.objects.get(pk=main).number, "reason": "same_matter"})
    assert done.status_code == 302
    shown = _html(director, page)
    assert "本案已并入" in shown and reverse("workbench:case", args=[main]) in shown and 'data-open="move-unmerge"' in shown
    assert reverse("workbench:case", args=[case]) in _html(director, reverse("workbench:case", args=[main]))


def test_the_unit_sees_two_lights_and_feeds_the_fence_back_before_the_repair(desk: At, city: City) -> None:
    cover: dict[str, Any] = {"category_id": str(city.category("上水井盖").id), "condition_id": str(city.condition("上水井盖"))}
    case = paths.accept(desk, paths.report(desk, city, **cover)["report_id"], "file")
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id))
    desk("clerk").done(case, "receive")
    clerk, home = enter(Client(), city, "clerk"), reverse("workbench:desk")
    fence, work = _item(case_id=case, kind="fence"), _item(case_id=case, kind="dispose")
    shown = _html(clerk, f"{home}?tab=dispose&item={work.pk}")
    assert shown.count("围护") >= 3 and f"tab=fence&amp;item={fence.pk}" in shown
    shown = _html(clerk, f"{home}?tab=fence&item={fence.pk}")
    assert reverse("workbench:act", args=[case, "fence"]) in shown and "先期围护时限" in shown
    seq = Case.objects.get(pk=case).seq
    form = {"seq": seq, "tab": "fence", "item": fence.pk, "text": "已拉警戒线"}
    bare = clerk.post(reverse("workbench:act", args=[case, "fence"]), form)
    assert bare.status_code == 422 and "已拉警戒线" in bare.content.decode()
    sent = clerk.post(reverse("workbench:act", args=[case, "fence"]), form | {"files": photo(city.acting("clerk"), "orange")})
    assert sent.status_code == 302
    assert "先期围护" in _html(clerk, reverse("workbench:case", args=[case]))


def test_an_inspector_sends_a_self_disposal_from_the_phone_and_the_seat_judges_it(city: City) -> None:
    phone, address = enter(Client(), city, "inspector"), reverse("collection:self")
    assert "还没有可以自处置的类别" in _html(phone, address)
    with transaction.atomic():
        catalog.set_rule(city.platform, city.category().id, self_disposal=True, close_informed=False)
    assert "道路破损" in _html(phone, address) and "上水井盖" not in _html(phone, address)
    form = {"client_id": "p-1", "category_id": city.category().id, "place_text": "大柳树路", "longitude": INSIDE[0], "latitude": INSIDE[1]}
    before = photo(city.acting("inspector"), "navy")
    missing = phone.post(address, form | {"before": before, "description": "一块石头"})
    assert missing.status_code == 422 and "一块石头" in missing.content.decode() and "处置后照片" in missing.content.decode()
    assert phone.post(address, form | {"before": before, "after": photo(city.acting("inspector"), "teal")}).status_code == 302
    row = SelfDisposal.objects.get()
    seat = enter(Client(), city, "seat_agent")
    assert row.number in _html(seat, reverse("workbench:self_disposals"))
    bad = seat.post(reverse("workbench:self_judge", args=[row.pk]), {"reason": "other"})
    assert bad.status_code == 422
    seat.post(reverse("workbench:self_judge", args=[row.pk]), {"reason": "photos", "note": "看不清"})
    assert "照片不符或重复" in _html(phone, address) and "作废" in _html(phone, address)


def test_the_head_authorises_and_takes_back_and_marks_categories_and_nobody_else_may(city: City) -> None:
    head, address = enter(Client(), city, "head"), reverse("workbench:authorisations")
    assert "还没有授权" in _html(head, address)
    form = {"holder": f"person:{city.acting('dispatcher').appointment_id}", "valid_from": "2026-11-20", "reason": "夜间代办"}
    wrong = head.post(address, form | {"valid_until": "2026-11-01"})
    assert wrong.status_code == 422 and "夜间代办" in wrong.content.decode()
    assert head.post(address, form | {"valid_until": "2026-12-01"}).status_code == 302
    row = ClosingAuthorisation.objects.get()
    assert "王芳" in _html(head, address)
    head.post(reverse("workbench:end_authorisation", args=[row.pk]))
    row.refresh_from_db()
    assert row.ended_at is not None and "已收回" in _html(head, address)
    rule = {"category_id": city.category().id, "close_informed": "on"}
    assert head.post(reverse("workbench:category_rule"), rule).status_code == 302
    assert "可告知结案" in _html(head, address)
    assert enter(Client(), city, "seat_agent").get(address).status_code == 403


def test_repeats_are_marked_at_the_desk_counted_on_the_board_and_found_by_search(desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case)
    desk("seat_agent").done(case, "close")
    report = paths.report(desk, city)
    seat = enter(Client(), city, "seat_agent")
    item = _item(report_id=report["report_id"])
    shown = _html(seat, f"{reverse('workbench:desk')}?tab=accept&item={item.pk}")
    assert "刚结案，属反复" in shown and 'name="repeat_of"' in shown
    number = Case.objects.get(pk=case).number
    assert f"还是那一件：申请恢复办理 {number}" in shown and f'href="/case/{case}/?ask=reopen"' in shown
    assert 'id="ask-reopen" open data-opened' in _html(seat, f"/case/{case}/?ask=reopen")
    assert 'id="ask-reopen" open' not in _html(seat, f"/case/{case}/")
    again = paths.accept(desk, report["report_id"], "file")
    board = _html(enter(Client(), city, "duty_director"), reverse("workbench:board"))
    assert 'what=today_repeats"><b>1</b>' in board
    found = _html(seat, f"{reverse('workbench:search')}?repeat=1")
    assert str(Case.objects.get(pk=again).number) in found and str(Case.objects.get(pk=case).number) not in found
