"""Published process definitions: choosing one for a case, reading a pinned one (cached: a published version never changes)."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import Q

from urbangrid.cases import process
from urbangrid.cases.models import ProcessDefinition
from urbangrid.cases.process import Process
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform

PRESETS = Path(__file__).parent / "presets"


def preset(code: str) -> dict[str, Any]:
    """A shipped definition, e.g. ``model_a``."""
    return tomllib.loads((PRESETS / f"{code}.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=256)
def process_of(definition_id: int) -> Process:
    """The process a case is pinned to."""
    return process.load(ProcessDefinition.objects.get(pk=definition_id).definition)


def publish(platform: Platform, definition: dict[str, Any], held_duties: set[str]) -> ProcessDefinition:
    """Check and publish a definition as the next version; open cases keep theirs.

    Raises Refusal ``process_faulty`` naming the first row at fault.
    """
    found = process.faults(process.load(definition), held_duties)
    if found:
        raise Refusal("process_faulty", fault=found[0].code, row=found[0].row, count=len(found))
    before = ProcessDefinition.objects.filter(platform=platform, code=definition["code"]).order_by("-version").first()
    return ProcessDefinition.objects.create(
        platform=platform, code=definition["code"], version=before.version + 1 if before else 1, name=definition["name"],
        definition=definition, source=definition.get("source", ""), kind=definition.get("kind", ""), published_at=clock.now(),
    )  # fmt: skip


def current_for(platform_id: int, source: str, kind: str) -> ProcessDefinition:
    """The definition for a new case: the most exact of (source, kind), newest version first (CY-9)."""
    rows = list(
        ProcessDefinition.objects.filter(
            Q(source="") | Q(source=source), Q(kind="") | Q(kind=kind), platform_id=platform_id, retired_at=None
        ).order_by("version")
    )
    if not rows:
        raise Refusal("process_missing")
    return max(rows, key=lambda row: (row.source == source, row.kind == kind, row.version))
