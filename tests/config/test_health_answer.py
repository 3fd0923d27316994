"""GET /health: what monitors are told while everything is well, and while things are broken."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from tests.support.browser import enter
from tests.support.city import City
from tests.support.second_step import demand
from urbangrid.config import health_checks, probe
from urbangrid.config.command import checking
from urbangrid.core import beats, clock, health, lines, stamps
from urbangrid.core.health import Check, Finding, Level
from urbangrid.core.health_checks import DATABASE
from urbangrid.core.models import OutboxEntry

HERE = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8000"}
STRANGER = {"REMOTE_ADDR": "192.0.2.7", "HTTP_HOST": "grid.example"}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> Iterator[None]:
    settings.DATA, settings.FILES_ROOT = tmp_path, tmp_path / "files"
    settings.HEALTH_ROOT, settings.LOGS_ROOT = tmp_path / "health", tmp_path / "logs"
    settings.LOGS_ROOT.mkdir()
    probe.forget()
    yield
    probe.forget()


def ask(who: dict[str, str], **more: str) -> tuple[int, dict[str, Any]]:
    probe.forget()
    answer = Client().get("/health", **who, **more)  # type: ignore[arg-type]
    return answer.status_code, json.loads(answer.content)


def line_of(body: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in body["checks"] if one["name"] == name)


@pytest.fixture
def everything_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker beats and the live process answers, as after ``up``."""
    for name in health_checks.WORKER_PARTS:
        beats.beat(name, at_once=True)
    monkeypatch.setattr(health_checks, "_live_answers", lambda _secured: True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("everything_runs")
def test_while_all_is_well_a_monitor_gets_200_and_a_stranger_no_detail() -> None:
    status, body = ask(STRANGER)
    assert (status, body["state"], body["checks"]) == (200, "good", [])
    status, body = ask(HERE)
    assert status == 200 and {one["level"] for one in body["checks"]} == {"good"}
    assert {"database.latency_seconds", "outbox.waiting_seconds", "disk.free_bytes", "worker.silent_seconds"} <= {
        one["name"] for one in body["checks"]
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("everything_runs")
def test_with_the_database_stopped_it_answers_503_and_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every connection is refused, as when the server is gone."""
    monkeypatch.setitem(connection.settings_dict, "HOST", "/nowhere")
    began = time.monotonic()
    status, body = ask(HERE)
    line = line_of(body, DATABASE.name)
    assert (status, body["state"], line["level"], line["says"]) == (503, "bad", "bad", "连不上数据库")
    assert "logs/database.log" in line["advice"]
    assert line_of(body, "disk.free_bytes")["level"] == "good", "what needs no database is still told"
    assert time.monotonic() - began < probe.WAIT_SECONDS
    status, body = ask(STRANGER)
    assert (status, body["checks"]) == (503, [{"name": DATABASE.name, "level": "bad"}])


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("everything_runs")
def test_a_database_that_hangs_does_not_hang_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    monkeypatch.setattr(probe, "WAIT_SECONDS", 0.2)
    monkeypatch.setattr(probe, "_lanes", (probe._Lane(lambda: [] * let_go.wait(20)), probe._lanes[1]))
    for _attempt in range(2):
        status, body = ask(HERE)
        assert status == 503 and line_of(body, DATABASE.name)["says"] == "连不上数据库：没有按时应答"
    let_go.set()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("everything_runs")
def test_a_dead_worker_is_red_after_a_minute_and_green_when_it_beats_again(monkeypatch: pytest.MonkeyPatch) -> None:
    now = stamps.stamp()
    monkeypatch.setattr(stamps, "stamp", lambda: now | {"up": now["up"] + 61})
    status, body = ask(HERE)
    line = line_of(body, "worker.silent_seconds")
    assert (status, line["level"]) == (503, "bad") and "61 秒没有动静" in line["says"] and "logs/worker.log" in line["advice"]
    for name in health_checks.WORKER_PARTS:
        beats.beat(name, at_once=True)
    assert ask(HERE)[0] == 200


def _event(settings: Any, service: str, event: str, seconds_ago: float) -> None:
    made = stamps.stamp()
    lines.append(settings.LOGS_ROOT / "events.jsonl", made | {"up": made["up"] - seconds_ago, "event": event, "service": service})


@pytest.mark.django_db(transaction=True)
def test_right_after_a_start_what_had_no_time_yet_is_no_fault_and_after_a_crash_it_is_one(
    settings: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(health_checks, "_live_answers", lambda _secured: False)
    assert ask(HERE)[0] == 503, "nobody started the worker"
    for service in ("live", "worker"):
        _event(settings, service, "started", 5)
    probe.forget()
    assert checking._tell(running=True) == 0
    said = capsys.readouterr().out
    assert "尚未到时  后台进程：后台进程还没有运行过" in said and "尚未到时  实时进程" in said and "不通过" not in said.split("共 ")[0]
    assert ask(HERE)[0] == 200
    _event(settings, "worker", "ended", 3)
    _event(settings, "worker", "started", 2)
    probe.forget()
    assert checking._tell(running=True) == 1
    assert "不通过  后台进程：后台进程还没有运行过" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("everything_runs")
def test_a_worker_that_has_beaten_since_its_start_is_given_no_time(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    _event(settings, "worker", "started", 30)
    now = stamps.stamp()
    monkeypatch.setattr(stamps, "stamp", lambda: now | {"up": now["up"] + 61})
    assert line_of(ask(HERE)[1], "worker.silent_seconds")["level"] == "bad"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("everything_runs")
@pytest.mark.parametrize(("made_seconds_ago", "level"), [(3_600, "good"), (70, "bad")])
def test_what_waited_before_the_start_is_given_time_and_what_came_after_it_is_not(settings: Any, made_seconds_ago: int, level: str) -> None:
    now = clock.now()
    OutboxEntry.objects.create(topic="case", subject_id=1, seq=1, created_at=now - timedelta(seconds=made_seconds_ago))
    made = stamps.stamp()
    begun = {"at": (now - timedelta(seconds=100)).isoformat(), "up": made["up"] - 100, "event": "started", "service": "worker"}
    lines.append(settings.LOGS_ROOT / "events.jsonl", made | begun)
    assert line_of(ask(HERE)[1], "outbox.waiting_seconds")["level"] == level


@pytest.mark.usefixtures("everything_runs")
def test_a_job_whose_time_passed_while_the_platform_was_off_waits_for_its_next_one(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health_checks, "_crons", lambda: {"nightly": "7 2 * * *"})
    monkeypatch.setattr(beats, "age_seconds", lambda name: 5 * 86_400.0 if name == "job.nightly" else 1.0)
    assert health_checks._periodic().level is Level.BAD
    _event(settings, "worker", "started", 600)
    found = health_checks._periodic()
    assert found.level is Level.GOOD and found.early


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("everything_runs")
def test_below_the_disk_limit_the_state_is_bad(settings: Any) -> None:
    settings.DISK_LEAST_BYTES = settings.DISK_LOW_BYTES = 2**60
    status, body = ask(HERE)
    assert status == 503 and line_of(body, "disk.free_bytes")["level"] == "bad"
    assert "腾出空间" in line_of(body, "disk.free_bytes")["advice"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("everything_runs")
def test_where_no_file_can_be_written_it_says_so(settings: Any) -> None:
    settings.FILES_ROOT.write_text("a file stands where the folder should be")
    status, body = ask(HERE)
    assert status == 503 and line_of(body, "files.writable")["says"].startswith("文件存不下")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("everything_runs")
@pytest.mark.parametrize(
    "asker",
    [
        STRANGER,
        HERE | {"HTTP_X_FORWARDED_FOR": "192.0.2.7"},
        HERE | {"HTTP_HOST": "grid.example"},
        {"REMOTE_ADDR": "192.0.2.7", "HTTP_HOST": "localhost:8000"},
        STRANGER | {"HTTP_AUTHORIZATION": "Bearer wrong"},
    ],
)
def test_who_is_not_on_the_machine_learns_no_sentence(asker: dict[str, str], settings: Any) -> None:
    settings.DISK_LEAST_BYTES = settings.DISK_LOW_BYTES = 2**60
    assert ask(asker)[1]["checks"] == [{"name": "disk.free_bytes", "level": "bad"}]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("everything_runs")
def test_behind_a_front_server_loopback_counts_for_nothing_and_the_token_does(settings: Any) -> None:
    settings.DISK_LEAST_BYTES = settings.DISK_LOW_BYTES = 2**60
    settings.WEB_ORIGIN = "https://grid.example"
    assert "says" not in ask(HERE)[1]["checks"][0]
    assert "says" in ask(STRANGER, HTTP_AUTHORIZATION=f"Bearer {settings.METRICS_TOKEN}")[1]["checks"][0]


@pytest.mark.usefixtures("everything_runs")
def test_a_system_administrator_reads_the_sentences_and_another_post_does_not(
    city: City, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(probe, "_lanes", (probe._Lane(list), probe._lanes[1]))  # the city stands in this test's transaction
    settings.DISK_LEAST_BYTES = settings.DISK_LOW_BYTES = 2**60
    for name, reads in (("system_admin", True), ("seat_agent", False), ("audit_admin", False)):
        probe.forget()
        answer = enter(Client(), city, name).get("/health", **STRANGER)  # type: ignore[arg-type]
        assert ("says" in json.loads(answer.content)["checks"][0]) is reads, name
    demand(city)
    probe.forget()
    answer = enter(Client(), city, "system_admin", second_step=False).get("/health", **STRANGER)  # type: ignore[arg-type]
    assert "says" not in json.loads(answer.content)["checks"][0], "before her second step she is a stranger"


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("everything_runs")
def test_after_a_killed_process_the_day_long_says_what_when_and_that_it_runs_again(settings: Any) -> None:
    path = settings.LOGS_ROOT / "events.jsonl"
    for event, code in (("started", None), ("ended", -9), ("started", None)):
        lines.append(path, stamps.stamp() | {"event": event, "service": "database", "code": code})
    status, body = ask(HERE)
    line = line_of(body, "processes.ended_rows")
    assert (status, line["level"]) == (200, "watch")
    assert "数据库在" in line["says"] and "被信号 SIGKILL 结束" in line["says"] and "已重新运行" in line["says"] and line["advice"]
    lines.append(path, stamps.stamp() | {"event": "ended", "service": "database", "code": 1})
    assert "现在没有运行" in line_of(ask(HERE)[1], "processes.ended_rows")["says"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("everything_runs")
def test_within_a_second_the_checks_are_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def look() -> Finding:
        asked.append(1)
        return Finding(Level.GOOD, "")

    monkeypatch.setattr(health, "_checks", {"own.rows": Check("own.rows", "自", look)})
    for _times in range(5):
        Client().get("/health", **HERE)  # type: ignore[arg-type]
    assert len(asked) == 1


def test_only_reading_is_answered() -> None:
    assert Client().post("/health").status_code == 405
