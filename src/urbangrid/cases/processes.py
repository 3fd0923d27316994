"""Published process definitions: choosing one for a case, reading a pinned one (cached: a published version never changes)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from urbangrid.cases import process
from urbangrid.cases.definitions import checking, fault_words, rows
from urbangrid.cases.lifecycle import EDGES, State
from urbangrid.cases.models import Case, ProcessDefinition, Report
from urbangrid.cases.process import Process
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.values import CategoryOption
from urbangrid.core import clock, presets
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

PRESETS = Path(__file__).parent / "presets"


def preset(code: str) -> dict[str, Any]:
    """A shipped definition, e.g. ``model_a``, what it extends taken in and what it goes without left out.

    Raises Refusal ``preset_unknown``.
    """
    read = presets.read(PRESETS, code)
    without = set(read.pop("without", ()))
    read["waits"] = [row for row in read["waits"] if row["state"] not in without]
    read["stages"] = [row | {"states": [state for state in row["states"] if state not in without]} for row in read["stages"]]
    read["moves"] = [kept for row in read["moves"] for kept in _without(row, without)]
    return read


def _without(row: dict[str, Any], without: set[str]) -> list[dict[str, Any]]:
    """The row as it stands where none of those states has a part in it, else a row for each single move that is left."""
    sources = row["from"] if isinstance(row["from"], list) else [row["from"]]
    targets = {edge.target.value for edge in EDGES if edge.action == row["action"] and edge.source in sources}
    if not without & {*sources, *({row["to"]} if "to" in row else targets)}:
        return [row]
    left = [source for source in sources if source not in without]
    singles = rows.normal({"moves": [row | {"from": left}]})["moves"] if left else []
    return [single for single in singles if single.get("to") not in without]


@lru_cache(maxsize=256)
def process_of(definition_id: int) -> Process:
    """The process a case is pinned to."""
    return process.load(ProcessDefinition.objects.get(pk=definition_id).definition)


def publish(
    platform: Platform, definition: dict[str, Any], held_duties: set[str], *, effective_from: datetime | None = None,
    published_by_id: int | None = None, base_code: str = "",
) -> ProcessDefinition:  # fmt: skip
    """Check and publish a definition as the next version, for cases opened from ``effective_from`` on (default: now); open cases keep
    theirs. With ``base_code`` it is kept as an override of the definition in force under that code.

    Overrides of the same code are laid over the new version and published with it, in one transaction.
    Raises Refusal ``process_faulty`` naming the first row at fault, ``process_base_missing``.
    """
    now = clock.now()
    with transaction.atomic():
        base = None
        if base_code:
            base = current_version(platform.pk, base_code)
            if base is None or base.base_id is not None or base.code == definition["code"]:
                raise Refusal("process_base_missing", status=422, field="base_code", base=base_code)
        row = _publish(platform, definition, held_duties, base, max(effective_from or now, now), published_by_id)
        lay_over(row, overrides_of(platform.pk, row.code), held_duties, row.effective_from, published_by_id)
    return row


def lay_over(
    base: ProcessDefinition, overrides: list[ProcessDefinition], held_duties: set[str], effective_from: datetime, user_id: int | None
) -> None:
    """New versions of overrides, laid over ``base``. Raises Refusal ``process_faulty`` naming the override at fault."""
    for below in overrides:
        whole = rows.applied(base.definition, below.override or {}, below.definition)
        _publish(base.platform, whole, held_duties, base, effective_from, user_id)


def _publish(
    platform: Platform, definition: dict[str, Any], held_duties: set[str], base: ProcessDefinition | None, effective_from: datetime,
    published_by_id: int | None,
) -> ProcessDefinition:  # fmt: skip
    known = catalog.calendar_names(platform.pk) or None  # a new platform has its process before its first calendar
    found = checking.check(definition, held_duties, known)
    if found:
        first = fault_words.sentence(found[0])
        raise Refusal("process_faulty", status=422, fault=first, row=found[0].row, count=len(found), name=definition.get("name"))
    before = ProcessDefinition.objects.filter(platform=platform, code=definition["code"]).order_by("-version").first()
    return ProcessDefinition.objects.create(
        platform=platform, code=definition["code"], version=before.version + 1 if before else 1, name=definition["name"],
        definition=definition, base=base, override=rows.difference(base.definition, definition) if base else None,
        published_at=clock.now(), published_by_id=published_by_id, effective_from=effective_from,
        **{name: definition.get(name, "") for name in rows.SCOPE},
    )  # fmt: skip


def overrides_of(platform_id: int, code: str) -> list[ProcessDefinition]:
    """Overrides in force, or to be in force, of any version of ``code``."""
    newest = ProcessDefinition.objects.filter(_newest(clock.now(), coming=True), platform_id=platform_id, base__code=code)
    return list(newest.exclude(code=code).order_by("code"))


def _newest(at: datetime, *, coming: bool = False) -> Q:
    """Of each code the newest version that was in force at an instant; ``coming``: or that will be."""
    in_force = Q(retired_at=None) | Q(retired_at__gt=at)
    if not coming:
        in_force &= Q(effective_from__lte=at)
    same = {"platform": OuterRef("platform"), "code": OuterRef("code")}
    return in_force & ~Q(Exists(ProcessDefinition.objects.filter(in_force, **same, version__gt=OuterRef("version"))))


def current_version(platform_id: int, code: str, at: datetime | None = None) -> ProcessDefinition | None:
    """The version of a code that cases opened at ``at`` (default: now) follow, where they are of its kind."""
    return ProcessDefinition.objects.filter(_newest(at or clock.now()), platform_id=platform_id, code=code).first()


def names(*definition_ids: int) -> dict[int, str]:
    """Code and version by id, as records name them."""
    found = ProcessDefinition.objects.filter(pk__in=definition_ids).values_list("pk", "code", "version")
    return {pk: f"{code} {version}" for pk, code, version in found}


def in_force(platform_id: int, at: datetime | None = None) -> list[ProcessDefinition]:
    """The version in force of every code, by code."""
    return list(ProcessDefinition.objects.filter(_newest(at or clock.now()), platform_id=platform_id).order_by("code"))


def current_for(
    platform_id: int, source: str, kind: str, category: CategoryOption | None = None, at: datetime | None = None
) -> ProcessDefinition:
    """The definition for a case opened at ``at`` (default: now): the most exact of minor class, major class, kind, source, then the one
    that came into force last (CY-9). One statement. Raises Refusal ``process_missing``."""
    major, minor = (category.major_code, category.code) if category else ("", "")
    fitting = Q(source__in=("", source)) & Q(kind__in=("", kind)) & Q(major_code__in=("", major)) & Q(category_code__in=("", minor))
    found = list(ProcessDefinition.objects.filter(_newest(at or clock.now()), fitting, platform_id=platform_id).order_by("pk"))
    if not found:
        raise Refusal("process_missing")
    return max(found, key=exactness)


def exactness(row: ProcessDefinition) -> tuple[bool, bool, bool, bool, datetime, int, int]:
    """Sort key among definitions that fit the same case."""
    return bool(row.category_code), bool(row.major_code), bool(row.kind), bool(row.source), row.effective_from, row.version, row.pk


def for_report(report: Report) -> Process:
    """The process that a waiting report would be accepted under."""
    chosen = catalog.category(report.category_id) if report.category_id is not None else None
    return process_of(current_for(report.platform_id, report.source, chosen.kind if chosen else "", chosen).pk)


@dataclass(frozen=True, slots=True)
class Ways:
    """What a post may do at filing: pages show no button that the process or the post does not have."""

    must_verify: bool
    signs: bool
    """There is a head who signs complex cases."""
    releases: bool
    """There is a city platform above."""
    proposes: bool
    """The post prepares and somebody else files."""
    may_propose: bool


def next_unit(acting: Acting, case: Case, action: str) -> str:
    """The other unit that gets the case by ``action``, in its short name; empty where the own unit goes on with it."""
    definition = process_of(case.process_id)
    move = definition.find(action, State(case.state))
    wait = definition.waits.get(move.edge.target) if move is not None else None
    if wait is None or wait.holder != "desk":
        return ""
    unit_id = organizations.unit_for_duty(case.platform_id, wait.duty, case.subdistrict_id)
    return "" if unit_id in (None, acting.unit_id) else organizations.unit(unit_id or 0).short_name


def ways(acting: Acting, process: Process, category_id: int | None, *, must_verify: bool, untrue: bool = False) -> Ways:
    """``untrue``: the verification did not find the matter."""
    chosen, confirms = catalog.find_category(category_id), process.has(State.TO_CONFIRM)
    needs_another = (untrue or (chosen is not None and chosen.confirm_filing)) and not acting.may("confirm_filing")
    return Ways(
        must_verify=must_verify, signs=process.has(State.TO_SIGN), releases=process.has(State.TO_RELEASE),
        proposes=confirms and (needs_another or not acting.may("file")), may_propose=confirms,
    )  # fmt: skip
