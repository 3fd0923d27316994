"""Sources and lines as data: what a source demands decides how its matters go; tables go out and come in (HD-3.1.2e, HD-2.3.6a)."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import load_workbook

from tests.api import paths
from tests.api.paths import At
from tests.service_requests.delivery import deliver
from tests.service_requests.test_life_of_a_request import act, row
from tests.support.city import City
from urbangrid.cases.actions import claiming
from urbangrid.catalog import handbook, queries, source_tables, sources
from urbangrid.catalog.models import Line, Source
from urbangrid.catalog.spreadsheets import write_book
from urbangrid.service_requests import phrases
from urbangrid.service_requests.models import Phrase

SEVEN = ("hotline", "mayor_hotline", "radio", "admin_complaint", "conduct", "mailbox", "city")
SCREEN = Any


def uploaded(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("表.xlsx", content)


def changed(table: bytes, **cells: str) -> bytes:
    """The exported table with other values: ``B3="热线一"``."""
    book = load_workbook(BytesIO(table))
    for place, value in cells.items():
        book.active[place] = value  # type: ignore[index]
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def test_the_shipped_sources_hold_the_named_ones_and_come_back_unchanged(city: City) -> None:
    known = sources.sources(city.platform.pk)
    assert set(SEVEN) <= set(known) and known["self_check"].source_class == "unit"
    before = dict(known)
    done = source_tables.import_sources(city.platform, source_tables.export_sources(city.platform.pk))
    assert done.faults is None
    after = sources.sources(city.platform.pk)
    assert {code: (str(one.name), one.reply_limit, one.verify, one.reply_needed, one.follow_up) for code, one in after.items()} == {
        code: (str(one.name), one.reply_limit, one.verify, one.reply_needed, one.follow_up) for code, one in before.items()
    }


def test_faults_of_a_table_name_row_and_column_and_write_nothing(city: City) -> None:
    table = changed(source_tables.export_sources(city.platform.pk), A3="Hot Line", C4="群众", I5="三", J6="工作日")
    done = source_tables.import_sources(city.platform, table)
    assert done.faults is not None
    places = {(one.row, one.column) for one in done.faults.found}
    assert {(3, "代码"), (4, "类别"), (5, "答复时限"), (6, "答复时限单位")} <= places
    assert not Source.objects.exists()


def test_an_administrator_changes_a_source_in_the_form_and_the_desk_follows(city: City, screen: SCREEN) -> None:
    admin = screen("system_admin")
    page = admin.get("/catalog/sources/?edit=hotline")
    assert "热线" in page
    form = {"name": "政务热线", "source_class": "公众", "verify": "不核实", "reply_needed": "是", "is_active": "是", "reply_value": "5",
            "reply_unit": "工作日", "code": "hotline"}  # fmt: skip
    assert "填了数值" in admin.post("/catalog/sources/hotline/", form | {"reply_unit": ""}, status=422)
    assert 'value="5"' in admin.html  # what was typed stays
    admin.post("/catalog/sources/hotline/", form)
    seat = screen("seat_agent")
    assert "政务热线" in seat.get("/register/")
    screen("security_admin").get("/catalog/sources/", status=403)


def test_a_source_that_is_not_verified_is_filed_at_once_and_one_by_class_as_its_class_says(desk: At, city: City) -> None:
    platform = city.platform
    Source.objects.create(platform=platform, code="web", name="网站", source_class="public", verify="never")
    code = city.category().code
    Source.objects.create(platform=platform, code="mail", name="邮件", source_class="public", verify="category", verify_codes=code)
    source_tables.put(platform, Source, "code", {"code": "sms", "name": "短信", "source_class": "public", "verify": "category",
                                                 "verify_codes": "0101"})  # fmt: skip
    for source, status in (("web", 201), ("sms", 201), ("mail", 409), ("hotline", 409)):
        call = paths.request(desk, city, source=source)
        data = {"then": "file", "data": {"condition_id": str(city.condition())}}
        answer = desk("seat_agent").post(f"/reports/{call['report_id']}/accept", data)
        assert answer.status == status, source
        if status == 409:
            assert answer.code == "verification_missing"


@pytest.mark.requirement("HD-3.1.2e2")
def test_the_mayors_hotline_has_an_outside_number_a_deadline_of_its_own_and_a_reply_sheet(desk: At, city: City, screen: SCREEN) -> None:
    seat = screen("seat_agent")
    due = "2031-01-06T17:00"
    form = {"source": "mayor_hotline", "text": "路口塌了一块", "place_text": "大柳树路口", "outside_number": "市长〔2026〕77", "key": "k1",
            "client_id": "sheet", "reply_due_at": due, "kind": "complaint", "phone": "13900001111", "name": "秦素珍"}  # fmt: skip
    seat.post("/register/", form)
    assert "请告知来电人编号" in seat.toast
    call = desk("seat_agent").get("/requests", number="市长〔2026〕77").body[0]
    assert (call["source"], call["reply_due_at"][:16]) == ("市长热线", "2031-01-06T09:00")
    act(desk, "seat_agent", call, "tell", reply="已于今日修补。", channel="letter")
    sheet = seat.get(f"/requests/{call['request_id']}/sheet/")
    for words in ("诉求答复单", "市长热线", "市长〔2026〕77", "已于今日修补。", "2031-01-06 17:00"):
        assert words in sheet
    assert "秦素珍" not in sheet and "13900001111" not in sheet


def test_lines_join_one_by_one_and_one_still_outside_gives_the_number_to_transfer_to(desk: At, city: City, screen: SCREEN) -> None:
    admin = screen("system_admin")
    columns = source_tables.LINE_COLUMNS
    rows = [[f"6410{number:04}", f"便民{number}线", "热线", "市政所", None, "否", None, "是"] for number in range(52)]
    rows.append(["96105", "朝阳热线", "热线", None, None, "是", "010-00000009", "是"])
    admin.client.post("/catalog/lines-import/", {"file": uploaded(write_book(source_tables.LINES, columns, rows))})
    assert Line.objects.count() == 53
    assert "64100007 便民7线" in screen("seat_agent").get("/register/")
    call = paths.request(desk, city, line="64100007")
    assert call["line"] == "64100007"
    body = {"source": "hotline", "client_id": "x", "text": "有事", "place_text": "某处", "line": "96105"}
    refused = desk("seat_agent").post("/requests", body)
    assert (refused.status, refused.code) == (409, "line_external")
    assert "010-00000009" in refused.body["sentence"]
    by_line = screen("leader").get("/requests/?tab=all&by_line=1")
    assert "64100007 便民7线 1 0 0" in by_line
    form = {"number": "96105", "name": "朝阳热线", "source": "hotline", "transfer_number": "", "is_active": "是"}
    admin.post("/catalog/lines/", form)
    assert desk("seat_agent").post("/requests", body).status == 201  # joined; the others went on all the while


@pytest.mark.requirement("HD-3.1.3-c3")
def test_a_matter_that_is_neither_component_nor_event_is_dispatched_and_answered_the_same_way(desk: At, city: City) -> None:
    found = _service_class(city)
    call = paths.request(desk, city, source="mayor_hotline", category_id=str(found), longitude=None, latitude=None, place_text="",
                         text="供热收费算错了，请退费")  # fmt: skip
    case = paths.accept(desk, call["report_id"], "file")  # nothing to verify in the street
    seen = desk("seat_agent").get(f"/cases/{case}").body
    assert seen["state"] == "to_dispatch" and "3 工作日" in seen["limit"]
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("company_clerk").who.unit_id))
    deliver()
    assert row(desk, call)["owner"] == "供电公司"
    desk("company_clerk").done(case, "receive")
    desk("company_clerk").done(case, "feedback", text="已退费", handled_by="高远", files=[desk("company_clerk").send_photo()])
    desk("dispatcher").done(case, "review")
    desk("seat_agent").done(case, "send_check")
    item = desk("duty_director").get("/queues/check").body[0]  # in no area: she names who asks the citizen
    person = str(city.acting("inspector").appointment_id)
    claiming.assign(city.acting("duty_director"), int(item["item_id"]), int(person))
    desk("inspector").done(case, "check", answer="handled", files=[desk("inspector").send_photo("white")])
    without = desk("seat_agent").act(case, "close")
    assert (without.status, without.code) == (422, "reply_missing")
    desk("seat_agent").done(case, "close", reply="多收的供热费已退。")
    deliver()
    assert act(desk, "seat_agent", call, "tell", channel="phone")["state"] == "replied"
    assert row(desk, call)["reply"] == "多收的供热费已退。"


def _service_class(city: City) -> int:
    """A class of kind service in the city's own handbook; its id."""
    book = load_workbook(BytesIO(handbook.export_handbook(city.platform.pk)))
    sheet = book.active
    assert sheet is not None
    titles = [cell.value for cell in sheet[1]]
    values = {
        "类型": "服务", "小类代码": "2201", "大类": "群众服务", "小类": "服务投诉", "问题": "收费有误", "立案条件": "对公共服务收费有异议",
        "结案条件": "已查清并答复", "处置时限": 3, "时限单位": "工作日",
    }  # fmt: skip
    sheet.append([next((value for name, value in values.items() if name == title), None) for title in titles])
    out = BytesIO()
    book.save(out)
    result = handbook.import_handbook(city.platform, out.getvalue())
    assert not result.faults, [one.sentence() for one in result.faults]
    return next(one.id for one in queries.category_options(city.platform.pk) if one.kind == "service" and one.code == "2201")


def test_phrases_are_edited_brought_in_and_filled_with_the_requests_facts(desk: At, city: City, screen: SCREEN) -> None:
    admin = screen("system_admin")
    admin.post("/admin/phrases/change/", {"use": "reply", "title": "已修", "text": "{地点}已修好，编号{编号}，热线{热线}，{不知道}"})
    assert "已有一条" in admin.post("/admin/phrases/change/", {"use": "reply", "title": "已修", "text": "x"}, status=409)
    call = paths.request(desk, city)
    page = screen("seat_agent")
    page.get(f"/requests/{call['request_id']}/")
    assert f"大柳树路口已修好，编号{call['number']}，热线12319，{{不知道}}" in page.html
    table = phrases.export_table(city.platform.pk)
    Phrase.objects.all().delete()
    assert phrases.import_table(city.platform, table).found == []
    assert Phrase.objects.get().title == "已修"
    bad = write_book(phrases.SHEET, phrases.COLUMNS, [["套话", "甲", "乙"]])
    assert [one.row for one in phrases.import_table(city.platform, bad).found] == [2]
    admin.post(f"/admin/phrases/{Phrase.objects.get().pk}/remove/")
    assert "还没有常用语" in admin.text
