"""Somebody rings back with the number that she was told, or with nothing but the street: it is found before anything is filed."""

from __future__ import annotations

from django.test import Client

from tests.api import paths
from tests.api.paths import At
from tests.support.browser import enter
from tests.support.city import City
from urbangrid.cases.models import Report
from urbangrid.service_requests.models import ServiceRequest


def test_the_number_of_a_report_or_a_request_leads_to_what_became_of_it(city: City, desk: At) -> None:
    call = paths.request(desk, city)
    told = Report.objects.get(pk=call["report_id"]).number, ServiceRequest.objects.get(pk=call["request_id"]).number
    seat, clerk = (enter(Client(), city, name) for name in ("seat_agent", "clerk"))

    def leads(browser: Client, number: str) -> str:
        return str(browser.get("/search/", {"words": number}).headers.get("Location", ""))

    assert leads(seat, told[0]).startswith("/desk/?tab=accept&item="), "nobody has decided on it yet"
    case = paths.accept(desk, call["report_id"], "send_verification")
    assert leads(seat, told[0]) == f"/case/{case}/"
    assert leads(seat, told[1]) == f"/requests/{call['request_id']}/"
    assert [leads(clerk, number) for number in told] == ["", ""], "of no use to who may not read it"


def test_a_case_is_found_by_its_street_before_it_is_filed(city: City, desk: At) -> None:
    call = paths.request(desk, city)
    case = paths.accept(desk, call["report_id"], "send_verification")
    found = enter(Client(), city, "seat_agent").get("/search/", {"words": "大柳树路口"}).content.decode()
    assert f"/case/{case}/" in found
