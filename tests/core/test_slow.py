"""Slow statements are told by their shape; what a citizen said or dialled never gets into a log."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from tests.support.city import City, spot
from urbangrid.cases.actions import intake
from urbangrid.cases.actions.inputs import ReportInputs
from urbangrid.core import slow, tracing
from urbangrid.core.logs import JsonLines, scrub

PHONE = "13912345678"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> None:
    settings.HEALTH_ROOT = tmp_path
    slow._noted = 0


@pytest.mark.parametrize(
    ("statement", "shape"),
    [
        (f"SELECT 1 FROM a WHERE phone = '{PHONE}'", "SELECT ? FROM a WHERE phone = ?"),
        (f"SELECT name FROM a WHERE n = {PHONE} AND x IN (%s, %s, %s)", "SELECT name FROM a WHERE n = ? AND x IN (…)"),
        ("INSERT INTO \"a_1\" VALUES (1, 'it''s', NULL), (2, E'b\\'c', NULL)", 'INSERT INTO "a_1" VALUES (…)'),
        (f"SELECT $tag${PHONE}$tag$ -- {PHONE}\n FROM a", "SELECT ? FROM a"),
        (f"SELECT 'torn {PHONE}", "SELECT …"),
        ("SELECT t1.x2 FROM t1 WHERE at > '2026-01-01'::timestamptz LIMIT 20", "SELECT t1.x2 FROM t1 WHERE at > ?::timestamptz LIMIT ?"),
    ],
)
def test_a_shape_has_no_values(statement: str, shape: str) -> None:
    assert slow.shape_of(statement) == shape


@pytest.mark.django_db
def test_a_slow_statement_is_noted_with_view_and_number_and_without_the_phone(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.SLOW_STATEMENT_SECONDS = 0
    work = tracing.begin(view="test:view")
    with caplog.at_level(logging.WARNING), connection.cursor() as cursor:
        cursor.execute("SELECT %s", [PHONE])
        cursor.execute(f"SELECT '{PHONE}', {PHONE}")
    written = slow.path().read_text() + "".join(JsonLines().format(record) for record in caplog.records)
    assert PHONE not in written and "test:view" in written and work.id in written
    assert {one.shape for one in slow.slowest()} == {"SELECT %s", "SELECT ?, ?"}
    assert (work.statements, work.slow) == (2, 2)


def test_a_whole_report_written_slowly_leaves_none_of_its_words_in_the_log(
    city: City, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SLOW_STATEMENT_SECONDS = 0
    lon, lat = spot(160, 140)
    inputs = ReportInputs(
        client_id="slow-1", source="hotline", category_id=city.category().id, description=f"王建国来电 {PHONE}", place_text="柳荫里",
        longitude=lon, latitude=lat,
    )  # fmt: skip
    with caplog.at_level(logging.INFO):
        intake.report(city.acting("seat_agent"), inputs)
    written = slow.path().read_text() + "".join(JsonLines().format(record) for record in caplog.records)
    assert "cases_report" in written
    assert not [word for word in ("王建国", "柳荫里", PHONE) if word in written]


def test_when_everything_is_slow_a_process_notes_thirty_a_minute(settings: Any) -> None:
    for _number in range(100):
        slow.note("SELECT 1", 1.0, "", "")
    assert slow.slowest()[0].count == slow.MOST_PER_MINUTE


@pytest.mark.parametrize(
    ("said", "left"),
    [
        (f"call {PHONE} now", "call (号码) now"),
        ("call +86 13912345678, 010-12345678", "call (号码), (号码)"),
        ("id 110101199001011237.", "id (证件号)."),
        ("our ids stay: 249127482658750464", "our ids stay: 249127482658750464"),
        ("GET /search/?q=王建国&p=2 failed", "GET /search/?… failed"),
        ("Authorization: Bearer abcdef123456", "Authorization: Bearer …"),
        ('invalid input syntax for type bigint: "王建国"', 'invalid input syntax for type bigint: "…"'),
        ("duplicate key\nDETAIL:  Key (phone)=(x y) already exists.\n", "duplicate key\n"),
    ],
)
def test_what_must_not_stand_in_a_log_is_replaced(said: str, left: str) -> None:
    assert scrub(said) == left


@pytest.mark.django_db
def test_the_trace_of_a_failed_statement_does_not_quote_its_values(caplog: pytest.LogCaptureFixture) -> None:
    tracing.begin(view="test:view")
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT ROW(%s)::core_platform", [f"王建国 {PHONE}"])
    except Exception:
        logging.getLogger("urbangrid").exception("failed for %s", PHONE)
    line = json.loads(JsonLines().format(caplog.records[-1]))
    assert line["message"] == "failed for (号码)" and "Traceback" in line["exc_info"]
    assert PHONE not in json.dumps(line, ensure_ascii=False)
