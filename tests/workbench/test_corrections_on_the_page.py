"""加急 and 更正 on the case page: urgent afterwards, source, position, each with its reason and told in words."""

from __future__ import annotations

import re

from tests.api import paths
from tests.api.paths import At
from tests.support.city import INSIDE, City, spot
from tests.support.screen import Screen
from urbangrid.cases.models import Case, CaseAccess, CaseRecord, WorkItem
from urbangrid.cases.verification import verify_case

NEAR_THE_BORDER, AWAY_FROM_ROADS = spot(770, 140), spot(160, 600)


def _act(who: Screen, case: str, action: str, status: int = 200, /, **data: object) -> str:
    return who.post(f"/case/{case}/act/{action}/", {"seq": Case.objects.get(pk=case).seq, "from": "case", **data}, status)


def test_a_filed_case_is_marked_urgent_with_a_reason_and_every_queue_and_page_shows_it(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    director, clerk = screen("duty_director"), screen("clerk")
    assert "紧急" not in clerk.get("/desk/?tab=receive")
    assert 'data-open="move-urgent"' in (director.get(f"/case/{case}/") and director.html)
    assert "理由" in _act(director, case, "correct", 422, urgent="true")
    _act(director, case, "correct", urgent="true", reason="urgent", note="学校门口")
    assert "已加急" in director.toast
    assert "紧急程度 一般 → 紧急" in director.get(f"/case/{case}/?all=1") and "撤销加急" in director.text
    assert "紧急" in clerk.get("/desk/?tab=receive") and "紧急" in clerk.get(f"/case/{case}/")
    assert Case.objects.get(pk=case).urgent and WorkItem.objects.get(case_id=case, kind="receive").urgent
    desk("clerk").done(case, "receive")
    assert WorkItem.objects.get(case_id=case, kind="dispose").urgent
    _act(director, case, "correct", urgent="false", reason="urgent")
    assert "紧急程度 紧急 → 一般" in director.get(f"/case/{case}/?all=1")
    assert not WorkItem.objects.filter(case_id=case, closed_at=None, urgent=True).exists()
    assert verify_case(int(case)) == []


def test_a_post_without_the_duty_marks_nothing_urgent(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.dispatched(desk, city)
    dispatcher = screen("dispatcher")
    assert "move-urgent" not in (dispatcher.get(f"/case/{case}/") and dispatcher.html)
    _act(dispatcher, case, "correct", 403, urgent="true", reason="urgent")
    assert not Case.objects.get(pk=case).urgent


def test_source_and_point_are_corrected_in_the_form_and_the_story_says_it_in_words(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    director = screen("duty_director")
    director.get(f"/case/{case}/")
    form = director.html[director.html.index('id="correct-form"') :].split("</form>")[0]
    assert 'name="source"' in form and ">热线</option>" in form
    assert 'data-choose="#correct-form"' in form and re.search(r'name="longitude" value="" data-place="/map/place/"', form)
    spot = {"longitude": f"{INSIDE[0] + 0.0005:.7f}", "latitude": f"{INSIDE[1]:.7f}", "place_text": "大柳树路北侧"}
    other = city.category("上水井盖")
    page = _act(director, case, "correct", 422, source="hotline", note="记错了来源", category_id=str(other.id), **spot)
    assert f'name="category_id" value="{other.id}"' in director.html and f'value="{other.path}"' in director.html
    assert "记错了来源" in page and "大柳树路北侧" in director.html and f'value="{spot["longitude"]}"' in director.html
    assert 'id="move-correct" open data-opened' in director.html
    _act(director, case, "correct", source="hotline", reason="source", **spot)
    page = director.get(f"/case/{case}/?all=1")
    assert "来源 监督员 → 热线" in page and "地点 大柳树路南侧 → 大柳树路北侧" in page
    assert re.search(r"位置 原位置 → 移动 4\d 米", page)
    row = Case.objects.get(pk=case)
    assert (row.source, row.source_class) == ("hotline", "public")
    assert row.point is not None and round(row.point.x, 7) == float(spot["longitude"])
    assert verify_case(int(case)) == []


def test_a_case_with_words_for_a_place_gets_its_point_by_correction(screen: type[Screen], desk: At, city: City) -> None:
    report = paths.report(desk, city, source="inspector", longitude=None, latitude=None)
    case = paths.accept(desk, report["report_id"], "file")
    director = screen("duty_director")
    director.get(f"/case/{case}/")
    assert "data-centre-longitude" in director.html[director.html.index('id="correct-form"') :].split("</form>")[0]
    _act(director, case, "correct", reason="place", longitude=str(INSIDE[0]), latitude=str(INSIDE[1]))
    assert "位置 没有坐标 → 已定位" in director.get(f"/case/{case}/?all=1")
    row = Case.objects.get(pk=case)
    assert row.point is not None and row.cell_id is not None
    assert CaseRecord.objects.filter(case_id=case, action="correct").count() == 1


def test_a_case_corrected_into_an_area_it_bordered_on_keeps_one_right_of_each(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.accept(desk, paths.report(desk, city, who="far_inspector", spot=NEAR_THE_BORDER)["report_id"], "file")
    assert CaseAccess.objects.filter(case_id=case, division=city.west_street, why="border").exists()
    director = screen("duty_director")
    _act(director, case, "correct", reason="place", longitude=str(INSIDE[0]), latitude=str(INSIDE[1]))
    assert Case.objects.get(pk=case).subdistrict_id == city.west_street.pk
    assert CaseAccess.objects.filter(case_id=case, division=city.west_street).count() == 1
    officer = screen("subdistrict_officer")
    officer.get(f"/case/{case}/")
    assert verify_case(int(case)) == []


def test_a_point_without_words_is_called_by_its_road_or_its_community(desk: At, city: City) -> None:
    place = paths.report(desk, city, place_text="")["place"]
    assert place["text"] == "大柳树路" == place["road"]
    place = paths.report(desk, city, place_text="", spot=AWAY_FROM_ROADS)["place"]
    assert place["road"] == "" and place["text"] == f"{place['subdistrict']}{place['community']}" != ""
