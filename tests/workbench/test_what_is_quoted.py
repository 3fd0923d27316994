"""A name that stands among the words of a step says whose it is, wherever the step is shown."""

from __future__ import annotations

from django.urls import reverse

from tests.api import paths
from tests.api.paths import At
from tests.cases.test_call_first import called
from tests.support.city import City
from tests.support.screen import Screen
from urbangrid.companies.tokens import token_of

LABELLED = "处置人：老周师傅"


def test_who_did_the_work_is_named_as_such_at_each_desk_that_judges_it_and_on_paper(
    city: City, desk: At, screen: type[Screen]
) -> None:
    case = paths.dispatched(desk, city)
    desk("clerk").done(case, "receive")
    desk("clerk").done(case, "feedback", text="已修补", handled_by="老周师傅", files=[desk("clerk").send_photo("black")])
    dispatcher, seat = screen("dispatcher"), screen("seat_agent")
    shown = [dispatcher.get("/desk/?tab=review"), dispatcher.get(f"/case/{case}/")]
    shown.append(dispatcher.get(reverse("workbench:sheet", args=[case, "case"])))
    desk("dispatcher").done(case, "review")
    shown.append(seat.get("/desk/?tab=send_check"))
    for page in shown:
        assert page.count("老周师傅") == page.count(LABELLED) >= 1, page


def test_who_did_the_work_is_named_as_such_on_the_companys_page(city: City, desk: At, screen: type[Screen]) -> None:
    case = paths.filed(desk, city)
    company = desk("company_clerk")
    desk("dispatcher").done(case, "dispatch", unit_id=str(company.who.unit_id), reason="order", opinion="注意围挡")
    company.done(case, "receive")
    company.done(case, "feedback", text="已修补", handled_by="老周师傅", files=[company.send_photo("black")])
    assert LABELLED in screen("company_clerk").get(reverse("companies:task", args=[token_of(int(case))]))


def test_who_was_called_before_the_filing_is_named_as_such(city: City, desk: At, screen: type[Screen]) -> None:
    case = called(desk, city)
    page = screen("seat_agent").get(f"/case/{case}/?all=1")
    assert "联系到的人：" in page and "拨打的号码：" in page
