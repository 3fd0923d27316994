"""The made city under each model: everybody has a post, every case stands somewhere, nothing waits for nobody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from urbangrid.cases import verification
from urbangrid.cases.models import Case, Report, WorkItem
from urbangrid.catalog import cache
from urbangrid.core import platforms
from urbangrid.demo import accounts, commands, passwords
from urbangrid.organizations import queries as organizations


@pytest.fixture
def folder(db: None, settings: Any, tmp_path: Path) -> Iterator[Path]:
    settings.FILES_ROOT, settings.DATA = tmp_path / "files", tmp_path
    yield tmp_path
    for forget in (cache.clear, platforms.forget, organizations.forget, accounts.offered.cache_clear):
        forget()


@pytest.mark.parametrize("letter", ["b", "c", "d", "e"])
def test_a_day_runs_under_every_model_and_somebody_has_everything_that_is_open(letter: str, folder: Path) -> None:
    commands.ensure(letter, reports=26, scale=0.05, months=False)
    states = set(Case.objects.values_list("state", flat=True))
    assert {"closed", "disposing"} <= states
    assert not WorkItem.objects.filter(closed_at=None, unit=None).exists()
    assert not WorkItem.objects.filter(closed_at=None, duty="nobody_responsible").exists()
    assert len(passwords.table(folder)) == len(accounts.shown())
    for case in Case.objects.filter(state="closed")[:3]:
        assert verification.verify_case(case.pk) == []
    tasks = WorkItem.objects.filter(kind="crew_task", appointment__post__code="assistant_crew").order_by("opened_at")
    if letter == "b":
        _assistants_report_and_do_what_their_office_gives_them(list(tasks))
    else:
        assert not tasks


def _assistants_report_and_do_what_their_office_gives_them(tasks: list[WorkItem]) -> None:
    """CY-15: an office that handles cases, a crew of assistants below it, one task still open and one answered."""
    assert [task.closed_at is None for task in tasks] == [True, False]
    for task in tasks:
        assert task.unit is not None and task.unit.parent is not None and task.case is not None
        assert task.unit.parent.kind == "subdistrict_office" and task.unit.parent.handles_cases
        assert task.case.handler_unit_id == task.unit.parent_id and task.case.subdistrict_id == task.unit.parent.division_id
        report = Report.objects.get(case_links__case=task.case, case_links__role="origin")
        assert report.reporter_appointment is not None and report.reporter_appointment.personnel_kind == "assistant"
        assert verification.verify_case(task.case_id or 0) == []


def test_another_model_than_the_standing_one_is_refused_with_the_command_that_changes_it(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commands.ensure("c", reports=24, scale=0.05, months=False)
    cases = Case.objects.count()
    commands.ensure("b", reports=24, months=False)
    assert "demo reset --model b" in capsys.readouterr().out
    assert Case.objects.count() == cases
