"""Sums of a ledger, each with what it counts (口径): case-rules 11, 14, 16, 22, 25.

缓办 (deferral) leaves the denominators from its approval on, also when it has woken since; 剔除考核 is what a granted appeal said.
Both stay among the raw figures: a rate is shown with them and without them, so that nobody has to guess which one it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import Count, F, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from urbangrid.cases import search
from urbangrid.cases.models import CaseRequest
from urbangrid.cases.search import Asked
from urbangrid.core import clock
from urbangrid.organizations.acting import Acting

DEFERRED = Q(kind="deferral", state__in=(CaseRequest.GRANTED, CaseRequest.ENDED))
EXCLUDED = Q(kind="appeal", state=CaseRequest.GRANTED, outcome__excluded=True)
BACK: Final = ("send_back", "assist_back")
"""What a unit asks when it says that a matter is not its own: 回退, 协办回退."""


@dataclass(frozen=True, slots=True)
class Rate:
    """``part`` of ``whole``; a rate of nothing is no number."""

    part: int
    whole: int

    @property
    def percent(self) -> str:
        return f"{100 * self.part / self.whole:.1f}" if self.whole else "—"


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums of what was asked for at ``at``. ``on_time``: of all cases with a verdict; ``net``: without the deferred and the excluded ones,
    and so for ``closing``. ``called``: filed within the minutes after the call, of all called out first."""

    total: int
    filed: int
    closed: int
    reworked: int
    deferred: int
    excluded: int
    on_time: Rate
    net: Rate
    closing: Rate
    closing_net: Rate
    called: Rate
    at: datetime


@dataclass(frozen=True, slots=True)
class Counted:
    """A figure with its name and what it counts, as page and paper show it."""

    word: Promise | str
    value: str
    basis: Promise | str
    of: str = ""


BASES: Final = {
    "total": (_("受理"), _("本表期内受理的案件")),
    "filed": (_("立案"), _("其中已立案的")),
    "closed": (_("结案"), _("其中已结案、作废、不予立案或并案的")),
    "on_time": (_("按期率"), _("按期的 / 有按期与否判定的（何时判定见上），全部计入")),
    "net": (_("按期率（剔除后）"), _("同上，分子分母都不含批准缓办的和申诉决定剔除考核的")),
    "closing": (_("结案率"), _("已结束的 / 已立案的，全部计入")),
    "closing_net": (_("结案率（剔除后）"), _("同上，分子分母都不含批准缓办的和申诉决定剔除考核的")),
    "deferred": (_("缓办"), _("批准过缓办的案件，含已恢复计时的")),
    "excluded": (_("剔除考核"), _("申诉决定剔除考核的案件，事实和原判定保留")),
    "reworked": (_("返工"), _("返工过的案件，每件计一次")),
    "called": (_("先派后补按时立案"), _("通话后按时立案的 / 电话先派的案件；尚未立案的按未按时计")),
}
"""Name and 口径 of each figure."""


def figures(acting: Acting, asked: Asked) -> Figures:
    """Exact sums of a search, one statement."""
    cases = search.matching(acting, asked)
    out = Q(pk__in=_cases_with(acting, DEFERRED)) | Q(pk__in=_cases_with(acting, EXCLUDED))
    judged, filed, ended = Q(on_time__isnull=False), Q(filed_at__isnull=False), Q(closed_at__isnull=False)
    n = cases.aggregate(
        total=Count("id"), filed=Count("id", filter=filed), closed=Count("id", filter=ended),
        reworked=Count("id", filter=Q(rework_count__gt=0)), deferred=Count("id", filter=Q(pk__in=_cases_with(acting, DEFERRED))),
        excluded=Count("id", filter=Q(pk__in=_cases_with(acting, EXCLUDED))),
        judged=Count("id", filter=judged), kept=Count("id", filter=Q(on_time=True)),
        judged_net=Count("id", filter=judged & ~out), kept_net=Count("id", filter=Q(on_time=True) & ~out),
        filed_closed=Count("id", filter=filed & ended), filed_net=Count("id", filter=filed & ~out),
        filed_closed_net=Count("id", filter=filed & ended & ~out),
        called=Count("id", filter=Q(called_at__isnull=False)), called_kept=Count("id", filter=Q(called_on_time=True)),
    )  # fmt: skip
    return Figures(
        n["total"], n["filed"], n["closed"], n["reworked"], n["deferred"], n["excluded"], on_time=Rate(n["kept"], n["judged"]),
        net=Rate(n["kept_net"], n["judged_net"]), closing=Rate(n["filed_closed"], n["filed"]),
        closing_net=Rate(n["filed_closed_net"], n["filed_net"]), called=Rate(n["called_kept"], n["called"]), at=clock.now(),
    )  # fmt: skip


def _cases_with(acting: Acting, requests: Q) -> QuerySet[CaseRequest, int]:
    return CaseRequest.objects.filter(requests, platform_id=acting.cases_platform_id).values_list("case_id", flat=True)


def counted(found: Figures) -> list[Counted]:
    """Every figure in the order of the page; those of a kind that did not occur say so with a nought."""
    made = []
    for name, (word, basis) in BASES.items():
        value = getattr(found, name)
        if isinstance(value, Rate):
            made.append(Counted(word, f"{value.percent}{'%' if value.whole else ''}", basis, f"{value.part}/{value.whole}"))
        else:
            made.append(Counted(word, str(value), basis))
    return made


@dataclass(frozen=True, slots=True)
class BackRow:
    """A unit in 回退与推诿: how often it ``asked``, was ``granted``, ``refused`` (推诿), and asked ``again`` on a case that had
    come back before."""

    unit_id: int
    unit: str
    asked: int
    granted: int
    refused: int
    again: int


BACK_BASIS: Final = _(
    "口径：本表案件上的回退和协办回退申请，按提出的单位计，撤回和失效的不计；推诿为未同意的（案件仍归该单位）；"
    "多次回退为该案此前已有单位回退成功、再次提出的。"
)


def passing_on(acting: Acting, asked: Asked) -> list[BackRow]:
    """Per unit, the most refused first; a unit that does not read everything sees its own line. One statement."""
    rows = CaseRequest.objects.filter(
        platform_id=acting.cases_platform_id, kind__in=BACK, unit__isnull=False, state__in=(CaseRequest.GRANTED, CaseRequest.REFUSED),
        case__in=search.matching(acting, asked).values("pk"),
    )  # fmt: skip
    if not (acting.may("read_all") or acting.may("read_area")):
        rows = rows.filter(unit_id=acting.unit_id)
    grouped = rows.values("unit_id", name=F("unit__short_name")).annotate(
        asked=Count("id"), granted=Count("id", filter=Q(state=CaseRequest.GRANTED)),
        refused=Count("id", filter=Q(state=CaseRequest.REFUSED)), again_asked=Count("id", filter=Q(again=True)),
    )  # fmt: skip
    found = [
        BackRow(row["unit_id"], row["name"], row["asked"], row["granted"], row["refused"], row["again_asked"])
        for row in grouped.order_by()
    ]
    return in_order(found)


def in_order(rows: Iterable[BackRow]) -> list[BackRow]:
    """The most refused first, then the most asked, then by name."""
    return sorted(rows, key=lambda row: (-row.refused, -row.asked, row.unit))
