"""The data dictionary is the one of the tables that stand, every table named in Chinese and English (HD-8.1.5)."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from urbangrid.config import dictionary
from urbangrid.config.command.parser import parse


@pytest.mark.requirement("HD-8.1.5")
def test_the_dictionary_is_drawn_from_the_models_and_names_every_table_in_both_languages() -> None:
    assert dictionary.unnamed() == [], "each needs a row in src/urbangrid/config/dictionary.toml"
    drawn = dictionary.page()
    if os.environ.get("UPDATE_GOLDEN") == "1":
        dictionary.PAGE.write_text(drawn, encoding="utf-8")
    assert dictionary.PAGE.read_text(encoding="utf-8") == drawn, "run ./urbangrid dictionary"
    heads = re.findall(r"^### (\S+) (\w+) `(\w+)`$", drawn, re.M)
    assert len(heads) == len(dictionary.tables())
    assert all(re.search("[\u4e00-\u9fff]", chinese) for chinese, _english, _table in heads)
    for words in ("上报 Report", "案件 Case", "办理经过 CaseRecord", "待办 WorkItem", "计时 Clock", "文件 StoredFile"):
        assert words in drawn, words


_TABLES = (
    "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition AND relnamespace = 'public'::regnamespace"
)


def test_no_table_of_the_database_is_left_out(db: None) -> None:
    known = {model._meta.db_table for model in dictionary.tables()}
    labels = tuple(f"{config.label}_" for config in apps.get_app_configs() if config.name.startswith("urbangrid."))
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        found = {row[0] for row in cursor.fetchall() if row[0].startswith(labels)}
    assert found == known


def test_the_command_writes_the_page_where_it_is_told(tmp_path: Path) -> None:
    target = tmp_path / "page.md"
    assert dictionary.run(parse(["dictionary", "--to", str(target)])) == 0
    assert target.read_text(encoding="utf-8") == dictionary.page()
