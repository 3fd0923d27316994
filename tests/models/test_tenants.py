"""A district is opened in one step, and its administrators and the city's each see and change their own platform alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import count, product
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern
from openpyxl import load_workbook

from tests.support import city as places
from tests.support.browser import enter
from tests.support.model_city import ModelCity
from urbangrid.accounts.models import Device, SignIn, User
from urbangrid.administration import opening, urls
from urbangrid.cases.models import Case
from urbangrid.config import commands_platform
from urbangrid.config.command import parser
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.grids.models import Division
from urbangrid.organizations import actions
from urbangrid.organizations.acting import Acting, from_row
from urbangrid.organizations.models import Appointment, Post, Unit
from urbangrid.service_requests.models import Phrase

pytestmark = pytest.mark.parametrize("model_city", ["d"], indirect=True)
ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
_serial = count(1)


def _administrators(platform: Platform) -> dict[str, Acting]:
    rows = Appointment.objects.filter(platform=platform, post__face="administration").select_related("user", "post", "unit", "platform")
    for row in rows:
        row.user.must_change_password = False
        row.user.save()
    return {row.post.code: from_row(row) for row in rows}


def _ids(platform: Platform) -> dict[str, object]:
    """An id of each kind that belongs to a platform; of what is nobody's own, one that exists nowhere."""
    row = Appointment.objects.filter(platform=platform, post__code="department_clerk").order_by("pk")[0]
    return {
        "unit_id": row.unit_id, "user_id": row.user_id, "appointment_id": row.pk, "sign_in_id": 1, "token_id": 1,
        "phrase_id": Phrase.objects.values_list("pk", flat=True).get(), "device_id": Device.objects.values_list("pk", flat=True).get(),
        "parked_id": 1, "job_id": 1, "retained": "no_such_kind", "lift_id": 1,
    }  # fmt: skip


def _addresses(platform: Platform) -> Iterator[str]:
    """Every address of the administration that names something of a platform."""
    ids = _ids(platform)
    for pattern in urls.urlpatterns:
        assert isinstance(pattern, URLPattern)
        text = str(pattern.pattern)
        if "<" in text:
            yield "/admin/" + re.sub(r"<\w+:(\w+)>", lambda found: str(ids.get(found[1], 1)), text)


def _standing() -> tuple[object, ...]:
    users = User.objects.order_by("pk").values_list("name", "password", "is_active", "locked_until", "session_stamp")
    return list(users), list(Unit.objects.order_by("pk").values()), list(Appointment.objects.order_by("pk").values())


@pytest.mark.parametrize("who", ["city", "district"])
def test_every_address_of_another_tenant_is_one_that_does_not_exist(model_city: ModelCity, who: str) -> None:
    assert model_city.tenant is not None
    own, other = (model_city.platform, model_city.tenant) if who == "city" else (model_city.tenant, model_city.platform)
    clerk = Appointment.objects.filter(platform=other, post__code="department_clerk").order_by("pk")[0]
    Device.objects.create(
        platform_id=other.pk, user_id=clerk.user_id, unit_id=clerk.unit_id, fingerprint="f" * 64, public_key=b"\x04" * 65, model="PC",
        state=Device.ASKED, asked_at=clock.now(),
    )  # fmt: skip
    Phrase.objects.create(platform=other, use="reply", title="答复", text="{编号}已办结")
    before = _standing()
    addresses = list(_addresses(other))
    assert len(addresses) >= 15
    for acting in _administrators(own).values():
        browser = enter(Client(), places.City(own, None, None, None, {"me": acting}), "me")  # type: ignore[arg-type]
        for address, method in product(addresses, ("get", "post")):
            status = getattr(browser, method)(address, {"name": "改名", "reason": "lost", "number": "1"}).status_code
            gone = (403, 404, 405, 409) if "/devices/" in address else (403, 404, 405)  # a device that is not there: 409, as for any number
            assert status in gone, f"{acting.post_code} {method} {address}: {status}"
    assert _standing() == before
    assert Device.objects.get().state == Device.ASKED
    assert Phrase.objects.filter(platform=other, title="答复").exists()


def test_lists_of_a_districts_administrators_hold_nothing_of_the_city_and_the_other_way_round(model_city: ModelCity) -> None:
    assert model_city.tenant is not None
    for own, other in ((model_city.platform, model_city.tenant), (model_city.tenant, model_city.platform)):
        strange = {str(pk) for pk in Unit.objects.filter(platform=other).values_list("pk", flat=True)}
        strange |= {str(pk) for pk in Appointment.objects.filter(platform=other).values_list("user_id", flat=True)}
        for acting in _administrators(own).values():
            browser = enter(Client(), places.City(own, None, None, None, {"me": acting}), "me")  # type: ignore[arg-type]
            for pattern in urls.urlpatterns:
                answer = browser.get("/admin/" + str(pattern.pattern)) if "<" not in str(pattern.pattern) else None
                if answer is None or answer.status_code != 200 or answer.streaming or "html" not in answer.headers["Content-Type"]:
                    continue
                found = set(re.findall(r"\d{15,}", answer.content.decode())) & strange
                assert not found, (acting.post_code, str(pattern.pattern))


def test_a_person_without_a_post_is_seen_where_her_account_was_made(model_city: ModelCity) -> None:
    assert model_city.tenant is not None
    city, district = _administrators(model_city.platform)["system_admin"], _administrators(model_city.tenant)["system_admin"]
    for acting, other in ((city, district), (district, city)):
        browser = enter(Client(), places.City(None, None, None, None, {"me": acting, "other": other}), "me")  # type: ignore[arg-type]
        browser.post("/admin/people/new/", {"name": "新来", "username": f"new.{next(_serial)}"})
        made = User.objects.get(username__startswith="new.", platform_id=acting.platform_id)
        assert browser.get(f"/admin/people/{made.pk}/").status_code == 200
        neighbour = enter(Client(), places.City(None, None, None, None, {"me": other}), "me")  # type: ignore[arg-type]
        assert neighbour.get(f"/admin/people/{made.pk}/").status_code == 404


def test_an_account_with_posts_in_both_is_reset_by_neither_but_each_ends_its_own_post(model_city: ModelCity) -> None:
    assert model_city.tenant is not None
    clerk = User.objects.get(username="clerk")
    unit = Unit.objects.get(platform=model_city.tenant, code="DC")
    actions.appoint(user=clerk, post=Post.objects.get(platform=model_city.tenant, code="inspector"), unit=unit)
    acting = _administrators(model_city.tenant)["system_admin"]
    browser = enter(Client(), places.City(None, None, None, None, {"me": acting}), "me")  # type: ignore[arg-type]
    assert browser.get(f"/admin/people/{clerk.pk}/").status_code == 200
    assert browser.post(f"/admin/people/{clerk.pk}/reset/").status_code == 403
    assert not SignIn.objects.filter(user=clerk).exists()


def _second_district(city: ModelCity) -> Division:
    top = city.district.parent
    with clock.travel(places.SINCE):
        return Division.objects.create(
            platform=city.platform, level="district", code="990102", name="西山区", parent=top, valid_from=clock.now(), source=""
        )


def test_the_citys_administrator_opens_a_district_from_a_form_and_a_spreadsheet(model_city: ModelCity) -> None:
    division = _second_district(model_city)
    acting = _administrators(model_city.platform)["system_admin"]
    browser = enter(Client(), places.City(None, None, None, None, {"me": acting}), "me")  # type: ignore[arg-type]
    sheet = browser.get("/admin/districts/sample.xlsx").content
    answer = browser.post("/admin/districts/open/", {
        "division": division.pk, "name": "西山区", "short_name": "西山", "file": SimpleUploadedFile("样表.xlsx", sheet),
    })  # fmt: skip
    text = answer.content.decode()
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "no-store", text
    opened = Platform.objects.get(code="990102")
    assert (opened.parent_id, opened.supervises, opened.commands) == (model_city.platform.pk, False, True)
    assert set(Unit.objects.filter(platform=opened).values_list("code", flat=True)) == {"DC", "D01", "C01"}
    assert {"zhangsan", "lisi"} <= set(User.objects.values_list("username", flat=True))
    assert len(re.findall(r">[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}<", text)) == 5
    again = browser.post("/admin/districts/open/", {"division": division.pk, "name": "西山区", "short_name": "西山"})
    assert again.status_code == 409 and "已经开通" in again.content.decode()


def test_a_faulty_spreadsheet_opens_nothing_and_names_the_place(model_city: ModelCity) -> None:
    division = _second_district(model_city)
    book = load_workbook(BytesIO(opening.sample()))
    book["区级平台"]["G2"] = "总经理"
    out = BytesIO()
    book.save(out)
    acting = _administrators(model_city.platform)["system_admin"]
    browser = enter(Client(), places.City(None, None, None, None, {"me": acting}), "me")  # type: ignore[arg-type]
    form = {"division": division.pk, "name": "西山区", "short_name": "西山", "file": SimpleUploadedFile("样表.xlsx", out.getvalue())}
    answer = browser.post("/admin/districts/open/", form)
    assert answer.status_code == 422 and "总经理" in answer.content.decode()
    assert not Platform.objects.filter(code="990102").exists()


def test_the_command_opens_a_district_and_an_unknown_one_is_named(
    model_city: ModelCity, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _second_district(model_city)
    form = tmp_path / "form.xlsx"
    assert commands_platform.sample(parser.parse(["platform", "form", "--to", str(form)])) == 0
    words = ["platform", "open", "--division", "990102", "--file", str(form)]
    assert commands_platform.open_district(parser.parse(words)) == 0
    assert capsys.readouterr().out.count("system.admin.990102") == 1
    assert commands_platform.open_district(parser.parse(["platform", "open", "--division", "123456"])) == 1
    assert "123456" in capsys.readouterr().out


def test_a_district_has_no_districts_of_its_own_and_no_page_for_it(model_city: ModelCity) -> None:
    assert model_city.tenant is not None
    acting = _administrators(model_city.tenant)["system_admin"]
    browser = enter(Client(), places.City(None, None, None, None, {"me": acting}), "me")  # type: ignore[arg-type]
    assert browser.get("/admin/districts/").status_code == 404
    assert browser.get("/admin/health/").status_code == 404
    page = browser.get("/admin/").content.decode()
    assert "/admin/health/" not in page and "/admin/districts/" not in page
    assert not Case.objects.filter(platform=model_city.tenant).exists()
