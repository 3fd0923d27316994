"""The training copy: what goes into it and what never does, its strip on everything, and the way back to its start."""

from __future__ import annotations

import argparse
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.contrib.auth.hashers import check_password
from django.db import connection
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from psycopg import sql

from tests.api import paths
from tests.api.paths import At
from tests.config.test_cluster import server, start
from tests.support import kept
from tests.support import pdf as paper
from tests.support.browser import enter
from tests.support.city import WORKDAY, City
from tests.support.screen import Screen
from tests.workbench.test_daily_sheet import EIGHT, TODAY, _evening, _made
from urbangrid.accounts.models import ApiToken, User
from urbangrid.cases.models import Case, ProcessDefinition
from urbangrid.catalog.models import CompanyContact, Regulation, Responsibility
from urbangrid.config import operations_health, training, training_tables
from urbangrid.config.command import training as command
from urbangrid.config.command import training_start, up
from urbangrid.config.command.cluster import Cluster
from urbangrid.config.command.installation import DATABASE, ROLE, Installation
from urbangrid.core import clock, going_back
from urbangrid.core.health import Level
from urbangrid.core.models import Platform, StoredFile
from urbangrid.demo import passwords, practice
from urbangrid.grids.models import UnitGrid
from urbangrid.organizations.models import Appointment, Unit
from urbangrid.service_requests import phrases
from urbangrid.ui import band

__all__ = ["server"]

SAID = "培训副本"
LIVE = "a_live_platform"


def test_every_table_is_either_copied_or_left_out_on_purpose() -> None:
    own = [model for model in apps.get_models(include_auto_created=True) if model._meta.app_label != "gis"]
    tables = {model._meta.db_table for model in own} | {"django_migrations"}
    copied, left = set(training_tables.COPIED), set(training_tables.LEFT_OUT)
    assert copied & left == set()
    assert copied | left == tables


@pytest.fixture
def live(city: City, tmp_path: Path) -> Iterator[str]:
    """A second database with the small city committed in it, as a platform beside has it: real telephones, a token, a case's number, a
    regulation with its paper, rules of signing in."""
    given = connection.get_connection_params() | {"cursor_factory": None, "context": None, "prepare_threshold": None}
    where = {name: given[name] for name in ("host", "user", "password", "port") if given.get(name)}
    here = given["dbname"]
    with psycopg.connect(**where, dbname="postgres", autocommit=True) as administrator:
        administrator.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(LIVE + here)))
        administrator.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(LIVE + here)))
        url = psycopg.conninfo.make_conninfo("", **where, dbname=LIVE + here)
        with psycopg.connect(url) as there:
            _tables_as_here(there, where | {"dbname": here})
            _rows(there)
        try:
            yield url
        finally:
            administrator.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(LIVE + here)))


def _tables_as_here(there: psycopg.Connection[Any], where: dict[str, Any]) -> None:
    """The committed tables of the schema file, and the columns' types from their extensions."""
    for extension in ("postgis", "pg_trgm", "btree_gist"):
        there.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}".encode())
    there.commit()
    schema = (Path(training.__file__).parent / "schema.sql").read_text(encoding="utf-8")
    statements = "\n".join(line for line in schema.splitlines() if not line.startswith("\\"))
    there.execute(statements.encode())
    there.execute("SET search_path TO public")


def _rows(there: psycopg.Connection[Any]) -> None:
    for table, rows in kept.rows("small").items():
        with there.cursor().copy(f'COPY "{table}" FROM STDIN'.encode()) as copy:
            copy.write(rows)
    there.execute("UPDATE accounts_user SET phone = '13812345678'")
    there.execute("UPDATE organizations_unit SET duty_phone = '8123-4567' WHERE kind = 'department'")
    there.execute("""UPDATE core_platform SET settings = settings || '{"security": {"device_posts": ["seat_agent"]}, "repeat_hours": 5}'""")


def test_a_copy_has_the_configuration_and_nobodys_telephone_password_or_case(
    live: str, city: City, desk: At, tmp_path: Path, settings: Any
) -> None:
    settings.FILES_ROOT, settings.DATA = tmp_path / "copied", tmp_path
    paths.dispatched(desk, city)  # something stands in the database that becomes the copy: it is emptied first
    token = ApiToken.objects.count()
    cells, duties = UnitGrid.objects.count(), Responsibility.objects.count()
    assert token and training.copy(live, tmp_path / "files") > cells + duties
    assert (UnitGrid.objects.count(), Responsibility.objects.count()) == (cells, duties)
    assert ProcessDefinition.objects.exists() and Appointment.objects.exists()
    assert not Case.objects.exists() and not ApiToken.objects.exists()
    assert set(User.objects.values_list("phone", "password", "simulated")) == {("", "!", True)}
    assert set(Unit.objects.values_list("duty_phone", flat=True)) == {""}
    assert not CompanyContact.objects.exclude(phone="").exists()
    assert not Regulation.objects.exclude(file=None).exists() and not StoredFile.objects.exists()
    platform = Platform.objects.get(code=city.platform.code)
    assert platform.settings["repeat_hours"] == 5 and platform.settings["security"] == {"second_step_posts": []}
    made = Unit.objects.create(platform=platform, code="NEW", name="新单位", kind="department")
    assert Unit.objects.filter(pk=made.pk).count() == 1, "the numbers of rows go on behind the copied ones"

    training.give_passwords(tmp_path)
    kept = passwords.read(tmp_path)
    clerk, admin = kept["clerk"]["password"], kept["system_admin"]["password"]
    assert clerk != admin and len({one["post"].split()[0] for one in kept.values()}) == len(kept), "one account of each post"
    assert check_password(clerk, User.objects.get(username="dispatcher").password)
    assert not check_password(clerk, User.objects.get(username="security_admin").password), "a trainee does not reset the class"
    assert (tmp_path / "secrets" / passwords.FILE).stat().st_mode & 0o077 == 0


@pytest.mark.requirement("CY-30")
@pytest.mark.requirement("HD-13.2")
def test_practice_cases_stand_in_every_stage_and_what_cannot_be_played_is_told(city: City) -> None:
    told: list[str] = []
    with clock.travel(WORKDAY):
        practice.fill(told.append, each=1)
        stages = Case.objects.exclude(state="closed").values_list("state", flat=True)
        waiting = set(stages)
    assert {"verifying", "to_file", "to_dispatch", "to_receive", "disposing", "to_review", "checking", "to_close"} <= waiting
    assert Case.objects.filter(state="closed").exists(), "one to read to its end"
    assert Case.objects.filter(simulated=False).count() == 0
    assert any("练习案件" in line for line in told) and not any("注意" in line for line in told), told

    Appointment.objects.filter(post__duties__contains=["dispatch"]).update(valid_to=WORKDAY - timedelta(days=1))
    told.clear()
    with clock.travel(WORKDAY + timedelta(hours=1)):
        practice.fill(told.append, each=1)
    assert any("注意" in line and "dispatch" in line for line in told), told


@pytest.fixture
def copy(settings: Any, tmp_path: Path) -> Any:
    """The settings of a training copy."""
    settings.TRAINING, settings.DATA = True, tmp_path
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[:2], "urbangrid.ui.middleware.BandedFiles", *settings.MIDDLEWARE[2:]]
    return settings


def test_every_page_sheet_table_and_file_name_of_a_copy_says_what_it_is(copy: Any, city: City, desk: At) -> None:
    case = paths.dispatched(desk, city)
    for name, page in (("dispatcher", "/"), ("inspector", "/"), ("company_clerk", "/"), ("system_admin", "/admin/")):
        shown = Screen(name)
        shown.get(page)
        assert f'data-band="{SAID}' in shown.html and "<title>[培训]" in shown.html, name
    assert f'data-band="{SAID}' in Client().get("/sign-in/").content.decode()
    refused = Screen("clerk")
    refused.get("/admin/", 403)
    assert f'data-band="{SAID}' in refused.html
    browser = enter(Client(), city, "dispatcher")
    assert f'data-band="{SAID}' in browser.get(reverse("workbench:sheet", args=[case, "order"])).content.decode()
    printed = browser.get(reverse("workbench:sheet_pdf", args=[case, "order"]))
    [sheet] = paper.pages(printed.content)
    assert band.words().replace(" ", "") in sheet
    assert "filename*=utf-8''%E5%9F%B9%E8%AE%AD-" in printed["Content-Disposition"]


def test_a_table_of_a_copy_says_so_and_still_imports(copy: Any, city: City) -> None:
    browser = enter(Client(), city, "system_admin")
    answer = browser.get(reverse("workbench:contacts_file"))
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None and band.words() in [cell.value for cell in sheet[1]]
    table = phrases.export_table(city.platform.pk)
    before = len(phrases.phrases(city.platform.pk))
    assert phrases.import_table(city.platform, table).found == [] or before == 0
    assert len(phrases.phrases(city.platform.pk)) == before


def test_a_practised_daily_sheet_says_so_in_its_seventy_letters_and_on_its_paper(copy: Any, city: City, desk: At) -> None:
    _evening(desk, city)
    sheet = _made()
    assert sheet.text.startswith("【培训】") and len(sheet.text) <= 70 and "超期1件" in sheet.text
    with clock.travel(EIGHT):
        printed = enter(Client(), city, "leader").get(reverse("workbench:daily_pdf", args=[TODAY]))
    assert band.words().replace(" ", "") in paper.pages(printed.content)[0]


def test_on_a_platform_nothing_of_it_is_there(city: City, desk: At) -> None:
    admin = Screen("system_admin")
    text = admin.get("/admin/")
    assert "data-band" not in admin.html and SAID not in text
    assert "正式平台的数据只能由系统管理员从备份恢复" in admin.get(reverse("administration:training"), 404)
    admin.post(reverse("administration:reset_training"), {"understood": "on"}, 404)


def test_the_administrator_of_a_copy_brings_it_back_after_saying_that_she_knows(copy: Any, city: City, tmp_path: Path) -> None:
    admin = Screen("system_admin")
    assert SAID in admin.get("/admin/")
    assert "所有人要重新登录" in admin.get(reverse("administration:training"))
    assert "没有复原" in admin.post(reverse("administration:reset_training"), status=422)
    assert not going_back.is_asked(tmp_path)
    assert "正在复原" in admin.post(reverse("administration:reset_training"), {"understood": "on"})
    assert going_back.is_asked(tmp_path)
    Screen("clerk").post(reverse("administration:reset_training"), {"understood": "on"}, 403)


def test_signing_in_at_the_copy_does_not_sign_out_of_the_platform_on_the_same_host(tmp_path: Path) -> None:
    place = Installation(tmp_path, 8100, "127.0.0.1", None)
    assert "URBANGRID_TRAINING" not in place.environment()
    place.training_mark.touch()
    told = place.environment()
    assert told["URBANGRID_TRAINING"] == "1"
    names = _settings_of(told | {"URBANGRID_TESTING": "1"})
    assert names["SESSION_COOKIE_NAME"] != "sessionid" and names["CSRF_COOKIE_NAME"] != "csrftoken"


def test_a_copy_without_backups_is_no_fault(copy: Any) -> None:
    found = {check.name: check.look() for check in operations_health.CHECKS if check.name.startswith("backup.")}
    assert found and all(one.level is Level.GOOD and "随时可以复原" in one.says for one in found.values()), found


def _settings_of(environment: dict[str, str]) -> dict[str, Any]:
    program = (
        "import json, urbangrid.config.settings as s;"
        "print(json.dumps({n: getattr(s, n) for n in ('SESSION_COOKIE_NAME', 'CSRF_COOKIE_NAME')}))"
    )
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.requirement("CY-30")
@pytest.mark.requirement("HD-13.2")
def test_back_at_the_start_database_files_and_heads_are_as_they_were(server: Cluster, tmp_path: Path) -> None:
    process = start(server)
    place = Installation(server.folder.parent / "copy", 1, "127.0.0.1", None)
    server.make_database(DATABASE, ROLE)
    with server.connect(DATABASE, ROLE) as begun:
        begun.execute("CREATE TABLE practised (words text); INSERT INTO practised VALUES ('at the start')")
    for name, words in (("files/ab/abc", "a photo"), ("heads/2026-11.jsonl", "head 1\n")):
        (place.data / name).parent.mkdir(parents=True, exist_ok=True)
        (place.data / name).write_text(words)
    training_start.keep(place, server)
    with server.connect(DATABASE, ROLE) as trainee:  # still connected when it goes back
        trainee.execute("UPDATE practised SET words = 'changed'")
        (place.data / "heads/2026-11.jsonl").write_text("head 1\nhead 2\n")
        (place.data / "files/cd").mkdir()
        (place.data / "files/cd/cde").write_text("another photo")
        for _again in range(2):
            training_start.put_back(place, server)
            with server.connect(DATABASE, ROLE) as found:
                assert found.execute("SELECT words FROM practised").fetchall() == [("at the start",)]
                found.execute("UPDATE practised SET words = 'changed again'")
        with pytest.raises(psycopg.OperationalError):
            trainee.execute("SELECT 1")
    assert (place.data / "heads/2026-11.jsonl").read_text() == "head 1\n"
    assert sorted(path.name for path in (place.data / "files").rglob("*") if path.is_file()) == ["abc"]
    process.terminate()
    process.wait(20)
    shutil.rmtree(place.data)


def test_of_the_platforms_own_settings_none_reaches_the_copy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "settings.env").write_text("URBANGRID_TIMESTAMP_URL=http://outside.example\n")
    own = {"URBANGRID_HEADS_COPY": "/elsewhere", "DATABASE_URL": "postgresql://live@/live", "URBANGRID_LANGUAGE": "en"}
    monkeypatch.setattr(os, "environ", own | {"PATH": os.environ["PATH"]})
    asked: list[tuple[Installation, Installation]] = []
    monkeypatch.setattr(command, "_build", lambda live, place, args: asked.append((live, place)))
    monkeypatch.setattr(up, "run", lambda args: 0)
    assert command.run(argparse.Namespace(data=str(tmp_path), port=None, host="127.0.0.1", anew=False, model=None, tls=False)) == 0
    [(live, place)] = asked
    assert live.external_database == "postgresql://live@/live" and place.external_database is None
    told = place.environment()
    assert not {"URBANGRID_TIMESTAMP_URL", "URBANGRID_HEADS_COPY"} & set(told)
    assert told["DATABASE_URL"] == place.database_url and told["URBANGRID_LANGUAGE"] == "en"
