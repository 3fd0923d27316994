"""Holding what the platform has against what was told: after every step, everything must agree."""

from __future__ import annotations

from datetime import datetime

from urbangrid.cases.models import Clock
from urbangrid.cases.proof.rows import Row, Rows
from urbangrid.cases.proof.told import Contradiction, Told, Work
from urbangrid.cases.proof.watch import Watch
from urbangrid.cases.proof.world import NOBODY, World


def agree(world: World, told: Told, rows: Rows) -> None:
    """Raises Contradiction naming the first thing that differs."""
    _same("state", rows.case["state"], told.state)
    _same("seq", rows.case["seq"], told.seq)
    _same("handler", rows.case["handler_unit_id"], told.handler)
    _same("filed in time after the call", rows.case["called_on_time"], told.called_kept)
    _same("aside", rows.case["aside"], told.aside)
    _items(world, told, rows)
    _requests(told, rows)
    _clocks(world, told, rows)
    if told.judge_again and told.watch is not None and told.disposed is not None:
        told.on_time, told.judge_again = told.watch.kept(told.disposed), False
    if told.disposed is not None:
        _same("on time", rows.case["on_time"], told.on_time)
    _same("readers", dict(rows.readers), told.readers)


def _same(what: str, found: object, expected: object) -> None:
    if found != expected:
        raise Contradiction(f"{what}: the platform has {found!r}, it must be {expected!r}")


def _items(world: World, told: Told, rows: Rows) -> None:
    """Every piece of work that must be there is, with who must have it, and nothing else."""
    free = list(rows.items)
    for work in told.open():
        row = next((row for row in free if _fits(world, told, work, row)), None)
        if row is None:
            listed = ", ".join(f"{one['kind']} ({one['duty']}, {one['unit_id']}, {one['appointment_id']})" for one in free)
            raise Contradiction(f"work: no {work.kind} for {work.unit or sorted(work.among)} ({work.duty}) among [{listed}]")
        free.remove(row)
        work.matched, work.unit = row["id"], row["unit_id"]
        if row["appointment_id"] is not None:
            work.person = row["appointment_id"]
        elif work.person == -1:
            work.person = None
        work.duty = row["duty"]
    if free:
        raise Contradiction(f"work: {', '.join(one['kind'] for one in free)} must not be open in {told.state}")


def _fits(world: World, told: Told, work: Work, row: Row) -> bool:
    if (row["kind"], row["request_id"], row["opened_seq"]) != (work.kind, work.request, work.opened):
        return False
    if work.matched is not None:
        return bool(row["id"] == work.matched)
    if told.secret is not None:
        return told.secret.has(told, work, row)
    if row["duty"] == NOBODY:
        return work.person == -1 or (not work.among and work.unit is None)
    if row["duty"] != work.duty:
        return False
    if work.person == -1:
        person = next((one for one in world.people.values() if one.appointment_id == row["appointment_id"]), None)
        return person is not None and work.duty in person.duties and person.unit_id == row["unit_id"]
    if work.person is not None and row["appointment_id"] != work.person:
        return False
    return row["unit_id"] in work.among if work.unit is None else bool(row["unit_id"] == work.unit)


def _requests(told: Told, rows: Rows) -> None:
    found = {row["id"]: (row["kind"], row["state"]) for row in rows.requests}
    _same("requests", found, {number: (one.kind, one.state) for number, one in told.asked.items()})


def _clocks(world: World, told: Told, rows: Rows) -> None:
    """Each limit that has not ended is due when the second telling says, with the same budget; none is missing, none too many."""
    stages = {row["item_id"]: row for row in rows.clocks if row["kind"] not in ("unit", "case")}
    for work in told.open():
        if work.watch is not None:
            _one(world, f"limit of {work.kind}", work.watch, stages.pop(work.matched, None))
    _same("limits of no work", [row["stage"] for row in stages.values()], [])
    units = {row["unit_id"]: row for row in rows.clocks if row["kind"] == "unit"}
    for unit, watch in told.units.items():
        _one(world, f"limit of unit {unit}", watch, units.pop(unit, None))
    _same("limits of other units", list(units), [])
    case = [row for row in rows.clocks if row["kind"] == "case"]
    if told.case is not None:
        _one(world, "limit of the case", told.case, case.pop() if case else None)
        _same("case due", _second(rows.case["due_at"]), _second(told.case.due()))
    _same("limits of the case", len(case), 0)
    _lights(told, rows)


def _one(world: World, what: str, watch: Watch, row: Row | None) -> None:
    if row is None:
        raise Contradiction(f"{what}: there is none")
    watch.wall = world.wall(row["calendar_code"])
    _same(f"{what} due", _second(row["due_at"]), _second(watch.due()))
    _same(f"{what} budget", row["budget_seconds"], watch.read().budget)


def _lights(told: Told, rows: Rows) -> None:
    """The light of an open item is that of its limit: its own, for disposal the unit's, before receipt whichever is over first."""
    by_id = {row["id"]: row for row in rows.items}
    for work in told.open():
        watch = work.watch or (told.watch if work.kind == "dispose" else None)
        row = by_id[work.matched or 0]
        if watch is not None:
            both = [watch.due()]
            if work.kind == "receive" and not row["paused"] and told.watch is not None:
                both.append(told.watch.due())
            _same(f"light of {work.kind}", _second(row["due_at"]), _second(min(filter(None, both), default=None)))


def _second(at: datetime | None) -> datetime | None:
    return at.replace(microsecond=0) if at is not None else None


def ended(told: Told, case_id: int) -> None:
    """Of a case that has ended: no limit of work, unit or case still runs but those of orders."""
    left = [work.matched for work in told.open()]
    running = Clock.objects.filter(case_id=case_id, ended_at=None).exclude(item_id__in=left)
    _same("limits after the end", list(running.values_list("kind", flat=True)), [])
