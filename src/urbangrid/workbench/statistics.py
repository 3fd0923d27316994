"""Names and sentences of 统计报表."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Final

from django.utils.translation import gettext as _

from urbangrid.cases import words
from urbangrid.cases.access import as_id
from urbangrid.cases.statistic_rows import day_label, major_word
from urbangrid.cases.statistic_tables import Row, Table
from urbangrid.catalog import queries as catalog
from urbangrid.catalog import sources
from urbangrid.core.platforms import platform_of
from urbangrid.grids import queries as grids
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting


def _day(key: str) -> str:
    try:
        return day_label(date.fromisoformat(key)).name
    except ValueError:
        return "—"


def _states() -> dict[str, str]:
    return {state: str(word) for state, word in words.STATES.items()}


CHARTED: Final = 20
"""Bars of the chart: the largest ones."""


class Names:
    """Names of rows that are not drawn but chosen or narrowed by; the area tree is asked for once and only when needed."""

    def __init__(self, acting: Acting) -> None:
        self.acting = acting

    @cached_property
    def areas(self) -> list[grids.AreaNode]:
        return grids.walk(grids.area_tree(platform_of(self.acting.cases_platform_id)))

    def of(self, code: str, key: str) -> str:
        """The name of a row's key; a dash for what there is not."""
        if code == "cell":
            return key
        if code == "day":
            return _day(key)
        return self._known(code).get(key) or (self._ended(key) if code == "unit" else "") or "—"

    def _known(self, code: str) -> dict[str, str]:
        if code in ("subdistrict", "community"):
            return {str(one.id): one.name for one in self.areas}
        if code in ("major", "minor"):
            return self._classes(major=code == "major")
        return {"source": self.sources, "unit": self.units, "state": _states}[code]()

    def _ended(self, key: str) -> str:
        """A unit that disposes of nothing any more, or that is none of those who do."""
        found = organizations.find_unit(self.acting.cases_platform_id, as_id(key) or 0)
        return found.short_name if found else ""

    def _classes(self, *, major: bool) -> dict[str, str]:
        options = catalog.category_options(self.acting.cases_platform_id)
        if major:
            return {f"{one.kind}-{one.major_code}": major_word(one.kind, one.major_name) for one in options}
        return {str(one.id): one.name for one in options}

    def sources(self) -> dict[str, str]:
        return {code: str(one.name) for code, one in sources.sources(self.acting.cases_platform_id).items()}

    def units(self) -> dict[str, str]:
        """Those that can dispose of cases now."""
        return {str(one.unit_id): one.short_name for one in organizations.all_units(self.acting.platform_id)}


def largest(table: Table) -> list[Row]:
    """Days in their order, all of them; others the largest first."""
    if table.asked.by == "day":
        return list(table.rows)
    if table.asked.by == "state":
        return [row for row in table.rows if row.now.total or row.before.total]
    return sorted(table.rows, key=lambda row: (-row.now.total, -row.before.total, row.label.order))[:CHARTED]


def said(table: Table) -> str:
    """The chart in a sentence: the whole, the change, the largest."""
    whole, change = table.sum.now.total, table.sum.change
    if not whole:
        return ""
    moved = _("与上期持平") if not change else (_("比上期多 %(n)d 件") if change > 0 else _("比上期少 %(n)d 件")) % {"n": abs(change)}
    parts = [_("本期受理 %(n)d 件，%(moved)s") % {"n": whole, "moved": moved}]
    top = max(table.rows, key=lambda row: row.now.total)
    if len(table.rows) > 1:
        parts.append(_("最多的是%(name)s，%(n)d 件（%(share)s）") % {
            "name": top.label.name, "n": top.now.total, "share": f"{100 * top.now.total / whole:.1f}%",
        })  # fmt: skip
    late = max(table.rows, key=lambda row: row.now.late)
    if late.now.late and len(table.rows) > 1:
        parts.append(_("超期未结 %(n)d 件，最多的是%(name)s，%(own)d 件") % {
            "n": table.sum.now.late, "name": late.label.name, "own": late.now.late,
        })  # fmt: skip
    return _("；").join(parts) + _("。")
