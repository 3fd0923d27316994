"""Where random days are played: through the database, or over cases that the memory of the process keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from urbangrid.cases import callers, models, store
from urbangrid.cases.proof import rows
from urbangrid.cases.proof.memory import Memory
from urbangrid.cases.proof.rows import Row, Rows
from urbangrid.core import transactions

LOOKS = 0.15
"""Of the times that somebody sees the case in the database she opens its page; in memory there are no pages."""


@dataclass(frozen=True, slots=True)
class Ground:
    """``whole`` around a move, ``read`` the rows of a case with its records after a seq, ``state`` of all its rows (equal while none
    changed), ``looks`` how often a page is opened, ``desk`` whether reports come in and are decided on as well."""

    whole: Callable[[], AbstractContextManager[Any]]
    read: Callable[[int, int], Rows]
    state: Callable[[int], object]
    looks: float
    desk: bool


DATABASE = Ground(transaction.atomic, rows.read, rows.digest, LOOKS, desk=True)


def of_memory(memory: Memory) -> Ground:
    """An action undoes itself there what it began."""

    def read(case_id: int, after: int) -> Rows:
        return Rows(
            _row(memory.tables[models.Case][case_id]), _of(memory, models.WorkItem, case_id, closed_at=None),
            _of(memory, models.Clock, case_id, ended_at=None), _of(memory, models.CaseRequest, case_id),
            {row["unit_id"]: row["until_seq"] for row in _of(memory, models.CaseAccess, case_id) if row["unit_id"] is not None},
            [row for row in _of(memory, models.CaseRecord, case_id) if row["seq"] > after], memory.state_of(case_id),
        )  # fmt: skip

    return Ground(nullcontext, read, memory.state_of, 0, desk=False)


def _of(memory: Memory, model: type[Model], case_id: int, **fits: object) -> list[Row]:
    found = [row for row in memory.tables[model].values() if row["case_id"] == case_id]
    name = "seq" if model is models.CaseRecord else "id"
    return sorted((_row(row) for row in found if all(row[key] == value for key, value in fits.items())), key=lambda row: int(row[name]))


def _row(values: Mapping[str, Any]) -> Row:
    return values


@contextmanager
def kept_in(memory: Memory) -> Iterator[None]:
    """Within the block cases are kept in memory alone: a statement that names one of their tables is an error."""
    asked, callers.of_case = callers.of_case, None  # no citizen called about them: requests are kept by the package above
    try:
        with store.kept_in(memory), transactions.carried_by(memory.whole), connection.execute_wrapper(_away_from_cases):
            yield
    finally:
        callers.of_case = asked


def _away_from_cases(execute: Callable[..., Any], statement: str, values: Any, many: bool, context: Any) -> Any:
    assert "cases_" not in statement.replace("cases_processdefinition", ""), statement
    return execute(statement, values, many, context)
