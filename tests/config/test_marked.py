"""No Chinese stands on a page unmarked: the test of translations only knows texts that are marked (tests/config/test_messages.py)."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from urbangrid.config import messages

MARKED = re.compile(
    r"""{\#.*?\#} | {%\s*comment\b.*?{%\s*endcomment\s*%} | {%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}
    | {%\s*trans(?:late)?\b.*?%} | \b_\((?:"[^"]*"|'[^']*')\)""",
    re.DOTALL | re.VERBOSE,
)
HAN = re.compile(r"[\u4e00-\u9fff]+")
ALLOWED = {
    ("catalog/templates/catalog/sources.html", "是"): "what a ticked box sends: the value of the table that is imported too",
    ("ui/templates/ui/parts/language.html", "中文"): "a language is named in itself",
}


HANDBOOK = "guides/templates/guides/made/"
"""Pages made of the handbook's chapters, which are written in Chinese."""


def unmarked(text: str) -> set[str]:
    return set(HAN.findall(MARKED.sub("", text)))


def _found() -> Iterator[tuple[str, str]]:
    for path in (*messages.ROOT.glob("*/templates/**/*.html"), *messages.ROOT.glob("*/templates/**/*.txt")):
        name = path.relative_to(messages.ROOT).as_posix()
        if not name.startswith(HANDBOOK):
            yield from ((name, word) for word in unmarked(path.read_text(encoding="utf-8")))


def test_every_chinese_word_of_a_template_is_marked() -> None:
    assert set(_found()) == set(ALLOWED)


@pytest.mark.parametrize("text", ("米", "{{ day|date:'n月j日' }}", "{% translate '东' %} 米", "{# 东 #}米{# 西 #}"))
def test_a_word_without_its_mark_is_seen(text: str) -> None:
    assert unmarked(text)


MARKED_ONES = (
    "{# 东 #}", "{% comment %}东{% endcomment %}", '{% translate "东" %}', "{% blocktranslate with n=a %}{{ n }} 件{% endblocktranslate %}",
    '{{ day|date:_("n月j日") }}', "{% include 'x' with a=_('东') %}",
)  # fmt: skip


@pytest.mark.parametrize("text", MARKED_ONES)
def test_a_marked_word_is_passed_over(text: str) -> None:
    assert not unmarked(text)
