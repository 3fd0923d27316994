"""来源 and 热线: where matters come from, what each source demands, and by which line (HD-3.1.2e, HD-2.3.6a, SY-6.3a; case-rules 5, 7).

The shipped sources hold everywhere; a platform's row with the same code replaces one, a row with a new code adds one. Codes stay on
reports, cases and requests for ever, so that a source is switched off and never deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override, pgettext_lazy

from urbangrid.catalog import cache
from urbangrid.catalog.models import Line, Source
from urbangrid.core.errors import Sentence
from urbangrid.core.shipped import LANGUAGE, shipped_lazy

CLASSES: Mapping[str, Sentence] = {"inspector": _("监督员"), "public": _("公众"), "city": _("上级平台"), "unit": _("部门自查自报")}
VERIFY: Mapping[str, Sentence] = {"": _("按流程"), "always": _("一律核实"), "category": _("按类别"), "never": _("不核实")}
"""核实 before filing; ``category``: those classes that the source names."""


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """A source in force. Limits are (value, unit) of ``LIMIT_UNITS``; None: no limit of its own, or cannot be returned."""

    code: str
    name: Sentence
    source_class: str
    reply_needed: bool = False
    follow_up: bool = False
    verify: str = ""
    verify_codes: tuple[str, ...] = ()
    confidential: bool = False
    reply_limit: tuple[int, str] | None = None
    return_window: tuple[int, str] | None = None
    is_active: bool = True

    @property
    def stored(self) -> str:
        """The name as tables and forms have it, whatever the reader's language."""
        with override(LANGUAGE):
            return str(self.name)

    @property
    def is_registered(self) -> bool:
        """Whether people of the centre register it by hand; inspectors report and old tables are imported."""
        return self.is_active and self.source_class != "inspector" and self.code != "import"


@dataclass(frozen=True, slots=True)
class LineInfo:
    """A line in force; ``transfer_number`` is given to callers of one that is still answered elsewhere."""

    number: str
    name: str
    source_code: str
    unit_name: str
    category_id: int | None
    is_external: bool
    transfer_number: str


def _heard(code: str, name: Sentence, *, confidential: bool = False) -> SourceInfo:
    """A source whose citizen waits for a reply and is called back."""
    return SourceInfo(code, name, "public", reply_needed=True, follow_up=True, confidential=confidential)


SHIPPED: Mapping[str, SourceInfo] = {
    one.code: one
    for one in (
        SourceInfo("inspector", pgettext_lazy("shipped", "监督员"), "inspector"),
        _heard("hotline", pgettext_lazy("shipped", "热线")),
        _heard("mayor_hotline", pgettext_lazy("shipped", "市长热线")),
        _heard("web", pgettext_lazy("shipped", "网站")),
        _heard("wechat", pgettext_lazy("shipped", "微信")),
        _heard("sms", pgettext_lazy("shipped", "短信")),
        _heard("mail", pgettext_lazy("shipped", "邮件")),
        _heard("mailbox", pgettext_lazy("shipped", "区长信箱")),
        _heard("visit", pgettext_lazy("shipped", "来访")),
        SourceInfo("radio", pgettext_lazy("shipped", "城管广播"), "public", reply_needed=True),
        _heard("admin_complaint", pgettext_lazy("shipped", "行政投诉")),
        _heard("conduct", pgettext_lazy("shipped", "行风政风"), confidential=True),
        SourceInfo("leader", pgettext_lazy("shipped", "领导交办"), "public", reply_needed=True),
        SourceInfo("media", pgettext_lazy("shipped", "媒体曝光"), "public", reply_needed=True),
        SourceInfo("city", pgettext_lazy("shipped", "市平台"), "city"),
        SourceInfo("self_check", pgettext_lazy("shipped", "部门自查自报"), "unit"),
        SourceInfo("import", pgettext_lazy("shipped", "历史导入"), "public"),
    )
}
"""Reply limits and return windows are empty: each city's hotline rules set them."""


def sources(platform_id: int) -> Mapping[str, SourceInfo]:
    """All sources by code in their order, also those switched off (old matters keep theirs)."""
    return cache.remembered(("sources", platform_id), lambda: _sources(platform_id))


def _sources(platform_id: int) -> Mapping[str, SourceInfo]:
    found = dict(SHIPPED)
    own = [info(row) for row in Source.objects.filter(platform_id=platform_id).order_by("position", "code")]
    found.update({one.code: one for one in own})
    return found


def info(row: Source) -> SourceInfo:
    """A row as a value."""
    return SourceInfo(
        row.code, shipped_lazy(row.name), row.source_class, row.reply_needed, row.follow_up, row.verify, codes_of(row.verify_codes),
        row.confidential,
        (row.reply_value, row.reply_unit) if row.reply_value else None,
        (row.return_value, row.return_unit) if row.return_value else None, row.is_active,
    )  # fmt: skip


def codes_of(text: str) -> tuple[str, ...]:
    """``0101;0203`` as codes."""
    return tuple(part for part in (one.strip() for one in text.replace("；", ";").split(";")) if part)


def source(platform_id: int, code: str) -> SourceInfo | None:
    """A source by code; None for one that there is not."""
    return sources(platform_id).get(code)


def source_word(platform_id: int, code: str) -> str:
    """热线, or the code of one that is gone."""
    found = source(platform_id, code)
    return str(found.name) if found is not None else code


def needs_reply(platform_id: int, code: str) -> bool:
    """Whether somebody waits for the reply of a matter of this source."""
    found = source(platform_id, code)
    return found is not None and found.reply_needed


def lines(platform_id: int) -> list[LineInfo]:
    """Lines in use, in their order."""
    return cache.remembered(("lines", platform_id), lambda: _lines(platform_id))


def _lines(platform_id: int) -> list[LineInfo]:
    rows = Line.objects.filter(platform_id=platform_id, is_active=True).select_related("unit").order_by("position", "number")
    return [
        LineInfo(row.number, row.name, row.source_code, row.unit.name if row.unit else "", row.category_id, row.is_external,
                 row.transfer_number) for row in rows
    ]  # fmt: skip


def line(platform_id: int, number: str) -> LineInfo | None:
    """A line in use by its number."""
    return next((one for one in lines(platform_id) if one.number == number), None)
