"""Health lines about signing in: what they see, and that a line which is not good says what to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client

from tests.support.city import WORKDAY, City
from tests.support.second_step import demand, set_up
from urbangrid.accounts.models import User
from urbangrid.audit import retention
from urbangrid.core import clock, health
from urbangrid.core.health import Level
from urbangrid.core.limits import LIMITS
from urbangrid.organizations import checks


def test_wrong_tries_of_the_last_hour_and_locked_accounts_are_counted(city: City) -> None:
    with clock.travel(WORKDAY):
        assert (checks.failed_sign_ins().level, checks.locked_accounts().level) == (Level.GOOD, Level.GOOD)
        for number in range(checks.MANY_WRONG):
            where = f"192.0.2.{number // (LIMITS['sign_in.address'].most // 2)}"
            Client(REMOTE_ADDR=where).post("/sign-in/", {"username": "clerk", "password": "falsch"})
        wrong, locked = checks.failed_sign_ins(), checks.locked_accounts()
        assert (wrong.level, wrong.gauge, locked.level, locked.gauge) == (Level.WATCH, 30, Level.WATCH, 1)
        assert "防火墙" in wrong.advice and "安全管理员" in locked.advice
    with clock.travel(WORKDAY + timedelta(minutes=61)):
        assert (checks.failed_sign_ins().gauge, checks.locked_accounts().gauge) == (0, 0)


def test_administrators_without_a_second_step_are_named_and_made_people_are_not(city: City) -> None:
    found = checks.without_second_step()  # the story's platform demands none, but companies give a code everywhere
    assert found.gauge == 2 and "高远" in found.says and "丁勇" in found.says
    for name in ("company_clerk", "company_crew"):
        set_up(name)
    assert checks.without_second_step().level is Level.GOOD
    demand(city)
    set_up("audit_admin")
    User.objects.filter(username="system_admin").update(simulated=True)
    found = checks.without_second_step()
    assert (found.level, found.gauge) == (Level.WATCH, 1) and "安二" in found.says and found.advice
    set_up("security_admin")
    assert checks.without_second_step().level is Level.GOOD


def test_a_purge_that_did_not_run_is_seen(city: City) -> None:
    with clock.travel(WORKDAY):
        retention.purge_all()
    with clock.travel(WORKDAY + timedelta(days=3)):
        found = checks.overdue_purges()
        assert found.level is Level.WATCH and "worker" in found.advice
        retention.purge_all()
        assert checks.overdue_purges().level is Level.GOOD


@pytest.mark.parametrize("check", checks.CHECKS)
def test_the_lines_stand_on_the_health_page(city: City, check: health.Check) -> None:
    assert check in [shown for shown, _finding in health.look()]
