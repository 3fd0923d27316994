"""Confidential cases told a second time (case-rules 24): whom one is entrusted to, who may have its work, when it finds nobody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING, Any

from urbangrid.cases import words
from urbangrid.cases.lifecycle import WORK, State
from urbangrid.organizations.acting import Acting

if TYPE_CHECKING:
    from urbangrid.cases.proof.told import Asked, Told, Work
    from urbangrid.cases.proof.world import World

Row = Mapping[str, Any]
DIRECTS = "handle_confidential"
NOBODY = "nobody_responsible"
SHARE = 0.6
"""Of the city's people those who are named on a confidential case, beside one for each duty: now and then a step finds nobody."""


@dataclass(frozen=True, slots=True)
class Entrusted:
    """``named`` and ``directors`` by appointment; ``about``: the unit that the matter is about."""

    city: int
    named: Mapping[int, Acting]
    directors: Mapping[int, Acting]
    about: int | None

    def opens(self, who: Acting) -> bool:
        """Who may read and handle it: by name or as director, never somebody of the unit it is about."""
        return who.unit_id != self.about and (who.appointment_id in self.named or who.appointment_id in self.directors)

    def somebody(self, duty: str, *, unit: int | None = None, platform: int | None = None) -> bool:
        """Whether anybody who is named could have such work: of a unit, or of a platform (None: the city)."""
        able = [one for one in self.named.values() if duty in one.duties]
        if duty in ("verify", "check"):
            return bool(able)
        return any(one.unit_id == unit if unit is not None else one.platform_id == (platform or self.city) for one in able)

    def has(self, told: Told, work: Work, row: Row) -> bool:
        """Whether a row of open work is with somebody who may have it: who issued an order herself, else one of those named."""
        holder = row["appointment_id"]
        known = {**self.directors, **self.named}.get(holder)
        if known is None or not self.opens(known) or known.unit_id != row["unit_id"]:
            return False
        if work.kind == "judge_answer" and (work.person in self.named or work.person in self.directors):
            return bool(holder == work.person)
        if holder not in self.named or row["duty"] not in known.duties or row["duty"] not in (work.duty, NOBODY):
            return False
        if row["duty"] in ("verify", "check"):
            return True
        if work.unit is not None or work.duty in ("receive", "dispose", "answer_order"):
            return work.unit is None or known.unit_id == work.unit
        return row["duty"] == NOBODY or not work.among or known.platform_id in {told.facts.platform_of(unit) for unit in work.among}


def read(world: World, case: Any, appointments: Iterable[int]) -> Entrusted:
    """Of a case's row and the appointments named on it."""
    people = {one.appointment_id: one for one in world.people.values() if one.cases_platform_id == case.platform_id}
    directors = {key: one for key, one in people.items() if DIRECTS in one.duties and one.unit_id != case.concerned_unit_id}
    return Entrusted(world.platform.pk, {key: people[key] for key in appointments}, directors, case.concerned_unit_id)


def chosen(world: World, rng: Random) -> tuple[Acting, int, tuple[int, ...]]:
    """Who takes the matter, which unit it is about, and who is named on it besides."""
    takers = [one for one in world.people.values() if {"register", "accept"} <= one.duties and one.platform_id == world.platform.pk]
    taker = rng.choice(takers)
    about = rng.choice(sorted(world.units_with("receive") - {taker.unit_id}))
    able = [one for one in world.people.values() if one.unit_id != about]
    found = {one.appointment_id for one in able if rng.random() < SHARE}
    for duty in sorted({duty for one in able for duty in one.duties}):
        found.add(rng.choice([one.appointment_id for one in able if duty in one.duties]))
    return taker, about, tuple(sorted(found - {taker.appointment_id}))


# --- nobody is named for the next step ---


def lacks(told: Told, action: str, data: Row, said: str) -> bool:
    """Whether the platform may say that nobody is named for the work ``said``: anything else contradicts."""
    kinds = {kind for kind, name in words.QUEUES.items() if str(name) == said}
    assert told.secret is not None
    secret, unit = told.secret, data.get("unit_id")
    if "decide" in kinds:
        return _no_decider(told, action, data)
    if kinds & {"assist", "crew_task", "answer_order", "answer_instruction"}:
        duty = "answer_order" if "assist" not in kinds and "crew_task" not in kinds else "dispose"
        asked = [int(one) for one in (*data.get("assist", ()), *((unit,) if unit is not None else ()))]
        return not asked or any(not secret.somebody(_helps(told, one, duty), unit=one) for one in asked)
    for row in told.law.waits.values():
        if WORK[State(row["state"])] not in kinds:
            continue
        of_unit = {"handler": int(unit or told.handler or 0), "district": int(unit or told.command or 0)}
        if not secret.somebody(row["duty"], unit=of_unit.get(row["holder"])) or not secret.somebody(NOBODY):
            return True
    return bool(kinds & {"fence", "recheck"}) and not secret.somebody("dispose", unit=int(unit or told.handler or 0))


def _helps(told: Told, unit: int, duty: str) -> str:
    return "dispatch" if duty == "dispose" and unit in told.facts.centres else duty


def _no_decider(told: Told, action: str, data: Row) -> bool:
    asked = told.asked.get(int(data.get("request") or 0))
    kind, place = (action.removeprefix("ask_"), 0) if asked is None else (asked.kind, asked.link + 1)
    return any(not decides(told, kind, place, unit) for unit in ([asked.unit] if asked is not None else _askers(told)))


def _askers(told: Told) -> list[int | None]:
    return [told.handler, told.command, None, *(work.unit for work in told.open("assist"))]


def decides(told: Told, kind: str, place: int, unit: int | None) -> bool:
    """Whether somebody who is named could decide at a place of the chain."""
    assert told.secret is not None
    district = None if kind == "assist_back" and unit in told.facts.centres else told.district_of(unit)
    for again in (False, True):
        links = told.law.everyone(kind, again, in_district=district is not None)
        link = links[place] if place < len(links) else None
        if link is not None and not told.secret.somebody(link["duty"], platform=district if link["of_district"] else None):
            return False
    return True


def undecided(told: Told, asked: Asked) -> bool:
    """Whether a request stays with an approver who sleeps: nobody is named for the one above."""
    return told.secret is not None and not decides(told, asked.kind, asked.link + 1, asked.unit)
