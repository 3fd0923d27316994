"""The handbooks say what the program does: every word, key, command, account, link and picture in them is one that exists.

``UPDATE_GOLDEN=1`` makes what is made of the text (templates and index) anew.
"""

from __future__ import annotations

import os
import re
import tomllib
from pathlib import Path

import pytest

from tests.support import guides, pictures
from urbangrid.config.command import parser, places
from urbangrid.demo import names
from urbangrid.guides import shelf

PRESETS = sorted((places.SOURCE / "urbangrid" / "organizations" / "presets").glob("*.toml"))
TEXTS = guides.texts()
KEYS = {f"F{number}" for number in range(1, 11)}
MOVES = {("F4", "视频或考评核查")}
"""Buttons whose word is the move's own (``move.word``), so that no template holds it beside its key."""
MOST_PICTURES = 12


@pytest.fixture(scope="module", params=TEXTS)
def text(request: pytest.FixtureRequest) -> str:
    return TEXTS[request.param]


def test_what_the_platform_shows_is_made_of_the_text_as_it_stands_now() -> None:
    wanted = guides.files()
    if os.environ.get("UPDATE_GOLDEN"):
        for path, content in wanted.items():
            path.parent.mkdir(exist_ok=True)
            path.write_text(content, encoding="utf-8")
    assert {path for path in guides.MADE.rglob("*") if path.is_file()} | {guides.INDEX} == set(wanted)
    assert [path.name for path, content in wanted.items() if path.read_text(encoding="utf-8") != content] == [], "UPDATE_GOLDEN=1"


@pytest.mark.requirement("CY-30")
def test_every_post_of_every_model_has_a_handbook_of_its_own_desk() -> None:
    assert set(TEXTS) == set(shelf.DESKS)
    for preset in PRESETS:
        for post in tomllib.loads(preset.read_text(encoding="utf-8")).get("posts", ()):
            assert "desk" not in post or shelf.own(post["desk"]) != shelf.EVERYBODY, (preset.name, post["code"])
    desks = [desk for of_it in shelf.DESKS.values() for desk in of_it]
    assert len(desks) == len(set(desks)), "a desk reads one handbook as its own"
    bare = {name for name, one in TEXTS.items() if not re.search(r"!\[[^\]]+\]\([^)]+\.png\)", one)}
    assert bare == {shelf.EVERYBODY}, "each shows its desk; 人人要会 is of every desk and has none to show"


def test_every_handbook_has_the_day_what_goes_wrong_exercises_and_words(text: str) -> None:
    _html, entry = guides.made(text)
    headings = [one["heading"] for one in entry["sections"] if one["level"] == 2]  # type: ignore[attr-defined]
    wanted = ("出了问题", "练习", "用语") if "# 人人要会" in text else ("一天", "出了问题", "练习", "用语")
    assert [one for one in wanted if not any(heading.startswith(one) for heading in headings)] == []
    exercises = re.findall(r"^\d\. \*\*", text.partition("## 练习")[2].partition("\n## ")[0], re.M)
    assert 3 <= len(exercises) <= 6


def test_every_word_in_quotes_stands_in_the_program(text: str) -> None:
    assert [words for words in guides.QUOTED.findall(text) if not guides.is_said(words)] == []
    assert not re.search("[“”]", guides.QUOTED.sub("", text)), "words of the program stand in 「」, what is typed in back quotes"


def test_a_word_that_the_program_does_not_say_would_be_seen() -> None:
    assert [guides.is_said(one) for one in ("批量签收", "已上报，编号 2026", "批量办结", "已上报编号")] == [True, True, False, False]


def test_every_key_is_one_of_the_desks_and_belongs_to_the_button_named_after_it(text: str) -> None:
    assert set(re.findall(r"`(F\d+)`", text)) <= KEYS
    pairs = set(re.findall(r"`(F\d+)`\s*「([^」]+)」", text))
    assert sorted(pairs - guides.keys_of_buttons() - MOVES) == []


def test_every_command_and_account_exists(text: str) -> None:
    known = set(re.findall(r"^ {4}([a-z][\w-]*)", parser.build().format_help(), re.M))
    assert set(re.findall(r"\./urbangrid ([a-z]+)", text)) <= known
    people = {one.account: one.name for one in names.STAFF} | {code.lower(): name for code, name in names.CLERKS.items()}
    people |= {code.lower(): name for code, *_rest, name in names.CREWS} | {"leader1": names.LEADERS[0]}
    said = re.findall(r"([\u4e00-\u9fff]{2,3}) `([a-z]+\d*(?:-\d+)?)`", text)
    named = [(name, account) for name, account in said if any(name.endswith(one) for one in people.values())]
    assert [(name, account) for name, account in named if not name.endswith(people[account])] == []


def test_every_link_and_picture_leads_somewhere_and_pictures_are_small(text: str) -> None:
    for link in re.findall(r"(?<!!)\[[^\]]+\]\(([^)]+)\)", text):
        assert link.removesuffix(".md") in TEXTS, link
    for words, link in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", text):
        assert words and (guides.TEXT / link).resolve().parent == guides.PICTURES, link
        assert (guides.TEXT / link).stat().st_size <= pictures.MOST_BYTES, link


def test_each_picture_is_made_by_the_command_and_used() -> None:
    made = {shot.file for shot in pictures.SHOTS if shot.folder == pictures.HANDBOOKS}
    used = {Path(link).name for one in TEXTS.values() for link in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", one)}
    assert made == used == {path.name for path in guides.PICTURES.glob("*.png")}
    assert len(made) <= MOST_PICTURES
    shown = {shot.file for shot in pictures.SHOTS if shot.folder == pictures.SCREENSHOTS}
    assert shown == {path.name for path in pictures.SCREENSHOTS.glob("*.png")}
    for readme in READMES.values():
        assert set(re.findall(r"docs/screenshots/([\w-]+\.png)", readme)) <= shown


SAME_IN_BOTH = (
    r"^\| `([a-z]+)", r"^\|[^|]*\(([a-z0-9, -]+)\)", r"docs/screenshots/([\w-]+\.png)", r"\]\((docs/[^)]+|CONTRIBUTING.md|SECURITY.md)\)",
)  # fmt: skip
"""Commands, accounts, pictures, links."""
READMES = {name: (places.CHECKOUT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")}


def test_the_index_names_every_handbook_by_its_title() -> None:
    index = (places.CHECKOUT / "docs" / "handbook" / "README.md").read_text(encoding="utf-8")
    for language, folder in shelf.LANGUAGES.items():
        listed = dict(re.findall(rf"\[([^\]]+)\]\(\.\./\.\./src/urbangrid/guides/text/{folder}(\w+)\.md\)", index))
        titles = {name: str(guides.made(text)[1]["title"]) for name, text in guides.texts(language).items()}
        assert {name: title for title, name in listed.items()} == titles


def test_both_readmes_name_the_same_commands_accounts_and_pictures_and_lead_to_each_other() -> None:
    english, chinese = READMES["README.md"], READMES["README.zh-CN.md"]
    assert "README.zh-CN.md" in "".join(english.splitlines()[:4]) and "README.md" in "".join(chinese.splitlines()[:4])
    for pattern in SAME_IN_BOTH:
        both = [re.findall(pattern, one.replace("（", "(").replace("）", ")"), re.M) for one in (english, chinese)]
        assert sorted(both[0]) == sorted(both[1]), pattern
    for one in READMES.values():
        for link in re.findall(r"\]\(((?!http)[^)#]+)\)", one):
            assert (places.CHECKOUT / link).exists(), link
