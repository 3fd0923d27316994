"""Forms that take several of a kind: the new cases of a split, the helping units of a dispatch, units found by their initials."""

from __future__ import annotations

import json
import re

import pytest
from django.http import QueryDict

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City
from tests.support.screen import Screen
from urbangrid.cases.models import Case, CaseRelation, WorkItem
from urbangrid.organizations.models import Unit
from urbangrid.workbench import splitting


def _act(who: Screen, case: str, action: str, status: int = 200, /, **data: object) -> str:
    return who.post(f"/case/{case}/act/{action}/", {"seq": Case.objects.get(pk=case).seq, "from": "case", **data}, status)


def _part(city: City, number: int, name: str, **more: str) -> dict[str, str]:
    said = {"category_id": str(city.category(name).id), "condition_id": str(city.condition(name)), **more}
    return {f"part-{number}-{field}": value for field, value in said.items()}


def test_a_case_is_split_into_three_on_its_page_at_once(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    director = screen("duty_director")
    director.get(f"/case/{case}/")
    form = director.html[director.html.index('id="move-split"') :].split("</dialog>")[0]
    assert 'data-add-row="#split-parts"' in form and 'data-most="9"' in form and 'name="part-__n__-category_id"' in form
    assert f'name="part-0-category_id" value="{city.category().id}"' in form  # the first row begins with the case's own class
    unit = str(desk("other_clerk").who.unit_id)
    typed = _part(city, 0, "上水井盖", unit_id=unit) | _part(city, 2, "道路破损", place_text="大柳树路北侧") | {"part-4-note": "  "}
    typed |= _part(city, 5, "道路破损", note="路缘石归另一家")
    _act(director, case, "split", reason="several_owners", **typed)
    made = Case.objects.filter(pk__in=CaseRelation.objects.filter(case_id=case, kind="split").values("other_id")).order_by("pk")
    assert [(one.category_id, one.place_text) for one in made] == [
        (city.category("上水井盖").id, "大柳树路南侧"), (city.category("道路破损").id, "大柳树路北侧"),
        (city.category("道路破损").id, "大柳树路南侧"),
    ]  # fmt: skip
    assert "园林所" in WorkItem.objects.get(case=made[0], kind="dispatch").note
    assert "路缘石归另一家" in WorkItem.objects.get(case=made[2], kind="dispatch").note


def test_a_refused_split_keeps_every_row_and_says_which_one_is_at_fault(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    director = screen("duty_director")
    typed = _part(city, 0, "上水井盖") | _part(city, 1, "道路破损", place_text="第二处")
    typed["part-1-condition_id"] = str(city.condition("上水井盖"))
    _act(director, case, "split", 422, reason="several_owners", **typed)
    rows = director.html[director.html.index('id="split-parts"') :].split("<template>")[0].split("data-part>")[1:]
    assert len(rows) == 2 and "bad-note" not in rows[0] and "bad-note" in rows[1] and 'value="第二处"' in rows[1]
    _act(director, case, "split", 422, reason="several_owners", **_part(city, 0, "上水井盖"), **{"part-3-place_text": "没有类别"})
    rows = director.html[director.html.index('id="split-parts"') :].split("<template>")[0].split("data-part>")[1:]
    assert "bad-note" in rows[1] and "类别" in rows[1] and 'value="没有类别"' in rows[1]
    ten = {name: value for number in range(10) for name, value in _part(city, number, "道路破损").items()}
    assert "9" in _act(director, case, "split", 422, reason="several_owners", **ten)
    assert not CaseRelation.objects.filter(case_id=case).exists()


def test_typed_parts_of_a_split_that_came_too_late_stand_in_the_form_again(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    director, seq = screen("duty_director"), Case.objects.get(pk=case).seq
    desk("dispatcher").done(case, "dispatch", unit_id=str(desk("clerk").who.unit_id), opinion="")
    typed = _part(city, 0, "上水井盖", note="井盖另派") | {"seq": seq, "from": "case", "reason": "several_owners"}
    director.post(f"/case/{case}/act/split/", typed, 409)
    assert 'value="井盖另派"' in director.html


@pytest.mark.parametrize("name", ["part-1-seq", "part-x-note", "part-1-note-2", "apart-1-note", "part-1000-note"])
def test_names_that_are_none_of_a_parts_fields_make_no_part(name: str) -> None:
    posted = QueryDict(mutable=True)
    posted[name] = "1"
    assert splitting.parts_of(posted) == []


def test_helping_units_are_chosen_by_initials_like_the_main_one(screen: type[Screen], desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    dispatcher, item = screen("dispatcher"), WorkItem.objects.get(case_id=case, kind="dispatch", closed_at=None)
    dispatcher.get(f"/desk/?tab=dispatch&item={item.pk}")
    box = dispatcher.html[dispatcher.html.index('data-many="#assist-units"') - 200 :]
    assert 'data-combo="/choices/units/" data-many="#assist-units"' in box and "<select" not in box.split("assist-units", 2)[1]
    main, helper = (str(desk(who).who.unit_id) for who in ("clerk", "other_clerk"))
    form = {"tab": "dispatch", "item": item.pk, "from": "desk", "unit_id": "", "assist": [helper]}
    _act(dispatcher, case, "dispatch", 422, **form)
    assert re.search(rf'园林所</span><input type="hidden" name="assist" value="{helper}">', dispatcher.html)  # still chosen
    _act(dispatcher, case, "dispatch", **form | {"unit_id": main})
    assert str(WorkItem.objects.get(case_id=case, kind="assist").unit_id) == helper


def test_the_page_gets_all_units_of_a_large_city_to_search_in(screen: type[Screen], city: City) -> None:
    one = Unit.objects.filter(kind="department").order_by("pk").first()
    assert one is not None
    for number in range(30):
        Unit.objects.create(
            platform=one.platform, kind="department", code=f"Z{number:02}", name=f"第{number}养护所", short_name=f"养护{number}"
        )
    dispatcher = screen("dispatcher")
    listed = json.loads(dispatcher.client.get("/choices/units/").content)["units"]
    assert {f"第{number}养护所" for number in range(30)} <= {row["name"] for row in listed}
    assert len(json.loads(dispatcher.client.get("/choices/units/?q=养护").content)["units"]) == 9
