"""A manual as a spreadsheet: a row per filing condition, the units and the legal basis of its class repeated."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from urbangrid.catalog.handbook import CLOSING, CODE, CONDITION, KIND, MAJOR, NAME, PROBLEM
from urbangrid.catalog.spreadsheets import Column, for_readers, write_book
from urbangrid.catalog.words import KIND_WORDS
from urbangrid.core.text import cited
from urbangrid.guides.manuals import Manual

LIMITS = Column("limits", N_("处置时限"), width=36)
SINCE = Column("since", N_("自何日起"), width=12)
UNITS = Column("units", N_("责任单位"), width=40)
BASIS = Column("basis", N_("法规依据"), width=40)
COLLECT = Column("collect", N_("采集要求"), width=30)
MARKS = Column("marks", N_("另有规定"), width=24)
HEAD: Final = (KIND, CODE, MAJOR, NAME, PROBLEM, CONDITION)
COLUMNS: Final[dict[str, Sequence[Column]]] = {
    "command": (*HEAD, LIMITS, CLOSING, UNITS, BASIS, MARKS, SINCE),
    "handling": (*HEAD, LIMITS, CLOSING, UNITS, BASIS, SINCE),
    "supervision": (*HEAD, COLLECT, CLOSING, MARKS, SINCE),
}


def write(manual: Manual, day: str) -> bytes:
    """The sheet carries the book's name and the day for which it holds."""
    columns = COLUMNS[manual.name]
    return write_book(f"{manual.title} {day}", for_readers(columns), ([row[column.key] for column in columns] for row in _rows(manual)))


def _rows(manual: Manual) -> Iterator[dict[str, str | int | None]]:
    for entry in (one for chapter in manual.chapters for one in chapter.entries):
        option = entry.option
        of_class: dict[str, str | int | None] = {
            KIND.key: str(KIND_WORDS[option.kind]), CODE.key: option.code, MAJOR.key: option.major_name, NAME.key: option.name,
            UNITS.key: "\n".join(one.text for one in entry.units), COLLECT.key: option.collect_hint, MARKS.key: _("；").join(entry.marks),
            BASIS.key: "\n".join(cited(one.title, one.number) for one in entry.articles),
        }  # fmt: skip
        for line in entry.lines:
            yield of_class | {
                PROBLEM.key: line.problem, CONDITION.key: line.condition, CLOSING.key: line.closing,
                LIMITS.key: "\n".join([*line.limits, *([line.fence] if line.fence else [])]),
                SINCE.key: timezone.localdate(line.since).isoformat() if line.since is not None else None,
            }  # fmt: skip
