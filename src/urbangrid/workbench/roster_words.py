"""What is wrong with a roster, in words: 11月23日 夜班 坐席员 空缺2人."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from urbangrid.core.shipped import shipped
from urbangrid.organizations.models import Turn
from urbangrid.organizations.rosters import Faults
from urbangrid.organizations.shifts import Gap


def _day(day: date) -> str:
    return _("%(month)d月%(day)d日") % {"month": day.month, "day": day.day}


def _hours(begins: datetime, ends: datetime, zone: ZoneInfo) -> str:
    return f"{begins.astimezone(zone):%H:%M}–{ends.astimezone(zone):%H:%M}"


def gap_words(gap: Gap, post: str, zone: ZoneInfo) -> str:
    """With the hours where it is not the whole shift."""
    part = "" if gap.whole else f" {_hours(gap.span.begins_at, gap.span.ends_at, zone)}"
    values = {"day": _day(gap.wanted.day), "shift": gap.wanted.name, "part": part, "post": shipped(post), "count": gap.missing}
    return _("%(day)s %(shift)s%(part)s %(post)s 空缺%(count)d人") % values


def _turn(turn: Turn) -> str:
    return f"{_day(turn.day)} {turn.shift.name}"


def fault_words(found: Faults, post: str, zone: ZoneInfo) -> list[str]:
    """Gaps first, then double turns, short rests, turns during a leave."""
    said = [gap_words(gap, post, zone) for gap in found.gaps]
    for one, other in found.overlaps:
        names = {"name": one.key.appointment.user.name, "one": _turn(one.key), "other": _turn(other.key)}
        said.append(_("%(name)s的%(one)s与%(other)s重叠") % names)
    for one, other, between in found.rests:
        names = {"name": one.key.appointment.user.name, "one": _turn(one.key), "other": _turn(other.key)}
        said.append(
            _("%(name)s的%(one)s与%(other)s之间只休息 %(hours)g 小时") % {**names, "hours": round(between.total_seconds() / 3600, 1)}
        )
    said += [_("%(name)s请假，%(turn)s须另排") % {"name": turn.appointment.user.name, "turn": _turn(turn)} for turn in found.away]
    return said
