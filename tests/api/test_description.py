"""The description of the interface (OpenAPI) is complete and true."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from ninja.openapi.schema import OpenAPISchema

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City
from urbangrid.cases.actions import ACTIONS
from urbangrid.config.api import api


def _operations() -> list[tuple[str, str, dict[str, Any]]]:
    found = api.get_openapi_schema()["paths"]
    return [(method, path, one) for path, methods in found.items() for method, one in methods.items()]


def test_every_operation_has_words_and_says_how_it_refuses() -> None:
    for method, path, one in _operations():
        assert one["summary"] and one["description"], (method, path)
        answers = {str(status) for status in one["responses"]}
        assert answers & {"200", "201", "204"}, (method, path)
        assert "401" in answers, (method, path)
        if method in ("post", "delete") and "{ref}" in path:
            assert {"403", "404", "409", "422"} <= answers, (method, path)


def test_every_id_is_described_and_sent_as_a_string(desk: At, city: City) -> None:
    shapes = api.get_openapi_schema()["components"]["schemas"]
    for shape, body in shapes.items():
        for name, field in body["properties"].items():
            if (name.endswith("_id") and name != "client_id") or name == "id":
                kinds = {one.get("type") for one in field.get("anyOf", [field])}
                assert kinds <= {"string", "null"}, (shape, name)
    case = paths.dispatched(desk, city)
    _no_large_numbers(desk("seat_agent").get(f"/cases/{case}").body)
    _no_large_numbers(desk("seat_agent").get("/cases").body)
    _no_large_numbers(desk("clerk").get("/queues/receive").body)


def _no_large_numbers(value: Any) -> None:
    """A browser's numbers are exact up to 2^53 only."""
    if isinstance(value, dict):
        for item in value.values():
            _no_large_numbers(item)
    elif isinstance(value, list):
        for item in value:
            _no_large_numbers(item)
    elif isinstance(value, int):
        assert abs(value) < 2**53, value


def test_every_action_is_listed_with_the_schema_of_its_data(desk: At, city: City) -> None:
    listed = {one["action"]: one for one in desk("seat_agent").get("/actions").body}
    assert listed.keys() == ACTIONS.keys()
    assert listed["feedback"]["data"]["required"] == ["text"]
    assert listed["rework"]["word"] == "返工"


def test_the_description_is_served_without_anything_from_outside(client: Client, city: City) -> None:
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["info"]["title"].startswith("UrbanGrid")
    assert b"http://" not in answer.content and b"https://" not in answer.content


def test_it_is_made_once_and_is_the_same_for_everybody(city: City, desk: At, monkeypatch: pytest.MonkeyPatch) -> None:
    told = Client().get("/api/v1/openapi.json").json()
    monkeypatch.setattr(OpenAPISchema, "__init__", None)  # making it again would fail
    assert Client().get("/api/v1/openapi.json").json() == desk("seat_agent").get("/openapi.json").body == told
    assert {status for one in told["paths"].values() for operation in one.values() for status in operation["responses"]} >= {"400", "422"}


def test_it_is_read_in_english_by_whom_asks_for_english(client: Client, city: City) -> None:
    def words(told: Any, name: str = "") -> list[str]:
        if isinstance(told, dict):
            return [word for key, one in told.items() for word in words(one, key)]
        if isinstance(told, list):
            return [word for one in told for word in words(one, name)]
        return [told] if name in ("summary", "tags", "title") or (name == "description" and not told.isascii()) else []

    chinese = client.get("/api/v1/openapi.json").json()
    english = client.get("/api/v1/openapi.json", headers={"accept-language": "en-GB,en"})
    assert english.headers["Content-Language"] == "en" and "Accept-Language" in english.headers["Vary"]
    assert chinese["paths"]["/api/v1/cases"]["get"]["summary"] == "综合查询"
    assert english.json()["paths"]["/api/v1/cases"]["get"]["summary"] == "Search"
    marked = {word for word in words(chinese) if gettext_in_english(word) != word}
    assert len(marked) > 100 and not marked & set(words(english.json()))
    assert client.get("/api/v1/openapi.json").json() == chinese, "the one does not become the other"
    client.cookies["django_language"] = "zh-hans"
    told = client.get("/api/v1/openapi.json", headers={"accept-language": "en"}).json()
    assert told == chinese, "what was chosen at the desk goes before what the browser asks for"


def gettext_in_english(word: str) -> str:
    with translation.override("en"):
        return translation.gettext(word) if word else word


def test_no_operation_and_no_group_of_them_is_left_in_chinese(client: Client, city: City) -> None:
    told = client.get("/api/v1/openapi.json", headers={"accept-language": "en"}).json()
    said = [told["info"]["title"], told["info"]["description"]]
    for methods in told["paths"].values():
        for operation in methods.values():
            said += [operation["summary"], *operation["tags"], *(one["description"] for one in operation["responses"].values())]
    assert [one for one in said if re.search("[\u4e00-\u9fff]", one)] == []
