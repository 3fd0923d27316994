"""The diagram of a process as the pages show it: boxes and lines of ``layout`` with their words, the present step marked (CY-9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from urbangrid.cases import words
from urbangrid.cases.definitions import layout
from urbangrid.cases.definitions.rows import Definition
from urbangrid.cases.definitions.steps import steps_of
from urbangrid.cases.lifecycle import State
from urbangrid.cases.process import Process, Wait

LABEL_SIGN_W = 11
"""Width of a Chinese sign of a label, in pixels."""


@dataclass(frozen=True, slots=True)
class BoxView:
    """A state: ``kind`` is state, final, and "now" beside it for the present one; ``under``: its limit in words."""

    x: int
    y: int
    word: str
    under: str
    kind: str

    @property
    def middle(self) -> int:
        return self.x + layout.BOX_W // 2


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with its label; ``left`` and ``wide`` frame the label."""

    path: str
    label: str
    x: int
    y: int
    back: bool

    @property
    def wide(self) -> int:
        return LABEL_SIGN_W * len(self.label) + 6

    @property
    def left(self) -> int:
        return self.x - self.wide // 2


@dataclass(frozen=True, slots=True)
class Picture:
    """What the template draws; ``now``: the word of the present step, empty where none is shown; ``steps``: the same in words."""

    boxes: tuple[BoxView, ...]
    lines: tuple[LineView, ...]
    heads: tuple[tuple[str, int], ...]
    width: int
    height: int
    now: str
    box_w: int = layout.BOX_W
    box_h: int = layout.BOX_H
    steps: tuple[str, ...] = ()


def picture(process: Process, present: State | None = None, definition: Definition | None = None) -> Picture:
    """Draw a process, with the present state marked; ``definition`` adds its steps in words."""
    drawing = layout.draw(process)
    boxes = tuple(_box(box, process.waits.get(box.state), present) for box in drawing.boxes)
    lines = tuple(_line(line) for line in drawing.lines)
    heads = tuple((column.name or str(_("结束")), column.x) for column in drawing.columns)
    shown = present is not None and any(box.state == present for box in drawing.boxes)
    now = str(words.STATES[present]) if shown and present is not None else ""
    steps = tuple(steps_of(definition)) if definition else ()
    return Picture(boxes, lines, heads, drawing.width, drawing.height, now, steps=steps)


def _box(box: layout.Box, wait: Wait | None, present: State | None) -> BoxView:
    kind = "final" if box.final else "state"
    return BoxView(box.x, box.y, str(words.STATES[box.state]), limit_of(wait), f"{kind} now" if box.state == present else kind)


def limit_of(wait: Wait | None) -> str:
    """15 分钟; 按处置时限 where the unit's limit counts."""
    if wait is None:
        return ""
    if wait.limit_minutes is None:
        return str(_("按处置时限"))
    return minutes(wait.limit_minutes)


def minutes(count: int) -> str:
    """45分, 2时, 2时30分."""
    hours, rest = divmod(count, 60)
    return (_("%(h)s时") % {"h": hours} if hours else "") + (_("%(m)s分") % {"m": rest} if rest or not hours else "")


def _line(line: layout.Line) -> LineView:
    x, y = line.label_at
    path = "M" + " L".join(f"{x} {y}" for x, y in line.points)
    return LineView(path, _("、").join(str(words.ACTIONS.get(action, action)) for action in line.actions), x, y, line.back)


def labels(duties: Mapping[str, object] | None = None) -> dict[str, str]:
    """Words of states, actions and duties for the BPMN export."""
    return {str(code): str(word) for part in (duties or {}, words.ACTIONS, words.STATES) for code, word in part.items()}
