"""Results of a course as a table, out and in, as a file or pasted: faults by sheet, row and column, nothing half in (CY-14-3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from urbangrid.audit.actions import note
from urbangrid.catalog.spreadsheets import Column, Faults, Row, for_readers, read_rows, write_book
from urbangrid.courses import actions, queries, words
from urbangrid.courses.actions import Entry
from urbangrid.courses.models import Participant
from urbangrid.organizations.acting import Acting

SHEET: Final = "培训成绩"
NAME = Column("name", N_("姓名"), required=True, most=30)
RESULT = Column("result", N_("结果"), most=10)
SCORE = Column("score", N_("成绩"), most=5, later=True)
USERNAME = Column("username", N_("账号"), most=40, width=18, later=True)
UNIT = Column("unit", N_("单位"), width=24, later=True)
COLUMNS: Final = (NAME, USERNAME, UNIT, RESULT, SCORE)
PASTED: Final = (NAME, RESULT, SCORE, USERNAME)
"""The order of columns in pasted lines."""
REGISTER_COLUMNS: Final = (
    Column("course", N_("培训"), width=28), Column("kind", N_("类别"), width=10), Column("day", N_("日期"), width=12),
    Column("hours", N_("学时"), width=8), NAME, UNIT, Column("post", N_("岗位"), width=14), RESULT, SCORE,
)  # fmt: skip
FROM_CHINESE: Final = {"合格": "passed", "不合格": "failed", "缺席": "absent", "待定": "", "": ""}
TO_CHINESE: Final = {code: word for word, code in FROM_CHINESE.items() if word}


def results(acting: Acting, course_id: int) -> bytes:
    """The list of a course, to be filled in and sent back."""
    found = queries.shown(acting, course_id)
    lines = [(one.user.name, one.user.username, one.appointment.unit.name, TO_CHINESE[one.result], one.score) for one in found.people]
    note(acting, "export_courses", subject=f"course:{course_id}", values={"rows": len(lines)})
    return write_book(SHEET, COLUMNS, lines)


def register(acting: Acting, *, typed: str, result: str) -> bytes:
    """培训登记 as it is listed, all pages."""
    found = queries.register(acting, typed=typed, result=result, most=queries.MOST_EXPORTED)
    lines = [
        (
            one.course.name, str(words.KINDS[one.course.kind]), one.course.day.isoformat(), f"{one.course.hours:g}", one.user.name,
            one.appointment.unit.name, one.appointment.post.name, words.result(one.result), one.score,
        )
        for one in found.rows
    ]  # fmt: skip
    note(acting, "export_courses", values={"rows": len(lines)})
    return write_book(_("培训登记"), for_readers(REGISTER_COLUMNS), lines)


def read_file(data: bytes) -> tuple[list[Row], Faults]:
    """Rows of a file."""
    faults = Faults(SHEET)
    return read_rows(data, COLUMNS, faults), faults


def read_pasted(text: str) -> tuple[list[Row], Faults]:
    """Rows of lines that were pasted: name, result, score, account, parted by tabs, commas or blanks. Rows are counted from 1."""
    faults, rows = Faults(_("粘贴的内容")), []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in re.split(r"[\t,，;；]|\s+", line.strip())]
        if any(cells):
            rows.append(Row(number, {column.key: cell for column, cell in zip(PASTED, (*cells, "", "", "", ""), strict=False)}))
    if not rows:
        faults.add("empty")
    return rows, faults


@dataclass(frozen=True, slots=True)
class _Line:
    """A row understood: whose result it is, by her appointment."""

    user_id: int
    appointment_id: int
    result: str
    score: int | None


def bring_in(acting: Acting, course_id: int, rows: Sequence[Row], faults: Faults) -> int:
    """Whoever is not on the list yet is put there, then the results are entered; with one fault nothing is. Gives how many lines."""
    if faults.found:
        return 0
    known = [*queries.shown(acting, course_id).people]
    people = {one.user_id: (one.user.name, one.user.username, one.appointment_id) for one in known}
    for one in queries.choices(acting, actions.FACES).people:
        people.setdefault(one.user_id, (one.user.name, one.user.username, one.pk))
    found: dict[int, tuple[int, _Line]] = {}
    for row in rows:
        line = _line(row, people, faults)
        if line is not None and line.user_id in found:
            faults.add("entry_twice", row.number, NAME.title, row=found[line.user_id][0])
        elif line is not None:
            found[line.user_id] = (row.number, line)
    if not faults.found:
        _write(acting, course_id, [line for _number, line in found.values()])
    return 0 if faults.found else len(found)


def _line(row: Row, people: dict[int, tuple[str, str, int]], faults: Faults) -> _Line | None:
    named = [
        (user_id, appointment_id) for user_id, (name, username, appointment_id) in people.items()
        if (row["username"] == username if row["username"] else row["name"] == name)
    ]  # fmt: skip
    if len(named) != 1:
        faults.add("course_person", row.number, NAME.title, value=row["username"] or row["name"])
    if row["result"] not in FROM_CHINESE:
        faults.add("course_result", row.number, RESULT.title, value=row["result"])
    code, score = FROM_CHINESE.get(row["result"], ""), row["score"]
    right = not score or (score.isascii() and score.isdigit() and int(score) <= 100 and code in ("passed", "failed"))
    if not right:
        faults.add("course_score", row.number, SCORE.title, value=score)
    return _Line(*named[0], code, int(score) if score else None) if len(named) == 1 and right else None


@transaction.atomic
def _write(acting: Acting, course_id: int, lines: Sequence[_Line]) -> None:
    there = set(Participant.objects.filter(course_id=course_id).values_list("user_id", flat=True))
    if new := [one.appointment_id for one in lines if one.user_id not in there]:
        actions.invite(acting, course_id, people=new)
    rows = dict(Participant.objects.filter(course_id=course_id).values_list("user_id", "pk"))
    actions.enter(acting, course_id, [Entry(rows[one.user_id], one.result, one.score) for one in lines])
    note(acting, "course_imported", subject=f"course:{course_id}", values={"rows": len(lines)})
