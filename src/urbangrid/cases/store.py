"""Where cases are kept: the database, or for a proof the memory of the process (``cases.proof.memory``).

Everything that moves a case reads and writes through here, so that the same rules run over either. Rows are asked for as a ``QuerySet``;
memory answers the part of one that moving a case uses. Lists, search, figures and pages read the database directly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import Any, Protocol, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import Exists, Model, OuterRef, QuerySet, Subquery

from urbangrid.cases.models import Case, CaseRecord, CaseRelation, Clock, WorkItem
from urbangrid.core import statements
from urbangrid.core.batch import Batch
from urbangrid.core.models import Platform

Row = TypeVar("Row", bound=Model)


class Store(Protocol):
    """What moving a case asks of the place where cases are kept."""

    def rows(self, model: type[Row]) -> QuerySet[Row]:
        """All rows of a model, to be filtered."""

    def exists(self, found: QuerySet[Any]) -> Any:
        """The condition that such a row exists, for a filter of others (``OuterRef``)."""

    def locked(self, case_id: int, platform_id: int) -> Case | None:
        """The case under lock."""

    def open_clocks(self, case: Case) -> list[Clock]:
        """Clocks of the case that have not ended, with their items, oldest first."""

    def merger(self, case_id: int) -> CaseRelation | None:
        """The merger of a case that stands, with ``from_state`` and ``merged_seq`` of the record that tells of it."""

    def serial(self, platform: Platform, kind: str, day: date, count: int) -> int:
        """The last of ``count`` new serials in a row."""

    def write(self, batch: Batch) -> None:
        """Everything collected; the batch is empty then."""


def _columns(model: type[Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields]


_LOCK = f"SELECT {', '.join(_columns(Case))} FROM cases_case WHERE id = %s AND platform_id = %s FOR UPDATE"  # noqa: S608
_CLOCKS = (
    f"SELECT {', '.join(f'c.{name}' for name in _columns(Clock))}, {', '.join(f'i.{name}' for name in _columns(WorkItem))}"  # noqa: S608
    " FROM cases_clock c LEFT JOIN cases_workitem i ON i.id = c.item_id WHERE c.case_id = %s AND c.ended_at IS NULL ORDER BY c.id"
)
"""Written out: putting a hundred columns into words at every action took a third of its processor time."""


def made(model: type[Row], values: Sequence[Any]) -> Row:
    """The object of a row read with all columns in their order."""
    return model.from_db(DEFAULT_DB_ALIAS, [field.attname for field in model._meta.concrete_fields], values)


class Database:
    """The platform's own store."""

    def rows(self, model: type[Row]) -> QuerySet[Row]:
        return model._default_manager.all()

    def exists(self, found: QuerySet[Any]) -> Any:
        return Exists(found)

    def locked(self, case_id: int, platform_id: int) -> Case | None:
        found = statements.one_row(_LOCK, [case_id, platform_id])
        return None if found is None else made(Case, found)

    def open_clocks(self, case: Case) -> list[Clock]:
        """Not joined to the lock: a statement that waited would read clocks as they were before."""
        rows: list[Clock] = []
        items: dict[int, WorkItem] = {}
        width = len(_columns(Clock))
        for values in statements.all_rows(_CLOCKS, [case.pk]):
            row = made(Clock, values[:width])
            row.case = case
            if row.item_id is not None:
                row.item = items.setdefault(row.item_id, made(WorkItem, values[width:]))
            rows.append(row)
        return rows

    def merger(self, case_id: int) -> CaseRelation | None:
        record = CaseRecord.objects.filter(case_id=OuterRef("other_id"), action="merge").order_by("-seq")
        rows = CaseRelation.objects.filter(other_id=case_id, kind="merged", ended_at=None)
        found = rows.annotate(from_state=Subquery(record.values("from_state")[:1]), merged_seq=Subquery(record.values("seq")[:1]))
        return found.first()

    def serial(self, platform: Platform, kind: str, day: date, count: int) -> int:
        """The serial's row stays locked until the caller commits."""
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO cases_numberseries AS s (platform_id, kind, day, last) VALUES (%(platform)s, %(kind)s, %(day)s, %(count)s)"
                " ON CONFLICT (platform_id, kind, day) DO UPDATE SET last = s.last + %(count)s RETURNING last",
                {"platform": platform.pk, "kind": kind, "day": day, "count": count},
            )
            last: int = cursor.fetchone()[0]
        return last

    def write(self, batch: Batch) -> None:
        batch.flush()


_kept: ContextVar[Store] = ContextVar("urbangrid_cases_kept", default=Database())  # noqa: B039 - it has no state


@contextmanager
def kept_in(store: Store) -> Iterator[None]:
    """Within the block cases are kept there."""
    token = _kept.set(store)
    try:
        yield
    finally:
        _kept.reset(token)


def current() -> Store:
    """Where cases are kept now."""
    return _kept.get()


def rows(model: type[Row]) -> QuerySet[Row]:
    """All rows of a model, from where cases are kept now."""
    return _kept.get().rows(model)
