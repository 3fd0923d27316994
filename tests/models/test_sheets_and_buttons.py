"""Printed sheets carry the name of the unit that issues them, and buttons say to whom a case goes, in each model's own words."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.api.paths import At
from tests.models import ways
from tests.models.test_words_of_the_installation import read
from tests.support.browser import enter
from tests.support.model_city import ModelCity
from urbangrid.core import clock

SUPERVISES = {"b": "城市管理监督中心", "c": "城市网格化管理监督指挥中心", "e": "区城市管理监督中心"}
COMMANDS = {"b": "城市管理指挥中心", "c": "城市网格化管理监督指挥中心", "e": "区城市管理指挥中心"}
LETTERS = pytest.mark.parametrize("model_city, letter", [(letter, letter) for letter in SUPERVISES], indirect=["model_city"])
HEAD = re.compile(r'class="sheet-body-name">([^<]*)</p><h1 class="sheet-title">([^<]*)</h1>')


@pytest.fixture
def given(at: At, model_city: ModelCity) -> str:
    """A case that a unit has received."""
    case = ways.accepted(at, ways.inspector_reports(at, model_city))
    ways.filed(at, model_city, case)
    ways.dispatched(at, case)
    at("clerk").done(case, "receive")
    return case


def head(city: ModelCity, who: str, case: str, name: str, request: str = "") -> tuple[str, str]:
    """Whose paper a sheet is, and what it is called."""
    answer = enter(Client(), city, who).get(reverse("workbench:sheet", args=[case, name]), {"request": request} if request else {})  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.status_code
    [(body, title)] = HEAD.findall(answer.content.decode())
    return body, title


def last_request(at: At, case: str) -> dict[str, Any]:
    return dict(at("clerk").get(f"/cases/{case}").body["requests"][-1])


@LETTERS
def test_a_dispatch_order_is_the_commands_paper_and_a_filing_form_the_supervisions(
    model_city: ModelCity, letter: str, given: str
) -> None:
    assert head(model_city, "clerk", given, "order") == (COMMANDS[letter], "任务派遣单")
    assert head(model_city, "seat_agent", given, "filing") == (SUPERVISES[letter], "案件立案表")


@LETTERS
@pytest.mark.parametrize("who, issuer", [("duty_director", SUPERVISES), ("dispatcher", COMMANDS)])
def test_a_supervision_order_is_the_paper_of_who_issued_it(
    at: At, model_city: ModelCity, letter: str, given: str, who: str, issuer: dict[str, str]
) -> None:
    if (letter, who) == ("b", "dispatcher"):
        assert at(who).act(given, "order", note="今日修复").code == "duty_missing", "in model B orders are the supervision centre's alone"
        return
    at(who).done(given, "order", note="今日修复")
    assert head(model_city, "clerk", given, "supervision", last_request(at, given)["request_id"]) == (issuer[letter], "督办单")


@LETTERS
def test_an_extension_form_is_the_paper_of_the_unit_that_decides_before_and_after(
    at: At, model_city: ModelCity, letter: str, given: str
) -> None:
    with clock.travel(clock.now() + timedelta(minutes=5)):
        until = f"{clock.now() + timedelta(days=2):%FT%TZ}"
        at("clerk").done(given, "ask_extension", reason="material", note="沥青未到", until=until)
        request = last_request(at, given)["request_id"]
        assert head(model_city, "clerk", given, "extension", request) == (COMMANDS[letter], "延期审批表")
        approver = next(name for name, one in model_city.cast.items() if one.may("approve") and at(name).get("/queues/decide").body)
        at(approver).done(given, "agree", request=request)
        assert head(model_city, "clerk", given, "extension", request) == (COMMANDS[letter], "延期审批表")


@LETTERS
def test_the_button_of_the_review_names_the_centre_that_gets_the_case_or_the_next_step(
    at: At, model_city: ModelCity, letter: str, given: str
) -> None:
    at("clerk").done(given, "feedback", text="已修补", handled_by="班组", files=[at("clerk").send_photo("black")])
    page = read(model_city, "dispatcher", "/desk/?tab=review")
    assert {"b": "批转监督中心 F2", "c": "送核查 F2", "e": "批转区监督中心 F2"}[letter] in page


@LETTERS
def test_who_decides_about_merging_back_is_named_by_her_post(at: At, model_city: ModelCity, letter: str, given: str) -> None:
    director = {"b": "值班长", "c": "中心负责人", "e": "监督值班长"}[letter]
    page = read(model_city, "duty_director", f"/case/{given}/")
    assert f"两案的办理经过都会写明，{director}可以拆回" in page
