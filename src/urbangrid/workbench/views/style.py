"""样式: every part of a page as it is drawn now, by the templates that pages use (desks.md "Every page").

The samples are values made here: no case, person or figure of the platform is on this page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from urbangrid.cases.rows import Light, QueueRow, light_of
from urbangrid.core import clock
from urbangrid.organizations.acting import acting_required
from urbangrid.workbench.views.common import acting_of, page

COLOURS = (
    "accent", "accent-soft", "ink", "ink-2", "page", "edge", "grey-soft", "green", "amber-fill", "amber", "red", "grey-ink",
)  # fmt: skip
"""Tokens that are shown, as named in ui/css/tokens.css."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of 办理经过 as parts/story.html draws it."""

    at: datetime
    post: str
    actor: str
    word: str
    text: str = ""
    reason: str = ""
    took_seconds: int | None = None
    chained: bool = False
    action: str = ""
    photos: int = 0
    said: tuple[str, ...] = ()
    changed: tuple[tuple[str, str, str], ...] = ()
    seq: int = 0


@require_GET
@acting_required("administer_system")
def style(request: HttpRequest) -> HttpResponse:
    """Type, colours, lights, buttons, lists, forms, story, photo, empty states, sheet, keys."""
    now = clock.now()
    lights = (
        light_of(now + timedelta(hours=6), now + timedelta(hours=5), now), light_of(now + timedelta(minutes=25), now, now),
        light_of(now - timedelta(minutes=192), now, now), light_of(None, None, now),
    )  # fmt: skip
    story = (
        Line(now - timedelta(minutes=52), _("监督员"), "张三", _("上报"), photos=2),
        Line(now - timedelta(minutes=40), _("坐席员"), "李四", _("立案"), took_seconds=720),
        Line(now - timedelta(minutes=31), _("派遣员"), "王五", _("派遣"), text="市政所", said=(_("请先设围护"),)),
    )
    return page(
        request, "workbench/style.html", acting=acting_of(request), colours=COLOURS, lights=lights, rows=_rows(lights, now),
        view={"story": story}, now=now,
    )  # fmt: skip


def _rows(lights: tuple[Light, ...], now: datetime) -> list[QueueRow]:
    """Mine, a colleague's, an urgent one."""
    claimed = (("李四", True), ("赵六", False), ("", False))
    return [
        QueueRow(
            item_id=place, kind="file", case_id=None, report_id=None, number="", title=_("样例案件"), place=_("样例路 1 号"),
            source=_("监督员"), reporter="", unit="", city_owned=False, urgent=place == 2,
            light=lights[place], opened_at=now, claimed_by=name, claimed_by_me=mine,
            claimed_at=now if name else None, limit="", note="", rework_count=0, seq=0,
        )
        for place, (name, mine) in enumerate(claimed)
    ]  # fmt: skip
