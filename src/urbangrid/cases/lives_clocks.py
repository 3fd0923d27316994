"""The clocks of a life in bulk. What they say comes from ``cases.deadlines``; a stage that only starts and ends needs no fold."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from urbangrid.cases import clocks, deadlines
from urbangrid.cases.deadlines import CalendarTimeline, ClockState
from urbangrid.cases.lifecycle import ClockEffect
from urbangrid.core.ids import new_id

if TYPE_CHECKING:
    from urbangrid.cases.lives_values import Ground

Values = dict[str, Any]


@dataclass(slots=True)
class StageClock:
    """The limit of one piece of work. ``since`` and ``ended`` in whole seconds."""

    stage: str
    unit_id: int | None
    code: str
    limit: int
    since: datetime
    line: CalendarTimeline
    ended: datetime | None = None
    kind: str = "stage"
    due: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.due = self.line.advance(self.since, self.limit)

    @property
    def on_time(self) -> bool | None:
        """At the due second itself the limit is still kept."""
        return None if self.ended is None else self.ended <= self.due

    def row(self, case_id: int | None, item_id: int, ground: Ground) -> Values:
        common: Values = {
            "id": new_id(), "case_id": case_id, "item_id": item_id, "kind": self.kind, "stage": self.stage, "unit_id": self.unit_id,
            "calendar_code": self.code, "limit_seconds": self.limit,
        }  # fmt: skip
        if self.ended is None:
            return common | clocks.columns(deadlines.start(self.since, self.limit, self.line), ground.warns)
        begun, ended = (at.replace(microsecond=0).isoformat() for at in (self.since, self.ended))
        events = f'[{{"at":"{begun}","kind":"start"}},{{"at":"{ended}","kind":"end"}}]'
        return common | {
            "budget_seconds": self.limit, "calendar_version": len(self.line.changes), "events": events, "due_at": None, "warn_at": None,
            "look_at": None, "ended_at": self.ended.replace(microsecond=0), "on_time": self.on_time,
        }  # fmt: skip


class LongClock:
    """The limit of a unit, summed over its attempts, or of the whole case."""

    def __init__(self, kind: str, unit_id: int | None, code: str, limit: int, at: datetime, line: CalendarTimeline) -> None:
        self.kind, self.unit_id, self.code, self.limit = kind, unit_id, code, limit
        self.state: ClockState = deadlines.start(at, limit, line)
        self.item_id: int | None = None
        """Whose light it gives."""

    @property
    def due(self) -> datetime | None:
        return deadlines.due_at(self.state)

    def at_share(self, share: float) -> datetime:
        """When so much of what is left of the budget will have been used."""
        assert self.state.since is not None
        return self.state.timeline.advance(self.state.since, round((self.state.budget - self.state.consumed) * share))

    def on_time(self, at: datetime) -> bool:
        return deadlines.on_time(self.state, at)

    def follow(self, effect: ClockEffect, at: datetime, floor_percent: int) -> None:
        """As ``actions.stepping`` applies an edge."""
        if self.state.phase == "ended":
            return
        if effect == ClockEffect.STAND:
            self.state = deadlines.stand(self.state, at, "review")
        elif effect == ClockEffect.GO_ON:
            self.state = deadlines.go_on(self.state, at)
        elif effect == ClockEffect.REWORK:
            self.state = deadlines.rework(self.state, at, floor_percent)
        else:
            assert effect == ClockEffect.END, f"{effect} has no part in a life that is made in bulk"
            self.state = deadlines.end(self.state, at)

    def row(self, case_id: int | None, ground: Ground) -> Values:
        common: Values = {
            "id": new_id(), "case_id": case_id, "item_id": self.item_id, "kind": self.kind, "stage": "", "unit_id": self.unit_id,
            "calendar_code": self.code, "limit_seconds": self.limit,
        }  # fmt: skip
        return common | clocks.columns(self.state, ground.warns)
