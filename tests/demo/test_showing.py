"""The demonstration clock: 09:40 of a working day whenever it is shown, for the whole platform at once, and never back."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client, override_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django.plugin import DjangoDbBlocker

from tests.demo.test_town import forget
from urbangrid.accounts import second_step
from urbangrid.cases.models import Case, CaseRecord, Report
from urbangrid.config import commands_demo
from urbangrid.config.command import installation, parser
from urbangrid.config.command.installation import Installation
from urbangrid.config.command.words import Refused
from urbangrid.core import clock, ids
from urbangrid.demo import commands, showing

CITY = ZoneInfo("Asia/Shanghai")
AT = time(9, 40)


@pytest.fixture(scope="module")
def ahead(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder and identifiers of its own: this process's clock and numbers are put back behind the module."""
    folder = tmp_path_factory.mktemp("showing")
    kept = {name: getattr(ids, name) for name in ("_number", "_file", "_last_ms", "_serial", "_marked_ms")}
    with pytest.MonkeyPatch.context() as patch, override_settings(DATA=folder, FILES_ROOT=folder / "files"):
        patch.setenv(clock.SHIFT, "0")
        patch.setattr(clock, "_shift", None)
        patch.setattr(ids, "_file", None)
        patch.setattr(ids, "_marked_ms", 0)
        yield folder
    for name, value in kept.items():
        setattr(ids, name, value)


@pytest.fixture(scope="module")
def shown(ahead: Path, django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Path]:
    """The made city, shown at 09:40."""
    with django_db_blocker.unblock(), override_settings(DEMONSTRATION=True), transaction.atomic():
        forget()
        commands.ensure(reports=12, scale=0.04, months=False, at=AT)
        yield ahead
        transaction.set_rollback(True)
    forget()


def test_whenever_it_is_shown_it_is_a_working_day_at_that_hour_and_the_day_lies_before_it(shown: Path, db: None) -> None:
    local = clock.now().astimezone(CITY)
    assert local.time() >= AT and local - datetime.combine(local.date(), AT, CITY) < timedelta(minutes=5)
    assert showing.works(local.date())
    assert clock.now() >= clock.machine() and abs(clock.machine() - datetime.now(UTC)) < timedelta(seconds=2)
    assert Case.objects.count() > 10
    newest = max(CaseRecord.objects.values_list("at", flat=True))
    assert timedelta(0) <= clock.now() - newest < timedelta(hours=3), "the day was lived before the visitor came"
    assert not Report.objects.filter(received_at__gt=clock.now()).exists()


def test_identifiers_go_by_the_same_clock_so_that_a_search_by_time_finds_what_was_just_made(shown: Path, db: None) -> None:
    before, made, after = clock.now(), ids.new_id(), clock.now()
    assert ids.id_at(before - timedelta(milliseconds=1)) <= made <= ids.id_at(after + timedelta(milliseconds=2))
    newest = Case.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert ids.id_at(clock.now() - timedelta(hours=3)) < newest < ids.id_at(clock.now() + timedelta(seconds=1))


def test_a_page_says_that_its_clock_is_not_the_real_one_and_counts_from_the_servers(shown: Path, db: None) -> None:
    browser = Client()
    page = browser.get("/sign-in/").content.decode()
    assert "演示时钟" in page and f'content="{clock.shift() // timedelta(milliseconds=1)}"' in page
    browser.post("/sign-in/demonstration/", {"username": "limin"})
    desk = browser.get("/", follow=True).content.decode()
    told = re.search(r'<meta name="server-now" content="([^"]+)"', desk)
    assert told and abs(clock.now() - datetime.fromisoformat(told[1])) < timedelta(seconds=5)
    assert "演示时钟" in desk and "不是实际时间" in desk


def test_the_code_on_a_visitors_phone_goes_by_the_real_time(shown: Path, db: None) -> None:
    secret = b"twenty bytes of key.."
    real = second_step._totp(secret).at(datetime.now(UTC))
    assert second_step._step_of(secret, real, 0)
    assert not second_step._step_of(secret, second_step._totp(secret).at(clock.now()), 0)


def test_every_process_that_starts_is_told_and_a_platform_never(shown: Path, db: None, tmp_path: Path) -> None:
    told = Installation(shown, 1, "127.0.0.1", None).environment()
    assert int(told[clock.SHIFT]) == clock.shift() // timedelta(seconds=1) > 0
    assert Installation(tmp_path, 1, "127.0.0.1", None).environment()[clock.SHIFT] == "0"
    (tmp_path / showing.FILE).write_text("-3600")
    assert Installation(tmp_path, 1, "127.0.0.1", None).environment()[clock.SHIFT] == "0", "nothing sets it back"


def test_asked_for_at_a_city_that_stands_the_clock_is_left_and_the_way_is_told(shown: Path, db: None, capsys: Any) -> None:
    before = clock.shift()
    commands.ensure(at=time(14, 0))
    assert clock.shift() == before and "demo reset --clock 14:00" in capsys.readouterr().out


def test_while_the_platform_runs_the_clock_is_not_moved(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: Any) -> None:
    monkeypatch.setattr(installation.Installation, "state", lambda place: {"phase": "running"})
    args = parser.parse(["demo", "reset", "--clock", "09:40", "--data", str(tmp_path)])
    assert args.clock == AT
    with pytest.raises(Refused):
        commands_demo.reset(args)
    assert "先运行 ./urbangrid down" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        parser.parse(["demo", "reset", "--clock", "morning"])
    assert isinstance(args, argparse.Namespace)


def _naively(now: datetime, at: time, free: set[int]) -> datetime:
    """Minute after minute until it fits."""
    moment = now.replace(second=0, microsecond=0)
    while moment < now or (moment.hour, moment.minute) != (at.hour, at.minute) or moment.date().toordinal() % 7 in free:
        moment += timedelta(minutes=1)
    return moment


@settings(max_examples=40)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1)),  # noqa: DTZ001 - of the city
    st.times().map(lambda one: one.replace(second=0, microsecond=0)),
    st.sets(st.integers(0, 6), max_size=3),
)  # fmt: skip
def test_the_next_showing_is_the_first_such_minute(moment: datetime, at: time, free: set[int]) -> None:
    now = moment.replace(tzinfo=CITY)
    assert showing.next_showing(now, at, lambda day: day.toordinal() % 7 not in free) == _naively(now, at, free)


def test_no_working_day_in_a_month_is_said() -> None:
    with pytest.raises(ValueError, match="no working day"):
        showing.next_showing(datetime(2026, 11, 22, tzinfo=CITY), AT, lambda _day: False)
    assert not showing.works(date(2026, 11, 22)) and showing.works(date(2026, 11, 23))


@settings(max_examples=20)
@given(st.lists(st.times().map(lambda one: one.replace(second=0, microsecond=0)), min_size=1, max_size=6))
def test_from_showing_to_showing_time_and_identifiers_only_grow(ahead: Path, hours: list[time]) -> None:
    seen, last, shift = clock.now(), ids.new_id(), clock.shift()
    for at in hours:
        moment = showing.put_clock(ahead, at)
        made = ids.new_id()
        assert moment >= seen and clock.shift() >= shift and made > last and ids.moment_of(made) >= seen - timedelta(seconds=1)
        assert moment.astimezone(CITY).time().replace(second=0, microsecond=0) == at
        seen, last, shift = moment, made, clock.shift()
    with pytest.raises(ValueError, match="forward"):
        clock.put_ahead(timedelta(seconds=-1))
