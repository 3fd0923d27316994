"""统计报表 as .xlsx, with 口径, 截至时刻 and who took it; on the audit trail like every export."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from urbangrid.audit.actions import note
from urbangrid.cases import statistic_tables, tables
from urbangrid.cases.ledger import Cell
from urbangrid.cases.statistic_rows import DIMENSIONS
from urbangrid.cases.statistic_tables import FIGURES, RATE, Row, Table
from urbangrid.core import limits
from urbangrid.core.text import labelled
from urbangrid.organizations.acting import Acting


def as_xlsx(acting: Acting, found: Table, narrowed: Sequence[str], *, address: str) -> bytes:
    """The whole table; ``narrowed``: what it is restricted to, in words. Raises TooOften."""
    limits.spend("export.person", acting.user_id)
    period = found.asked.choice.period
    days = f"{period.first}–{period.last}"
    values = {"form": "xlsx", "table": "statistics", "by": found.asked.by, "period": days, "only": _("；").join(narrowed)[:200]}
    note(acting, "export_cases", values=values, address=address)
    head = [(str(DIMENSIONS[found.asked.by].word), 24), *((str(one.word), 10) for one in FIGURES.values())]
    head += [(str(RATE[0]), 10), (_("上期受理"), 10), (_("增减"), 8)]
    return tables.xlsx_bytes(_("统计报表"), head, map(_cells, lines(found)), _notes(acting, found, narrowed), acting.zone, _("说明"))


def lines(found: Table) -> list[Row]:
    """Rows, the sum last."""
    return [*found.rows, found.sum]


def _cells(row: Row) -> list[Cell]:
    name = row.label.name if row.label.key else _("合计")
    return [name, *(getattr(row.now, one) for one in FIGURES), row.now.rate.percent, row.before.total, row.change]


def _notes(acting: Acting, found: Table, narrowed: Sequence[str]) -> list[str]:
    _period, before = statistic_tables.stretches(acting, found.asked)
    at = f"{found.asked.at.astimezone(acting.zone):%Y-%m-%d %H:%M:%S}"
    asked = found.asked.choice
    return [
        _("%(first)s 至 %(last)s") % {"first": asked.period.first, "last": asked.period.last}, *narrowed,
        _("口径：%(basis)s") % {"basis": "".join(statistic_tables.basis_of(acting))},
        *(labelled(one.word, one.basis) for one in FIGURES.values()), labelled(*RATE),
        _("上期：%(first)s 至 %(until)s") % {
            "first": before.since.date(), "until": f"{min(before.until, before.at).astimezone(acting.zone):%Y-%m-%d %H:%M}",
        },
        _("截至时刻：%(at)s") % {"at": at},
        _("导出：%(unit)s %(post)s %(name)s") % {"unit": acting.unit_name, "post": acting.post_name, "name": acting.user_name},
    ]  # fmt: skip
