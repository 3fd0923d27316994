"""``./urbangrid process``: versions of the workflow at the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City
from urbangrid.audit.models import AuditRow
from urbangrid.cases import commands_process, processes
from urbangrid.cases.models import Case, ProcessDraft
from urbangrid.config.command import parser


def run(*words: object) -> int:
    return commands_process.run(parser.parse(["process", *map(str, words)]))


def test_a_workflow_is_exported_changed_checked_simulated_published_migrated_and_taken_back(
    city: City, desk: At, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = paths.filed(desk, city)
    there, as_admin = tmp_path / "p.json", ("--as", "system_admin")
    assert run("export", "model_a", "--to", there) == 0
    body = json.loads(there.read_text())
    next(row for row in body["definition"]["waits"] if row["state"] == "to_dispatch")["limit_minutes"] = 45
    there.write_text(json.dumps(body))
    assert run("check", there) == 0 and run("simulate", there) == 0
    said = capsys.readouterr().out
    assert "检查通过" in said and "在办影响1件，上月按期率" in said
    assert run("publish", there, *as_admin) == 0
    assert run("publish", there, *as_admin) == 1  # the same again is no new version
    assert "没有不同" in capsys.readouterr().out and not ProcessDraft.objects.exists()
    assert run("migrate", "model_a", 1, 2, *as_admin) == 0
    assert "待派遣 → 待派遣  1" in capsys.readouterr().out
    assert run("migrate", "model_a", 1, 2, "--go", *as_admin) == 0
    assert Case.objects.get(pk=int(case)).process.version == 2
    assert run("list") == 0
    assert "model_a 2" in capsys.readouterr().out
    assert run("take-back", "model_a", *as_admin) == 0
    current = processes.current_version(city.platform.pk, "model_a")
    assert current is not None and current.version == 1
    acts = AuditRow.objects.filter(user_id=city.acting("system_admin").user_id).values_list("action", flat=True)
    assert {"process_published", "process_migrated", "process_taken_back"} <= set(acts)


def test_a_bpmn_file_is_written_and_refusals_are_sentences(city: City, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    there = tmp_path / "p.bpmn"
    assert run("export", "model_a", "--bpmn", "--to", there) == 0
    assert "<bpmn:process" in there.read_text()
    assert run("export", "model_z", "--to", there) == 1
    assert run("publish", there, "--as", "clerk") == 1
    assert run("check", there) == 1
    assert run("check", tmp_path / "none.json") == 1
    said = capsys.readouterr().out
    for sentence in ("没有这个流程版本", "写明一位系统管理员", "文件读不懂", "文件读写不成"):
        assert sentence in said
