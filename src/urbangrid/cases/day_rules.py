"""The day as a leader reads it: six figures against the same weekday of last week, the worst three, the text of seventy characters.

Plain functions of values (desks.md L1, L2, L5; case-rules 25, 26). A difference is taken between the numbers as they are printed, so that
whoever subtracts on paper finds the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

FIGURES: Final = {
    "reported": _("上报"), "filed": _("立案"), "closed": _("结案"), "on_time": _("按期率"), "reworked": _("返工率"),
    "overdue": _("超期未结"),
}  # fmt: skip
"""The six in the order of the page, the wall and the paper."""
BAD_WHEN: Final = {"closed": "less", "on_time": "less", "reworked": "more", "overdue": "more"}
"""Which direction is worse; more reports or filings are neither."""
LEAST_RECEIVED: Final = 30
"""A unit with fewer cases in the week is not compared; our default, the platform's setting ``compared_from``."""
TEXT_MOST: Final = 70
"""One short message."""
BASIS: Final = _(
    "口径：前五项为昨日 0–24 时，对上周同日；按期看反馈时刻与处置时限（昨日反馈并已判定的）；返工率为昨日结案中返工过的；"
    "超期未结为此刻未结案、已过案件总时限的，对上周同日 08:00（当日日报所载，没有日报的按时限回看）。挂账、转市级停表的和保密的不计。"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the six: a count (``whole`` None) or ``part`` of ``whole``, beside that of the week before; no ``before_part``: not known."""

    code: str
    part: int
    whole: int | None = None
    before_part: int | None = None
    before_whole: int | None = None

    @property
    def word(self) -> str:
        return str(FIGURES[self.code])

    @property
    def is_rate(self) -> bool:
        return self.whole is not None

    @property
    def number(self) -> str:
        """As printed, without its unit; — for a rate of nothing."""
        return _printed(self.part, self.whole)

    @property
    def before(self) -> str:
        """The same of the week before; — where there was nothing or nothing is known."""
        return "—" if self.before_part is None else _printed(self.before_part, self.before_whole)

    @property
    def _difference(self) -> int | None:
        """In tenths, of the printed numbers."""
        if "—" in (self.number, self.before):
            return None
        return round(10 * float(self.number)) - round(10 * float(self.before))

    @property
    def change(self) -> str:
        """多 14, 低 0.6, 持平; empty where there is nothing to compare."""
        difference = self._difference
        if difference is None:
            return ""
        if difference == 0:
            return gettext("持平")
        if self.is_rate:
            return (gettext("高 %(by)s") if difference > 0 else gettext("低 %(by)s")) % {"by": f"{abs(difference) / 10:.1f}"}
        return (gettext("多 %(by)s") if difference > 0 else gettext("少 %(by)s")) % {"by": abs(difference) // 10}

    @property
    def verdict(self) -> str:
        """worse, better, or empty for no change, nothing to compare, and figures that are neither good nor bad."""
        difference, bad = self._difference, BAD_WHEN.get(self.code)
        if not difference or bad is None:
            return ""
        return "worse" if (difference > 0) == (bad == "more") else "better"

    @property
    def verdict_word(self) -> str:
        return {"worse": gettext("变差"), "better": gettext("好转"), "": ""}[self.verdict]


def _printed(part: int, whole: int | None) -> str:
    if whole is None:
        return str(part)
    return f"{100 * part / whole:.1f}" if whole else "—"


@dataclass(frozen=True, slots=True)
class DayCounts:
    """A day's sums: ``judged`` were fed back that day and have a verdict, ``kept`` of them in time; ``reworked``: of the closed ones."""

    reported: int = 0
    filed: int = 0
    closed: int = 0
    judged: int = 0
    kept: int = 0
    reworked: int = 0


def six(day: DayCounts, before: DayCounts, overdue: int, overdue_before: int | None, *, with_reports: bool = True) -> list[Figure]:
    """The figures of the day before today against those of its weekday a week earlier. A district that only commands meets no report."""
    found = [
        Figure("reported", day.reported, None, before.reported), Figure("filed", day.filed, None, before.filed),
        Figure("closed", day.closed, None, before.closed), Figure("on_time", day.kept, day.judged, before.kept, before.judged),
        Figure("reworked", day.reworked, day.closed, before.reworked, before.closed), Figure("overdue", overdue, None, overdue_before),
    ]  # fmt: skip
    return found if with_reports else found[1:]


# --- the worst ---


@dataclass(frozen=True, slots=True)
class UnitWeek:
    """A unit's seven days: cases dispatched to it, fed back by it with a verdict, of these in time."""

    unit_id: int
    unit: str
    received: int
    judged: int
    kept: int

    @property
    def rate(self) -> str:
        return _printed(self.kept, self.judged)


@dataclass(frozen=True, slots=True)
class RoadWeek:
    """A road within a sub-district in seven days: cases accepted there, and of these the repeated ones (反复)."""

    subdistrict_id: int | None
    subdistrict: str
    road: str
    cases: int
    repeats: int
    common: tuple[int, ...] = ()
    """Categories that most of them have, at most two."""


def worst_unit(rows: Iterable[UnitWeek], least: int) -> UnitWeek | None:
    """The lowest share in time among units with ``least`` received or more; of equal ones the one with more cases, then by name."""
    compared = [row for row in rows if row.received >= least and row.judged]
    return min(compared, key=lambda row: (Fraction(row.kept, row.judged), -row.judged, row.unit), default=None)


def worst_roads(rows: Iterable[RoadWeek], most: int) -> list[RoadWeek]:
    """Roads with repeated cases, the most first; of equal ones the one with more cases, then by name."""
    found = sorted((row for row in rows if row.repeats), key=lambda row: (-row.repeats, -row.cases, row.road, row.subdistrict))
    return found[:most]


# --- the text ---


@dataclass(frozen=True, slots=True)
class Danger:
    """The oldest dangerous case in the words of the text."""

    place: str
    problem: str
    holder: str = ""
    phone: str = ""


def text(figures: Sequence[Figure], units: Sequence[tuple[str, int]], danger: Danger | None, most: int = TEXT_MOST) -> str:
    """The day in at most ``most`` characters. What does not fit goes in this order: the second unit, the first, who to call, the
    end of the place. Raises ValueError where even the figures do not fit.

    ``昨日上报512立案463结案447，按期率95.8%低0.6；超期27件，园林所9市政所6；东门大街46号井盖缺失未除，王强5550-0127``
    """
    head = summary(figures)
    if len(head) > most:
        raise ValueError(f"{most} characters are too few for the figures")
    for told in _dangers(danger):
        for count in (2, 1, 0):
            named = "".join(f"{name}{number}" for name, number in units[:count])
            whole = head + (gettext("，") + named if named else "") + told
            if len(whole) <= most:
                return whole
    return head + _shortened(danger, most - len(head))


def summary(figures: Sequence[Figure]) -> str:
    """The figures in words, without a place, a name or a telephone."""
    found = {one.code: one for one in figures}
    day = "".join(f"{found[code].word}{found[code].number}" for code in ("reported", "filed", "closed") if code in found)
    rate = found["on_time"]
    kept = gettext("，") + f"{rate.word}{rate.number}%{rate.change.replace(' ', '')}" if rate.whole else ""
    return gettext("昨日%(day)s%(kept)s；超期%(n)s件") % {"day": day, "kept": kept, "n": found["overdue"].number}


def _dangers(danger: Danger | None) -> list[str]:
    """Ways to tell of it, the fullest first."""
    if danger is None:
        return [""]
    told = gettext("；%(place)s%(problem)s未除") % {"place": danger.place, "problem": danger.problem}
    caller = f"{danger.holder}{danger.phone}"
    return [*([told + gettext("，") + caller] if caller else []), told]


def _shortened(danger: Danger | None, room: int) -> str:
    """The place cut with … so that the problem still stands; nothing where there is no room for both."""
    if danger is None:
        return ""
    around = len(gettext("；%(place)s%(problem)s未除") % {"place": "", "problem": danger.problem})
    left = room - around - 1
    if left < 2:
        return ""
    return gettext("；%(place)s%(problem)s未除") % {"place": danger.place[:left] + "…", "problem": danger.problem}
