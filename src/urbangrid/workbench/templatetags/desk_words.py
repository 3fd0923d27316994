"""Words of queues and lights for templates of the workbench."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Context

from urbangrid.cases import words
from urbangrid.cases.rows import title_of
from urbangrid.organizations import names
from urbangrid.organizations.acting import Acting

register = template.Library()


@register.simple_tag
def queue_word(kind: str) -> str:
    """待派遣 and its like."""
    return str(words.QUEUES.get(kind, kind))


@register.simple_tag
def state_word(state: str) -> str:
    """处置中 and its like."""
    return str(words.STATES.get(state, state))


@register.simple_tag
def export_word(state: str) -> str:
    """Of an export."""
    return str(words.EXPORTS.get(state, state))


@register.simple_tag
def case_title(case: Any) -> str:
    """道路破损·路面破损."""
    return title_of(case.category_id, case.condition_id)


@register.simple_tag(takes_context=True)
def posts_with(context: dict[str, Any], duty: str) -> str:
    """值班主任, 值班长: the posts of the platform that hold a duty now, for a sentence that says who decides."""
    acting: Acting = context.get("acting") or context["request"].acting
    return names.holders(acting.platform_id, duty)


@register.simple_tag(takes_context=True)
def centre(context: dict[str, Any], axis: str = "supervision") -> str:
    """监督中心, 监督指挥中心: what the platform of the cases calls its centre."""
    acting: Acting = context.get("acting") or context["request"].acting
    return names.centre(acting.cases_platform_id, axis)


PLAIN = frozenset({"action", "then", "files", "category_id", "condition_id", "unit_id", "urgent", "complex", "city_owned", "reason"})


@register.simple_tag
def kept_words(typed: dict[str, object]) -> list[str]:
    """The words among typed inputs: what would hurt to type again."""
    return [str(value) for name, value in typed.items() if value and name not in PLAIN]


@register.simple_tag(takes_context=True)
def refusal_of(context: Context, action: str, name: str = "", value: object = "") -> dict[str, object]:
    """``fault`` and ``typed`` of the form with the address ``action`` when this page answers its refusal, else neither.

    Of several forms with one address: the one whose input ``name`` was ``value``. A page that answers a form has the form's address.
    """
    fault, typed = context.get("fault"), context.get("typed") or {}
    refused = fault and context["request"].path == action and (not name or str(typed.get(name, "")) == str(value))
    return {"fault": fault, "typed": typed} if refused else {"fault": None, "typed": {}}


@register.simple_tag
def light_word(light: str) -> str:
    """超时 and its like."""
    return str(words.LIGHTS.get(light, light))
