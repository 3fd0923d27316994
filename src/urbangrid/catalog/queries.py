"""What other packages ask of the catalogues. Answers are frozen values, remembered per process (cache.py).

``platform_id`` None means "the shipped rows and those of any platform", for a city with one platform.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from urbangrid.catalog import cache, search
from urbangrid.catalog.limits import Limit, LimitRow, choose
from urbangrid.catalog.models import (
    CalendarUse,
    CatalogVersion,
    Category,
    CategoryRule,
    FilingCondition,
    ReasonCode,
    TimeLimit,
    WorkCalendar,
)  # fmt: skip
from urbangrid.catalog.values import CalendarVersion, CategoryOption, Condition, Reason
from urbangrid.core import clock
from urbangrid.core.errors import NotFound, Refusal

DEFAULT_DESK_CALENDAR = "always"
DEFAULT_UNIT_CALENDAR = "office"


def category(category_id: int) -> CategoryOption:
    """A class of any version; raises NotFound catalog.category_unknown."""
    return cache.remembered(("category", category_id), lambda: _category(category_id))


def find_category(category_id: int | None) -> CategoryOption | None:
    """The same for a form that may name none, or one that is not there: None then."""
    try:
        return category(category_id) if category_id else None
    except NotFound:
        return None


def _category(category_id: int) -> CategoryOption:
    found = Category.objects.select_related("version").filter(id=category_id).first()
    if found is None:
        raise NotFound("catalog.category_unknown", name=category_id)
    return option_of(found)


def category_options(platform_id: int) -> list[CategoryOption]:
    """The classes offered when a report is taken: of the shipped versions and the platform's own, events first."""
    return cache.remembered(
        ("category_options", platform_id),
        lambda: sorted(map(option_of, offered_categories(platform_id)), key=lambda option: option.kind != "event"),
    )


def offered_categories(platform_id: int, at: datetime | None = None) -> QuerySet[Category]:
    """Rows of the offered versions in force at an instant (default: now), in the order of the standard: components, events, services."""
    at = at or clock.now()
    in_force = Q(version__valid_from__lte=at) & (Q(version__valid_to=None) | Q(version__valid_to__gt=at))
    ours = Q(version__platform=None) | Q(version__platform_id=platform_id)
    return Category.objects.filter(in_force, ours, version__offered=True).select_related("version").order_by("kind", "code", "version_id")


def find_class(platform_id: int, kind: str, code: str) -> CategoryOption | None:
    """The offered class with this code, e.g. for an import."""
    by_code = cache.remembered(
        ("find_class", platform_id),
        lambda: {(option.kind, option.code): option for option in category_options(platform_id)},
    )
    return by_code.get((kind, code))


def version_classes(platform_id: int, version_code: str) -> dict[tuple[str, str], CategoryOption]:
    """All classes of one version by (kind, code), offered or not; the platform's version goes before a shipped one."""
    return cache.remembered(("version_classes", platform_id, version_code), lambda: _version_classes(platform_id, version_code))


def _version_classes(platform_id: int, version_code: str) -> dict[tuple[str, str], CategoryOption]:
    ours = Q(platform=None) | Q(platform_id=platform_id)
    versions = CatalogVersion.objects.filter(ours, code=version_code)
    version = max(versions, key=lambda found: found.platform_id is not None, default=None)
    if version is None:
        raise NotFound("catalog.version_unknown", name=version_code)
    rows = version.categories.select_related("version").order_by("kind", "code")
    return {(row.kind, row.code): option_of(row) for row in rows}


def search_categories(platform_id: int, typed: str, most: int = search.HITS) -> list[CategoryOption]:
    """The best hits for what was typed: ``dlps`` finds 道路破损 first."""
    options = {option.id: option for option in category_options(platform_id)}
    return [options[id] for id in search.find(typed, _searchables(platform_id), most)]


def _searchables(platform_id: int) -> list[search.Searchable]:
    return cache.remembered(
        ("searchables", platform_id),
        lambda: [search.searchable(option.id, option.name, option.code, option.aliases) for option in category_options(platform_id)],
    )


def category_options_json(platform_id: int) -> bytes:
    """The list for the browser's combobox: ``{"id", "text", "path", "keys", "others"}``, keys as in search.rank.

    Ids are strings, because they exceed what a browser's numbers hold exactly.
    """
    return cache.remembered(("category_options_json", platform_id), lambda: _options_json(platform_id))


def _options_json(platform_id: int) -> bytes:
    keys = {item.id: item for item in _searchables(platform_id)}
    rows = [
        {
            "id": str(option.id),
            "code": option.code,
            "text": option.name,
            "path": option.path,
            "keys": keys[option.id].words,
            "others": keys[option.id].others,
        }
        for option in category_options(platform_id)
    ]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()


def option_of(row: Category) -> CategoryOption:
    """The value of a row whose version is loaded."""
    return CategoryOption(
        id=row.id,
        kind=row.kind,
        code=row.code,
        name=row.name,
        major_name=row.major_name,
        initials=row.initials,
        aliases=tuple(alias for alias in row.aliases.split(";") if alias),
        description=row.description,
        collect_hint=row.collect_hint,
        confirm_filing=row.confirm_filing,
        complex_by_default=row.complex_by_default,
        duplicate_radius_m=row.duplicate_radius_m,
        equivalent_id=row.equivalent_id,
        version_code=row.version.code,
        standard_ref=row.version.standard_ref,
        major_code=row.major_code,
    )


def conditions_of(category_id: int, platform_id: int | None = None) -> list[Condition]:
    """The filing conditions in force; a platform's own replace the shipped ones of the class as a whole."""
    return cache.remembered(("conditions_of", category_id, platform_id), lambda: _conditions_of(category_id, platform_id))


def _conditions_of(category_id: int, platform_id: int | None) -> list[Condition]:
    return effective_conditions([category_id], platform_id).get(category_id, [])


def effective_conditions(category_ids: Sequence[int], platform_id: int | None, at: datetime | None = None) -> dict[int, list[Condition]]:
    """`conditions_of` for many classes in two queries; ``at``: as they stood then, with the limits that held then alone."""
    standing = Q(valid_to=None) if at is None else held_at(at)
    rows = FilingCondition.objects.filter(standing, category_id__in=category_ids).order_by("position", "id")
    if platform_id is not None:
        rows = rows.filter(Q(platform=None) | Q(platform_id=platform_id))
    found: dict[int, list[FilingCondition]] = {}
    for row in rows.prefetch_related("limits"):
        found.setdefault(row.category_id, []).append(row)
    counting = {id: [row for row in listed if row.platform_id is not None or not _has_own(listed)] for id, listed in found.items()}
    return {id: [_condition(row, at) for row in listed] for id, listed in counting.items()}


def held_at(at: datetime) -> Q:
    """Rows that held at an instant; their end is excluded, no beginning: always."""
    return (Q(valid_from=None) | Q(valid_from__lte=at)) & (Q(valid_to=None) | Q(valid_to__gt=at))


def _has_own(listed: list[FilingCondition]) -> bool:
    return any(row.platform_id is not None for row in listed)


def condition(condition_id: int) -> Condition:
    """A filing condition, also one that has ended (cases keep theirs); raises NotFound catalog.condition_unknown."""
    return cache.remembered(("condition", condition_id), lambda: _one_condition(condition_id))


def _one_condition(condition_id: int) -> Condition:
    row = FilingCondition.objects.filter(id=condition_id).prefetch_related("limits").first()
    if row is None:
        raise NotFound("catalog.condition_unknown")
    return _condition(row)


def _condition(row: FilingCondition, at: datetime | None = None) -> Condition:
    limits = map(_limit_row, sorted(row.limits.all(), key=_limit_order))
    return Condition(
        id=row.id,
        category_id=row.category_id,
        position=row.position,
        problem=row.problem,
        condition=row.condition,
        closing_condition=row.closing_condition,
        limit_rows=tuple(limit for limit in limits if at is None or limit.in_force(at)),
        source=row.source,
        confidence=row.confidence,
        fence_hours=row.fence_hours,
        valid_from=row.valid_from,
    )


def _limit_order(row: TimeLimit) -> tuple[str, int, int]:
    return (row.period, row.area_grade or 0, row.id)


def _limit_row(row: TimeLimit) -> LimitRow:
    return LimitRow(Limit(row.value, row.unit, row.case_value), row.area_grade, row.period, row.valid_from, row.valid_to)


def periods(platform_id: int) -> tuple[str, ...]:
    """Protection periods (保障时段) for which the catalogue names limits of their own, the shipped ones and the platform's."""

    def make() -> tuple[str, ...]:
        ours = Q(condition__platform=None) | Q(condition__platform_id=platform_id)
        rows = TimeLimit.objects.filter(ours, valid_to=None).exclude(period="")
        return tuple(rows.order_by("period").values_list("period", flat=True).distinct())

    return cache.remembered(("periods", platform_id), make)


def limit_for(condition_id: int, area_grade: int | None, period: str, at: datetime) -> Limit:
    """The limit of a condition for an area grade (None: unknown) and period ("": ordinary days) at an instant.

    Precedence: limits.py. Raises NotFound for an unknown condition, Refusal catalog.limit_missing when no row fits.
    """
    found = condition(condition_id)
    limit = choose(found.limit_rows, area_grade, period, at)
    if limit is None:
        raise Refusal("catalog.limit_missing", problem=found.problem)
    return limit


def allows(platform_id: int, category_id: int, what: str) -> bool:
    """Whether the platform allows ``self_disposal`` or ``close_informed`` for a class; what no rule names is not allowed."""
    return category_id in allowed(platform_id, what)


def allowed(platform_id: int, what: str) -> frozenset[int]:
    """The classes for which the platform allows it."""
    rules = cache.remembered(("category_rules", platform_id), lambda: _rules(platform_id))
    return rules[what]


def _rules(platform_id: int) -> dict[str, frozenset[int]]:
    rows = list(CategoryRule.objects.filter(platform_id=platform_id))
    return {what: frozenset(row.category_id for row in rows if getattr(row, what)) for what in ("self_disposal", "close_informed")}


def reasons(platform_id: int, action: str) -> list[Reason]:
    """The reason list of an action; a platform's own list replaces the shipped one. Number keys follow the order."""
    return cache.remembered(("reasons", platform_id, action), lambda: _reasons(platform_id, action))


def _reasons(platform_id: int, action: str) -> list[Reason]:
    rows = list(ReasonCode.objects.filter(Q(platform=None) | Q(platform_id=platform_id), action=action).order_by("position", "id"))
    own = [row for row in rows if row.platform_id is not None]
    return [Reason(row.code, row.label, row.needs_words, row.reply) for row in own or rows]


def calendar_versions(platform_id: int, code: str) -> list[CalendarVersion]:
    """The versions of a calendar, oldest first; a platform's own calendar replaces the shipped one of the same code.

    Raises NotFound catalog.calendar_unknown. ``cases`` makes its timeline of them; the first reaches back for ever.
    """
    return cache.remembered(("calendar_versions", platform_id, code), lambda: _calendar_versions(platform_id, code))


def _calendar_versions(platform_id: int, code: str) -> list[CalendarVersion]:
    rows = list(WorkCalendar.objects.filter(Q(platform=None) | Q(platform_id=platform_id), code=code).order_by("version"))
    own = [row for row in rows if row.platform_id is not None]
    if not rows:
        raise NotFound("catalog.calendar_unknown", name=code)
    return [
        CalendarVersion(row.name, row.version, row.applies_from, row.rules, json.dumps(row.rules, sort_keys=True)) for row in own or rows
    ]


def calendar_names(platform_id: int) -> dict[str, str]:
    """Working calendars that a unit may follow: code and name."""
    rows = WorkCalendar.objects.filter(Q(platform=None) | Q(platform_id=platform_id)).order_by("code", "version")
    return dict(rows.values_list("code", "name"))


def calendar_code_for(platform_id: int, *, stage: str = "", unit_calendar: str = "", category_id: int | None = None) -> str:
    """Which calendar a clock runs in (case-rules §1.3).

    A desk's clock (``stage`` given): the row for stage and class, then for the stage, else round the clock.
    A unit's or a case's clock: the row for the class (its national match counts too), then the unit's own calendar
    (``organizations.Unit.calendar_code``), else office hours.
    """
    uses = _calendar_uses(platform_id)
    classes: list[int | None] = []
    if category_id is not None:
        classes = [category_id, category(category_id).equivalent_id]
    for listed in classes:
        if listed is not None and (stage, listed) in uses:
            return uses[stage, listed]
    if stage:
        return uses.get((stage, None), DEFAULT_DESK_CALENDAR)
    return unit_calendar or DEFAULT_UNIT_CALENDAR


def _calendar_uses(platform_id: int) -> dict[tuple[str, int | None], str]:
    return cache.remembered(
        ("calendar_uses", platform_id),
        lambda: {(row.stage, row.category_id): row.calendar_code for row in CalendarUse.objects.filter(platform_id=platform_id)},
    )
