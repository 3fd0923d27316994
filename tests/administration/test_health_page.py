"""运行状况: what the system administrator sees when something is wrong, and that her 再试一次 mends it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.live.outbox_entries import write
from tests.support.browser import enter
from tests.support.city import City
from urbangrid.audit.models import AuditRow
from urbangrid.core import beats, clock, health, health_history, slow
from urbangrid.core.health import Check, Finding, Level, Line
from urbangrid.core.models import OutboxEntry, ParkedDelivery
from urbangrid.core.outbox import MOST_ATTEMPTS, Relay, Subscriber

PAGE = "/admin/health/"
PHONE = "13912345678"


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.DATA, settings.HEALTH_ROOT, settings.LOGS_ROOT = tmp_path, tmp_path / "health", tmp_path / "logs"
    settings.HEALTH_ROOT.mkdir()
    monkeypatch.setattr(health_history, "_last", None)
    health.forget()
    yield
    health.forget()


@pytest.fixture
def administrator(city: City) -> Client:
    return enter(Client(), city, "system_admin")


def _text(browser: Client, address: str = PAGE) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def _two_lines() -> list[Line]:
    disk = Check("disk.free_bytes", "磁盘", lambda: Finding(Level.GOOD, "剩余 90 GB"))
    return [(disk, Finding(Level.GOOD, "剩余 90 GB")), (Check("a.rows", "备份", disk.look), Finding(Level.BAD, "三天没有备份", "执行备份"))]


def test_the_worst_comes_first_with_what_to_do(administrator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "look", _two_lines)
    text = _text(administrator)
    assert "1 项要处理" in text and "执行备份" in text
    assert text.index("三天没有备份") < text.index("剩余 90 GB")
    assert "1 项要处理" in _text(administrator, "/admin/health/now/")


def test_when_all_is_well_it_says_so_with_the_time(administrator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "look", lambda: _two_lines()[:1])
    text = _text(administrator)
    assert "一切正常" in text and re.search(r"查看于 \d\d:\d\d:\d\d", text)
    assert "没有未送达的内容" in text and "没有失败的作业" in text and "24 小时内没有慢语句" in text


class _Telephone:
    """A subscriber whose line is dead until it is mended."""

    def __init__(self) -> None:
        self.mended = False
        self.heard: list[int] = []

    def deliver(self, entry: OutboxEntry) -> None:
        if not self.mended:
            raise ConnectionError(f"cannot call {PHONE}")
        self.heard.append(entry.seq)


def test_a_parked_delivery_is_seen_tried_again_and_gone(administrator: Client, city: City) -> None:
    telephone = _Telephone()
    relay = Relay([Subscriber("telephone", frozenset({"case"}), telephone.deliver)])
    write(7, 1)
    relay.run_once()
    ParkedDelivery.objects.update(attempts=MOST_ATTEMPTS)
    relay.retry_once()
    assert health_checks_line("outbox.parked_rows").level is Level.BAD
    text = _text(administrator)
    assert "telephone" in text and "cannot call (号码)" in text and PHONE not in text and "不再自动重试" in text
    telephone.mended = True
    row = ParkedDelivery.objects.get()
    assert administrator.post(reverse("administration:deliver_again", args=[row.pk])).status_code == 302
    relay.retry_once()
    assert telephone.heard == [1] and "没有未送达的内容" in _text(administrator)
    assert health_checks_line("outbox.parked_rows").level is Level.GOOD
    trace = AuditRow.objects.get(action="delivery_retried")
    assert (trace.user_id, trace.subject, trace.values["subscriber"]) == (city.acting("system_admin").user_id, "7/1", "telephone")
    assert administrator.post(reverse("administration:deliver_again", args=[row.pk])).status_code == 404


def health_checks_line(name: str) -> Finding:
    return next(finding for check, finding in health.look() if check.name == name)


def test_a_failed_job_is_seen_with_its_cause_and_put_back_into_the_queue(administrator: Client) -> None:
    beats.beat("job.purges.failed", at_once=True, error="OSError('no space')")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts, queueing_lock)"
            " VALUES ('default', 'purges', 'failed', 1, 'purges') RETURNING id"
        )
        (job,) = cursor.fetchone()
        assert health_checks_line("jobs.failed_rows").level is Level.WATCH
        text = _text(administrator)
        assert "purges" in text and "no space" in text
        assert administrator.post(reverse("administration:run_again", args=[job])).status_code == 302
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE id = %s", [job])
        assert cursor.fetchone() == ("todo",)
    assert AuditRow.objects.filter(action="job_retried", subject="purges").count() == 1
    assert "没有失败的作业" in _text(administrator)
    assert administrator.post(reverse("administration:run_again", args=[job])).status_code == 404


def test_a_failed_job_whose_twin_waits_is_not_queued_twice(administrator: Client) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, queueing_lock)"
            " VALUES ('default', 'purges', 'failed', 'purges'), ('default', 'purges', 'todo', 'purges') RETURNING id"
        )
        (job,) = cursor.fetchone()
    answer = administrator.post(reverse("administration:run_again", args=[job]))
    assert answer.status_code == 409 and "已在排队" in answer.content.decode()


def test_the_five_slowest_statements_stand_there_without_values(administrator: Client) -> None:
    slow._noted = 0
    for ms in range(300, 900, 100):
        slow.note(f"SELECT {ms} FROM table_{ms // 100}x WHERE name = '王建国'", ms / 1000, "workbench:search", "7K3M9QXD")
    text = _text(administrator)
    assert "800 ms" in text and "400 ms" in text and "300 ms" not in text
    assert "table_8x" in text and "workbench:search 7K3M9QXD" in text and "王建国" not in text


def test_what_was_wrong_in_the_night_is_told_in_the_morning(administrator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    checks = _two_lines()
    health_history.keep(checks)
    health_history.keep(checks)
    assert [(one.label, one.level, one.until) for one in health_history.spells()] == [("a.rows", Level.BAD, None)]
    health_history.keep(checks[:1])
    (spell,) = health_history.spells()
    assert spell.until is not None
    text = _text(administrator)
    assert "三天没有备份" in text and "仍在" not in text


def test_the_menu_shows_a_red_mark_without_asking_the_database(administrator: Client) -> None:
    def marks() -> int:
        return administrator.get("/admin/").content.decode().count('class="bad"')

    assert marks() == 0
    health_history.mark(_two_lines())
    assert marks() == 1
    with clock.travel(clock.now()):
        health_history.mark(_two_lines()[:1])
        assert marks() == 0


@pytest.mark.parametrize("name", ["seat_agent", "security_admin", "audit_admin"])
def test_other_posts_do_not_open_it(city: City, name: str) -> None:
    browser = enter(Client(), city, name)
    assert browser.get(PAGE).status_code == 403
    assert browser.post(reverse("administration:deliver_again", args=[1])).status_code == 403
    assert 'href="/admin/health/"' not in browser.get("/admin/trail/" if name == "audit_admin" else "/", follow=True).content.decode()
