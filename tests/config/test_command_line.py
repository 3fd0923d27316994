"""The words of ./urbangrid."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

from urbangrid.config.command import installation, parser, places
from urbangrid.demo import town
from urbangrid.demo.plan import making


@pytest.mark.parametrize(
    "words",
    [
        ["up"],
        ["down"],
        ["backup"],
        ["backup", "verify"],
        ["restore"],
        ["upgrade"],
        ["bundle"],
        ["bundle", "verify"],
        ["test"],
        ["requirements"],
        ["psql"],
        ["shell"],
        ["grids", "generate"],
        ["import", "divisions"],
        ["demo", "make"],
        ["demo", "reset"],
        ["audit", "verify"],
        ["audit", "export"],
    ],
)
def test_every_command_explains_itself(words: Sequence[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser.parse([*words, "--help"])
    assert ended.value.code == 0
    assert "./urbangrid " + " ".join(words) in capsys.readouterr().out


def test_options_after_test_and_psql_reach_the_other_program_untouched() -> None:
    assert parser.parse(["test", "-k", "clock", "tests/cases", "--lf"]).arguments == [
        "-k",
        "clock",
        "tests/cases",
        "--lf",
    ]
    psql = parser.parse(["psql", "--data", "elsewhere", "-c", "select 1"])
    assert (psql.data, psql.arguments) == ("elsewhere", ["-c", "select 1"])


@pytest.mark.parametrize("words", [
    "psql --data X -c one", "psql -c one --data X", "psql --data=X -c one", "--data X psql -c one", "psql -c one --data=X",
])  # fmt: skip
def test_the_data_folder_of_psql_may_be_named_anywhere(words: str) -> None:
    args = parser.parse(words.split())
    assert (args.command, args.data, args.arguments) == ("psql", "X", ["-c", "one"])


@pytest.mark.parametrize("words", ["--data X demo reset", "demo --data X reset", "demo reset --data X", "--data=X check", "up --data X"])
def test_and_so_with_every_other_command(words: str) -> None:
    assert parser.parse(words.split()).data == "X"


def test_what_stands_behind_two_dashes_is_the_other_programs_and_a_folder_that_is_lacking_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    args = parser.parse(["psql", "--", "--data", "X"])
    assert (args.data, args.arguments) == (None, ["--", "--data", "X"])
    with pytest.raises(SystemExit) as ended:
        parser.parse(["psql", "--data"])
    assert ended.value.code == 2 and "--data" in capsys.readouterr().err


def test_an_unknown_command_is_refused_with_the_list_of_commands(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parser.parse(["start"])
    assert ended.value.code == 2
    assert "psql" in capsys.readouterr().err


def test_a_command_whose_code_is_missing_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parser.parse(["grids", "generate", "--size", "100"]).size == 100.0
    monkeypatch.setattr(places, "find_spec", lambda name: None if name.startswith("urbangrid.grids") else find_spec(name))
    with pytest.raises(SystemExit):
        parser.parse(["grids", "generate", "--size", "100"])


def test_the_platforms_own_address_is_no_database_of_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = argparse.Namespace(data=str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    own = installation.find(asked)
    monkeypatch.setenv("DATABASE_URL", own.database_url)  # as its processes are told
    assert installation.find(asked).external_database is None
    monkeypatch.setenv("DATABASE_URL", "postgresql://other@/other")
    assert installation.find(asked).external_database == "postgresql://other@/other"


def test_settings_of_the_file_hold_unless_the_environment_says_otherwise(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "settings.env"
    file.write_text("# a word\nURBANGRID_ONE = file\nURBANGRID_TWO=file=with=signs\n")
    monkeypatch.setenv("URBANGRID_ONE", "environment")
    monkeypatch.setenv("URBANGRID_TWO", "")
    monkeypatch.delenv("URBANGRID_TWO")
    installation.load_settings(file)
    assert (os.environ["URBANGRID_ONE"], os.environ.pop("URBANGRID_TWO")) == ("environment", "file=with=signs")
    file.write_text("PATH=/elsewhere\n")
    with pytest.raises(SystemExit):
        installation.load_settings(file)


def test_the_size_of_the_made_city_is_one_number_within_what_was_measured(capsys: pytest.CaptureFixture[str]) -> None:
    made = parser.parse(["demo", "make", "--scale", "1", "--seed", "7", "--reports", "0"])
    assert (made.scale, made.seed, made.model, made.reports) == (1.0, 7, None, 0)
    assert parser.parse(["demo", "make"]).scale == town.SCALE and parser.parse(["demo", "make"]).seed == town.SEED
    assert (parser.LEAST_SCALE, parser.MOST_SCALE) == (making.LEAST_SCALE, making.MOST_SCALE)
    for wrong in ("0", "13", "gross"):
        with pytest.raises(SystemExit):
            parser.parse(["demo", "make", "--scale", wrong])
        assert "不在 0.04 到 12 之间" in capsys.readouterr().err
