"""Another city's reports: driven to closure over HTTP by the posts, or taken in as history."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from tests.support.city import City, restore_city
from urbangrid.cases import history
from urbangrid.cases.access import visible_to
from urbangrid.cases.models import Case, CaseRecord, Report
from urbangrid.cases.verification import verify_case
from urbangrid.config.commands_history import import_cases
from urbangrid.config.commands_replay import replay
from urbangrid.core.models import Platform
from urbangrid.organizations.acting import Acting

MAPPING = Path(__file__).parents[2] / "docs" / "examples" / "boston311.toml"
HEAD = "case_enquiry_id,open_dt,target_dt,closed_dt,ontime,case_title,type,location_street_name,neighborhood,latitude,longitude\n"
ROWS = (
    "101,2011-07-01 08:00:00,2011-07-03 08:00:00,2011-07-02 08:00:00,ONTIME,Pothole,Request for Pothole Repair,Elm St,,42.3301,-71.0589\n"
    "102,2011-07-01 09:00:00,2011-07-02 09:00:00,2011-07-04 09:00:00,OVERDUE,Lamp,Street Light Outages,Oak St,,42.3302,-71.0588\n"
    "103,2011-07-01 10:00:00,,,ONTIME,Other,Something Nobody Lists,,,42.3594,-71.0587\n"
)
BROKEN = (
    ",2011-07-01 10:00:00,,,ONTIME,No id,Street Light Outages,,,,\n"
    "105,the first of July,,,ONTIME,Bad time,Street Light Outages,,,,\n"
    "106,2011-07-05 10:00:00,,2011-07-01 10:00:00,ONTIME,Backwards,Street Light Outages,,,,\n"
    "107,2011-07-05 10:00:00,,,ONTIME,Nowhere,Street Light Outages,,,nan,inf\n"
    "108,0001-07-05 10:00:00,,,ONTIME,Long ago,Street Light Outages,,,,\n"
    "109,2011-07-05 10:00:00,,,ONTIME,Zero\0byte,Street Light Outages,,,,\n"
)


@pytest.fixture
def reports(tmp_path: Path) -> Path:
    path = tmp_path / "reports.csv"
    path.write_text(HEAD + ROWS, encoding="utf-8")
    return path


def arguments(path: Path, count: int = 0) -> argparse.Namespace:
    return argparse.Namespace(file=str(path), mapping=str(MAPPING), count=count)


def test_history_becomes_cases_with_records_and_the_verdicts_agree(city: City, reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert import_cases(arguments(reports)) == 0
    assert "0 contradictions of 3" in capsys.readouterr().out
    cases = {case.report_links.get().report.original["case_enquiry_id"]: case for case in Case.objects.filter(history=True)}
    assert (cases["101"].on_time, cases["102"].on_time, cases["103"].closed_at) == (True, False, None)
    assert cases["101"].cell is not None, "moved rigidly onto the middle of the loaded city"
    assert cases["103"].point is None, "the source's default point is no place"
    for case in cases.values():
        assert [record.action for record in CaseRecord.objects.filter(case=case)] == ["import"]
        assert verify_case(case.pk) == []


def test_importing_twice_doubles_nothing(city: City, reports: Path) -> None:
    import_cases(arguments(reports))
    import_cases(arguments(reports))
    assert Case.objects.filter(history=True).count() == 3


def test_broken_rows_are_named_and_the_others_taken(city: City, reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reports.write_text(HEAD + ROWS + BROKEN, encoding="utf-8")
    assert import_cases(arguments(reports)) == 1
    out = capsys.readouterr().out
    assert Case.objects.filter(history=True).count() == 3
    assert "第 5 行" in out and "105" in out and "the first of July" in out and "106" in out
    assert all(f"（{one}）" in out for one in (105, 106, 107, 108, 109))


def test_a_file_in_another_encoding_is_refused_in_words(city: City, reports: Path, capsys: pytest.CaptureFixture[str]) -> None:
    reports.write_bytes((HEAD + ROWS).encode() + "110,2011-07-01 08:00:00,,,ONTIME,路灯,x,,,,\n".encode("gb18030"))
    assert import_cases(arguments(reports)) == 2
    assert "UTF-8" in capsys.readouterr().out


def test_a_file_without_the_columns_is_refused_whole(city: City, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n", encoding="utf-8")
    assert import_cases(arguments(path)) == 2
    assert "case_enquiry_id" in capsys.readouterr().out
    assert not Case.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_reports_are_driven_to_closure_over_http(
    live_server: object, reports: Path, settings: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.FILES_ROOT = tmp_path / "files"  # type: ignore[attr-defined]
    settings.PORT = live_server.thread.port  # type: ignore[attr-defined]
    restore_city()
    assert replay(arguments(reports, 3)) == 0, capsys.readouterr().out
    assert [case.state for case in Case.objects.all()] == ["closed"] * 3
    assert Report.objects.get(client_id="boston311:101").original["type"] == "Request for Pothole Repair"
    for case in Case.objects.all():
        assert case.reply and verify_case(case.pk) == []
    assert "已结案" in capsys.readouterr().out


def test_real_rows_agree_with_the_citys_flags(city: City, real_data: Path, tmp_path: Path) -> None:
    """The first 1,500 through the database; tests/cases/deadlines puts all 21,401 through the engine."""
    lines = (real_data / "reports_boston311" / "boston311_2011-07_2011-08.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    path = tmp_path / "first.csv"
    path.write_text("".join(lines[:1501]), encoding="utf-8")
    outcome = history.run(Platform.objects.get(), path, MAPPING, lambda _count: None)
    assert (len(outcome.contradicted), outcome.made, outcome.bad) == (0, 1500, [])
    assert outcome.flagged > 1400


def test_an_inspector_elsewhere_sees_no_history(city: City, reports: Path) -> None:
    import_cases(arguments(reports))
    stranger: Acting = city.acting("far_inspector")
    assert not visible_to(stranger).exists()
