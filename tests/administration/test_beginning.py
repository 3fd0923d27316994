"""A new installation without the demonstration: the command makes the platform and the three administrators, once."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from django.test import Client

from tests.support.browser import sign_in
from tests.support.city import City
from tests.support.second_step import SET_UP, demand, from_page, give, set_up
from urbangrid.accounts.models import SecondFactor, User
from urbangrid.audit.models import AuditRow
from urbangrid.catalog import cache, queries
from urbangrid.config import commands_accounts
from urbangrid.config.command import parser
from urbangrid.core.models import Platform
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.models import Appointment

NEW = "Deng-guang 88"
NAMES = ["--code", "990109", "--name", "新城区城市管理监督指挥中心", "--short-name", "新"]


def _run(*words: str) -> int:
    args = parser.parse(["accounts", *words])
    return int(getattr(commands_accounts, args.target.partition(":")[2])(args))


@pytest.fixture
def empty(db: None) -> None:
    """A database with its tables and nothing else."""
    cache.clear()
    organizations.forget()


def _printed(out: str) -> dict[str, str]:
    return dict(re.findall(r"(\w+\.admin)\s+([a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4})", out))


def test_the_command_makes_platform_posts_and_three_administrators_who_can_begin(empty: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("first-administrators", *NAMES, "--security", "安平") == 0
    once = _printed(capsys.readouterr().out)
    assert set(once) == {"system.admin", "security.admin", "audit.admin"}
    platform = Platform.objects.get()
    assert (platform.code, platform.short_name) == ("990109", "新")
    assert queries.category_options(platform.pk)
    assert User.objects.get(username="security.admin").name == "安平"
    for username, home in (("system.admin", "/admin/"), ("security.admin", "/admin/rights/"), ("audit.admin", "/admin/trail/")):
        browser = Client()
        assert sign_in(browser, username, once[username]).headers["Location"] == "/password/"
        browser.post("/password/", {"old": once[username], "new": NEW})
        phone, sealed = from_page(browser.get(SET_UP).content.decode())
        browser.post(SET_UP, {"sealed": sealed, "code": phone.code()})
        assert browser.get(home).status_code == 200


@pytest.mark.usefixtures("empty")
@pytest.mark.parametrize("words", [[], ["--code", "990109"], NAMES[:4]])
def test_without_the_names_of_the_platform_nothing_is_made(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("first-administrators", *words) == 1
    assert "--short-name" in capsys.readouterr().out
    assert not Platform.objects.exists() and not User.objects.exists()


def test_where_administrators_are_there_are_no_first_ones(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    users = User.objects.count()
    assert _run("first-administrators", *NAMES) == 1
    assert "已经有管理员" in capsys.readouterr().out
    assert (Platform.objects.count(), User.objects.count()) == (1, users)


def test_a_platform_whose_administrators_have_all_left_gets_new_ones(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    Appointment.objects.filter(post__face="administration").delete()
    assert _run("first-administrators") == 0
    assert len(_printed(capsys.readouterr().out)) == 3


def test_the_operator_resets_a_second_step_that_nobody_else_can(city: City, capsys: pytest.CaptureFixture[str]) -> None:
    demand(city)
    phone, _codes = set_up("security_admin")
    assert _run("reset-second-step", "nobody") == 1
    assert _run("reset-second-step", "dispatcher") == 1
    assert _run("reset-second-step", "security_admin") == 0
    assert "已重设" in capsys.readouterr().out
    assert not SecondFactor.objects.exists()
    assert AuditRow.objects.get(action="second_step_reset").user_id is None
    browser = Client()
    sign_in(browser, "security_admin")
    assert browser.get("/").headers["Location"] == SET_UP
    assert give(browser, phone.code()).headers["Location"] == SET_UP  # the old telephone opens nothing
