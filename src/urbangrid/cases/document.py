"""docs/case-life.md, drawn from the lifecycle and the presets: what is shown cannot differ from what is done."""

from __future__ import annotations

from urbangrid.cases import process, processes, words
from urbangrid.cases.lifecycle import WITHDRAWABLE, When
from urbangrid.core import presets

WHEN = {When.ALWAYS: "", When.PLAIN: "", When.COMPLEX: "复杂", When.CITY_OWNED: "市属", When.REACHED: "到场", When.NOT_REACHED: "无法核查",
        When.OWN_UNIT: "本级单位", When.BY_DISTRICT: "经区级"}  # fmt: skip


def case_life() -> str:
    """The page as Markdown: of every shipped model the diagram, moves with duty and clock effects, waits with limits."""
    labels = {str(code): str(word) for code, word in [*words.STATES.items(), *words.ACTIONS.items()]}
    parts = [
        "# The life of a case 案件的一生",
        "Generated from `cases/lifecycle.py` and `cases/presets/`; do not edit.",
        *(part for code in presets.codes(processes.PRESETS) for part in _model(code, labels)),
        "## Withdrawal 撤回",
        "Own last step, until somebody of the next post opens the case: "
        + ", ".join(f"{labels[action]} ({', '.join(labels[state] for state in states)})" for action, states in WITHDRAWABLE.items())
        + ".",
    ]
    return "\n\n".join(parts) + "\n"


def _model(code: str, labels: dict[str, str]) -> list[str]:
    loaded = process.load(processes.preset(code))
    return [
        f"## {code.replace('_', ' ').capitalize()} {loaded.name}",
        "Stages: " + " → ".join(stage.name for stage in loaded.stages) + ".",
        "```mermaid\n" + process.mermaid(loaded, labels) + "```",
        "### Moves 办理步骤",
        _moves(loaded, labels),
        "### Waiting states 待办与时限",
        _waits(loaded, labels),
    ]


def _moves(loaded: process.Process, labels: dict[str, str]) -> str:
    rows = ["| 步骤 | action | 从 | 到 | 条件 | 职责 duty | 处置时限 | 案件总时限 | 依据 |", "|---|---|---|---|---|---|---|---|---|"]
    for move in loaded.moves:
        edge = move.edge
        then = f" → {labels[move.then]}" if move.then else ""
        rows.append(
            f"| {labels[edge.action]}{then} | `{edge.action}` | {labels[edge.source]} | {labels[edge.target]} | {WHEN[edge.when]}"
            f" | `{move.duty}` | {edge.unit_clock} | {edge.case_clock} | {edge.clause} |"
        )
    return "\n".join(rows)


def _waits(loaded: process.Process, labels: dict[str, str]) -> str:
    rows = ["| 状态 | 待办 | 职责 duty | 归谁 | 环节时限（分） | 日历 |", "|---|---|---|---|---|---|"]
    for wait in loaded.waits.values():
        limit = "按处置时限" if wait.limit_minutes is None else f"{wait.limit_minutes}{'，停表' if wait.paused else ''}"
        rows.append(f"| {labels[wait.state]} | `{wait.work}` | `{wait.duty}` | {wait.holder} | {limit} | {wait.calendar} |")
    return "\n".join(rows)
