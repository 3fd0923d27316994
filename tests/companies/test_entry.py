"""The companies' own entry: password and code, only their own tasks, words and a picture but no coordinate (CY-23b, desks.md G1-G5)."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image
from pyproj import Transformer
from shapely import Point

from tests.api import paths
from tests.api.paths import At
from tests.support import second_step
from tests.support.browser import enter
from tests.support.city import INSIDE, WORKDAY, City, photo, picture
from tests.support.people import PASSWORD
from tests.support.screen import Screen
from urbangrid.accounts.models import Device, SignIn
from urbangrid.addresses import loading
from urbangrid.audit.models import AuditRow
from urbangrid.cases.models import Case, CaseRecord, WorkItem
from urbangrid.companies.tokens import case_of, token_of
from urbangrid.core import clock
from urbangrid.core.errors import NotFound
from urbangrid.organizations.models import Unit

SECRETS = ("秦素珍", "13900001111", "139 0000 1111", "柳荫里3号")
INSIDERS = ("周岚", "王芳", "孙国平", "张小燕", "陈默")


def _sent_to_company(at: At, city: City, case: str = "") -> str:
    case = case or paths.filed(at, city)
    at("dispatcher").done(case, "dispatch", unit_id=str(at("company_clerk").who.unit_id), reason="order", opinion="注意围挡")
    return case


def _of_a_caller(at: At, city: City) -> str:
    made = paths.request(at, city)
    case = paths.accept(at, made["report_id"], "send_verification")
    who = next(name for name in ("inspector", "second_inspector", "far_inspector") if at(name).get("/queues/verify").body)
    at(who).done(case, "verify", answer="true", files=[at(who).send_photo()])
    at("seat_agent").done(case, "file", condition_id=str(city.condition()))
    return _sent_to_company(at, city, case)


def _address(case: str, action: str = "") -> str:
    return reverse("companies:act", args=[token_of(int(case)), action]) if action else reverse("companies:task", args=[token_of(int(case))])


def _post(screen: Screen, case: str, action: str, status: int = 200, **data: Any) -> str:
    return screen.post(_address(case, action), {"seq": Case.objects.get(pk=case).seq, **data}, status)


# --- G1: from a message to the task ---


def test_a_link_leads_through_password_and_code_to_that_very_task(desk: At, city: City) -> None:
    with clock.travel(WORKDAY):
        case = _sent_to_company(desk, city)
        phone, _codes = second_step.set_up("company_clerk")
    with clock.travel(WORKDAY + timedelta(minutes=5)):
        browser, link = Client(), _address(case)
        asked = browser.get(link)
        assert asked.status_code == 302 and asked["Location"] == f"/sign-in/?next={link.replace('/', '%2F').replace('=', '%3D')}"
        form = browser.get(asked["Location"]).content.decode()
        assert "captcha" not in form and "验证图" not in form
        given = browser.post("/sign-in/", {"username": "company_clerk", "password": PASSWORD, "next": link})
        assert given["Location"] == second_step.CODE and browser.get(link).status_code == 302, "the password alone opens nothing"
        entered = second_step.give(browser, phone.code())
        assert entered.status_code == 302 and entered["Location"] == link
        page = browser.get(link).content.decode()
    assert str(Case.objects.get(pk=case).number) in page and "怎样算办好" in page


def test_no_platform_can_spare_a_company_the_code(desk: At, city: City) -> None:
    assert city.platform.settings["security"]["second_step_posts"] == []
    browser = Client()
    browser.post("/sign-in/", {"username": "company_clerk", "password": PASSWORD})
    for path in ("/company/", "/", _address(_sent_to_company(desk, city))):
        assert browser.get(path)["Location"] == second_step.SET_UP, path
    clerk = Client()
    clerk.post("/sign-in/", {"username": "clerk", "password": PASSWORD})
    assert clerk.get("/desk/").status_code == 200, "inside, the platform decides"


@pytest.mark.parametrize(("admitted", "minutes", "status"), [(True, 660, 200), (False, 20, 200), (False, 40, 302), (True, 780, 302)])
def test_a_registered_terminal_stays_in_for_twelve_hours_another_for_half_an_hour(
    city: City, admitted: bool, minutes: int, status: int
) -> None:
    browser, who = Client(), city.acting("company_clerk")
    with clock.travel(WORKDAY):
        browser.post("/sign-in/", {"username": "company_clerk", "password": PASSWORD})
        row = SignIn.objects.get(pk=browser.session["sign_in"])
        row.second_step = True
        if admitted:
            row.device = Device.objects.create(
                user_id=who.user_id, platform_id=who.platform_id, unit_id=who.unit_id, fingerprint="f" * 64, public_key=b"k" * 65,
                state=Device.ADMITTED, asked_at=clock.now(),
            )  # fmt: skip
        row.save()
    with clock.travel(WORKDAY + timedelta(minutes=minutes)):
        assert browser.get("/company/").status_code == status


# --- only her own ---


def test_she_sees_her_own_tasks_only_and_a_foreign_one_is_not_there_and_on_the_trail(desk: At, city: City, screen: type[Screen]) -> None:
    mine, foreign = _sent_to_company(desk, city), paths.dispatched(desk, city)
    company = screen("company_clerk")
    company.get("/company/")
    number, other = (str(Case.objects.get(pk=case).number) for case in (mine, foreign))
    assert company.text.count("签收 ") >= 1 and str(token_of(int(mine))) in company.html and token_of(int(foreign)) not in company.html
    assert company.get(f"/company/find/?number={number}") and number in company.text
    before = AuditRow.objects.filter(action="refused").count()
    for path in (f"/company/find/?number={other}", _address(foreign), f"/company/no/{foreign}/", f"{_address(foreign)}print/"):
        text = company.get(path, 404)
        assert "没有这个案件，或不在您的查看范围内" in text and "市政所" not in text
    assert company.post(_address(foreign, "receive"), {"seq": "5"}, 404)
    rows = AuditRow.objects.filter(action="refused").order_by("id")[before:]
    assert {row.subject for row in rows} >= {f"/company/no/{other}/", _address(foreign)[:80]}
    assert {row.user_id for row in rows} == {city.acting("company_clerk").user_id}


def test_a_token_that_was_guessed_cut_off_or_changed_is_no_address(city: City) -> None:
    assert case_of(token_of(2**62 + 7)) == 2**62 + 7
    good = token_of(12345)
    for wrong in (good[:-1], good[1:] + "A", "A" * 32, "12345", "", "%" * 32, good + "AAAA", good.swapcase()):
        with pytest.raises(NotFound):
            case_of(wrong)


def test_no_other_page_exists_for_her(desk: At, city: City, screen: type[Screen]) -> None:
    case = _sent_to_company(desk, city)
    company = screen("company_clerk")
    inside = "/desk/ /search/ /board/ /phone/ /phone/crew/ /map/outlines/ /desk/counts/ /choices/units/ /catalog/handbook/ /admin/"
    for path in (*inside.split(), f"/case/{case}/", f"/case/{case}/print/order/"):
        assert company.client.get(path).status_code == 404, path
        assert company.client.get(path, headers={"accept": "application/json"}).status_code == 404, path
    assert company.client.post(f"/case/{case}/act/receive/", {"seq": "5"}).status_code == 404
    assert AuditRow.objects.filter(action="refused", subject="/map/outlines/").exists()
    assert company.client.get("/")["Location"] == "/company/"
    for name in ("clerk", "seat_agent"):
        assert enter(Client(), city, name).get("/company/").status_code == 404, "nor this one for those inside"


def test_neither_caller_nor_insider_nor_coordinate_leaves_by_page_header_address_or_file(
    desk: At, city: City, screen: type[Screen]
) -> None:  # fmt: skip
    case = _of_a_caller(desk, city)
    company = screen("company_clerk")
    point = Case.objects.get(pk=case).point
    assert point is not None
    east, north = Transformer.from_crs(4490, 4548, always_xy=True).transform(point.x, point.y)
    marks = [f"{point.x:.3f}", f"{point.y:.3f}", f"{east:.0f}", f"{north:.0f}", "longitude", "latitude"]
    cell = Case.objects.select_related("cell").get(pk=case).cell
    assert cell is not None
    marks += [cell.code, case]
    for path in ("/company/", _address(case), f"{_address(case)}print/"):
        answer = company.client.get(path)
        said = answer.content.decode() + str(dict(answer.headers)) + path
        for secret in (*SECRETS, *INSIDERS, *marks):
            assert secret not in said, (path, secret)
    assert "大柳树路" in company.get(_address(case)), "in words it is said"
    files = set(re.findall(r"/company/files/(\d+)/", company.html))
    assert files
    for number in files:
        stored = b"".join(company.client.get(f"/company/files/{number}/"))
        assert not Image.open(io.BytesIO(stored)).getexif(), "without the metadata of the camera"


def test_the_photo_she_sends_loses_its_position(desk: At, city: City, screen: type[Screen]) -> None:
    image, out = Image.new("RGB", (64, 48), "red"), io.BytesIO()
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010F] = "maker"
    image.save(out, "JPEG", exif=exif)
    company = screen("company_clerk")
    sent = company.client.post("/company/upload/", {"file": SimpleUploadedFile("现场.jpg", out.getvalue(), "image/jpeg")}).json()
    kept = b"".join(company.client.get(f"/company/files/{sent['id']}/"))
    assert not Image.open(io.BytesIO(kept)).getexif()
    assert company.client.post("/company/upload/", {"file": SimpleUploadedFile("x.jpg", b"no picture")}).status_code == 422
    assert picture("red")[:2] == kept[:2]


# --- the work ---


def test_received_in_one_click_and_answered_with_photos(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = _sent_to_company(desk, city)
        company = screen("company_clerk")
        company.get("/company/")
        assert "未签收" not in company.text
        company.get(_address(case))
        assert "未签收，须在" in company.text and "注意围挡" in company.text
    with clock.travel(WORKDAY + timedelta(minutes=20)):
        _post(company, case, "receive")
        assert "签收已送出" in company.toast and "处置中" in company.text
        receipt = CaseRecord.objects.get(case_id=case, action="receive")
        assert receipt.at == WORKDAY + timedelta(minutes=20)
        text = _post(company, case, "feedback", 422, text="管线已修复", handled_by="丁勇")
        assert "至少要 1 张照片" in text and "管线已修复" in company.html
        _post(company, case, "feedback", text="管线已修复", handled_by="丁勇", files=[photo(city.acting("company_clerk"), "black")])
        company.get("/company/done/")
        assert str(Case.objects.get(pk=case).number) in company.text
        assert "处置后" in company.get(_address(case))
    assert Case.objects.get(pk=case).state == "to_review"


def test_not_ours_demands_evidence_and_the_decision_comes_with_its_reason(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = _sent_to_company(desk, city)
        company = screen("company_clerk")
        company.get(_address(case))
        assert "不属本单位" in company.text
        text = _post(company, case, "ask_send_back", 422, reason="not_owner", note="竣工图在自来水公司")
        assert "须附权属依据" in text and "竣工图在自来水公司" in company.html
        _post(company, case, "ask_send_back", reason="not_owner", note="竣工图在自来水公司", files=[photo(city.acting("company_clerk"))])
        assert "回退 待审批" in company.text
        asked = desk("dispatcher").get(f"/cases/{case}").body["requests"][0]["request_id"]
        desk("dispatcher").done(case, "disagree", request=asked, reason="ours", note="普查登记为贵司")
        text = company.get(_address(case))
    assert "回退 未同意" in text and "经核属该单位职责" in text and "普查登记为贵司" in text and "王芳" not in text


def test_a_company_gives_to_its_crew_at_the_same_entry(desk: At, city: City, screen: type[Screen]) -> None:
    case = _sent_to_company(desk, city)
    company, crew = screen("company_clerk"), screen("company_crew")
    assert crew.get(_address(case), 404)
    unit = Unit.objects.get(code="POWERCREW").pk
    _post(company, case, "assign_down", unit_id=unit)
    assert "已指派 抢修一班" in company.text
    crew.get("/")
    assert token_of(int(case)) in crew.html
    _post(crew, case, "crew_feedback", text="已接通", files=[photo(city.acting("company_crew"), "black")])
    assert not WorkItem.objects.filter(case_id=case, kind="crew_task", closed_at=None).exists()
    company.get(_address(case))
    assert "抢修一班已反馈：已接通" in company.text
    _post(company, case, "feedback", text="已接通，已复核")
    assert Case.objects.get(pk=case).state == "to_review"


def test_what_was_said_to_another_unit_before_is_not_told(desk: At, city: City, screen: type[Screen]) -> None:
    case = paths.dispatched(desk, city)
    desk("clerk").done(case, "receive")
    unit = desk("company_clerk").who.unit_id
    desk("dispatcher").done(case, "redispatch", unit_id=str(unit), reason="wrong_unit", opinion="请供电公司处置")
    company = screen("company_clerk")
    text = company.get(_address(case))
    assert "请供电公司处置" in text and "请尽快修补" not in text and "何建" not in text and "市政所" not in text


def test_two_at_once_one_wins_and_the_other_keeps_what_was_typed(desk: At, city: City, screen: type[Screen]) -> None:
    case = _sent_to_company(desk, city)
    company = screen("company_clerk")
    _post(company, case, "receive")
    text = company.post(_address(case, "feedback"), {"seq": "1", "text": "已接通三相"}, 409)
    assert "您填的内容已存草稿" in text and "已接通三相" in company.html


def test_the_printed_sheet_has_picture_scale_and_words(desk: At, city: City, screen: type[Screen]) -> None:
    points = [Point(INSIDE[0] + 0.0006, INSIDE[1]), Point(INSIDE[0], INSIDE[1] + 0.002), Point(INSIDE[0] - 0.003, INSIDE[1])]
    names = [("实验小学", "school"), ("人民医院", "hospital"), ("文昌菜市场", "market")]
    loading.write_landmarks(city.platform, names, points, clock.now(), lambda _written: None)
    case = _sent_to_company(desk, city)
    company = screen("company_clerk")
    text = company.get(f"{_address(case)}print/")
    assert all(f"{name}{side}侧" in text for (name, _kind), side in zip(names, ("西", "南", "东"), strict=True))
    assert "任务派遣单" in text and "大柳树路以南 10 米" in text and "40 米" in text and "图中不含坐标" in text
    assert AuditRow.objects.filter(action="printed", subject=f"case:{case}").exists()
    assert f"{INSIDE[0]:.2f}" not in company.html


def test_an_order_and_a_call_for_help_are_answered_beside_the_task(desk: At, city: City, screen: type[Screen]) -> None:
    with clock.travel(WORKDAY):
        case = _sent_to_company(desk, city)
        desk("duty_director").done(case, "order", note="今日内恢复照明")
        helped = paths.dispatched(desk, city)
        desk("dispatcher").done(helped, "add_assist", unit_id=str(desk("company_clerk").who.unit_id), note="停电配合")
        company = screen("company_clerk")
        company.get("/company/")
        assert "待回复" in company.text and "协办" in company.text
        text = company.get(_address(case))
        assert "待回复督办" in text and "今日内恢复照明" in text
        asked = re.search(r'name="request" value="(\d+)"', company.html)
        assert asked
        _post(company, case, "answer_order", request=asked[1], note="已安排抢修，十七时前恢复")
        assert "待回复督办" not in company.text
        text = company.get(_address(helped))
        assert "停电配合" in text and "请尽快修补" not in text, "what was said to the main unit stays there"
        _post(company, helped, "assist_answer", text="已停电")
        assert not WorkItem.objects.filter(case_id=helped, kind="assist", closed_at=None).exists()
