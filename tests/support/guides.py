"""The handbooks: from their text (``guides/text``) to the templates that the pages include, and what their text says of the program.

Markdown by markdown-it with raw HTML switched off: what the templates hold is made of our own text alone. ``key`` in back quotes becomes a
key cap, a picture a static file, a link to another handbook its address.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from itertools import product
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from urbangrid.config import messages
from urbangrid.config.command import places
from urbangrid.guides import markup, shelf
from urbangrid.guides.shelf import CHINESE, LANGUAGES

TEXT = shelf.FOLDER / "text"
MADE = shelf.FOLDER / "templates" / "guides" / "made"
INDEX = shelf.FOLDER / "made.json"
PICTURES = shelf.FOLDER / "static" / "guides"
KEY = markup.KEY
QUOTED = re.compile(r"「([^」]+)」")
QUOTED_IN_ENGLISH = re.compile(r"“([^”]+)”")


def texts(language: str = CHINESE) -> dict[str, str]:
    """The Markdown by the name of the handbook."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted((TEXT / LANGUAGES[language]).glob("*.md"))}


def tokens(text: str) -> list[Token]:
    return _parser().parse(text)


def made(text: str) -> tuple[str, dict[str, object]]:
    """The template and the entry of the index. Fails for text that the template language would read."""
    assert not re.search(r"\{[{%#]", text), "a handbook holds no template language"
    parser = _parser()
    found = parser.parse(text)
    entry = _index(found)
    _addressed(found)
    return "{% load static %}" + str(parser.renderer.render(found, parser.options, {})), entry


def files() -> dict[Path, str]:
    """What should stand in the files that are made, by path."""
    found: dict[Path, str] = {}
    index: dict[str, dict[str, object]] = {}
    for language, folder in LANGUAGES.items():
        index[language] = {}
        for name, text in texts(language).items():
            found[MADE / folder / f"{name}.html"], index[language][name] = made(text)
    found[INDEX] = json.dumps(index, ensure_ascii=False, indent=1) + "\n"
    return found


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    parser.add_render_rule("code_inline", _code)
    return parser


def _code(self: RendererProtocol, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
    word = tokens[idx].content
    name = "kbd" if KEY.fullmatch(word) else "code"
    escaped = word.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f"<{name}>{escaped}</{name}>"


def _index(found: list[Token]) -> dict[str, object]:
    """Title and sections; each heading of level 2 or 3 gets its anchor."""
    title = ""
    sections: list[dict[str, object]] = []
    for place, token in enumerate(found):
        if token.type == "heading_open" and token.tag == "h1":
            title = plain(found[place + 1])
        elif token.type == "heading_open":
            anchor = f"s{len(sections) + 1}"
            token.attrSet("id", anchor)
            sections.append({"anchor": anchor, "level": int(token.tag[1:]), "heading": plain(found[place + 1]), "text": ""})
        elif token.type == "inline" and sections and found[place - 1].type != "heading_open":
            sections[-1]["text"] = f"{sections[-1]['text']}{plain(token)}\n"
    return {"title": title, "sections": [one | {"text": str(one["text"]).strip()} for one in sections]}


def plain(inline: Token) -> str:
    """The words of a line without marks; a picture gives what it shows."""
    kept = {"text", "code_inline", "softbreak"}
    return "".join(" " if one.type == "softbreak" else one.content for one in inline.children or () if one.type in kept)


def _addressed(found: list[Token]) -> None:
    for token in (child for one in found for child in one.children or ()):
        if token.type == "image":
            name = str(token.attrs["src"]).rpartition("../static/")[2]
            token.attrs["src"] = f"{{% static '{name}' %}}"
        elif token.type == "link_open":
            token.attrs["href"] = f"{{% url 'guides:guide' '{str(token.attrs['href']).removesuffix('.md')}' %}}"


# --- what the text may say of the program ---

ROOT = places.SOURCE / "urbangrid"
HOLE = re.compile(r"%\(\w+\)\d*[sd]|\{\{?\s*\w+\s*\}?\}")
LEAST_SOLID = 3
"""Letters besides its holes that a sentence of the program must have to stand for one in quotes."""


@cache
def program_words() -> frozenset[str]:
    """Every text for people of code and templates, names of posts, units and stages of the presets, reasons."""
    return frozenset({one for message in messages.known() if message.id for one in messages.texts(message.id)}) | _data_words()


@cache
def _data_words() -> frozenset[str]:
    """Names of posts, units and stages of the presets, reasons: what an installation begins with and may change."""
    found: set[str] = set()
    for preset in sorted(ROOT.glob("*/presets/*.toml")):
        found |= set(re.findall(r'^name = "([^"]+)"', preset.read_text(encoding="utf-8"), re.M))
    with (ROOT / "catalog" / "data" / "reasons.csv").open(encoding="utf-8", newline="") as stream:
        found |= {row["label"] for row in csv.DictReader(stream)}
    return frozenset(found)


@cache
def _sentences() -> tuple[re.Pattern[str], ...]:
    """Those that the program fills in, as patterns."""
    cut = (HOLE.split(one) for one in sorted(program_words()) if HOLE.search(one))
    return tuple(re.compile(".+?".join(map(re.escape, parts))) for parts in cut if sum(len(one.strip()) for one in parts) >= LEAST_SOLID)


def is_said(words: str) -> bool:
    """Whether the program says exactly that, or a sentence of which that is one filling."""
    return words in program_words() or any(one.fullmatch(words) for one in _sentences())


@cache
def _english_texts() -> dict[str, frozenset[str]]:
    """Chinese text → what English pages say instead; a sentence that goes on after a colon also by what stands before it."""
    found: dict[str, set[str]] = {}
    for message in messages.known():
        for chinese in messages.texts(message.id) if message.id else ():
            said = messages.texts(message.string)
            found.setdefault(chinese, set()).update(said)
            if "：" in chinese and not HOLE.search(chinese.partition("：")[0]):
                found.setdefault(chinese.partition("：")[0], set()).update(one.partition(":")[0] for one in said)
    return {chinese: frozenset(said) for chinese, said in found.items()}


def english(words: str) -> frozenset[str]:
    """What the English page says for words of the program in quotes; what has no English (a cycle of shifts) stands there as it is."""
    if words in _english_texts():
        return _english_texts()[words]
    filled = frozenset(one for chinese, said in _english_texts().items() if HOLE.search(chinese) for one in _filled(chinese, said, words))
    return filled or frozenset({words})


def _filled(chinese: str, said: frozenset[str], words: str) -> Iterator[str]:
    """The English of a sentence with holes of which ``words`` is one filling; what fills a hole is said in English too."""
    parts = HOLE.split(chinese)
    hit = re.fullmatch("(.+?)".join(map(re.escape, parts)), words) if sum(len(one.strip()) for one in parts) >= LEAST_SOLID else None
    if hit is None:
        return
    for fillings in product(*(sorted(_english_texts().get(one, {one})) for one in hit.groups())):
        by_hole = dict(zip(HOLE.findall(chinese), fillings, strict=True))
        yield from (_put(one, by_hole) for one in said)


def _put(sentence: str, by_hole: Mapping[str, str]) -> str:
    return HOLE.sub(lambda hole: by_hole[hole[0]], sentence)


@cache
def keys_of_buttons() -> frozenset[tuple[str, str]]:
    """Key and word of each button, field and line of keys in the templates."""
    found = set()
    for path in sorted(ROOT.rglob("templates/**/*.html")):
        text = path.read_text(encoding="utf-8")
        for hit in re.finditer(r'data-key="(F\d+)"', text):
            inside = re.split(r"</(?:button|a|label|form)>|<button|<a ", text[hit.end() : hit.end() + 400])[0]
            words = re.findall(r"""(?:translate ["']|blocktranslate[^%]*%\})([^"'%{}<>]+)""", inside)
            found |= {(hit[1], word.strip()) for word in words}
        found |= set(re.findall(r'<kbd>(F\d+)</kbd>\s*\{% translate "([^"]+)"', text))
    return frozenset(found)
