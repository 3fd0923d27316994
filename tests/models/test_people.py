"""Kinds of personnel, where people come from, inspectors against the plan, and two administrators for technology and business."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api.paths import At
from tests.models import ways
from tests.support import city as places
from tests.support.browser import enter
from tests.support.desk import Desk
from tests.support.model_city import ModelCity
from urbangrid.accounts.models import User
from urbangrid.administration import queries
from urbangrid.audit.models import AuditRow
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.grids.models import Division
from urbangrid.organizations import actions, holding
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment, Post, Unit


def _enter(acting: Acting) -> Client:
    return enter(Client(), places.City(None, None, None, None, {"me": acting}), "me")  # type: ignore[arg-type]


@pytest.mark.requirement("CY-2.1g")
@pytest.mark.parametrize("model_city", ["b"], indirect=True)
def test_technology_and_business_have_an_administrator_each(model_city: ModelCity) -> None:
    technical, business = _enter(model_city.acting("system_admin")), _enter(model_city.acting("business_admin"))
    own = {"/admin/": technical, "/admin/people/": technical, "/admin/health/": technical, "/catalog/handbook/": business,
           "/catalog/responsibility/": business}  # fmt: skip
    for path, owner in own.items():
        other = business if owner is technical else technical
        assert owner.get(path).status_code == 200, path
        assert other.get(path, follow=path == "/admin/").status_code == (200 if path == "/admin/" else 403), path
    assert business.get("/admin/").headers["Location"] == "/catalog/handbook/"
    assert "/catalog/handbook/" not in technical.get("/admin/").content.decode()


@pytest.mark.requirement("CY-2.4")
@pytest.mark.parametrize("model_city", ["b"], indirect=True)
def test_a_member_from_another_bureau_works_in_the_command_centre_and_the_log_names_both(at: At, model_city: ModelCity) -> None:
    bureau = Unit.objects.get(platform=model_city.platform, code="MUNICIPAL")
    user = User.objects.get(pk=at("dispatcher").who.user_id)
    Appointment.objects.filter(pk=at("dispatcher").who.appointment_id).update(home_unit=bureau)
    case = ways.accepted(at, ways.inspector_reports(at, model_city))
    ways.filed(at, model_city, case)
    ways.dispatched(at, case)
    line = next(one for one in at("dispatcher").get(f"/cases/{case}").body["story"] if one["action"] == "dispatch")
    assert (line["actor"], line["post"], line["unit"]) == (user.name, "派遣员", "城市管理指挥中心（市政所）")


@pytest.mark.requirement("CY-15")
@pytest.mark.parametrize("model_city", ["b"], indirect=True)
def test_assistants_are_a_kind_of_personnel_with_rights_of_their_own(at: At, model_city: ModelCity) -> None:
    assistant = at("assistant")
    assert assistant.who.unit_kind == "subdistrict_office"
    case = ways.accepted(at, ways.inspector_reports(at, model_city, "assistant"))
    assert not assistant.who.duties & {"verify", "check"}
    assert assistant.get("/queues/check").body == []
    found = queries.personnel(model_city.platform.pk)
    assert [(row.kind, row.count, row.origins) for row in found] == [("协管", 1, [("西湖街道办事处", 1)])]
    assert at("seat_agent").get(f"/cases/{case}").status == 200

    helper = _crew_of_the_office(at, model_city, assistant.who)
    ways.filed(at, model_city, case)
    officer = at("office_clerk")
    reason = catalog.reasons(model_city.platform.pk, "other_unit")[0].code
    at("dispatcher").done(case, "dispatch", unit_id=str(officer.who.unit_id), reason=reason, opinion="街道就近办理")
    officer.done(case, "receive")
    officer.done(case, "assign_down", unit_id=str(helper.who.unit_id), person=str(helper.who.appointment_id), note="请扶正护栏")
    phone = _enter(helper.who)
    assert "指派" in phone.get("/phone/").content.decode() and "请扶正护栏" in phone.get("/phone/crew/").content.decode()
    page = phone.get(f"/phone/crew/{case}/").content.decode()
    form = {
        "seq": re.search(r'name="seq" value="(\d+)"', page)[1], "said": "已按要求处置完毕",  # type: ignore[index]
        "files": [helper.send_photo("black")],
    }  # fmt: skip
    assert phone.post(f"/phone/crew/{case}/crew_feedback/", form).status_code == 302
    assert officer.story(case)[-1] == "crew_feedback" and helper.get("/queues/crew_task").body == []
    officer.done(case, "feedback", text="护栏已扶正", handled_by=helper.who.user_name)
    assert officer.story(case)[-1] == "feedback", "with the photo of her answer"
    assert [(row.kind, row.count) for row in queries.personnel(model_city.platform.pk)] == [("协管", 2)]


def _crew_of_the_office(at: At, model_city: ModelCity, assistant: Acting) -> Desk:
    """西湖街道办事处 handles cases, with a clerk and a crew of assistants; returns the one of the crew."""
    admin, office = at("system_admin").who, Unit.objects.get(pk=assistant.unit_id)
    actions.edit_unit(
        unit_id=office.pk, name=office.name, short_name=office.short_name, parent_id=office.parent_id, calendar_code=office.calendar_code,
        duty_phone="", is_active=True, share_percent=80, answers_directly=False, handles_cases=True, acting=admin,
    )  # fmt: skip
    crew = actions.create_unit(platform_id=admin.platform_id, code="XG1", name="西湖协管队", kind="crew", parent_id=office.pk)
    for name, post, unit in (("office_clerk", "subdistrict_clerk", office), ("crew_assistant", "assistant_crew", crew)):
        user = User.objects.create(username=name, name=name, password="!", must_change_password=False)
        row = actions.appoint(user=user, post=Post.objects.get(platform_id=admin.platform_id, code=post), unit=unit,
                              division_id=office.division_id)  # fmt: skip
        model_city.cast[name] = _actings([row])[0]
    return at("crew_assistant")


@pytest.mark.requirement("CY-2.3b")
@pytest.mark.parametrize("model_city", ["b"], indirect=True)
def test_a_sub_district_has_a_register_of_its_people_by_kind_and_area(at: At, model_city: ModelCity) -> None:
    assistant = at("assistant").who
    user = User.objects.create(username="patrol.aid", name="范小舟", password="!", phone="13900000077")
    row = Appointment.objects.select_related("post", "unit").get(pk=assistant.appointment_id)
    gardens = Unit.objects.get(platform=model_city.platform, code="GARDENS")
    actions.appoint(user=user, post=row.post, unit=row.unit, division_id=row.division_id, home_unit=gardens)
    clerk = User.objects.create(username="street", name="街办", password="!")
    post = Post.objects.get(platform=model_city.platform, code="subdistrict_officer")
    (officer,) = _actings([actions.appoint(user=clerk, post=post, unit=row.unit, division_id=row.division_id)])
    browser = _enter(officer)
    text = browser.get("/duty/").content.decode()
    assert "人员名册" in text and "13900000077" in text and "园林所" in text and assistant.user_name in text
    found = holding.register(model_city.platform.pk, officer.division_id or 0)
    assert [one.kind for one in found].count("协管") == 2 and all(one.area for one in found)
    assert re.search(r'<th scope="row">西湖街道</th>(<td[^>]*>.*?</td>)*<td class="right number">2</td>', text)
    case = ways.accepted(at, ways.inspector_reports(at, model_city, "assistant"))
    assert at("seat_agent").get(f"/cases/{case}").status == 200, "who reports as any inspector does"
    assert "人员名册" not in _enter(at("dispatcher").who).get("/duty/").content.decode()


@pytest.mark.requirement("JJ-5.1")
@pytest.mark.parametrize("model_city", ["c"], indirect=True)
def test_full_time_inspectors_come_from_other_bureaus_and_part_timers_from_their_community(model_city: ModelCity) -> None:
    platform = model_city.platform
    gardens = Unit.objects.get(platform=platform, code="GARDENS")
    user = User.objects.create(username="from.gardens", name="林园", password="!")
    admin = User.objects.create(username="admin", name="管理", password="!")
    post = Post.objects.get(platform=platform, code="system_admin")
    centre = Unit.objects.get(platform=platform, code="CENTRE")
    made = actions.appoint(user=admin, post=post, unit=centre)
    acting = next(one for one in _actings([made]))
    form = {"unit": centre.pk, "post": Post.objects.get(platform=platform, code="inspector").pk, "home": gardens.pk}
    assert _enter(acting).post(f"/admin/people/{user.pk}/appoint/", form).status_code == 302
    row = Appointment.objects.get(user=user)
    assert (row.personnel_kind, row.home_unit) == ("full_time", gardens)
    assert AuditRow.objects.get(action="appointed", subject=f"user:{user.pk}").values["home_unit"] == "园林所"
    kinds = {one.kind: dict(one.origins) for one in queries.personnel(platform.pk)}
    assert kinds["专职"]["园林所"] == 1 and kinds["兼职"] == {"柳荫社区": 1}
    assert "人员构成" in _enter(acting).get("/admin/posts/").content.decode()


def _actings(rows: list[Appointment]) -> list[Acting]:
    from urbangrid.organizations.acting import from_row

    return [from_row(Appointment.objects.select_related("user", "post", "unit", "platform").get(pk=row.pk)) for row in rows]


@pytest.mark.parametrize("model_city", ["b"], indirect=True)
def test_inspectors_of_each_community_stand_against_a_plan_of_three(model_city: ModelCity) -> None:
    page = _enter(model_city.acting("system_admin")).get("/admin/inspectors/").content.decode()
    assert "每社区配 3 人" in page
    community = Division.objects.get(platform=model_city.platform, name="柳荫社区")
    post, squad = Post.objects.get(platform=model_city.platform, code="inspector"), Unit.objects.filter(kind="squad").order_by("code")[0]
    for number in range(2):
        user = User.objects.create(username=f"more{number}", name="某人", password="!")
        actions.appoint(user=user, post=post, unit=squad, division_id=community.pk)
    rows = {row.community: row for row in queries.establishment(model_city.platform.pk, 3)}
    assert (rows["柳荫社区"].inspectors, rows["柳荫社区"].missing, rows["钟楼社区"].missing) == (2, 1, 3)


@pytest.mark.requirement("HD-3.1.3-n")
@pytest.mark.parametrize("model_city", ["a"], indirect=True)
def test_610_communities_are_listed_with_the_same_two_statements_in_less_than_a_second(
    model_city: ModelCity, record_property: Callable[[str, object], None]
) -> None:
    platform = model_city.platform
    Division.objects.bulk_create(
        Division(platform=platform, level="community", code=f"990101003{number:03d}", name=f"第{number}社区",
                 parent=model_city.west_street, valid_from=clock.now())
        for number in range(606)
    )  # fmt: skip
    with CaptureQueriesContext(connection, ) as asked:
        began = time.perf_counter()
        rows = queries.establishment(platform.pk, 1)
        took = time.perf_counter() - began
    assert (len(rows), len(asked)) == (610, 2)
    record_property("seconds", round(took, 3))
    assert took < 1
