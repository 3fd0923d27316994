"""Words and marks that every page draws the same way: lights, durations, days, keys, the menu."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from functools import cache
from typing import Any

import segno
from django import template
from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html, json_script
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from urbangrid.core import clock, health_history, masking
from urbangrid.core.shipped import shipped
from urbangrid.ui import script_words as words_of_scripts

register = template.Library()

ICONS = {"green": "circle-check-f", "amber": "alert-triangle-f", "red": "alert-octagon-f", "grey": "player-pause-f"}
WEEKDAYS = (N_("周一"), N_("周二"), N_("周三"), N_("周四"), N_("周五"), N_("周六"), N_("周日"))


def duration_words(seconds: int) -> str:
    """Under an hour 07:48 as minutes and seconds; under a day 5时02分; beyond 3天04时."""
    seconds = abs(seconds)
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    if hours == 0:
        return f"{minutes:02d}:{seconds % 60:02d}"
    if hours < 24:
        return _("%(hours)s时%(minutes)02d分") % {"hours": hours, "minutes": minutes}
    return _("%(days)s天%(hours)02d时") % {"days": hours // 24, "hours": hours % 24}


@register.simple_tag
def light(value: Any, tag: bool = False) -> SafeString:
    """Icon, word and time left of a light; the colour never stands alone. Written here and not as a template of its own: each row of
    each list has one, and fifty small templates took a sixth of a desk's time."""
    left, instants = value.left_seconds, ""
    if value.due_at is not None:
        instants = f' data-due="{localtime(value.due_at).isoformat()}"'
        if value.warn_at is not None:
            instants += f' data-warn="{localtime(value.warn_at).isoformat()}"'
    return format_html(
        '<span class="light {}{}"{}><i class="i i-{}"></i><span>{}{}</span></span>', value.light, " tag" if tag else "",
        mark_safe(instants), ICONS[value.light], value.word,  # noqa: S308  # digits and signs of instants
        "" if left is None else format_html(" <span data-left>{}</span>", duration_words(left)),
    )  # fmt: skip


EXPORTING = ("read_all", "read_area", "receive", "dispose")
"""Duties of which one is needed to take cases out of the platform as a table."""


@register.filter
def may_export(acting: Any) -> bool:
    """Whether the export buttons stand on the page."""
    return any(acting.may(duty) for duty in EXPORTING)


@register.filter
def masked(text: object) -> str:
    """Free words for paper and files: numbers of persons covered (case-rules 24)."""
    return masking.masked(str(text or ""))


@register.filter(name="shipped")
def shipped_name(name: object) -> object:
    """A name as the reader's language has it, where the platform ships it (``core.shipped``)."""
    return shipped(name) if isinstance(name, str) else name


@register.filter
def cases(count: int | str) -> str:
    """件 after a number of cases, counted or printed."""
    return ngettext("件", "件", 1 if str(count) == "1" else 2)


@register.filter
def duration(seconds: int | None) -> str:
    return duration_words(seconds) if seconds is not None else ""


@register.filter
def working(seconds: int | None) -> str:
    """A counted time in hours and minutes: 24时30分."""
    if seconds is None:
        return ""
    hours, minutes = abs(seconds) // 3600, abs(seconds) % 3600 // 60
    return _("%(hours)s时%(minutes)02d分") % {"hours": hours, "minutes": minutes} if hours else _("%(minutes)s分") % {"minutes": minutes}


@register.filter
def when(moment: datetime | None) -> str:
    """Today 16:20, yesterday 昨 16:20, this year 11月18日 16:20, else with the year."""
    if moment is None:
        return ""
    there, today = localtime(moment), localtime(clock.now()).date()
    days = (today - there.date()).days
    if days == 0:
        return f"{there:%H:%M}"
    if days == 1:
        return _("昨 %(time)s") % {"time": f"{there:%H:%M}"}
    if there.year == today.year:
        return _("%(month)s月%(day)s日 %(time)s") % {"month": there.month, "day": there.day, "time": f"{there:%H:%M}"}
    return f"{there:%Y-%m-%d %H:%M}"


@register.filter
def day_words(moment: datetime | None) -> str:
    """11月17日 周二."""
    if moment is None:
        return ""
    there = localtime(moment)
    return _("%(month)s月%(day)s日") % {"month": there.month, "day": there.day} + " " + _(WEEKDAYS[there.weekday()])


@register.simple_tag
def weekday(moment: datetime) -> str:
    return _(WEEKDAYS[localtime(moment).weekday()])


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    return format_html('<i class="i i-{}{}"></i>', name, f" {size}" if size else "")


DRAWN = re.compile(
    r"(?:</?(?:svg|g|rect|circle|polygon|polyline|path|text)(?: (?!on|href|style)[A-Za-z-]+=\"[^\"<>]*\")*/?>|[^<>]+)*"
)
"""Lines, areas and words with plain attributes; no script, link, style, picture or handler."""


@register.filter
def drawing(svg: str) -> SafeString:
    """A drawing of our own (``grids.sketch``) as it is. Raises ValueError for one with anything but shapes and words in it."""
    if not DRAWN.fullmatch(svg):
        raise ValueError("a drawing holds shapes and words alone")
    return mark_safe(svg)  # noqa: S308 - looked at just now


@register.filter
def qr_code(text: str) -> SafeString:
    """``text`` as a QR code that a phone's camera reads: squares alone."""
    return mark_safe(segno.make(text, error="m", micro=False).svg_inline(scale=2, border=0, svgclass=None, lineclass=None, omitsize=True))  # noqa: S308


@register.simple_tag
def new_key() -> str:
    """An idempotency key for a form, new each time it is drawn."""
    return secrets.token_urlsafe(12)


WORKING = ("accept", "file", "sign", "dispatch", "review", "receive", "dispose", "settle", "judge", "approve_large", "instruct", "order",
           "answer_order")  # fmt: skip
APPROVING = ("approve", "approve_large", "void", "sign", "settle", "judge", "dispatch")
READING = ("read_all", "read_area", "receive", "dispose")
MENU = {
    "workbench": (
        ("board", "home", N_("今日概况"), ("read_all",)),
        ("daily", "file-text", N_("日报"), ("read_all",)),
        ("desk", "inbox", N_("待办"), WORKING),
        ("area", "map", N_("本辖区全部"), ("read_area",)),
        ("weekly", "list-details", N_("社区周表"), ("read_area", "read_all")),
        ("done", "checks", N_("经办"), WORKING),
        ("watching", "star", N_("关注"), ("read_all", "read_area", "receive", "dispose")),
        ("approvals", "clipboard-check", N_("审批"), APPROVING),
        ("urge", "bell-ringing-f", N_("督促办理"), ("remind", "order")),
        None,
        ("request_list:order", "gavel", N_("督办件"), READING),
        ("request_list:instruction", "edit", N_("批示件"), READING),
        ("request_list:aside", "player-pause", N_("挂账库"), READING),
        ("request_list:difficult", "scale", N_("疑难件"), ("read_all",)),
        ("request_list:appeal", "flag", N_("申诉件"), ("read_all", "appeal")),
        None,
        ("search", "file-search", N_("综合查询"), ()),
        ("ledger", "list-details", N_("台账"), EXPORTING),
        ("statistics", "chart-bar", N_("统计报表"), EXPORTING),
        ("plans", "alert-triangle-f", N_("预案"), ("run_plans", "read_all")),
        ("register", "phone-call", N_("登记"), ("register",)),
        ("batch_register", "list-check", N_("批量登记"), ("register",)),
        ("requests", "users", N_("诉求"), ("reveal", "read_all")),
        ("duty", "users", N_("值班"), ()),
        ("roster", "list-details", N_("排班"), ("roster",)),
        ("leave", "user", N_("请假"), ()),
        ("inspectors", "user-edit", N_("监督员"), ("train", "roster")),
        ("courses:listed", "clipboard-check", N_("培训"), ("train",)),
        ("handovers", "switch-horizontal", N_("交接班"), ()),
        ("self_disposals", "photo-check", N_("自处置"), ("review_self",)),
        ("authorisations", "gavel", N_("结案授权"), ("authorise_closing",)),
        None,
        ("contacts", "phone", N_("通讯录"), ()),
        ("catalog:regulations", "notebook", N_("法规库"), ()),
    ),
}
"""Menu of a face: address name, icon, word, duties of which one is needed (empty: everybody). Only what exists stands here."""
OF_SUPERVISION = ("inspectors",)
"""What nobody of a unit on the command axis has: she plans people, but no inspectors."""
ELSEWHERE = ("catalog:", "courses:")
"""Entries whose pages stand in other packages."""
COUNTED = "desk"
LEADERS = "leader"
"""Desk whose 今日概况 is a page of its own."""


@register.simple_tag(takes_context=True)
def rail(context: template.Context) -> SafeString:
    """The menu of the acting post; the entry of the page shown is marked, 待办 carries its count."""
    acting, request = context.get("acting"), context.get("request")
    if acting is None:
        return mark_safe("")
    here = getattr(getattr(request, "resolver_match", None), "view_name", "")
    parts: list[SafeString] = []
    if acting.face == "administration":
        return administration_rail(acting, here)
    for entry in MENU["workbench"]:
        if entry is None:
            parts.append(mark_safe("<hr>"))
        elif entry[0] in OF_SUPERVISION and acting.unit_kind == "command":
            continue
        elif not entry[3] or any(acting.may(duty) for duty in entry[3]):
            name = LEADERS if entry[0] == "board" and acting.desk == LEADERS else entry[0]
            parts.append(_entry(name if name.startswith(ELSEWHERE) else f"workbench:{name}", entry[1], entry[2], here, context))
    return mark_safe("".join(parts))  # noqa: S308 - parts are escaped by format_html


ADMINISTRATION = (
    (N_("基础数据"), (
        ("catalog:handbook", "list-details", N_("类别手册"), "administer_business"),
        ("catalog:responsibility", "scale", N_("责任清单"), "administer_business"),
        ("catalog:regulations", "notebook", N_("法规库"), ""),
        ("catalog:sources", "phone-call", N_("来源热线"), "administer_system"),
        ("administration:phrases", "edit", N_("常用语"), "administer_system"),
        ("workbench:contacts", "phone", N_("通讯录"), ""),
    )),
    (N_("应用维护"), (
        ("administration:home", "users", N_("单位人员"), "administer_system"),
        ("administration:shifts", "list-check", N_("班次"), "administer_system"),
        ("courses:listed", "clipboard-check", N_("培训"), "train"),
        ("administration:processes", "route", N_("流程"), "administer_system"),
        ("administration:notices", "bell-ringing-f", N_("通知表"), "administer_system"),
        ("administration:settings", "settings", N_("平台设置"), "administer_system"),
        ("administration:health", "shield-check", N_("运行状况"), "administer_system"),
        ("administration:training", "history", N_("培训副本"), "administer_system"),
        ("administration:rights", "shield-lock", N_("权限"), "administer_security"),
        ("administration:exclusive", "switch-horizontal", N_("互斥岗位"), "administer_security"),
        ("administration:sign_ins", "lock", N_("登录管理"), "administer_security"),
        ("administration:devices", "device-mobile", N_("终端"), "administer_security"),
        ("administration:retention", "inbox", N_("保存期限"), "administer_security"),
        ("administration:retention", "inbox", N_("保存期限"), "administer_system"),
        ("administration:trail", "history", N_("审计"), "read_audit"),
        ("workbench:style", "layout-grid", N_("样式"), "administer_system"),
    )),
)  # fmt: skip
"""Menu of the administrators in two parts: address name, icon, word, duty (empty: each of the three)."""


OF_TRAINING = "administration:training"
"""Only in a training copy."""
OF_INSTALLATION = ("administration:health", "administration:settings", "administration:retention", OF_TRAINING)
"""What a district's administrators do not have: it is about the whole installation."""


def administration_rail(acting: Any, here: str) -> SafeString:
    """基础数据 and 应用维护: each of the three administrators sees her own part."""
    below = getattr(acting, "parent_platform_id", None) is not None
    parts: list[SafeString] = []
    for word, rows in ADMINISTRATION:
        shown = [row for row in rows if (not row[3] or acting.may(row[3])) and not (below and row[0] in OF_INSTALLATION)]
        shown = [row for row in shown if row[0] != OF_TRAINING or settings.TRAINING]
        parts.append(format_html('<span class="rail-part">{}</span>', _(word)))
        parts += [_entry(name, mark, title, here, None, _red(name)) for name, mark, title, _duty in shown]
    return mark_safe("".join(parts))  # noqa: S308 - parts are escaped by format_html


def _red(name: str) -> SafeString:
    """A red mark on 运行状况 while something is bad, as the worker saw it at its last look: a small file, no statement."""
    if name != "administration:health" or not health_history.is_bad():
        return mark_safe("")
    return format_html('<u class="bad" title="{0}">!<span class="only-read">{0}</span></u>', _("有要处理的项"))


def _entry(name: str, mark: str, word: str, here: str, context: template.Context | None, more: str = "") -> SafeString:
    view, _colon, part = name.removeprefix("workbench:").partition(":") if name.startswith("workbench:") else (name, "", "")
    try:
        address = reverse(f"workbench:{view}", args=[part]) if part else reverse(name)
    except NoReverseMatch:
        return mark_safe("")
    desk = context.get("desk") if context is not None else None
    total = desk.open_total if name == f"workbench:{COUNTED}" and desk is not None else 0
    count = format_html('<u data-live-count="desk">{}</u>', total) if total else mark_safe("")
    path = context["request"].path if context is not None and "request" in context else ""
    current = mark_safe(' class="on" aria-current="page"') if name == here or path == address else mark_safe("")
    return format_html('<a href="{}"{}><i class="i i-{}"></i>{}{}{}</a>', address, current, mark, _(word), count, more)


PHONE = (
    ("collection:home", "home", N_("首页")),
    ("collection:report", "camera", N_("上报")),
    ("collection:mine", "list-check", N_("我的上报")),
)

ASSIGNED = ("collection:crew", "clipboard-check", N_("指派"))
CREW_PHONE = (("collection:crew", "home", N_("任务")),)


@register.simple_tag(takes_context=True)
def phone_tabs(context: template.Context) -> SafeString:
    """The bottom tabs of the inspector's pages; a crew has its tasks alone, an assistant of a crew both."""
    acting = getattr(context.get("request"), "acting", None)
    tabs: tuple[tuple[str, str, str], ...] = CREW_PHONE if acting is not None and acting.desk == "crew" else PHONE
    if acting is not None and acting.desk != "crew" and "dispose" in acting.duties:
        tabs = (*PHONE, ASSIGNED)
    here = getattr(getattr(context.get("request"), "resolver_match", None), "view_name", "")
    return mark_safe("".join(_entry(name, mark, word, here, None) for name, mark, word in tabs))  # noqa: S308 - escaped by format_html


@register.simple_tag
def script_words() -> SafeString:
    """The words that scripts write, as a JSON element."""
    return _script_words(get_language() or "")


@cache
def _script_words(_language: str) -> SafeString:
    """Every page has it: made once per language."""
    return json_script(words_of_scripts.in_language(), "script-words")


@register.filter
def words(text: str) -> list[str]:
    """The words of a literal, for short loops in templates."""
    return text.split()


@register.simple_tag
def near_data(near: Any) -> SafeString:
    """Near cases as a JSON element that the small map reads; their number is the one in the list."""
    rows = [
        {"longitude": one.longitude, "latitude": one.latitude, "place": place, "open": one.open} for place, one in enumerate(near or (), 1)
    ]
    return json_script(rows, "near-data")


@register.simple_tag
def photos_of(view: Any, role: str) -> list[Any]:
    """The photos of a case in one role, the one that counts first."""
    found: list[Any] = view.photos_as(role)
    return found


STRETCHES = {
    "counted": N_("计时"), "off_duty": N_("下班，不计"), "rest_day": N_("休息日，不计"), "holiday": N_("节假日，不计"),
    "review": N_("审核、核查，不计"), "check": N_("核查，不计"),
    "suspension": N_("挂账，不计"), "deferral": N_("缓办，不计"), "send_back": N_("回退，不计"),
    "elsewhere": N_("不在本单位，不计"), "credited": N_("已扣除"),
}  # fmt: skip


@register.simple_tag
def stretch_word(what: str) -> str:
    """What a stretch of a clock was, in words."""
    return _(STRETCHES.get(what, what))


@register.simple_tag(takes_context=True)
def page_query(context: template.Context, number: int) -> str:
    """The query of this page with another page number."""
    query = context["request"].GET.copy()
    query["page"] = str(number)
    return str(query.urlencode())


@register.filter
def get(mapping: Any, key: Any) -> Any:
    """A value by a key held in a variable."""
    return mapping.get(key) if hasattr(mapping, "get") else None
