"""Reason lists, and what a process remembers."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.catalog.makers import national_class
from urbangrid.catalog import actions, cache, queries
from urbangrid.catalog.models import CatalogStamp, ReasonCode
from urbangrid.core.models import Platform

ACTIONS = "refuse_report refuse_filing void rework correct withdraw return_to_filing return_unsigned other_unit shared_unit uncheckable"
SHEET = Path(__file__).parents[2] / "docs/examples/boston311.toml"


@pytest.mark.parametrize("action", ACTIONS.split())
def test_every_refusal_and_return_has_a_list_that_ends_with_other_reasons_in_words(platform: Platform, action: str) -> None:
    actions.load_reasons()
    assert actions.load_reasons() == 0
    listed = queries.reasons(platform.id, action)
    assert 5 <= len(listed) + (action in ("return_unsigned", "withdraw")) <= 9, "one number key each"
    assert len({reason.code for reason in listed}) == len(listed)
    assert (listed[-1].code, listed[-1].needs_words) == ("other", True)
    if action in ("refuse_report", "refuse_filing", "void"):
        assert all(reason.reply for reason in listed), "the citizen is answered"


def test_rework_offers_the_six_reasons_of_the_closing_desk_in_their_order(platform: Platform) -> None:
    actions.load_reasons()
    assert [reason.label for reason in queries.reasons(platform.id, "rework")] == [
        "处置不到位，仍有残留",
        "未处置",
        "处置后照片不是本地点",
        "疑似重复照片",
        "现场未恢复原状",
        "其他",
    ]


def test_a_platforms_own_list_replaces_the_shipped_one(platform: Platform) -> None:
    actions.load_reasons()
    ReasonCode.objects.create(platform=platform, action="rework", code="own", label="本区理由", position=1)
    assert [reason.code for reason in queries.reasons(platform.id, "rework")] == ["own"]
    assert len(queries.reasons(platform.id, "void")) == 5


def test_what_is_remembered_costs_no_query_until_a_catalogue_changes(national: Platform) -> None:
    def ask() -> int:
        with CaptureQueriesContext(connection) as asked:
            queries.category_options(national.id)
            queries.conditions_of(national_class(national, "event", "0113").id, national.id)
        return len(asked)

    assert ask() > 0
    assert ask() == 0
    cache.changed()
    assert ask() > 0


def test_another_process_sees_a_change_as_soon_as_it_looks_at_the_stamp(national: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    actions.load_reasons()
    assert len(queries.reasons(national.id, "rework")) == 6
    ReasonCode.objects.filter(action="rework", code="reused_photo").delete()
    CatalogStamp.objects.update(stamp=1)  # as the other process did
    assert len(queries.reasons(national.id, "rework")) == 6
    monkeypatch.setattr(cache, "CHECK_SECONDS", 0.0)
    assert len(queries.reasons(national.id, "rework")) == 5


def test_the_list_for_the_browser_is_small_enough_to_send_once(national: Platform) -> None:
    data = queries.category_options_json(national.id)
    assert len(data) < 60_000
    assert {row["path"].split("·")[0] for row in json.loads(data)} == {"部件", "事件"}
