"""Random moves over cases that memory keeps: where they begin, and one move after the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from random import Random

from django.apps import apps
from django.db import transaction

from urbangrid.cases.models import Case, Report, ReportFile
from urbangrid.cases.proof.ground import kept_in, of_memory
from urbangrid.cases.proof.memory import Memory
from urbangrid.cases.proof.moves import Chooser
from urbangrid.cases.proof.told import Contradiction
from urbangrid.cases.proof.walk import Counts, Walk
from urbangrid.cases.proof.world import World
from urbangrid.core import clock

PAIRS = 12
"""Of accepted cases, each of other classes, places and times of the year."""


@dataclass(frozen=True, slots=True)
class Start:
    """Accepted cases as rows, and the instant at which their days begin."""

    memory: Memory
    case_ids: tuple[int, ...]
    begun: datetime


def prepared(world: World, seed: str) -> list[Start]:
    """Reports are taken and accepted through the database once; what follows of them happens in memory."""
    return [_accepted(world, f"{seed}/{number}") for number in range(PAIRS)]


def _accepted(world: World, seed: str) -> Start:
    with transaction.atomic():
        walk = Walk(world, seed, Counts())
        walk.begin()
    start = Start(Memory(), tuple(life.case_id for life in walk.lives), walk.now)
    ids = start.case_ids
    for model in apps.get_app_config("cases").get_models():
        if any(one.name == "case" for one in model._meta.local_fields):
            start.memory.take_in(model._default_manager.filter(case_id__in=ids))
    start.memory.take_in(Case.objects.filter(pk__in=ids))
    start.memory.take_in(Report.objects.filter(case_links__case_id__in=ids))
    start.memory.take_in(ReportFile.objects.filter(report__case_links__case_id__in=ids))
    return start


class Played:
    """One example: two cases from their acceptance on."""

    def __init__(self, world: World, start: Start, counts: Counts) -> None:
        self.world, self.memory = world, start.memory.copy()
        self.walk = Walk(world, "memory", counts, of_memory(self.memory))
        self.walk.now = start.begun
        with kept_in(self.memory), clock.travel(start.begun):
            for case_id in start.case_ids:
                self.walk.go_on_with(case_id)

    def move(self, kind: str, dice: int) -> str:
        """One move of that kind, in words. Raises Contradiction with the same words."""
        self.walk.rng = Random(dice)  # noqa: S311 - dice, no secret
        chosen = Chooser(self.world, self.walk.rng).one([life.told for life in self.walk.lives], kind)
        try:
            with kept_in(self.memory):
                self.walk.step(replace(chosen, key=""))  # keys are remembered in the database
        except Contradiction as fault:
            raise Contradiction(f"{fault} — {chosen.text()}") from fault
        return chosen.text()
