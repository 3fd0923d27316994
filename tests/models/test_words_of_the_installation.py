"""Sentences name the centre and who has to act as this platform calls them: what is 监督中心 and 值班主任 in one model is called otherwise
in another, and a fixed word would send people to somebody who is not there."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from tests.api.paths import At
from tests.models import ways
from tests.support.browser import enter
from tests.support.model_city import ModelCity, person
from tests.support.screen import TAGS
from urbangrid.cases.access import CONFIDENTIAL_DUTY
from urbangrid.cases.definitions import fault_words
from urbangrid.cases.process import Fault
from urbangrid.companies.tokens import token_of
from urbangrid.organizations import names
from urbangrid.organizations import queries as organizations
from urbangrid.supervision import words

CENTRES = {"b": ("监督中心", "指挥中心"), "c": ("网格中心",) * 2, "d": ("市中心",) * 2, "e": ("区监督中心", "区指挥中心")}
"""Of supervision and of command."""
ANSWERS_FOR_THE_DAY = {"b": "值班长", "c": "中心负责人", "d": "值班长", "e": "监督值班长"}
CONFIDENTIAL = {"b": "监督中心主任", "c": "中心负责人", "d": "值班长", "e": "监督中心主任"}
"""Who sees confidential matters."""
HEADS = {"b": "supervision_leader SUP", "e": "head SUP"}
FOREIGN = {"b": ("值班主任",), "c": ("监督中心", "指挥中心", "值班主任"), "d": ("监督中心", "值班主任"), "e": ("值班主任",)}
"""What no sentence of the model may say; in model D 区级指挥中心 is right."""
everywhere = pytest.mark.parametrize("model_city, letter", [(letter, letter) for letter in CENTRES], indirect=["model_city"])


def read(city: ModelCity, who: str, address: str) -> str:
    """What stands on a page, without its markup."""
    answer = enter(Client(), city, who).get(address)  # type: ignore[arg-type]
    assert answer.status_code == 200, (address, answer.status_code)
    return " ".join(TAGS.sub(" ", answer.content.decode()).split()).replace("监督指挥中心", "")  # the joint centre's own full name


@pytest.fixture
def heads(model_city: ModelCity, letter: str) -> None:
    """Somebody at the head of the supervision centre, where that is a post of its own."""
    if letter in HEADS:
        person(model_city.platform, HEADS[letter])
        organizations.forget()


@everywhere
def test_the_pages_of_a_call_name_the_centre_and_the_heads_of_this_platform(
    at: At, model_city: ModelCity, letter: str, heads: None
) -> None:
    case = ways.verified(at, model_city, ways.citizen_calls(at, model_city))
    pages = [read(model_city, "seat_agent", address) for address in (f"/case/{case}/", "/register/", "/requests/", "/register/batch/")]
    assert f"只有{CENTRES[letter][0]}可见" in pages[0]
    assert f"只有{CONFIDENTIAL[letter]}、指定的承办人可见" in pages[1]
    for text in pages:
        assert [word for word in FOREIGN[letter] if word in text] == []


@everywhere
def test_a_company_is_told_who_writes_to_it(at: At, model_city: ModelCity, letter: str) -> None:
    case = ways.accepted(at, ways.inspector_reports(at, model_city))
    ways.filed(at, model_city, case)
    city_id = at("company_clerk").who.platform_id
    assert names.centre(city_id, "command") == CENTRES[letter][1]
    reason = at("dispatcher").get("/reasons/other_unit").body[0]["code"]
    at("dispatcher").done(case, "dispatch", unit_id=str(at("company_clerk").who.unit_id), reason=reason, opinion="请办理")
    talk = read(model_city, "company_clerk", reverse("companies:talk", args=[token_of(int(case))]))
    assert f"{CENTRES[letter][1]}写给本单位的话在这里" in talk
    assert [word for word in FOREIGN[letter] if word in talk] == []


@everywhere
def test_the_table_of_notices_names_the_post_that_answers_for_the_day(model_city: ModelCity, letter: str) -> None:
    for role, said in (("duty_director", ANSWERS_FOR_THE_DAY[letter]), ("leaders", f"领导和{ANSWERS_FOR_THE_DAY[letter]}")):
        assert words.role(role, model_city.platform.pk) == said
    told = [words.role(role, model_city.platform.pk) for role in words.ROLES]
    assert not [text for text in told if "值班主任" in text]


@everywhere
def test_who_has_to_name_a_handler_is_said_by_her_post(model_city: ModelCity, letter: str, heads: None) -> None:
    assert names.holders(model_city.platform.pk, CONFIDENTIAL_DUTY) == CONFIDENTIAL[letter]


def test_a_wrong_holder_of_a_stage_is_told_all_that_there_are() -> None:
    said = fault_words.sentence(Fault("unknown_holder", "to_dispatch: nobody"))
    for holder in ("责任部门", "处置单位", "监督员", "区级指挥中心"):
        assert holder in said
