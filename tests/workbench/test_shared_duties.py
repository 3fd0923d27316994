"""A class that several units share: the dispatcher sees them with their rules, chooses with a reason, and it is counted (CY-A2-x)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.api import paths
from tests.support.browser import enter
from tests.support.city import FAR_INSIDE, WORKDAY, City, spot
from tests.support.desk import Desk
from urbangrid.cases.models import CaseRecord
from urbangrid.catalog import cache
from urbangrid.catalog.models import Responsibility
from urbangrid.core import clock

At = Callable[[str], Desk]
RULES = {"clerk": "道路扬尘、渣土运输", "other_clerk": "绿化工地", "company_clerk": "管线开挖工地"}


def share(city: City, name: str = "工地扬尘", **of: dict[str, Any]) -> None:
    """Rows of the class for the three units, with the rules of the table; ``of``: more columns of a unit's row."""
    option = city.category(name)
    Responsibility.objects.filter(category_id=option.id).delete()
    for place, (who, rule) in enumerate(RULES.items(), 1):
        acting = city.acting(who)
        Responsibility.objects.create(
            platform=city.platform,
            category_id=option.id,
            entry_name=name,
            kind=option.kind,
            code=option.code,
            unit_id=acting.unit_id,
            unit_name=acting.unit_name,
            position=place,
            rule=rule,
            **of.get(who, {}),
        )
    cache.changed()


def dust(desk: At, city: City, **more: Any) -> str:
    """A filed case of 工地扬尘."""
    body = {"category_id": str(city.category("工地扬尘").id), "condition_id": str(city.condition("工地扬尘")), **more}
    return paths.accept(desk, paths.report(desk, city, **body)["report_id"], "file")


def unit(desk: At, who: str) -> str:
    return str(desk(who).who.unit_id)


def proposals(desk: At, case: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = desk("dispatcher").get(f"/cases/{case}/proposals").body
    return found


@pytest.mark.requirement("CY-A2-x")
def test_dispatching_dust_of_a_site_shows_three_units_with_their_rules_and_keeps_choice_and_reason(city: City, desk: At) -> None:
    share(city)
    with clock.travel(WORKDAY):
        case = dust(desk, city)
        browser = enter(Client(), city, "dispatcher")
        page = browser.get(reverse("workbench:desk"), {"tab": "dispatch"}).content.decode()
        assert "责任清单列有 3 家单位" in page
        for who, rule in RULES.items():
            assert rule in page
            assert desk(who).who.unit_name in page
        bare = desk("dispatcher").act(case, "dispatch", unit_id=unit(desk, "other_clerk"))
        assert (bare.status, bare.code) == (422, "choice_needs_reason")
        assert "市政所、园林所、供电公司" in bare.body["sentence"]
        desk("dispatcher").done(case, "dispatch", unit_id=unit(desk, "other_clerk"), reason="place", opinion="绿化工地未覆盖")
    record = CaseRecord.objects.get(case_id=case, action="dispatch")
    kept = json.loads(record.body)["inputs"]
    assert (record.reason, kept["open"], kept["proposed"]) == ("place", True, None)
    listed = zip(("市政所", "园林所", "供电公司"), RULES.values(), strict=True)
    assert [(one["name"], one["rule"]) for one in kept["candidates"]] == list(listed)
    line = next(one for one in desk("dispatcher").get(f"/cases/{case}").body["story"] if one["action"] == "dispatch")
    assert line["reason"] == "地点、场所由该单位管理"
    assert line["text"] == "园林所；候选：市政所、园林所、供电公司"
    with clock.travel(WORKDAY + timedelta(hours=1)):
        desk("other_clerk").done(case, "receive")
        desk("other_clerk").done(case, "ask_send_back", reason="not_ours", note="不是绿化工地")
        asked = desk("other_clerk").get(f"/cases/{case}").body["requests"][-1]["request_id"]
        desk("dispatcher").done(case, "agree", request=asked)
        again = {one["unit_name"]: one["fit"] for one in proposals(desk, case)}
        assert again["园林所"] == "sent_back", "shown, but not proposed again"
        desk("dispatcher").done(case, "dispatch", unit_id=unit(desk, "clerk"), reason="place")
        counted = enter(Client(), city, "dispatcher").get(reverse("workbench:dispatches"))
        figures = {one.unit_name: (one.chosen, one.returned, one.taken) for row in counted.context["rows"] for one in row.units}
        assert figures == {"市政所": (1, 0, 0), "园林所": (1, 1, 0)}
        assert "清单列 3 家" in counted.content.decode()
        assert "100%" in counted.content.decode()


def test_a_rule_by_hour_decides_without_a_word_of_the_dispatcher(city: City, desk: At) -> None:
    share(city, other_clerk={"from_minute": 22 * 60, "to_minute": 6 * 60}, clerk={"is_main": True})
    with clock.travel(WORKDAY):
        case = dust(desk, city)
        assert [(one["unit_name"], one["proposed"], one["fit"]) for one in proposals(desk, case)] == [
            ("市政所", True, "holds"),
            ("供电公司", False, "holds"),
            ("园林所", False, "fails"),
        ]
    with clock.travel(WORKDAY + timedelta(hours=14)):
        first = proposals(desk, case)[0]
        assert (first["unit_name"], first["rule"]) == ("园林所", "22:00-06:00；绿化工地")
        assert not first["on_duty"], "by its office calendar, before midnight"
        other = desk("dispatcher").act(case, "dispatch", unit_id=unit(desk, "clerk"))
        assert other.code == "other_unit_needs_reason"
        desk("dispatcher").done(case, "dispatch", unit_id=first["unit_id"])
    kept = json.loads(CaseRecord.objects.get(case_id=case, action="dispatch").body)["inputs"]
    assert (kept["basis"], kept["rule"], kept["open"]) == ("table", "22:00-06:00；绿化工地", False)


def settle(desk: At, city: City, **more: Any) -> str:
    """A case of 工地扬尘 that 权属会商 gave to 供电公司; returns its id."""
    case = dust(desk, city, **more)
    desk("dispatcher").done(case, "ask_responsibility", reason="two_owners", note="三家都说不是")
    asked = desk("dispatcher").get(f"/cases/{case}").body["requests"][-1]["request_id"]
    desk("policy_officer").done(case, "agree", request=asked, unit_id=unit(desk, "company_clerk"), basis="开挖许可在供电公司")
    return case


@pytest.mark.requirement("HD-3.1.3e")
def test_a_decision_on_who_is_responsible_is_the_precedent_of_the_next_case(city: City, desk: At) -> None:
    share(city)
    with clock.travel(WORKDAY):
        settled = settle(desk, city)
        number = desk("dispatcher").get(f"/cases/{settled}").body["number"]
        own = proposals(desk, settled)[0]
        assert (own["unit_name"], own["proposed"]) == ("供电公司", True)
        case = dust(desk, city)
        first = proposals(desk, case)[0]
        assert (first["unit_name"], first["proposed"]) == ("供电公司", True)
        ground = first["grounds"][0]
        assert (ground["basis"], ground["case_number"]) == ("decision", number)
        assert ground["words"] == f"{number} 已定：开挖许可在供电公司"
        page = enter(Client(), city, "dispatcher").get(reverse("workbench:desk"), {"tab": "dispatch"}).content.decode()
        assert reverse("workbench:case_by_number", args=[number]) in page
        far = dust(desk, city, longitude=FAR_INSIDE[0], latitude=FAR_INSIDE[1], who="far_inspector")
        assert not any(one["proposed"] for one in proposals(desk, far)), "another sub-district: nothing was decided there"


def test_a_decision_elsewhere_in_the_sub_district_does_not_overrule_the_table(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        share(city)
        settle(desk, city)
        share(city, clerk={"is_main": True})
        x, y = spot(500, 400)
        away = dust(desk, city, longitude=x, latitude=y)
        assert [one["unit_name"] for one in proposals(desk, away) if one["proposed"]] == ["市政所"]
        here = dust(desk, city)
        assert [one["unit_name"] for one in proposals(desk, here) if one["proposed"]] == ["供电公司"], "at the very place it does"
