"""What a 更正 changed, in words: codes and ids of the record become what people say (case-rules 8)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import hypot
from typing import Any

from django.utils.translation import gettext as _

from urbangrid.cases.rows import limit_words
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.sources import source_word
from urbangrid.core import geometry
from urbangrid.core.platforms import platform_of

Change = tuple[str, str, str]


def changes(platform_id: int, inputs: Mapping[str, Any]) -> tuple[Change, ...]:
    """What, as it was, as it is now; a moved point as its distance in metres, never as coordinates."""
    old, new = inputs.get("old", {}), inputs.get("new", {})
    said: Mapping[str, tuple[str, Callable[[Any], str]]] = {
        "category": (_("类别"), _category), "condition": (_("立案条件"), _condition), "limit": (_("处置时限"), _limit),
        "source": (_("来源"), lambda code: source_word(platform_id, str(code))), "urgent": (_("紧急程度"), _urgency),
        "place_text": (_("地点"), str),
    }  # fmt: skip
    found = tuple((what, words(old.get(name)), words(new[name])) for name, (what, words) in said.items() if name in new)
    return found + _moved(platform_id, old, new)


def _category(value: Any) -> str:
    return catalog.category(int(value)).path if str(value).isdigit() else "—"


def _condition(value: Any) -> str:
    return catalog.condition(int(value)).condition if str(value).isdigit() else "—"


def _limit(value: Any) -> str:
    number, _blank, unit = str(value).partition(" ")
    return limit_words(int(number), unit) if number.isdigit() else "—"


def _urgency(value: Any) -> str:
    return _("紧急") if value else _("一般")


def _moved(platform_id: int, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    if "longitude" not in new:
        return ()
    if "longitude" not in old:
        return ((_("位置"), _("没有坐标"), _("已定位")),)
    srid = platform_of(platform_id).metric_srid
    (x, y), (to_x, to_y) = (geometry.to_metric(float(one["longitude"]), float(one["latitude"]), srid) for one in (old, new))
    return ((_("位置"), _("原位置"), _("移动 %(metres)s 米") % {"metres": round(hypot(to_x - x, to_y - y))}),)
