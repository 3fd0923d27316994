"""No Chinese stands on a page unmarked, neither words nor the signs between them: the test of translations only knows texts that are
marked (tests/config/test_messages.py)."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from urbangrid.config import messages

MARKED = re.compile(
    r"""{\#.*?\#} | {%\s*comment\b.*?{%\s*endcomment\s*%} | {%\s*blocktrans(?:late)?\b.*?{%\s*endblocktrans(?:late)?\s*%}
    | {%\s*trans(?:late)?\b.*?%} | \b_\((?:"[^"]*"|'[^']*')\)""",
    re.DOTALL | re.VERBOSE,
)
HAN = re.compile(r"[\u4e00-\u9fff]+|[\u3001-\u303f\uff01-\uffef]")
"""Words, and the signs of Chinese between two values; the wide blank that sets in a line is no sign of a language."""
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


BARE_ONES = ("米", "{{ day|date:'n月j日' }}", "{% translate '东' %} 米", "{# 东 #}米{# 西 #}", "{{ a }}（", '{{ a|join:"、" }}')


@pytest.mark.parametrize("text", BARE_ONES)
def test_a_word_without_its_mark_is_seen(text: str) -> None:
    assert unmarked(text)


MARKED_ONES = (
    "{# 东 #}", "{% comment %}东{% endcomment %}", '{% translate "东" %}', "{% blocktranslate with n=a %}{{ n }} 件{% endblocktranslate %}",
    '{{ day|date:_("n月j日") }}', "{% include 'x' with a=_('东') %}",
)  # fmt: skip


@pytest.mark.parametrize("text", MARKED_ONES)
def test_a_marked_word_is_passed_over(text: str) -> None:
    assert not unmarked(text)


SIGNS = re.compile(r"^[（），：；、。《》【】]+$|[）：；、，。》]$|^[（，：；、《]")
MARKING = {"_", "N_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "pgettext", "pgettext_lazy"}
NOT_FOR_PAGES = ("demo/", "audit/verify_log.py", "config/command/", "config/replay.py", "cases/document.py", "cases/volume.py")
"""Made texts of the made city, the verifier that stands alone in both languages, the document of the developers."""


def bare_joints(source: str) -> set[str]:
    """Pieces of sentences that code puts together with a Chinese sign and without gettext: parts of f-strings, and what joins a list."""
    tree = ast.parse(source)
    marked = {
        id(one) for call in ast.walk(tree) if isinstance(call, ast.Call) and getattr(call.func, "id", "") in MARKING
        for one in ast.walk(call)
    }  # fmt: skip
    pieces = [part for one in ast.walk(tree) if isinstance(one, ast.JoinedStr) and id(one) not in marked for part in one.values]
    pieces += [
        call.func.value for call in ast.walk(tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "join"
    ]  # fmt: skip
    return {
        one.value for one in pieces
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and id(one) not in marked and SIGNS.search(one.value)
    }  # fmt: skip


JOINED = {
    ("catalog/condition_words.py", "、"): "the words of a column as they are typed and read back",
    ("service_requests/calls.py", "，"): "what was pasted, put together again as it was typed",
    ("catalog/law.py", "、"): "a cell of a spreadsheet that is imported too",
    ("catalog/views/responsibility.py", "、"): "what the ticked boxes would be in a cell of the spreadsheet",
    ("cases/definitions/table.py", "、"): "a cell of a spreadsheet that is imported too",
}


def test_no_sentence_is_put_together_with_a_chinese_sign_that_is_not_marked() -> None:
    def found() -> Iterator[tuple[str, str]]:
        for path in sorted(Path(messages.ROOT).rglob("*.py")):
            name = path.relative_to(messages.ROOT).as_posix()
            if not name.startswith(NOT_FOR_PAGES) and "/migrations/" not in name:
                yield from ((name, piece) for piece in bare_joints(path.read_text(encoding="utf-8")))

    assert set(found()) == set(JOINED)


@pytest.mark.parametrize("source", ('f"{a}（{b}）"', '"、".join(a)', 'f"{a}：{b}"', '"；".join(f"{a}" for a in b)'))
def test_a_bare_joint_is_seen(source: str) -> None:
    assert bare_joints(source)


@pytest.mark.parametrize("source", ('_("、").join(a)', '_("%(a)s（%(b)s）") % {"a": 1, "b": f"{2}"}', 'f"{a} {b}"', '"a、b"'))
def test_a_marked_joint_is_passed_over(source: str) -> None:
    assert not bare_joints(source)
