"""The documents for acceptance are shipped, reachable from their index, and each is held to the program by a test that exists (SZ-6.12)."""

from __future__ import annotations

import ast
import re

import pytest
from django.test import Client

from tests.support.city import City
from urbangrid.config.command import places

DOCS = places.CHECKOUT / "docs"
INDEX = (DOCS / "acceptance.md").read_text(encoding="utf-8")
ROWS = [line.strip("|").split("|") for line in INDEX.splitlines() if line.startswith("| ") and not line.startswith("| 文件")]
WANTED = ("架构", "数据字典", "接口说明", "使用手册", "运行维护手册", "安全文件", "测试文件")


@pytest.mark.requirement("SZ-6.12")
def test_each_document_is_there_and_held_to_the_program_by_a_test(city: City) -> None:
    assert tuple(row[0].strip().partition("：")[0] for row in ROWS) == WANTED
    for cells in ROWS:
        links, tests = re.findall(r"\]\(([^)]+)\)", cells[0]), re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", cells[2])
        assert links and tests, cells[0]
        for link in links:
            assert len((DOCS / link).read_text(encoding="utf-8")) > 500, link
        for path, name in tests:
            tree = ast.parse((places.CHECKOUT / path).read_text(encoding="utf-8"))
            assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}, f"{path}::{name}"
    for readme in ("README.md", "README.zh-CN.md"):
        assert "](docs/acceptance.md)" in (places.CHECKOUT / readme).read_text(encoding="utf-8")
    served = Client().get("/api/v1/openapi.json").json()
    assert served["openapi"].startswith("3.") and len(served["paths"]) > 20, "the product serves the description of its interface"


def test_the_index_names_no_file_that_is_gone() -> None:
    for link in re.findall(r"\]\(([^)#]+)\)", INDEX):
        assert (DOCS / link).exists(), link
