"""Markup, handlers and template code typed into every field, then every post reads it in a real browser: nothing runs.

A violation of the content security policy, a dialog or a failing script fails the test by the fixture ``sits_down``.
"""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client
from playwright.sync_api import Page

from tests.api import paths
from tests.support.city import City
from tests.support.desk import Desk
from urbangrid.accounts.models import User
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.models import Unit

Sit = Callable[..., Page]
PROBE = (
    "<img src=x onerror=alert(1) class=probe><svg/onload=alert(2) class=probe>"
    "\"'><script class=probe>alert(3)</script>{{7*7}}${7*7}</textarea>"
)
SHORT = "<b class=probe onclick=a()>\""


@pytest.mark.usefixtures("running")
def test_what_is_typed_is_never_markup_for_anybody(running: City, sits_down: Sit) -> None:
    case, report, request = _told(running)
    pages = {
        "seat_agent": ("/desk/?tab=accept", f"/case/{case}/", "/search/?words=probe", "/board/"),
        "clerk": ("/desk/?tab=dispose", f"/case/{case}/print/order/"), "inspector": ("/phone/mine/",), "subdistrict_officer": ("/area/",),
        "system_admin": ("/admin/", "/admin/people/"), "audit_admin": ("/admin/trail/",),
    }  # fmt: skip
    read = ""
    for who, places in pages.items():
        page = sits_down(who)
        for place in places:
            page.goto(place)
            assert page.locator(".probe").count() == 0, (who, place)
            read += page.locator("body").inner_text()
        assert "{{7*7}}" not in read or "49}" not in read
    assert "onerror=alert(1)" in read and "<b class=probe" in read and report and request


def _told(running: City) -> tuple[str, str, str]:
    """A case, a report and a request made of probes, with names of people and units that are probes too."""
    desks: dict[str, Desk] = {}

    def at(name: str) -> Desk:
        return desks.setdefault(name, Desk(running, name))

    with transaction.atomic():
        User.objects.filter(username__in=["inspector", "clerk", "seat_agent"]).update(name=SHORT)
        Unit.objects.filter(code="MUNICIPAL").update(name=PROBE[:60], short_name="<b class=probe>")
        organizations.forget()
    case = paths.accept(at, paths.report(at, running, description=PROBE, place_text=PROBE)["report_id"], "file", note=PROBE)
    at("dispatcher").done(case, "dispatch", unit_id=str(at("clerk").who.unit_id), opinion=PROBE)
    at("clerk").done(case, "receive", note=PROBE)
    report = paths.report(at, running, description=PROBE, place_text=PROBE)["report_id"]
    contact = {"name": SHORT, "phone": SHORT, "address": PROBE}
    request = paths.request(at, running, text=PROBE, place_text=PROBE, outside_number=SHORT, line=SHORT[:20], contact=contact)
    Client().post("/sign-in/", {"username": PROBE, "password": "x"})
    at("seat_agent").upload(SHORT + ".jpg", io.BytesIO(b"x").getvalue())
    return str(case), str(report), str(request["request_id"])
