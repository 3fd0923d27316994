"""Simulating a draft and moving running cases: asked for here, shown with their progress, drilled down to the cases (desks.md A3)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST

from urbangrid.administration import forms, process_words
from urbangrid.administration.views import process_drafts
from urbangrid.administration.views.common import acting_of, page
from urbangrid.cases import words
from urbangrid.cases.actions import definitions, migrating
from urbangrid.cases.definitions import listing, running
from urbangrid.cases.lifecycle import State
from urbangrid.core.errors import Refusal
from urbangrid.organizations.acting import Acting, acting_required


@require_POST
@acting_required("administer_system")
def simulate(request: HttpRequest, draft_id: int) -> HttpResponse:
    """模拟 a draft that has no fault; a faulty one is shown with its faults."""
    acting = acting_of(request)
    row = definitions.draft(acting.platform_id, draft_id)
    if definitions.faults_of(acting.platform_id, row.definition):
        return process_drafts.show(request, acting, row, Refusal("process_not_simulated", status=422))
    return redirect("administration:process_run", running.simulate(acting, row).pk)


@require_GET
@acting_required("administer_system")
def show(request: HttpRequest, run_id: int) -> HttpResponse:
    """A run with its result, or how far it is."""
    return page(request, "process_run.html", **_context(request, run_id))


@require_GET
@acting_required("administer_system")
def now(request: HttpRequest, run_id: int) -> HttpResponse:
    """The same without the page around it, asked for every two seconds while it runs."""
    return render(request, "administration/process_run_now.html", _context(request, run_id))


def _context(request: HttpRequest, run_id: int) -> dict[str, Any]:
    run = running.find(acting_of(request).platform_id, run_id)
    stage = forms.plain(request.GET.get("stage"), 30)
    result = run.result or {}
    listed = [row | {"due": parse_datetime(row["due"]) if row["due"] else None} for row in result.get("listed", [])]
    return {
        "run": run, "result": result, "stage": stage, "words": words.QUEUES, "stays": words.STAYS,
        "listed": [row for row in listed if stage in ("", row["stage"])],
        "since": parse_datetime(result["since"]) if result.get("since") else None,
        "until": parse_datetime(result["until"]) if result.get("until") else None,
        "may_read": acting_of(request).may("read_all"),
    }  # fmt: skip


@acting_required("administer_system")
def migrate(request: HttpRequest, definition_id: int) -> HttpResponse:
    """Move the running cases of another version to this one: first a dry run, then, confirmed, the act."""
    acting = acting_of(request)
    target = definitions.version(acting.platform_id, definition_id)
    given = request.POST if request.method == "POST" else request.GET
    source_id = forms.number(given.get("source"))
    states = {name.removeprefix("map-"): str(value) for name, value in given.items() if name.startswith("map-") and value}
    context: dict[str, Any] = {"target": target, "sources": _sources(acting, definition_id), "source_id": source_id, "states": states}
    if not source_id:
        return page(request, "process_migrate.html", **context)
    try:
        migrating.versions_of(acting.platform_id, source_id, definition_id)
        if request.method == "POST" and given.get("confirmed") == "1":
            return redirect("administration:process_run", running.migrate(acting, source_id, definition_id, states).pk)
        plan = migrating.plan(acting.platform_id, source_id, definition_id, states)
    except Refusal as fault:
        if fault.status == 404:
            raise
        return page(request, "process_migrate.html", fault, **context)
    shown: dict[str, Any] = {"plan": plan, "maps": _maps(plan, states), "goes": _goes(plan), "stays": words.STAYS, "names": words.STATES}
    return page(request, "process_migrate.html", **shown, **context)


def _sources(acting: Acting, definition_id: int) -> list[listing.VersionRow]:
    return [one for one in listing.versions(acting.platform_id) if one.open and one.row.pk != definition_id]


def _goes(plan: migrating.Plan) -> list[tuple[str, str, int]]:
    return [(process_words.spoken("state", one), process_words.spoken("state", other), count) for one, other, count in plan.goes]


def _maps(plan: migrating.Plan, states: dict[str, str]) -> list[tuple[str, str, list[tuple[str, str, bool]]]]:
    """For each state that the target does not know: the states of its phase that it may be moved to."""
    missing = dict.fromkeys([stay.state for stay in plan.stays if stay.why == migrating.STATE_MISSING] + list(states))
    found = []
    for state in missing:
        phase = next((phase for phase in migrating.PHASES if state in phase), frozenset())
        offered = [(one.value, str(words.STATES[one]), states.get(state) == one) for one in State if one in phase and one != state]
        found.append((state, str(words.STATES[state]), offered))
    return found
