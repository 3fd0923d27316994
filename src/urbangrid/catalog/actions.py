"""Loading of catalogues, calendars and reasons. Every action may be repeated: what is there already stays as it is.

A shipped version is written once per content (digest of its files); what a city changed are rows of its own platform
and never touched here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from django.db import transaction

from urbangrid.catalog import cache, calendars, queries, search, shipped
from urbangrid.catalog.models import (
    CalendarUse,
    CatalogVersion,
    Category,
    CategoryRule,
    FilingCondition,
    ReasonCode,
    Responsibility,
    TimeLimit,
    WorkCalendar,
)
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.organizations.models import Unit

NATIONAL = "gbt30428-2013"
CHAOYANG = "chaoyang2005"
CLASS_WORDS = ["major_name", "name", "initials", "aliases", "description", "geometry", "authority_hint"]
CLASS_WORDS += ["source", "confidence"]
"""What a new edition of the shipped files may reword; marks (confirm_filing ...) belong to the city once loaded."""
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
"""Shipped rows count from here: before every case that a platform may import as history."""

STAGE_CALENDARS: Mapping[str, str] = {
    "accept": "always",
    "verify": "always",
    "file": "always",
    "sign": "office",
    "dispatch": "always",
    "receive": "office",
    "review": "always",
    "check": "always",
    "close": "always",
    "order": "office",
}
"""Desks of the two centres run round the clock, signatures and the units' desks in office hours (case-rules §1.3)."""
SEVEN_DAY_AUTHORITIES = ("城管执法", "环境卫生", "市容环境卫生")
"""Classes whose authority begins so belong to enforcement or sanitation, which work seven days (case-rules §1.3)."""


@transaction.atomic
def load_national() -> CatalogVersion:
    """The catalogue built for GB/T 30428.2-2013: 121 component and 83 event classes with conditions and limits."""
    digest = shipped.digest(*shipped.NATIONAL_FILES)
    version = _version(
        None,
        NATIONAL,
        name="GB/T 30428.2-2013 管理部件和事件",
        standard_ref="GB/T 30428.2-2013",
        source="按 GB/T 30428.2-2013 编制；未见标准原文，各行来源见来源栏",
    )
    if version.data_digest == digest:
        return version
    categories = write_classes(version, shipped.national_classes())
    write_conditions(categories, shipped.national_conditions())
    _finish(version, digest)
    return version


@transaction.atomic
def load_calendars(platform: Platform | None = None, path: Path = shipped.DATA / "calendars.toml") -> int:
    """Store the calendars of a file; a calendar whose rules changed becomes a new version that applies from now on.

    Returns the number of versions written. ``platform`` None: shipped, in the zone Asia/Shanghai.
    """
    latest = {calendar.code: calendar for calendar in WorkCalendar.objects.filter(platform=platform).order_by("code", "version")}
    written = []
    for row in calendars.read(path, platform.zone_name if platform else "Asia/Shanghai"):
        before = latest.get(row.code)
        number = before.version if before else 0
        if before and before.rules == {**row.rules, "version": f"{row.code}/{number}"}:
            continue
        written.append(
            WorkCalendar(
                platform=platform,
                code=row.code,
                name=row.name,
                version=number + 1,
                applies_from=clock.now() if before else BEGINNING,
                rules={**row.rules, "version": f"{row.code}/{number + 1}"},
            )
        )
    WorkCalendar.objects.bulk_create(written)
    if written:
        cache.changed()
    return len(written)


@transaction.atomic
def use_calendars(platform: Platform) -> int:
    """The preset of which calendar counts where (desks by stage, classes by authority); returns the rows written."""
    national = Category.objects.filter(version__code=NATIONAL, version__platform=None)
    rows = [CalendarUse(platform=platform, stage=stage, calendar_code=code) for stage, code in STAGE_CALENDARS.items()]
    rows += [
        CalendarUse(platform=platform, category=category, calendar_code="seven_day")
        for category in national
        if category.authority_hint.startswith(SEVEN_DAY_AUTHORITIES)
    ]
    there = set(CalendarUse.objects.filter(platform=platform).values_list("stage", "category_id"))
    missing = [row for row in rows if (row.stage, row.category_id) not in there]
    CalendarUse.objects.bulk_create(missing)
    if missing:
        cache.changed()
    return len(missing)


@transaction.atomic
def load_reasons() -> int:
    """The shipped reason lists; returns the number of reasons added or reworded."""
    there = {(row.action, row.code): row for row in ReasonCode.objects.filter(platform=None)}
    positions: dict[str, int] = {}
    new, reworded = [], []
    for row in shipped.reasons():
        positions[row.action] = position = positions.get(row.action, 0) + 1
        words = {"label": row.label, "position": position, "reply": row.reply, "needs_words": row.needs_words}
        found = there.get((row.action, row.code))
        if found is None:
            new.append(ReasonCode(platform=None, action=row.action, code=row.code, **words))
        elif any(getattr(found, name) != value for name, value in words.items()):
            for name, value in words.items():
                setattr(found, name, value)
            reworded.append(found)
    ReasonCode.objects.bulk_create(new)
    ReasonCode.objects.bulk_update(reworded, ["label", "position", "reply", "needs_words"])
    if new or reworded:
        cache.changed()
    return len(new) + len(reworded)


@transaction.atomic
def load_chaoyang(platform: Platform) -> int:
    """Chaoyang's extension classes (major 21) and its 100 responsibilities, for a platform that has no table yet.

    Returns the number of responsibilities written. Units are found by name; the others keep the table's words only.
    """
    load_national()
    version = _version(platform, CHAOYANG, name="朝阳区扩展类别（2005）", source=shipped.CHAOYANG_SOURCE)
    digest = shipped.digest(*shipped.CHAOYANG_FILES)
    if version.data_digest != digest:
        write_classes(version, shipped.chaoyang_extensions())
        _finish(version, digest)
    if Responsibility.objects.filter(platform=platform).exists():
        return 0
    codes = Category.objects.filter(version__platform=None, version__code=NATIONAL) | version.categories.all()
    classes = {(row.version_id == version.id, row.kind, row.code): row for row in codes}
    units = units_by_name(platform.id)
    rows = [
        Responsibility(
            platform=platform,
            category=classes[row.extension, row.kind, row.code],
            entry_name=row.entry_name,
            kind=row.kind,
            code=row.code,
            unit_id=units.get(row.unit_name),
            unit_name=row.unit_name,
            position=position,
        )
        for position, row in enumerate(shipped.chaoyang_responsibilities(), 1)
    ]
    Responsibility.objects.bulk_create(rows)
    cache.changed()
    return len(rows)


@transaction.atomic
def set_rule(platform: Platform, category_id: int, *, self_disposal: bool, close_informed: bool) -> None:
    """What the platform allows for a class: 自处置 by inspectors, 告知结案 without a check. Raises NotFound catalog.category_unknown."""
    queries.category(category_id)
    wanted = {"self_disposal": self_disposal, "close_informed": close_informed}
    CategoryRule.objects.update_or_create(platform=platform, category_id=category_id, defaults=wanted)
    cache.changed()


def units_by_name(platform_id: int) -> dict[str, int]:
    """Full and short names of the active units; a full name goes before another unit's short one."""
    listed = list(Unit.objects.filter(platform_id=platform_id, is_active=True).values_list("id", "name", "short_name"))
    return {short: id for id, _, short in listed} | {name: id for id, name, _ in listed}


def write_classes(version: CatalogVersion, rows: Iterable[shipped.ClassRow]) -> dict[tuple[str, str], Category]:
    """Add or reword the classes of a version; returns them by (kind, code). Ids stay, since cases point here."""
    wanted = [
        Category(
            version=version,
            kind=row.kind,
            code=row.code,
            major_code=row.major_code,
            major_name=row.major_name,
            name=row.name,
            initials=search.initials(row.name),
            aliases=";".join(row.aliases),
            description=row.description,
            geometry=row.geometry,
            authority_hint=row.authority_hint,
            confirm_filing=row.confirm_filing,
            complex_by_default=row.complex_by_default,
            source=row.source,
            confidence=row.confidence,
        )
        for row in rows
    ]
    Category.objects.bulk_create(
        wanted,
        update_conflicts=True,
        unique_fields=["version", "kind", "code"],
        update_fields=CLASS_WORDS,
    )
    return {(category.kind, category.code): category for category in version.categories.all()}


def write_conditions(categories: Mapping[tuple[str, str], Category], rows: Iterable[shipped.ConditionRow]) -> None:
    """Add the shipped conditions with their limits; a condition that changed ends now and begins anew."""
    wanted = {(categories[row.kind, row.code].id, row.problem): row for row in rows}
    current = FilingCondition.objects.filter(category__in=categories.values(), platform=None, valid_to=None)
    there = {(found.category_id, found.problem): found for found in current.prefetch_related("limits")}
    outdated = [found.id for key, found in there.items() if key not in wanted or not _same(found, wanted[key])]
    FilingCondition.objects.filter(id__in=outdated).update(valid_to=clock.now())
    since = clock.now() if there else None
    new: list[FilingCondition] = []
    limits: list[TimeLimit] = []
    positions: dict[int, int] = {}
    for (category_id, problem), row in wanted.items():
        positions[category_id] = positions.get(category_id, 0) + 1
        found = there.get((category_id, problem))
        if found is not None and found.id not in outdated:
            continue
        condition = FilingCondition(
            category_id=category_id,
            position=positions[category_id],
            problem=problem,
            condition=row.condition,
            closing_condition=row.closing_condition,
            source=row.source,
            confidence=row.confidence,
            fence_hours=row.fence_hours,
            valid_from=since,
        )
        new.append(condition)
        limits.append(TimeLimit(condition=condition, value=row.limit.value, unit=row.limit.unit))
    FilingCondition.objects.bulk_create(new)
    reset = [found for key, found in there.items() if key in wanted and found.fence_hours != wanted[key].fence_hours]
    for found in reset:  # not a new condition: cases that were filed under it keep it, the fence counts from the next dispatch
        found.fence_hours = wanted[found.category_id, found.problem].fence_hours
    FilingCondition.objects.bulk_update(reset, ["fence_hours"])
    TimeLimit.objects.bulk_create(limits)


def _same(found: FilingCondition, row: shipped.ConditionRow) -> bool:
    shown = [(limit.value, limit.unit) for limit in found.limits.all()]
    return (found.condition, found.closing_condition) == (row.condition, row.closing_condition) and shown == [
        (row.limit.value, row.limit.unit)
    ]


def _version(platform: Platform | None, code: str, **words: str | bool) -> CatalogVersion:
    version, _ = CatalogVersion.objects.update_or_create(
        platform=platform, code=code, defaults=words, create_defaults={**words, "valid_from": BEGINNING}
    )
    return version


def _finish(version: CatalogVersion, digest: str) -> None:
    version.data_digest = digest
    version.save(update_fields=["data_digest"])
    cache.changed()
