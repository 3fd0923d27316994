"""The budgets of architecture §8 that ``bench cases`` keeps, and which of them a measurement broke."""

from __future__ import annotations

from typing import Any

BUDGETS = {"list": (10, 28.0), "queue": (10, 28.0), "case": (12, 28.0), "action": (12, 10.0)}
"""Statements and processor milliseconds (architecture §8); for queues and the case page §8 names no milliseconds: the list's."""
LEAST_PERCENT = 5.0
"""Of pgbench's rate (architecture §8)."""
MOST_GROWTH = 1.3
"""Processor time of a list, queue, case or action at the largest number of cases, over that at the smallest."""
OPEN_WORK = "queues, counts"
"""Exact counts over all open items, of which there are ten times as many in ten times the cases: named, not judged by growth."""
ACTIONS = ("receive", "dispatch")


def growth(sizes: dict[int, Any]) -> dict[str, float]:
    """Processor time at the largest number of cases over that at the smallest."""
    least, most = sizes[min(sizes)]["cpu"], sizes[max(sizes)]["cpu"]
    return {name: round(figures["cpu_ms"] / least[name]["cpu_ms"], 2) for name, figures in most.items()}


def kind_of(name: str) -> str:
    """Which budget a measured thing has."""
    return "action" if name in ACTIONS else name.split(",")[0].split(" ")[0].rstrip("s")


def broken(found: dict[str, Any]) -> list[str]:
    """The budgets that were not kept."""
    faults = [f"{rows}: {fault}" for rows, one in found["sizes"].items() for fault in _broken_at(one)]
    grown = {name: times for name, times in found["growth"].items() if name != OPEN_WORK}
    return faults + [f"{name}: × {times} > × {MOST_GROWTH}" for name, times in grown.items() if times > MOST_GROWTH]


def _broken_at(one: dict[str, Any]) -> list[str]:
    faults = []
    for name, count in one["queries"].items():
        if count > BUDGETS[kind_of(name)][0]:
            faults.append(f"{name}: {count} > {BUDGETS[kind_of(name)][0]}")
    for name, figures in one["cpu"].items():
        if figures["cpu_ms"] > BUDGETS[kind_of(name)][1]:
            faults.append(f"{name}: {figures['cpu_ms']} ms > {BUDGETS[kind_of(name)][1]} ms")
    if one["ratio"].get("percent", LEAST_PERCENT) < LEAST_PERCENT:
        faults.append(f"pgbench: {one['ratio']['percent']} % < {LEAST_PERCENT} %")
    return faults
