"""How much a field takes. Too much is refused with the count and stays on the page; nothing is cut off without a word.

A page says the same while one types (``data-most`` of a field, ``ui/static/ui/js/most.js``).
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from urbangrid.core.errors import Refusal, declare

declare({"input_too_long": _("“%(label)s”有 %(length)s 字，最多 %(limit)s 字，请删去 %(over)s 字再交。填写的内容都还在。")})


def check(field: str, text: str, most: int, label: str | Promise) -> None:
    """Raises Refusal ``input_too_long`` naming the field in words."""
    if len(text) > most:
        raise Refusal("input_too_long", status=422, field=field, label=label, length=len(text), limit=most, over=len(text) - most)


def shortened(text: str, most: int) -> str:
    """At most ``most`` characters; a mark says that the rest stands elsewhere."""
    return text if len(text) <= most else text[: most - 1] + "…"
