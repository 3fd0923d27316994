"""A life that remembers its steps and can be told as it stood at an earlier instant."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from urbangrid.cases import lives
from urbangrid.cases.lifecycle import State
from urbangrid.cases.lives import Given, Ground, Told
from urbangrid.cases.lives_values import Earlier
from urbangrid.cases.volume_rows import Rows
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests.lives import RequestLife

Step = Callable[[lives.Life], None]


class Life(lives.Life):
    """As ``cases.lives.Life``; ``as_of`` lives it once more up to an instant."""

    def __init__(self, ground: Ground, told: Told) -> None:
        super().__init__(ground, told)
        self.steps: list[tuple[datetime, Step]] = []
        self.citizen: RequestLife | None = None
        """The request that the report came of."""

    @property
    def last(self) -> datetime:
        """When something happened last."""
        own = self.steps[-1][0] if self.steps else self.told.at
        return max(own, self.citizen.last) if self.citizen is not None else own

    @property
    def closed_at(self) -> datetime | None:
        """When its case ended, with whatever outcome."""
        return self.case.closed_at if self.case is not None else None

    @property
    def is_closed(self) -> bool:
        """Whether its case was dealt with to the end."""
        return self.case is not None and self.case.state == State.CLOSED

    def as_earlier(self) -> Earlier:
        """As a case that repeats it names it."""
        assert self.case is not None
        assert self.case.closed_at is not None
        return Earlier(self.case.pk, self.case.number or "", self.case.closed_at)

    def refuse(self, at: datetime, who: Acting, reason: str, note: str) -> None:
        super().refuse(at, who, reason, note)
        self.steps.append((at, lambda life: life.refuse(at, who, reason, note)))

    def accept(self, at: datetime, who: Acting) -> None:
        super().accept(at, who)
        self.steps.append((at, lambda life: life.accept(at, who)))

    def take(self, action: str, at: datetime, who: Acting, given: Given | None = None) -> None:
        super().take(action, at, who, given)
        if action != "accept":  # a step of its own, which takes the move
            self.steps.append((at, lambda life: life.take(action, at, who, given)))

    def rows(self) -> Rows:
        made = super().rows()
        if self.citizen is not None:
            made.join(self.citizen.rows(self.case.pk if self.case is not None else None))
        return made

    def as_of(self, at: datetime) -> Life:
        """The same life with the steps up to ``at``; its records are signed anew and meant to be read once and taken back."""
        life = Life(self.ground, self.told)
        life.citizen = self.citizen.as_of(at) if self.citizen is not None else None
        for when, step in self.steps:
            if when > at:
                break
            step(life)
        return life
