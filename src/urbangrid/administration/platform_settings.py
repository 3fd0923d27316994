"""平台设置: numbers of the platform that no other page has, each with its range, default and what it does (style rule 15).

They stand in ``Platform.settings`` under the names by which their packages read them; what nobody has set has the default.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from urbangrid.accounts.models import User
from urbangrid.administration import words
from urbangrid.audit.actions import note
from urbangrid.audit.models import AuditRow
from urbangrid.cases import deadlines, drawing, ledger, repeats, search, weekly
from urbangrid.cases.actions import self_disposal
from urbangrid.core import platforms
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.models import Platform
from urbangrid.organizations.acting import Acting
from urbangrid.service_requests.actions import answering

Words = str | Promise
ACTION, SUBJECT = "platform_setting_changed", "setting:"


@dataclass(frozen=True, slots=True)
class Setting:
    """A whole number. ``path``: where it stands in the settings; ``code``: its word; ``minutes``: the class of limits of a light."""

    path: tuple[str | int, ...]
    code: str
    unit: Words
    least: int
    most: int
    default: int
    does: Words
    minutes: int | None = None

    @property
    def name(self) -> str:
        return ".".join(map(str, self.path))

    @property
    def label(self) -> str:
        label = str(words.SETTINGS[self.code])
        if self.minutes is None:
            return label
        span = _("%(n)s 分钟起的时限") % {"n": self.minutes} if self.minutes else _("更短的时限")
        return _("%(label)s（%(span)s）") % {"label": label, "span": span}


COUNTED = gettext_lazy("次"), pgettext_lazy("unit", "件"), gettext_lazy("人")
HOURS, DAYS, METRES, MINUTES = gettext_lazy("小时"), gettext_lazy("天"), gettext_lazy("米"), gettext_lazy("分钟")
PLAIN = (
    Setting(("repeat_hours",), "repeat_hours", HOURS, 0, 720, repeats.HOURS,
            gettext_lazy("结案后多久之内同处同类又报，算作反复；下一次立案起适用。")),
    Setting(("self_disposal_daily",), "self_disposal_daily", COUNTED[1], 0, 200, self_disposal.DAILY_MOST,
            gettext_lazy("一人一天最多自处置多少件；0 表示不许自处置。")),
    Setting(("self_disposal_recheck_per_mille",), "self_disposal_recheck_per_mille", "‰", 0, 1000, drawing.PER_MILLE,
            gettext_lazy("自处置抽取多少复查；下一件起适用。")),
    Setting(("month_begins",), "month_begins", gettext_lazy("日"), 1, 28, ledger.MONTH_BEGINS,
            gettext_lazy("考核月从哪一日算起：1 为自然月，26 为上月 26 日到本月 25 日。台账按它分月。")),
    Setting(("weekly_sheet", "weekday"), "weekly_sheet_weekday", gettext_lazy("星期"), 1, 7, weekly.WEEKDAY,
            gettext_lazy("领导周报在星期几生成，1 为星期一；逢休息日提前到前一个工作日。")),
    Setting(("weekly_sheet", "hour"), "weekly_sheet_hour", gettext_lazy("点"), 0, 23, weekly.HOUR,
            gettext_lazy("领导周报在那一天几点生成。")),
    Setting(("register_near", "radius_m"), "register_near_radius_m", METRES, 10, 2000, search.REGISTER_NEAR_M,
            gettext_lazy("登记来电时列出多远以内的案件。")),
    Setting(("register_near", "days"), "register_near_days", DAYS, 1, 90, search.REGISTER_NEAR_DAYS,
            gettext_lazy("登记来电时列出多少天以来的案件；还没办完的总是列出。")),
    Setting(("follow_up_tries",), "follow_up_tries", COUNTED[0], 1, 20, answering.MOST_CALLS,
            gettext_lazy("回访几次联系不上，诉求就可以办结。")),
    Setting(("inspectors_per_community",), "inspectors_per_community", COUNTED[2], 1, 20, 1,
            gettext_lazy("每个社区计划配几名监督员；“监督员配备”按它列出缺额。")),
)  # fmt: skip
_SHARE = gettext_lazy("时限剩下百分之几时亮黄灯；计时下一次变动起适用。")
_LEAST = gettext_lazy("到期前至少多少分钟亮黄灯；0 表示只按百分比。计时下一次变动起适用。")
DEFAULT_WARN_RULES: list[dict[str, Any]] = [
    {"from_minutes": rule.from_seconds // 60, "percent": str(rule.share * 100), "least_minutes": rule.least_seconds // 60}
    for rule in deadlines.WARN_RULES
]


def _whole(settings: Mapping[str, Any]) -> dict[str, Any]:
    """A copy in which every path but its last step is there."""
    rules = [dict(one) for one in settings.get("warn_rules") or DEFAULT_WARN_RULES]
    near, week = (dict(settings.get(name, {})) for name in ("register_near", "weekly_sheet"))
    return {**settings, "register_near": near, "weekly_sheet": week, "warn_rules": rules}


def settings_of(platform: Platform) -> tuple[Setting, ...]:
    """All of the platform: those of its lights by the classes of limits that it has (SY-4.4)."""
    return (*PLAIN, *_lights(_whole(platform.settings)["warn_rules"]))


def _lights(rules: list[dict[str, Any]]) -> Iterator[Setting]:
    shipped = {int(one["from_minutes"]): one for one in DEFAULT_WARN_RULES}
    for place, rule in enumerate(rules):
        minutes = int(rule["from_minutes"])
        usual = shipped.get(minutes, rule)
        for key, code, unit, least, most, does in (("percent", "warn_percent", "%", 1, 95, _SHARE),
                                                   ("least_minutes", "warn_least", MINUTES, 0, 10_080, _LEAST)):  # fmt: skip
            yield Setting(("warn_rules", place, key), code, unit, least, most, _rounded(usual.get(key, 0)), does, minutes)


def _rounded(value: object) -> int:
    return round(Fraction(str(value)))


def value_of(setting: Setting, settings: Mapping[str, Any]) -> int:
    """What counts now, shown as a whole number."""
    found: Any = _whole(settings)
    for step in setting.path[:-1]:
        found = found[step]
    return _rounded(found.get(setting.path[-1], setting.default))


@dataclass(frozen=True, slots=True)
class Changed:
    """The latest change of a setting; ``before`` is the value that it had until then."""

    at: datetime
    name: str
    before: int


@dataclass(frozen=True, slots=True)
class Row:
    """A setting with what counts now."""

    setting: Setting
    value: int
    changed: Changed | None


def rows(platform_id: int) -> list[Row]:
    """All settings of a platform with their latest changes. Three statements."""
    platform = Platform.objects.get(pk=platform_id)
    found = AuditRow.objects.filter(platform_id=platform_id, action=ACTION, subject__startswith=SUBJECT)
    latest = {row.subject: row for row in found.order_by("at", "pk")}
    names = dict(User.objects.filter(pk__in=[row.user_id for row in latest.values()]).values_list("pk", "name"))
    changes = {
        subject: Changed(row.at, names.get(row.user_id or 0, ""), int(row.values["before"])) for subject, row in latest.items()
    }  # fmt: skip
    return [
        Row(one, value_of(one, platform.settings), changes.get(SUBJECT + one.name)) for one in settings_of(platform)
    ]  # fmt: skip


@transaction.atomic
def change(acting: Acting, name: str, typed: str) -> Setting:
    """Set one of them; the earlier value stays in the audit trail.

    Raises NotFound ``setting_unknown``; Refusal ``setting_range`` at the field ``value``.
    """
    platform = Platform.objects.select_for_update().get(pk=acting.platform_id)
    setting = next((one for one in settings_of(platform) if one.name == name), None)
    if setting is None:
        raise NotFound("setting_unknown")
    value = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 7 else -1
    if not setting.least <= value <= setting.most:
        raise Refusal("setting_range", status=422, field="value", label=setting.label, least=setting.least, most=setting.most)
    before = value_of(setting, platform.settings)
    if value != before:
        whole = _whole(platform.settings)
        place: Any = whole
        for step in setting.path[:-1]:
            place = place[step]
        place[setting.path[-1]] = value
        top = str(setting.path[0])
        platform.settings = {**platform.settings, top: whole[top]}
        platform.save(update_fields=["settings"])
        platforms.forget()
        of_class = {} if setting.minutes is None else {"from_minutes": setting.minutes}
        note(acting, ACTION, subject=SUBJECT + name, values={"setting": setting.code, **of_class, "before": before, "after": value})
    return setting
