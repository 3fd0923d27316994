"""Words of queues and lights for templates of the workbench."""

from __future__ import annotations

from django import template

from urbangrid.cases import words

register = template.Library()


@register.simple_tag
def queue_word(kind: str) -> str:
    """待派遣 and its like."""
    return str(words.QUEUES.get(kind, kind))


@register.simple_tag
def light_word(light: str) -> str:
    """超时 and its like."""
    return str(words.LIGHTS.get(light, light))
