"""What people type into a handbook is read as the shipped texts are, and no letter of it is ever HTML."""

from __future__ import annotations

import re

import pytest
from django.template import Context, Template

from tests.support import guides
from urbangrid.guides import markup, shelf

TEXTS = guides.texts()
HOSTILE = (
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "`<b>`", "**<i>x</i>**", "[x](javascript:alert(1))",
    "[x](https://example.org/)", '![" onerror="alert(1)](../static/guides/leader.png)', "![x](../static/guides/../../etc/passwd)",
    "| <b> | b |\n|---|---|\n| <script> | {% load x %} |", "- <script>\n1. <a href=x>", "> <style>", "```\n</code></pre><script>\n```",
    "&lt;script&gt;", "{{ request.user }}", "# <h1>", "`a\n**b", "|a|\n|---|", "\0\x01",
)  # fmt: skip
ALLOWED = re.compile(
    r'</?(?:p|ul|li|ol|table|thead|tbody|tr|th|td|blockquote|pre|code|kbd|strong|a)>|<ol start="\d+">'
    r'|<a href="/guide/[a-z]+/">|<img src="/static/guides/[\w-]+\.png" alt="[^"<>]*" />'
)


def _bodies(html: str) -> list[str]:
    """What stands under each heading, without line breaks between tags."""
    return [re.sub(r">\s+<", "><", part).strip() for part in re.split(r"<h[123][^>]*>.*?</h[123]>", html)]


@pytest.mark.parametrize("name", TEXTS)
def test_every_shipped_section_reads_the_same_by_both_readers(name: str) -> None:
    shipped = Template(guides.made(TEXTS[name])[0]).render(Context())
    own = re.split(r"^#{1,3} .*$", TEXTS[name], flags=re.M)
    wanted = [one.replace("&quot;", '"').replace("&#x27;", "'") for one in _bodies(shipped)]
    found = [re.sub(r">\s+<", "><", markup.html(one)).strip().replace("&quot;", '"').replace("&#x27;", "'") for one in own]
    assert [one.replace(' class="language-"', "") for one in wanted] == found


@pytest.mark.parametrize("name", TEXTS)
def test_the_words_of_a_section_are_those_that_the_index_has(name: str) -> None:
    own = re.split(r"^#{2,3} .*$", TEXTS[name], flags=re.M)[1:]
    for section, text in zip(shelf.every()[name].sections, own, strict=True):
        words, found = re.findall(r"[\u4e00-\u9fff]+", section.text), markup.plain(text)
        assert [word for word in words if word not in found] == [], section.heading


@pytest.mark.parametrize("typed", HOSTILE)
def test_nothing_that_is_typed_becomes_a_tag(typed: str) -> None:
    made = markup.html(typed)
    assert not re.search(r"<", ALLOWED.sub("", made)), made
    assert "javascript:" not in re.sub(r">[^<]*<", "><", f">{made}<")


def test_what_is_no_markup_stands_as_it_was_typed() -> None:
    assert markup.html("[网站](https://example.org/)") == "<p>[网站](https://example.org/)</p>"
    assert markup.html("## 标题") == "<p>## 标题</p>"
    assert markup.html("见[派遣员](dispatcher.md)，按 `F2`") == '<p>见<a href="/guide/dispatcher/">派遣员</a>，按 <kbd>F2</kbd></p>'
    assert markup.html("1. 一\n2. 二\n\n- 三") == "<ol>\n<li>一</li>\n<li>二</li>\n</ol>\n<ul>\n<li>三</li>\n</ul>"
