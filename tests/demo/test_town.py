"""The made city: the same every time, a person per post, a day of reports in all states."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from urbangrid.cases import proposals, verification
from urbangrid.cases.models import Case, Report, WorkItem
from urbangrid.catalog import cache
from urbangrid.catalog import queries as catalog
from urbangrid.core import platforms
from urbangrid.core.models import Platform
from urbangrid.demo import accounts, commands, geography, names, passwords
from urbangrid.grids.models import UnitGrid
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.models import Appointment


@pytest.fixture
def made(db: None, settings: Any, tmp_path: Path) -> Iterator[Platform]:
    settings.FILES_ROOT, settings.DATA = tmp_path / "files", tmp_path
    commands.ensure(reports=30)
    yield Platform.objects.get()
    for forget in (cache.clear, platforms.forget, organizations.forget, accounts.offered.cache_clear):
        forget()


def test_the_plan_is_the_same_every_time_and_neighbours_share_their_border() -> None:
    first, again = geography.communities(), geography.communities()
    assert [one.shape.wkb for one in first] == [one.shape.wkb for one in again]
    assert len(first) == 12
    for number, one in enumerate(first):
        for other in first[number + 1 :]:
            assert one.shape.intersection(other.shape).area < 1e-6


def test_a_newcomer_finds_a_city_with_a_day_of_reports(made: Platform) -> None:
    assert 900 <= UnitGrid.objects.count() <= 1300
    states = set(Case.objects.values_list("state", flat=True))
    assert {"to_sign", "with_city", "not_filed", "void", "disposing", "closed"} <= states
    assert {"waiting", "refused"} <= set(Report.objects.values_list("state", flat=True))
    assert not WorkItem.objects.filter(closed_at=None, unit=None).exists()
    assert not Case.objects.filter(simulated=False).exists()


def test_records_of_the_made_day_are_whole(made: Platform) -> None:
    for case in Case.objects.all():
        assert verification.verify_case(case.pk) == []


def test_every_post_has_somebody_and_the_shown_ones_a_password_of_this_installation(made: Platform, tmp_path: Path) -> None:
    held = set(Appointment.objects.values_list("post__code", flat=True))
    assert held >= {"seat_agent", "duty_director", "head", "dispatcher", "department_clerk", "company_clerk", "inspector", "system_admin"}
    table = passwords.table(tmp_path)
    assert len(table) == len(names.SHOWN) == len({password for _post, _account, password in table})
    assert len(accounts.offered()) == len(names.SHOWN)


def test_four_of_five_ordinary_cases_leave_the_dispatcher_by_one_key(made: Platform) -> None:
    """desks.md P1: the proposed unit is one unit with a desk, and no reason is asked for."""
    cases = [case for case in Case.objects.exclude(category=None).exclude(subdistrict=None) if not (case.urgent or case.is_complex)]
    desks = {one.unit_id for one in organizations.all_units(made.pk) if one.has_desk}
    by_one_key = [case for case in cases if proposals.decide(case).unit_id in desks]
    print(f"P1: {len(by_one_key)}/{len(cases)} ordinary cases of the made day leave by one key")
    assert len(cases) >= 15
    assert len(by_one_key) >= 0.8 * len(cases)
    case, open_, decided = cases[0], [], 0
    for option in catalog.category_options(made.pk):
        case.category_id = option.id
        decision = proposals.decide(case)
        decided += decision.unit_id is not None
        open_ += [option.name] if decision.open else []
    print(f"P1: {decided} of {len(catalog.category_options(made.pk))} classes have one proposed unit in {case.subdistrict}; open: {open_}")
    assert open_ == ["工地扬尘"]
    assert decided >= 0.8 * len(catalog.category_options(made.pk))


def test_a_reset_makes_the_same_city_anew(made: Platform) -> None:
    cells = set(UnitGrid.objects.values_list("code", flat=True))
    assert commands.reset(argparse.Namespace(), reports=24) == 0
    assert set(UnitGrid.objects.values_list("code", flat=True)) == cells


def test_a_reset_refuses_where_a_real_platform_stands(made: Platform, capsys: pytest.CaptureFixture[str]) -> None:
    Platform.objects.create(code="110108", name="真实平台", short_name="真")
    assert commands.reset(argparse.Namespace()) == 2
    assert "没有改动" in capsys.readouterr().out
