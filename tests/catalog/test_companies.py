"""企业名录: an administrator enters a company, dispatch proposes it where it serves, with whom to call and whether they are at work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.api import paths
from tests.support.browser import enter
from tests.support.city import FAR_INSIDE, WORKDAY, City
from tests.support.desk import Desk
from urbangrid.catalog import companies
from urbangrid.catalog.models import Company
from urbangrid.core import clock

At = Callable[[str], Desk]


@pytest.fixture
def browser(city: City) -> Client:
    """The system administrator's."""
    return enter(Client(), city, "system_admin")


def form(city: City, **more: Any) -> dict[str, Any]:
    """What she types about 供电公司."""
    return {
        "kind": "power",
        "name": "样城供电公司",
        "short_name": "供电公司",
        "calendar": "office",
        "duty_phone": "5550-7129",
        "classes": [str(city.category("电力井盖").id), str(city.category("路灯").id)],
        "areas": [str(city.west_street.pk)],
        "is_active": "on",
        "contract_number": "样电2026-3",
        "contract_from": "2026-01-01",
        "contract_to": "2026-12-31",
        "name1": "尚未",
        "role1": "经理",
        "phone1": "5550-7130",
        "name2": "陶然",
        "role2": "值班长",
        "phone2": "5550-7131",
        "on_duty": "2",
    } | more


def enter_power(browser: Client, city: City, **more: Any) -> Any:
    """The unit is there already; it enters the register."""
    unit = city.acting("company_clerk").unit_id
    return browser.post(f"{reverse('catalog:new_company')}?unit={unit}", form(city, **more))


def cover(desk: At, city: City, **more: Any) -> str:
    """A filed case of 电力井盖, a class that the responsibility table does not name."""
    name = "电力井盖"
    body = {"category_id": str(city.category(name).id), "condition_id": str(city.condition(name)), **more}
    return paths.accept(desk, paths.report(desk, city, **body)["report_id"], "file")


def proposed(desk: At, case: str) -> list[dict[str, Any]]:
    return [one for one in desk("dispatcher").get(f"/cases/{case}/proposals").body if one["proposed"]]


def test_the_register_starts_with_seven_kinds_each_with_the_classes_it_usually_serves(browser: Client, city: City) -> None:
    kinds = companies.kinds(city.platform.pk)
    assert [one.name for one in kinds] == ["供水", "供电", "燃气", "供热", "灯光夜景", "广告设施", "环卫"]
    assert all(len(companies.usual_classes(city.platform.pk, one)) == len(one.classes) for one in kinds)
    page = browser.get(reverse("catalog:new_company"), {"kind": "heating"})
    assert page.context["chosen"]["classes"] == {str(city.category("热力井盖").id)}
    assert companies.load_kinds() == 0


def test_dispatch_proposes_a_company_of_the_register_where_it_serves_and_names_whom_to_call(browser: Client, city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        near, far = cover(desk, city), cover(desk, city, longitude=FAR_INSIDE[0], latitude=FAR_INSIDE[1], who="far_inspector")
        assert proposed(desk, near) == [], "nobody is known for it yet"
        assert enter_power(browser, city).status_code == 302
        [one] = proposed(desk, near)
        assert (one["unit_name"], one["duty_name"], one["duty_phone"], one["on_duty"]) == ("样城供电公司", "陶然", "5550-7131", True)
        assert (one["grounds"][0]["basis"], one["grounds"][0]["words"]) == ("register", "供电企业，合同至 2026-12-31")
        assert proposed(desk, far) == [], "the other sub-district is not in its list"
        page = enter(Client(), city, "dispatcher").get(reverse("workbench:desk"), {"tab": "dispatch"}).content.decode()
        assert "陶然" in page
        assert "5550-7131" in page
        assert "在班" in page
    with clock.travel(WORKDAY + timedelta(hours=11)):
        assert not proposed(desk, near)[0]["on_duty"], "its hours of service are over"
    with clock.travel(WORKDAY + timedelta(days=60)):
        assert proposed(desk, near) == [], "its contract has run out"
    with clock.travel(WORKDAY):
        desk("dispatcher").done(near, "dispatch", unit_id=proposed(desk, near)[0]["unit_id"])
        assert desk("company_clerk").get("/queues/receive").body[0]["case_id"] == near


def test_an_administrator_creates_finds_and_changes_a_company(browser: Client, city: City) -> None:
    with clock.travel(WORKDAY):
        made = browser.post(
            reverse("catalog:new_company"), form(city, code="C77", kind="heating", name="样城供热公司", short_name="供热公司")
        )
        assert made.status_code == 302
        row = Company.objects.get(unit__code="C77")
        assert (row.kind.name, row.unit.kind, row.unit.calendar_code) == ("供热", "company", "office")
        listed = browser.get(reverse("catalog:companies"), {"typed": "路灯"}).content.decode()
        assert "样城供热公司" in listed
        assert "样城供热公司" not in browser.get(reverse("catalog:companies"), {"kind": "water"}).content.decode()
        browser.post(
            reverse("catalog:company", args=[row.pk]), form(city, kind="heating", name="样城热力公司", calendar="seven_day", areas=[])
        )
        page = browser.get(reverse("catalog:company", args=[row.pk]))
        assert page.context["typed"]["name"] == "样城热力公司"
        assert page.context["chosen"]["areas"] == set()
        assert [one.name for one in companies.contacts_of(page.context["row"])] == ["尚未", "陶然"]
    assert companies.services(city.platform.pk)[row.unit_id].duty_name == "陶然"


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"kind": "bank"}, "kind"),
        ({"classes": []}, "classes"),
        ({"contract_to": "2025-12-31"}, "contract_to"),
        ({"name1": "丁", "phone1": ""}, "phone1"),
        ({"calendar": "lunar"}, "calendar"),
        ({"contract_from": "去年"}, "contract_from"),
        ({"duty_phone": ""}, "duty_phone"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(browser: Client, city: City, typed: dict[str, Any], field: str) -> None:
    refused = enter_power(browser, city, **typed)
    assert refused.status_code == 422
    assert refused.context["at_field"].field == field
    assert f'id="{field}-fault"' in refused.content.decode()
    assert not Company.objects.exists()
