"""The test document for acceptance (SZ-6.12): each requirement, the tests that prove it, how they ended and when, as Markdown or CSV.

1. Which test carries which id is read from the tests themselves (their marks), so that the document names also what was not run.
2. The outcome is that of the last run: 通过 only when every test of the id passed, 未运行 when none ran, else 未通过.
"""

from __future__ import annotations

import ast
import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from urbangrid.config.command import places

if TYPE_CHECKING:
    from urbangrid.config.command.requirements import LastRun, Requirement

HEAD: Final = ("编号", "组", "优先级", "要求", "测试", "结果")
"""A Chinese document, whatever language the installation speaks."""
NAMES: Final = {"core": "核心", "important": "重要", "extension": "扩展"}


def marks(folder: Path = places.CHECKOUT / "tests") -> dict[str, list[str]]:
    """Requirement id → the tests that carry it, as ``file::test``."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for path in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        whole = [id for node in tree.body if isinstance(node, ast.Assign) and _names(node) == ["pytestmark"] for id in _ids(node.value)]
        for test in (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test")):
            for id in dict.fromkeys([*whole, *(id for one in test.decorator_list for id in _ids(one))]):
                found[id].append(f"{path.relative_to(folder.parent).as_posix()}::{test.name}")
    return dict(found)


def _names(node: ast.Assign) -> list[str]:
    return [target.id for target in node.targets if isinstance(target, ast.Name)]


def _ids(node: ast.expr) -> Iterator[str]:
    """Of ``pytest.mark.requirement("…")``, also within a list."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute) and one.func.attr == "requirement":
            yield from (str(given.value) for given in one.args if isinstance(given, ast.Constant))


def rows(requirements: Iterable[Requirement], marked: dict[str, list[str]], last: LastRun) -> Iterator[tuple[str, ...]]:
    """A row per requirement, in the order of the list; tests in one cell, a line each."""
    proven = last.proven()
    for one in requirements:
        unproven = "未通过" if last.outcomes.get(one.id) else "未运行" if one.id in marked else "没有测试证明"
        outcome = "通过" if one.id in proven else unproven
        yield one.id, one.group, NAMES.get(one.priority, one.priority), one.line, "\n".join(marked.get(one.id, ())), outcome


def text(requirements: Sequence[Requirement], marked: dict[str, list[str]], last: LastRun, *, as_csv: bool) -> str:
    """The document."""
    listed = list(rows(requirements, marked, last))
    if as_csv:
        out = io.StringIO()
        out.write("\ufeff")  # spreadsheets read it as UTF-8
        csv.writer(out).writerows([(*HEAD, "测试结束时刻"), *((*row, last.ended) for row in listed)])
        return out.getvalue()
    passed = sum(row[-1] == "通过" for row in listed)
    head = [
        "# 测试文档：需求与测试对照", "", f"最近一次测试结束于 {last.ended}，参数：{' '.join(last.arguments) or '全部'}。",
        f"共 {len(listed)} 条需求，{passed} 条由通过的测试证明。由 `./urbangrid requirements --to` 生成，请勿手改。", "",
        "| " + " | ".join(HEAD) + " |", "|---" * len(HEAD) + "|",
    ]  # fmt: skip
    return "\n".join([*head, *(_line(row) for row in listed)]) + "\n"


def _line(row: Iterable[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", "<br>") for cell in row) + " |"


def write(path: Path, requirements: Sequence[Requirement], last: LastRun) -> None:
    """Markdown, or CSV where the name ends so."""
    path.write_text(text(requirements, marks(), last, as_csv=path.suffix.lower() == ".csv"), encoding="utf-8", newline="")
