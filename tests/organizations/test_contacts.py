"""通讯录: who sees whose number, found by pinyin initials, who is at work today; on paper and as a table (CY-19-4)."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from tests.support.browser import enter
from tests.support.city import City
from tests.support.screen import Screen
from tests.support.shifts import at, make_shifts, row
from urbangrid.accounts.models import User
from urbangrid.audit.models import AuditRow
from urbangrid.core import clock
from urbangrid.core.text import initials
from urbangrid.organizations.contacts import Called, Viewer, may_call
from urbangrid.organizations.models import Turn

FEW = st.integers(1, 4)
SETS = st.frozensets(FEW, max_size=3)
VIEWERS = st.builds(Viewer, FEW, SETS, SETS, st.none() | FEW, st.booleans(), st.booleans())
CALLED = st.builds(Called, FEW, FEW, FEW, SETS)


def by_the_table(viewer: Viewer, called: Called) -> bool:
    """The rule once more, reason by reason as docs/topics/contacts.md lists them."""
    reasons = {
        "oneself": viewer.user_id == called.user_id,
        "own unit and below": any(unit == called.unit_id for unit in viewer.line),
        "whole platform": viewer.calls_everybody and not viewer.outside and any(one == called.platform_id for one in viewer.platforms),
        "own area": not viewer.outside and any(one == viewer.area_id for one in called.areas),
    }
    return True in reasons.values()


@given(VIEWERS, CALLED)
def test_a_number_is_shown_for_one_of_four_reasons_and_no_other(viewer: Viewer, called: Called) -> None:
    assert may_call(viewer, called) == by_the_table(viewer, called)


def number_of(name: str) -> str:
    """Everybody of the cast has a number of her own."""
    return f"5550{sum(map(ord, name)) % 10_000:04d}-{initials(name)}"


@pytest.fixture
def numbered(city: City) -> City:
    for user in User.objects.all():
        user.phone, user.initials = number_of(user.name)[:20], initials(user.name)
        user.save(update_fields=["phone", "initials"])
    return city


def shows(text: str, name: str) -> bool:
    return number_of(name)[:20] in text


SEAT, CLERK, OTHER, STATION, INSPECTOR, FAR, OFFICER = "周岚", "何建", "林晓", "韩梅", "张小燕", "吴桐", "钱进"


def test_the_centre_calls_anybody_and_a_clerk_her_own_unit_and_those_below(numbered: City, screen: type[Screen]) -> None:
    dispatcher, clerk = screen("dispatcher"), screen("clerk")
    squad = f"/contacts/?unit={numbered.acting('inspector').unit_id}"
    assert shows(dispatcher.get(squad), INSPECTOR)
    own = clerk.get("/contacts/")
    assert "市政所" in own
    assert shows(own, CLERK)
    assert "值班电话 010-00000001" in own
    assert shows(clerk.get(f"/contacts/?unit={numbered.acting('station_clerk').unit_id}"), STATION)
    gardens = clerk.get(f"/contacts/?unit={numbered.acting('other_clerk').unit_id}")
    assert OTHER in gardens
    assert not shows(gardens, OTHER), "another bureau's people are reached by its duty telephone"
    assert "请拨值班电话" in gardens
    assert not shows(clerk.get(squad), INSPECTOR)


def test_a_squad_leader_and_a_sub_district_call_the_inspectors_of_their_area_alone(numbered: City, screen: type[Screen]) -> None:
    officer = screen("subdistrict_officer")
    assert shows(officer.get(f"/contacts/?unit={numbered.acting('inspector').unit_id}"), INSPECTOR)
    assert not shows(officer.get(f"/contacts/?unit={numbered.acting('far_inspector').unit_id}"), FAR)
    inspector = screen("inspector")
    assert shows(inspector.get("/contacts/"), INSPECTOR)
    assert not shows(inspector.get(f"/contacts/?unit={numbered.acting('seat_agent').unit_id}"), SEAT)
    crew = screen("road_crew")
    assert shows(crew.get(f"/contacts/?unit={numbered.acting('station_clerk').unit_id}"), STATION), "a crew calls the unit above it"


def test_a_company_sees_duty_telephones_and_its_own_people_and_no_inspector(numbered: City) -> None:
    company = enter(Client(), numbered, "company_clerk")
    page = company.get(reverse("companies:contacts")).content.decode()
    assert shows(page, "高远")
    assert shows(page, "丁勇")
    for name in (SEAT, CLERK, INSPECTOR, OFFICER):
        assert name not in page
        assert not shows(page, name)
    assert "监督部" in page
    assert "市政所" not in page
    assert company.get(reverse("workbench:contacts")).status_code == 404


def test_security_and_audit_administrators_have_names_and_no_numbers(numbered: City, screen: type[Screen]) -> None:
    for name in ("security_admin", "audit_admin"):
        page = screen(name).get(f"/contacts/?unit={numbered.acting('seat_agent').unit_id}")
        assert SEAT in page
        assert not shows(page, SEAT)


def test_people_and_units_are_found_by_pinyin_initials(numbered: City, screen: type[Screen]) -> None:
    page = screen("dispatcher")
    found = page.get("/contacts/?typed=zxy")
    assert INSPECTOR in found
    assert OTHER not in page.get("/contacts/?typed=zxy")
    assert "值班电话 010-00000002" in page.get("/contacts/?typed=yls")
    assert "没有找到" in page.get("/contacts/?typed=qqqq")
    assert "没有找到" in page.get("/contacts/?typed=5550"), "numbers are not looked up: a search would tell whom one is of"


def test_who_is_at_work_today_stands_beside_the_name(numbered: City, screen: type[Screen]) -> None:
    with clock.travel(at(20, "09:40")):
        shift, seat = make_shifts(numbered)["早"], row(numbered, "seat_agent")
        Turn.objects.create(
            platform=numbered.platform, unit=seat.unit, post=seat.post, shift=shift, day=at(20, "09:40").date(), appointment=seat,
            begins_at=at(20, "08:30"), ends_at=at(20, "17:30"),
        )  # fmt: skip
        page = screen("duty_director").get("/contacts/")
        assert "今日 早班 08:30–17:30" in page
        assert "周岚 坐席员 在岗" in " ".join(page.split())


def test_print_and_export_leave_a_trace_and_only_who_keeps_the_book_takes_it_out(numbered: City) -> None:
    clerk, admin = enter(Client(), numbered, "clerk"), enter(Client(), numbered, "system_admin")
    sheet = clerk.get(reverse("workbench:contacts_sheet")).content.decode()
    assert shows(sheet, CLERK)
    assert not shows(sheet, SEAT)
    assert clerk.get(reverse("workbench:contacts_file")).status_code == 403
    sheet_of = load_workbook(BytesIO(admin.get(reverse("workbench:contacts_file")).content)).active
    assert sheet_of is not None
    rows = {line[2]: line for line in sheet_of.iter_rows(values_only=True)}
    assert rows[INSPECTOR][5] == number_of(INSPECTOR)[:20]
    assert set(AuditRow.objects.filter(action__in=("printed", "export_contacts")).values_list("action", flat=True)) == {
        "printed", "export_contacts",
    }  # fmt: skip
