"""Simulations and migrations: short ones at once, long ones by a job of the worker, with progress on their row.

A run that was cut off with its worker stays ``running``; asking again begins a new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from procrastinate.contrib.django import app

from urbangrid.audit.actions import note
from urbangrid.cases.actions import migrating
from urbangrid.cases.definitions.simulating import Simulator, as_json
from urbangrid.cases.models import ProcessDraft, ProcessRun
from urbangrid.core import clock
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.organizations.acting import Acting, acting_as

JOB = "process_run"
"""Name of the worker's job (config.jobs)."""
STAGES_AT_ONCE = 4_000
"""Stages that are judged within two seconds even where every limit differs."""
CASES_AT_ONCE = 60
"""Cases that are moved within two seconds."""
MOST_LISTED = 500


def find(platform_id: int, run_id: int) -> ProcessRun:
    """A run of the platform. Raises NotFound ``process_unknown``."""
    found = ProcessRun.objects.select_related("draft").filter(platform_id=platform_id, pk=run_id).first()
    if found is None:
        raise NotFound("process_unknown")
    return found


def of_version(platform_id: int, definition_id: int) -> list[ProcessRun]:
    """The simulations of the draft that became this version, newest first: what it was published upon."""
    runs = ProcessRun.objects.filter(platform_id=platform_id, kind="simulate", asked__version=str(definition_id))
    return list(runs.defer("asked", "result").order_by("-pk"))


def simulate(acting: Acting, draft: ProcessDraft) -> ProcessRun:
    """Begin the simulation of a draft without faults; done already when it is short."""
    run = _new(acting, "simulate", {"definition": draft.definition}, draft)
    return _begin(run, Simulator(acting.platform_id, draft.definition).count(), STAGES_AT_ONCE)


def migrate(acting: Acting, source_id: int, target_id: int, states: Mapping[str, str], *, at_once: bool = False) -> ProcessRun:
    """Begin moving the open cases of one version to another; ``at_once``: however many. Raises what ``migrating.plan`` raises."""
    old, new = migrating.versions_of(acting.platform_id, source_id, target_id)
    plan = migrating.plan(acting.platform_id, source_id, target_id, states)
    asked = {"source": str(source_id), "target": str(target_id), "states": dict(states)}
    run = _new(acting, "migrate", asked, None)
    values = {"before": f"{old.code} {old.version}", "after": f"{new.code} {new.version}", "cases": len(plan.case_ids)}
    note(acting, "process_migrated", subject=f"process:{new.code}", values=values)
    return _begin(run, len(plan.case_ids), len(plan.case_ids) if at_once else CASES_AT_ONCE)


def _new(acting: Acting, kind: str, asked: dict[str, Any], draft: ProcessDraft | None) -> ProcessRun:
    return ProcessRun(
        platform_id=acting.platform_id, kind=kind, draft=draft, appointment_id=acting.appointment_id, user_id=acting.user_id, asked=asked,
        asked_at=clock.now(),
    )  # fmt: skip


def _begin(run: ProcessRun, total: int, at_once: int) -> ProcessRun:
    run.total = total
    if total <= at_once:
        run.save()
        perform(run.pk)
        run.refresh_from_db()
        return run
    with transaction.atomic():
        run.save()
        app.configure_task(JOB).defer(run_id=str(run.pk))
    return run


def perform(run_id: int) -> None:
    """Do a run that waits; a run that was begun is left alone. Called by the page for short ones, by the worker for the others."""
    if not ProcessRun.objects.filter(pk=run_id, state="waiting").update(state="running"):
        return
    run = ProcessRun.objects.get(pk=run_id)
    state = "failed"
    try:
        run.result = _simulate(run) if run.kind == "simulate" else _migrate(run)
        state = "done"
    finally:
        run.state, run.ended_at = state, clock.now()
        run.save(update_fields=["state", "ended_at", "result"])


def _tell(run: ProcessRun, done: int) -> None:
    ProcessRun.objects.filter(pk=run.pk).update(done=done)


def _simulate(run: ProcessRun) -> dict[str, Any]:
    simulator = Simulator(run.platform_id, run.asked["definition"])
    return as_json(simulator.run(lambda done, _total: _tell(run, done)), simulator)


def _migrate(run: ProcessRun) -> dict[str, Any]:
    """One transaction per case: what is refused meanwhile is listed with its reason, the others are moved."""
    source, target, states = int(run.asked["source"]), int(run.asked["target"]), run.asked["states"]
    acting = acting_as(run.appointment_id, run.user_id)
    if acting is None:
        raise Refusal("post_without_right", status=403, post="")
    plan = migrating.plan(run.platform_id, source, target, states)
    moved, stays = 0, [{"case": str(one.case_id), "number": one.number, "why": one.why} for one in plan.stays]
    for done, case_id in enumerate(plan.case_ids, 1):
        try:
            migrating.migrate_case(acting, case_id, source, target, states)
            moved += 1
        except Refusal as fault:
            stays.append({"case": str(case_id), "number": "", "why": fault.code, "said": fault.sentence()})
        if done % 20 == 0:
            _tell(run, done)
    return {"moved": moved, "stayed": len(stays), "stays": stays[:MOST_LISTED]}
