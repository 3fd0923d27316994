"""The exercises 练习 of the handbooks, played in the made city key by key: what the handbook promises is what the page says
(HD-13.1, HD-13.3, HD-13.4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from tests.demo.test_town import forget
from tests.support.guides import texts
from tests.support.keyboard import Trainee
from urbangrid.accounts.models import User
from urbangrid.cases.models import Case, CaseRequest, Report, WorkItem
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.demo import accounts, day, pictures, town
from urbangrid.grids.models import UnitGrid
from urbangrid.organizations import signin
from urbangrid.organizations.models import Appointment, Post, Unit
from urbangrid.ui.templatetags.ug import ADMINISTRATION, MENU

CALL = {"phone": "55500001111", "name": "家长孙某", "text": "实验小学东门路面坏了"}
"""Of exercise 1 of the seat agent."""


@pytest.fixture(scope="module")
def made(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Platform, Path]]:
    folder = tmp_path_factory.mktemp("city")
    with django_db_blocker.unblock(), override_settings(FILES_ROOT=folder / "files", DATA=folder), transaction.atomic():
        _build()
        yield Platform.objects.get(), folder
        transaction.set_rollback(True)
    forget()


def _build() -> None:
    """The smallest made city, and of its day only what an exercise finds waiting: one to close, one that the duty director decides."""
    now = clock.now()
    today = day.begin(town.build(lambda _line: None, town.since(now), scale=0.04), now)
    for number, waits in enumerate(("close", "confirm_filing"), 1):
        today.play(number, day.Story(until=waits), now - timedelta(days=3))


@pytest.fixture
def city(made: tuple[Platform, Path], db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    platform, folder = made
    settings.DEMONSTRATION, settings.FILES_ROOT, settings.DATA = True, folder / "files", folder
    monkeypatch.setattr(signin, "demonstration", accounts.offered)
    forget()
    yield platform
    forget()


def said(name: str, words: str) -> str:
    """``words``, which must stand in the exercises of that handbook: the test and the text promise the same."""
    exercises = texts()[name].partition("## 练习")[2].partition("\n## ")[0]
    assert words in exercises, f"{name} does not promise: {words}"
    return words


def _place(city: Platform) -> dict[str, str]:
    """A click on the map, in the first cell of the city."""
    cell = UnitGrid.objects.filter(platform=city, valid_to=None).order_by("code")[0]
    at = cell.geom.point_on_surface
    return {"longitude": f"{at.x:.6f}", "latitude": f"{at.y:.6f}", "place_text": "实验小学东门"}


def _of_a_class(city: Platform) -> dict[str, str]:
    """``dlps``: the class that the initials find, with its first condition."""
    category = next(one for one in catalog.category_options(city.pk) if one.name == "道路破损")
    return {"category_id": str(category.id), "condition_id": str(catalog.conditions_of(category.id, city.pk)[0].id)}


def registered(city: Platform, seat: Trainee) -> str:
    """A call as exercise 1 has it; the id of its item at the desk."""
    seat.go("/register/")
    seat.press("F2", **CALL, **_of_a_class(city), **_place(city))
    assert said("seat", "已登记，请告知来电人编号") in seat.toast
    return str(WorkItem.objects.filter(kind="accept", closed_at=None).latest("pk").pk)


def reported(city: Platform, seed: int) -> str:
    """Exercise 1 of the inspector; the id of its item at the seat's desk."""
    phone = Trainee("inspector01")
    phone.go("/phone/report/")
    photo = phone.send_photo(pictures.picture("道路破损", "before", seed))
    form = {"client_id": f"exercise-{seed}", "files": photo, **_of_a_class(city), **_place(city)}
    answer = phone.client.post("/phone/report/", form, follow=True)
    assert said("inspector", "已上报，编号") in answer.content.decode()
    return str(WorkItem.objects.filter(kind="accept", closed_at=None).latest("pk").pk)


def filed(city: Platform, seat: Trainee, seed: int) -> Case:
    seat.go(f"/desk/?tab=accept&item={reported(city, seed)}")
    seat.press("F2")
    assert "已立案" in seat.toast
    return Case.objects.latest("pk")


def _open(case_id: int) -> int:
    """The work on a case, where nobody else has any."""
    return WorkItem.objects.get(case_id=case_id, closed_at=None).pk


def _case_of(item_id: str) -> Case:
    return Case.objects.get(pk=WorkItem.objects.values_list("case_id", flat=True).get(pk=item_id))


def dispatched(city: Platform, seed: int, code: str = "D01") -> Case:
    """Filed by the seat and sent to a unit by F2; the proposal goes there, or the reason is given."""
    case, desk = filed(city, Trainee("limin"), seed), Trainee("wangfang")
    desk.go(f"/desk/?tab=dispatch&item={_open(case.pk)}")
    desk.press("F2", unit_id=str(Unit.objects.get(platform=city, code=code).pk), reason="urgent_near")
    case.refresh_from_db()
    return case


@pytest.mark.requirement("HD-13.1")
def test_the_seat_agent_and_the_duty_director_have_a_manual_whose_exercises_turn_out_as_it_says(city: Platform) -> None:
    seat, director = Trainee("limin"), Trainee("chenliguo")
    for one, title in ((seat, "坐席员"), (director, "值班主任")):
        assert title in one.go(reverse("guides:own")) and "练习" in one.text
    _seats_exercises(city, seat)
    _directors_exercises(city, director)


def _seats_exercises(city: Platform, seat: Trainee) -> None:
    item = registered(city, seat)  # 1
    seat.go(f"/desk/?tab=accept&item={item}")
    seat.press("F2")
    assert "发核实" in seat.toast and "应看到已发核实" in said("seat", "应看到已发核实")
    verifying = Case.objects.latest("pk")
    assert verifying.state == "verifying"
    case = filed(city, seat, 1)  # 2
    assert case.number and case.number in seat.toast
    seat.go(f"/desk/?tab=accept&item={registered(city, seat)}")  # 3
    seat.press("F8")
    seat.press("1")
    seat.press("F2")
    assert "不予受理" in seat.toast and said("seat", "不予受理")
    assert Report.objects.latest("pk").state == "refused"
    seat.go(f"/desk/?tab=accept&item={registered(city, seat)}")  # 4
    seat.press("F7")
    assert said("seat", "已并入") in seat.toast
    seat.go("/desk/?tab=close")  # 5
    closing = seat.items()
    assert closing, "one waits to be closed"
    seat.press("F2")
    assert "已结案" in seat.toast and said("seat", "应看到已结案")
    number = seat.toast.split()[0]
    assert Case.objects.get(number=number).state == "closed"
    assert number in seat.go("/done/")


def _directors_exercises(city: Platform, director: Trainee) -> None:
    director.go("/board/")  # 1
    link = next(one for one in director.page.xpath("//a[contains(@href, '/board/list/')]") if one.text_content().strip().isdigit())
    count = int(link.text_content())
    assert f"{count} 件" in director.go(str(link.get("href"))) and said("director", "名单件数应等于这个数字")
    director.go("/desk/?tab=confirm_filing")  # 2
    case = _case_of(director.items()[0]).pk
    director.press("F4", note="请补一张照片")
    assert Case.objects.get(pk=case).state == "to_file" and said("director", "应回到坐席的「待立案」")
    seat = Trainee("limin")
    seat.go(f"/desk/?tab=file&item={_open(case)}")
    seat.press("F2")
    director.go(f"/desk/?tab=confirm_filing&item={_open(case)}")
    director.press("F2")
    assert "已立案" in director.toast and said("director", "应看到已立案")
    _urged(director, "director")  # 3
    running = Case.objects.filter(state="to_dispatch").latest("pk")  # 4
    director.go(f"/case/{running.pk}/")
    director.open("move-urgent")
    director.press("F2")
    assert "加急" in director.toast
    dispatcher = Trainee("wangfang")
    dispatcher.go(f"/desk/?tab=dispatch&item={_open(running.pk)}")
    assert "紧急" in dispatcher.text and said("director", "这一件应标「紧急」")
    director.go("/handover/")  # 5
    director.press("F2", notes="西湖路停水")
    assert "已交班，等待接班" in director.toast
    next_shift = Trainee("xuting")
    next_shift.go("/handover/")
    next_shift.press("F2")
    assert said("director", "西湖路停水") in next_shift.text
    next_shift.press("F2")
    assert "已接陈立国的班" in next_shift.toast


def _urged(who: Trainee, handbook: str) -> None:
    """Everything that units have is urged, and at once again: then the units are left out and named."""
    who.go("/urge/?span=all")
    cases = [str(one) for one in who.page.xpath("//input[@name='case']/@value")]
    assert cases
    who.press("F2", case=cases)
    assert re.search(r"已催办 \d+ 件", who.toast) and said(handbook, "已催办几件")
    who.go("/urge/?span=all")
    who.press("F2", case=cases[:1])
    assert "一小时内已催过，略过：" in who.toast


@pytest.mark.requirement("HD-13.3")
def test_the_dispatcher_has_a_manual_whose_exercises_turn_out_as_it_says(city: Platform) -> None:
    desk, seat = Trainee("wangfang"), Trainee("limin")
    assert "派遣员" in desk.go(reverse("guides:own")) and "练习" in desk.text
    for seed in (11, 12):
        filed(city, seat, seed)
    desk.go("/desk/?tab=dispatch")  # 1
    first = _case_of(desk.items()[0])
    desk.press("F2")
    assert "已派遣" in desk.toast and said("dispatcher", "应看到已派遣")
    gardens = Unit.objects.get(platform=city, short_name="园林所")  # 2
    other = Case.objects.filter(state="to_dispatch").exclude(pk=first.pk).latest("pk")
    desk.go(f"/desk/?tab=dispatch&item={_open(other.pk)}")
    assert said("dispatcher", "情况紧急，就近派遣") in desk.text
    desk.press("F2", unit_id=str(gardens.pk), reason="urgent_near")
    assert Case.objects.get(pk=other.pk).handler_unit_id == gardens.pk
    assert "情况紧急，就近派遣" in desk.go(f"/case/{other.pk}/?all=1")
    given = dispatched(city, 13)  # 3
    _send_back_refused(desk, given)
    _fed_back(given, 13)
    desk.go("/desk/?tab=review")  # 4
    back = _case_of(desk.items()[0]).pk
    for key in ("F8", "1", "F2"):
        desk.press(key)
    assert "返工" in desk.toast and said("dispatcher", "应看到返工")
    assert Case.objects.get(pk=back).state == "disposing"
    _urged(desk, "dispatcher")  # 5


def _send_back_refused(desk: Trainee, case: Case) -> None:
    clerk = Trainee("d01")
    clerk.go(f"/desk/?tab=receive&item={_open(case.pk)}")
    clerk.press("F2")
    clerk.go(f"/desk/?tab=dispose&item={_open(case.pk)}")
    clerk.open("ask-send_back")
    clerk.press("1")
    clerk.press("F2", note="不是本单位管的路")
    asked = CaseRequest.objects.get(case=case)
    desk.go(f"/desk/?tab=decide&item={WorkItem.objects.get(request=asked, closed_at=None).pk}")
    desk.press("F4")
    choice = desk.page.xpath(f"//dialog//label[contains(., '{said('dispatcher', '经核属该单位职责')}')]/input/@value")[0]
    desk.press("F2", reason=choice)
    asked.refresh_from_db()
    case.refresh_from_db()
    assert (asked.state, case.state) == ("refused", "disposing")
    assert said("dispatcher", "时限没有停") and case.clocks.get(kind="unit").due_at is not None, "it is due as before: the clock runs"


def _fed_back(case: Case, seed: int) -> None:
    clerk = Trainee("d01")
    clerk.go(f"/desk/?tab=dispose&item={_working(case)}")
    clerk.press("F2", text="已修补", files=[clerk.send_photo(pictures.picture("道路破损", "after", seed))])


def test_the_department_clerks_exercises_turn_out_as_her_guide_says(city: Platform) -> None:
    cases = [dispatched(city, seed) for seed in (21, 22)]
    clerk = Trainee("d01")
    assert "部门内勤" in clerk.go(reverse("guides:own")) and "练习" in clerk.text
    clerk.go("/desk/")  # 1
    clerk.press("F4")
    assert re.search(r"已签收 \d+ 件", clerk.toast) and said("department", "已签收 … 件")
    assert set(Case.objects.filter(pk__in=[one.pk for one in cases]).values_list("state", flat=True)) == {"disposing"}
    crew = Unit.objects.get(platform=city, short_name=said("department", "井盖班"))  # 2
    clerk.go(f"/desk/?tab=dispose&item={_working(cases[0])}")
    clerk.click("unit_id", str(crew.pk))
    assert "井盖班" in clerk.go("/desk/") and WorkItem.objects.filter(case=cases[0], kind="crew_task", closed_at=None).exists()
    _fed_back(cases[1], 22)  # 3
    assert Case.objects.get(pk=cases[1].pk).state == "to_review" and said("department", "已修补")
    assert str(cases[1].number) in clerk.go("/done/")
    clerk.go(f"/desk/?tab=dispose&item={_working(cases[0])}")  # 4
    clerk.open("ask-extension")
    clerk.press("1")
    clerk.press("F2", until=(clock.now() + timedelta(days=2)).strftime("%Y-%m-%dT%H:%M"))
    assert said("department", "待审批") in clerk.go(f"/desk/?tab=dispose&item={_working(cases[0])}")


def _working(case: Case) -> int:
    return WorkItem.objects.get(case=case, kind="dispose", closed_at=None).pk


@pytest.mark.requirement("HD-13.5")
def test_the_administrator_has_a_manual_of_every_page_and_command_whose_first_exercises_turn_out_as_it_says(city: Platform) -> None:
    admin, text = Trainee("guanli"), texts()["administrator"]
    assert "系统管理员" in admin.go(reverse("guides:own")) and "练习" in admin.text
    menu = [str(word) for _part, rows in ADMINISTRATION for _name, _mark, word, duty in rows if duty in OF_ADMINISTRATOR]
    assert len(menu) > 10
    assert [word for word in menu if f"「{word}」" not in text] == []
    assert set(re.findall(r"^\./urbangrid (\w+)", text, re.M)) >= {"up", "check", "backup", "restore", "upgrade", "bundle", "audit"}
    once = _account_made(city, admin)  # 1
    newcomer = Client()
    own = "Lian-xi 2026"
    newcomer.post("/sign-in/", {"username": "lianxi", "password": once})
    assert newcomer.get("/", follow=True).request["PATH_INFO"] == reverse("people:password") and said("administrator", "应先要求改密码")
    newcomer.post(reverse("people:password"), {"old": once, "new": own})
    assert "受理台" in newcomer.get("/", follow=True).content.decode() and said("administrator", "然后是受理台")
    row = Appointment.objects.get(user__username="lianxi")  # 2
    ended = admin.client.post(reverse("administration:end_appointment", args=[row.pk]), follow=True).content.decode()
    assert "不再任坐席员" in ended and "撤回" in ended and said("administrator", "提示条上应有撤回")
    assert newcomer.get("/desk/").headers["Location"].startswith("/sign-in/") and said("administrator", "应回到登录页")


def _account_made(city: Platform, admin: Trainee) -> str:
    """练习生 with a post at the seats; the one-time password as the page shows it."""
    form = {"name": said("administrator", "练习生"), "username": said("administrator", "lianxi")}
    page = admin.client.post(reverse("administration:new_person"), form, follow=True).content.decode()
    shown = re.search(r'class="admin-once number"><b>([^<]+)</b>', page.partition("的一次性密码")[2])
    assert shown is not None, "the one-time password stands on the page"
    user, unit = User.objects.get(username="lianxi"), Unit.objects.get(platform=city, code="SUP")
    post = Post.objects.get(platform=city, code="seat_agent")
    given = admin.client.post(reverse("administration:appoint", args=[user.pk]), {"unit": unit.pk, "post": post.pk}, follow=True)
    assert "练习生已任坐席员" in given.content.decode()
    return shown[1]


OF_ADMINISTRATOR = ("administer_system", "administer_business", "")


def test_every_entry_of_the_menu_is_told_of_to_everybody_or_to_the_administrator_who_has_it() -> None:
    words = [entry[2] for entry in MENU["workbench"] if entry is not None]
    assert [word for word in words if f"「{word}」" not in texts()["start"]] == []
    manuals = {"administer_security": "security", "read_audit": "audit"}
    for _part, rows in ADMINISTRATION:
        for _name, _mark, word, duty in rows:
            assert f"「{word}」" in texts()[manuals.get(duty, "administrator")], (word, duty)
