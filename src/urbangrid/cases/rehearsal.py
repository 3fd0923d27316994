"""演练: open work on made cases in which no person has a part, for programs that play the posts of a demonstration city.

A person has a part in a case that she reported, in which she acted (a record with an actor that no program played), or of which she has
work in hand. Such a case is left alone for ever.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

from django.db import connection
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from urbangrid.cases.actions import holders
from urbangrid.cases.holding import Work
from urbangrid.cases.models import CaseRecord, WorkItem
from urbangrid.catalog import queries as catalog
from urbangrid.organizations.acting import Acting

BY_PROGRAM = '"simulated":true'
"""As it stands in the canonical body of a record; in what somebody typed its quotes would be escaped."""
_PART = f"""
 EXISTS (SELECT 1 FROM cases_caserecord r WHERE r.case_id = c.id AND r.actor_id IS NOT NULL
          AND position('{BY_PROGRAM}' in r.body) = 0)
 OR EXISTS (SELECT 1 FROM cases_casereport l JOIN cases_report t ON t.id = l.report_id WHERE l.case_id = c.id AND NOT t.simulated)
 OR EXISTS (SELECT 1 FROM cases_workitem w WHERE w.case_id = c.id AND w.closed_at IS NULL AND w.claimed_by_id IS NOT NULL)
"""  # noqa: S608 - constants of this module
_WORK = f"""
SELECT i.id, i.kind, i.duty, i.unit_id, i.appointment_id, c.category_id, c.id, c.seq, i.opened_at, c.subdistrict_id
  FROM cases_workitem i JOIN cases_case c ON c.id = i.case_id
 WHERE i.platform_id = %s AND i.closed_at IS NULL AND NOT i.paused AND i.kind = ANY(%s) AND i.opened_at <= %s AND c.simulated
   AND NOT c.confidential AND NOT c.id = ANY(%s) AND NOT ({_PART})
 ORDER BY i.opened_at LIMIT %s
"""  # noqa: S608 - constants of this module
_REPORTS = """
SELECT t.id, t.source_class, i.unit_id, i.opened_at FROM cases_workitem i JOIN cases_report t ON t.id = i.report_id
 WHERE i.platform_id = %s AND i.kind = 'accept' AND i.closed_at IS NULL AND i.claimed_by_id IS NULL AND i.opened_at <= %s AND t.simulated
   AND t.state = 'waiting' AND NOT t.confidential AND NOT t.id = ANY(%s)
 ORDER BY i.opened_at LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Work on a case as it stood at ``seq``: whoever acts with that seq is refused where somebody was faster."""

    work: Work
    seq: int
    opened_at: datetime
    class_name: str
    subdistrict_id: int | None


@dataclass(frozen=True, slots=True)
class Left:
    """Cases and reports that stay on somebody's desk, by id."""

    cases: frozenset[int] = frozenset()
    reports: frozenset[int] = frozenset()


NOTHING_LEFT = Left()


def left_to(posts: Sequence[Acting], most: int) -> Left:
    """The newest ``most`` of every queue that one of the posts has, for whoever sits down there; one statement."""
    if not posts or not most:
        return NOTHING_LEFT
    held = reduce(or_, map(holders.held_by, posts), Q())
    queue = [F(name) for name in ("kind", "unit_id", "duty", "appointment_id")]
    place = Window(RowNumber(), partition_by=queue, order_by=[F("opened_at").desc(), F("pk").desc()])
    rows = WorkItem.objects.filter(held, closed_at=None, paused=False).annotate(place=place).filter(place__lte=most)
    found = list(rows.values_list("case_id", "report_id"))
    return Left(frozenset(case for case, _report in found if case), frozenset(report for _case, report in found if report))


def work(platform_id: int, kinds: Sequence[str], until: datetime, most: int, left: Left = NOTHING_LEFT) -> list[Waiting]:
    """Open since ``until`` or longer, the oldest first, without the cases that are ``left``; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_WORK, [platform_id, list(kinds), until, sorted(left.cases), most])
        rows = cursor.fetchall()
    return [
        Waiting(Work(item, kind, duty, unit, person, _by_director(category), case), seq, opened, _name_of(category), area)
        for item, kind, duty, unit, person, category, case, seq, opened, area in rows
    ]


def _name_of(category_id: int | None) -> str:
    return "" if category_id is None else catalog.category(category_id).name


def _by_director(category_id: int | None) -> bool:
    return category_id is not None and catalog.category(category_id).confirm_filing


def reports(platform_id: int, until: datetime, most: int, left: Left = NOTHING_LEFT) -> list[tuple[int, bool, int | None, datetime]]:
    """Made reports that wait at a desk since ``until`` and are not ``left``: id, whether of the public, the desk's unit, since when."""
    with connection.cursor() as cursor:
        cursor.execute(_REPORTS, [platform_id, until, sorted(left.reports), most])
        return [(number, kind == "public", unit, opened) for number, kind, unit, opened in cursor.fetchall()]


def happened(case_id: int, action: str) -> bool:
    """Whether the record of a case has such an act."""
    return CaseRecord.objects.filter(case_id=case_id, action=action).exists()


def hold(case_id: int) -> bool:
    """Lock a case, and say whether no person has a part in it: until the transaction ends nobody can take one.

    Two statements: what waited for the lock would read what stood before.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cases_case WHERE id = %s FOR UPDATE", [case_id])
        cursor.execute(f"SELECT NOT ({_PART}) FROM cases_case c WHERE c.id = %s", [case_id])  # noqa: S608
        found = cursor.fetchone()
    return bool(found and found[0])
