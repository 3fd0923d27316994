"""The system administrator keeps units, people and their posts."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.support.browser import enter
from tests.support.city import City
from tests.support.people import PASSWORD
from urbangrid.accounts import actions as accounts
from urbangrid.accounts.models import User
from urbangrid.audit.models import AuditRow
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.organizations.models import Appointment, Post, Unit

COMMON = {"parent": "", "calendar": "office", "duty_phone": "", "share_percent": "80"}
"""What the form of a unit sends where nothing else is chosen."""


@pytest.fixture
def admin(city: City) -> Client:
    return enter(Client(), city, "system_admin")


def _text(answer: Any, status: int = 200) -> str:
    assert answer.status_code == status, answer.content.decode()[:2000]
    return str(answer.content.decode())


def _url(name: str, *args: object) -> str:
    return reverse(f"administration:{name}", args=args)


def _unit(code: str) -> Unit:
    return Unit.objects.get(code=code)


def test_the_tree_shows_units_below_their_own_with_axis_and_people(admin: Client) -> None:
    page = _text(admin.get(_url("home")))
    order = [page.index(f">{name}</a>") for name in ("城市管理监督指挥中心", "监督部", "西湖街道监督分队", "指挥部", "市政所", "供电公司")]
    assert order == sorted(order)
    assert page.count("监督轴") == 3 and page.count("指挥轴") == 8


@pytest.mark.parametrize(("typed", "found"), [("szs", "市政所"), ("政策", "政策法规调研部"), ("squad-990101002", "东湖街道监督分队")])
def test_a_unit_is_found_by_initials_words_or_code(admin: Client, typed: str, found: str) -> None:
    page = _text(admin.get(_url("home"), {"typed": typed}))
    assert found in page and ">监督部</a>" not in page


@pytest.mark.parametrize("typed", ["<script>alert(1)</script>", "' OR '1'='1", "没有这样的单位"])
def test_a_search_that_finds_nothing_says_so_and_shows_the_words_harmless(admin: Client, typed: str) -> None:
    for name, sentence in (("home", "没有找到这个单位"), ("people", "没有找到这个人")):
        page = _text(admin.get(_url(name), {"typed": typed}))
        assert sentence in page
        assert "<script>alert" not in page


def test_a_character_that_no_table_keeps_is_refused_with_a_sentence(admin: Client) -> None:
    for name in ("home", "people"):
        assert "无法保存的字符" in _text(admin.get(_url(name), {"typed": "市政所\0"}), 400)


def test_a_new_unit_stands_below_its_own_and_can_be_given_people(admin: Client, city: City) -> None:
    form = {"code": "LIGHTS", "name": "照明所", "kind": "department", **COMMON, "duty_phone": "010-00000009"}
    answer = admin.post(_url("new_unit"), form)
    unit = _unit("LIGHTS")
    assert answer.headers["Location"] == _url("unit", unit.pk)
    assert (unit.short_name, unit.initials, unit.calendar_code) == ("照明所", "zms", "office")
    assert "照明所已建立" in _text(admin.get(_url("unit", unit.pk)))

    clerk = city.acting("clerk")
    post = Post.objects.get(code="department_clerk")
    admin.post(_url("appoint", clerk.user_id), {"unit": unit.pk, "post": post.pk})

    assert "何建" in _text(admin.get(_url("unit", unit.pk)))
    assert AuditRow.objects.filter(action="unit_created", user_id=city.acting("system_admin").user_id).exists()


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"code": "SUP"}, "code", "已经用过"),
        ({"code": ""}, "code", "请填编号"),
        ({"name": " "}, "name", "请填名称"),
        ({"name": "长" * 61}, "name", "最多 60 个字"),
        ({"kind": "ministry"}, "kind", "请在列表中选择类型"),
        ({"parent": "12345"}, "parent", "请在列表中选择上级单位"),
        ({"calendar": "never"}, "calendar", "请在列表中选择工作日历"),
    ],
)
def test_a_fault_of_a_unit_stands_at_its_field_and_what_was_typed_stays(
    admin: Client, change: dict[str, str], field: str, sentence: str
) -> None:
    before = Unit.objects.count()
    form = {"code": "LIGHTS", "name": "照明所", "kind": "department", **COMMON, "duty_phone": "555-7"} | change
    page = _text(admin.post(_url("new_unit"), form), 422)
    place = re.search(rf'id="{field}-fault">([^<]+)<', page)
    assert place and sentence in place[1]
    assert 'value="555-7"' in page
    assert Unit.objects.count() == before


def test_a_unit_is_changed_on_record_and_never_put_below_itself(admin: Client, city: City) -> None:
    centre, sup = _unit("CENTRE"), _unit("SUP")
    form = COMMON | {"name": "监督一部", "short_name": "监督", "parent": str(centre.pk), "calendar": "always", "is_active": "on"}
    assert admin.post(_url("unit", sup.pk), form).status_code == 302
    row = AuditRow.objects.get(action="unit_changed")
    assert row.values["after"] == {"name": "监督一部", "short_name": "监督"}
    assert row.values["before"]["name"] == "监督部"

    page = _text(admin.post(_url("unit", centre.pk), form | {"parent": str(sup.pk)}), 422)
    assert "不能是本单位或它的下级" in page
    centre.refresh_from_db()
    assert centre.parent_id is None


def test_a_unit_with_people_is_not_closed_and_an_empty_one_is(admin: Client, city: City) -> None:
    gardens = _unit("GARDENS")
    law = Unit.objects.create(platform=city.platform, code="EMPTY", name="空所", short_name="空所", kind="department")
    form = COMMON | {"name": "园林所", "short_name": "园林所"}
    assert "还有 1 人在任" in _text(admin.post(_url("unit", gardens.pk), form), 422)
    admin.post(_url("unit", law.pk), form | {"name": law.name, "short_name": ""})
    law.refresh_from_db()
    assert not law.is_active


def test_a_new_person_gets_a_one_time_password_shown_once_and_a_post_and_signs_in(admin: Client, city: City) -> None:
    answer = admin.post(_url("new_person"), {"name": "米晓晴", "username": "mi.xq", "phone": "010-1", "last_day": "2099-12-31"})
    once = re.search(r'admin-once number"><b>([^<]+)</b>', _text(answer))
    assert once and answer.headers["Cache-Control"] == "no-store"
    user = User.objects.get(username="mi.xq")
    assert user.active_until and user.active_until.astimezone(city.platform.zone).isoformat() == "2100-01-01T00:00:00+08:00"
    page = _text(admin.get(_url("person", user.pk)))
    assert once[1] not in page and "还没有岗位" in page

    browser = Client()
    signing = {"username": "mi.xq", "password": once[1]}
    assert "还没有岗位" in _text(browser.post(reverse("people:sign_in"), signing), 403)
    post = Post.objects.get(code="seat_agent")
    admin.post(_url("appoint", user.pk), {"unit": _unit("SUP").pk, "post": post.pk})
    assert browser.post(reverse("people:sign_in"), signing).headers["Location"] == reverse("people:password")


@pytest.mark.parametrize(
    ("change", "field"),
    [({"username": "x"}, "username"), ({"username": "clerk"}, "username"), ({"name": ""}, "name"), ({"last_day": "soon"}, "last_day")],
)
def test_a_fault_of_a_new_person_stands_at_its_field(admin: Client, change: dict[str, str], field: str) -> None:
    before = User.objects.count()
    page = _text(admin.post(_url("new_person"), {"name": "米晓晴", "username": "mi.xq", "contractor": "甲公司"} | change), 422)
    assert f'id="{field}-fault"' in page and 'value="甲公司"' in page
    assert User.objects.count() == before


def test_people_are_found_by_name_initials_account_and_phone(admin: Client) -> None:
    User.objects.filter(username="clerk").update(initials="hj", phone="13800000001")
    for typed in ("何建", "hj", "CLERK", "1380000"):
        page = _text(admin.get(_url("people"), {"typed": typed}))
        assert "何建" in page and "王芳" not in page


def test_a_list_of_a_thousand_people_comes_by_pages_with_few_queries(
    admin: Client, city: City, django_assert_max_num_queries: Any
) -> None:
    User.objects.bulk_create(User(username=f"many{i}", name=f"众{i:04d}", password="!") for i in range(1000))
    with django_assert_max_num_queries(6):
        page = _text(admin.get(_url("people")))
    assert f"{1000 + len(city.cast)} 人" in page and page.count("/admin/people/") < 60
    assert "没有岗位" in _text(admin.get(_url("people"), {"page": "2"}))


def test_an_appointment_is_made_undone_ended_and_taken_back(admin: Client, city: City) -> None:
    seat = city.acting("seat_agent")
    post, squad = Post.objects.get(code="squad_leader"), _unit("SQUAD-990101001")
    admin.post(_url("appoint", seat.user_id), {"unit": squad.pk, "post": post.pk})
    made = Appointment.objects.get(user_id=seat.user_id, post=post)
    assert (made.division_id, made.director_unit_id) == (squad.division_id, _unit("SUP").pk)
    page = _text(admin.get(_url("person", seat.user_id)))
    assert "周岚已任分队长" in page and _url("end_appointment", made.pk) in page

    admin.post(_url("end_appointment", made.pk))
    page = _text(admin.get(_url("person", seat.user_id)))
    assert _url("resume_appointment", made.pk) in page
    admin.post(_url("resume_appointment", made.pk))
    made.refresh_from_db()
    assert made.valid_to is None
    assert list(AuditRow.objects.filter(action__startswith="appoint", user_id=city.acting("system_admin").user_id).order_by("pk")
                .values_list("action", flat=True)) == ["appointed", "appointment_ended", "appointment_resumed"]  # fmt: skip


def test_an_end_is_not_taken_back_after_ten_minutes_nor_against_an_excluding_post(admin: Client, city: City) -> None:
    seat = city.acting("seat_agent")
    admin.post(_url("end_appointment", seat.appointment_id))
    dispatcher = Post.objects.get(code="dispatcher")
    admin.post(_url("appoint", seat.user_id), {"unit": _unit("CMD").pk, "post": dispatcher.pk})
    assert "须由不同的人担任" in _text(admin.post(_url("resume_appointment", seat.appointment_id)), 422)
    Appointment.objects.filter(pk=seat.appointment_id).update(valid_to=clock.now() - timedelta(minutes=11))
    assert "已过十分钟" in _text(admin.post(_url("resume_appointment", seat.appointment_id)), 409)


def test_a_refused_post_stands_at_its_field_with_the_choice_kept(admin: Client, city: City) -> None:
    holder, post = city.acting("security_admin"), Post.objects.get(code="audit_admin")
    page = _text(admin.post(_url("appoint", holder.user_id), {"unit": _unit("CENTRE").pk, "post": post.pk}), 422)
    assert re.search(r'id="post-fault">[^<]*安全管理员[^<]*审计管理员', page)
    assert f'<option value="{post.pk}" selected>' in page


def test_a_reset_password_is_shown_once_and_an_account_is_ended_and_resumed(admin: Client, city: City) -> None:
    clerk = city.acting("clerk")
    once = re.search(r'admin-once number"><b>([^<]+)</b>', _text(admin.post(_url("reset", clerk.user_id))))
    assert once and accounts.sign_in("clerk", once[1]).must_change_password
    admin.post(_url("end", clerk.user_id))
    with pytest.raises(Refusal):
        accounts.sign_in("clerk", once[1])
    assert _url("resume", clerk.user_id) in _text(admin.get(_url("person", clerk.user_id)))
    admin.post(_url("resume", clerk.user_id))
    assert accounts.sign_in("clerk", once[1]).pk == clerk.user_id


def test_the_administrator_does_not_end_her_own_account(admin: Client, city: City) -> None:
    own = city.acting("system_admin").user_id
    assert "不能停用自己的账号" in _text(admin.post(_url("end", own)), 409)
    assert accounts.sign_in("system_admin", PASSWORD).pk == own


def test_units_and_people_of_another_platform_do_not_exist_here(admin: Client, city: City) -> None:
    other = Platform.objects.create(code="990102", name="邻区", short_name="邻")
    unit = Unit.objects.create(platform=other, code="SUP", name="邻区监督部", short_name="邻监督", kind="supervision")
    post = Post.objects.create(platform=other, code="seat_agent", name="坐席员", face="workbench", desk="seat")
    user = User.objects.create(username="neighbour", name="邻人", password="!")
    row = Appointment.objects.create(platform=other, user=user, post=post, unit=unit, valid_from=clock.now())
    assert admin.get(_url("unit", unit.pk)).status_code == 404
    assert admin.get(_url("person", user.pk)).status_code == 404
    for name, number in (("reset", user.pk), ("end", user.pk), ("appoint", user.pk), ("end_appointment", row.pk)):
        assert admin.post(_url(name, number)).status_code == 404, name
    assert "邻" not in _text(admin.get(_url("people"))) + _text(admin.get(_url("home")))
    clerk = city.acting("clerk").user_id
    assert admin.post(_url("appoint", clerk), {"unit": unit.pk, "post": post.pk}).status_code == 422
    assert admin.get(f"/admin/people/{10**30}/").status_code == 404
