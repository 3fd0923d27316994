"""The desks of a district in model D: what its own posts decide, urge, help with and see on the board, on their pages."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.api.paths import At
from tests.models import districts
from tests.models.districts import asked, centre, until
from tests.support import city as places
from tests.support.browser import enter
from tests.support.city import WORKDAY
from tests.support.model_city import ModelCity
from urbangrid.cases.models import Case, CaseRequest
from urbangrid.core import clock

pytestmark = pytest.mark.parametrize("model_city", ["d"], indirect=True)


class Page:
    """Somebody of the cast at her pages."""

    def __init__(self, city: ModelCity, name: str) -> None:
        self.client = enter(Client(), places.City(None, None, None, None, {"me": city.acting(name)}), "me")  # type: ignore[arg-type]

    def get(self, path: str) -> str:
        found = self.client.get(path, follow=True)
        assert found.status_code == 200, path
        return re.sub(r"\s+", " ", found.content.decode())

    def post(self, path: str, data: dict[str, str]) -> None:
        assert self.client.post(path, data).status_code in (200, 302, 303), path


def _act(page: Page, at: At, who: str, case: str, action: str, **data: str) -> None:
    seq = at(who).get(f"/cases/{case}/moves").body["seq"]
    page.post(f"/case/{case}/act/{action}/", {"seq": str(seq), "key": f"{action}-{seq}", **data})


def test_a_duty_leader_of_a_district_approves_at_her_desk_and_the_dispatcher_settles_a_send_back(at: At, model_city: ModelCity) -> None:
    with clock.travel(WORKDAY):
        case = districts.with_unit(at, model_city)
        at("district_clerk").done(case, "ask_extension", reason="material", until=until(5))
        head = Page(model_city, "district_head")
        assert "审批：延期" in head.get("/desk/?tab=decide") and "延期" in head.get("/approvals/")
        request = asked(at, "district_clerk", case)
        _act(head, at, "district_head", case, "agree", request=request, tab="decide")
        assert CaseRequest.objects.get(pk=request).state == "granted"
        at("district_clerk").done(case, "ask_send_back", reason="not_ours", note="属环卫所")
        dispatcher = Page(model_city, "district_dispatcher")
        assert "审批：回退" in dispatcher.get("/desk/?tab=decide")
        _act(dispatcher, at, "district_dispatcher", case, "agree", request=asked(at, "district_clerk", case), tab="decide")
        shown = dispatcher.get("/desk/?tab=district_dispatch")
        assert "曾派单位" in shown and "已回退" in shown and "提请权属会商" in shown
        assert Case.objects.get(pk=case).state == "at_district"
        assert case not in Page(model_city, "dispatcher").get("/desk/?tab=dispatch")


def test_a_district_urges_its_own_units_from_the_list_and_sees_its_orders(at: At, model_city: ModelCity) -> None:
    with clock.travel(WORKDAY):
        districts.opened(model_city)
        case = districts.with_unit(at, model_city, received=False)
        at("duty_director").done(case, "order", note="三日内整改")
        page = Page(model_city, "district_dispatcher")
        assert re.findall(r'name="case" value="(\d+)"', page.get("/urge/?span=all")) == [case]
        page.post("/urge/?span=all", {"case": case, "kind": "reminder"})
        assert [row.kind for row in CaseRequest.objects.filter(case_id=case).order_by("id")] == ["order", "reminder"]
        number = str(Case.objects.get(pk=case).number)
        assert "督办" in page.get("/lists/order/") and number in page.get("/lists/order/")
        other = Page(model_city, "west_dispatcher")
        assert re.findall(r'name="case" value="(\d+)"', other.get("/urge/?span=all")) == []
        assert number not in other.get("/lists/order/")


def test_a_district_that_helps_finds_its_part_at_its_desk_and_asks_its_own_units_from_the_case(at: At, model_city: ModelCity) -> None:
    with clock.travel(WORKDAY):
        districts.opened(model_city)
        west = centre(at, "west_dispatcher")
        city = Page(model_city, "dispatcher")
        waiting = districts.handed_down(at, model_city)
        at("dispatcher").done(waiting, "recall", reason="other", note="改两区共同办理")
        assert "assist-units" in city.get("/desk/?tab=dispatch")
        assert west in city.get("/choices/units/"), "districts can be asked to help as well"
        _act(city, at, "dispatcher", waiting, "dispatch", unit_id=centre(at), assist=west, tab="dispatch")
        page = Page(model_city, "west_dispatcher")
        assert "协办反馈" in page.get("/desk/?tab=assist") and "请本区单位协办" in page.get("/desk/?tab=assist")
        assert 'id="add-assist"' in page.get(f"/case/{waiting}/") and 'id="move-recall"' not in page.get(f"/case/{waiting}/")
        assert 'data-open="drop-' not in page.get(f"/case/{waiting}/")
        _act(page, at, "west_dispatcher", waiting, "add_assist", unit_id=str(at("west_clerk").who.unit_id), note="修补西侧")
        assert 'data-open="drop-' in page.get(f"/case/{waiting}/")
        at("district_dispatcher").done(waiting, "dispatch", unit_id=str(at("district_clerk").who.unit_id))
        own = Page(model_city, "district_dispatcher").get(f"/case/{waiting}/")
        assert 'id="move-recall"' in own and 'data-open="drop-' not in own
