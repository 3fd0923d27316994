"""The English handbooks: section for section what the Chinese ones say, in the words of the English screens.

What tests/guides/test_text.py holds of the Chinese texts (commands, accounts, links and pictures exist) holds of these because they name
the same ones in the same sections.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from tests.guides.test_text import MOVES
from tests.support import guides
from urbangrid.guides.shelf import ENGLISH

CHINESE_TEXTS, ENGLISH_TEXTS = guides.texts(), guides.texts(ENGLISH)
CODE = re.compile(r"`([^`\n]+)`")
SPACE = {"空格": "Space"}
"""The key that is named in the language of the page; every other one is the same in both."""
NAMED = {
    "commands": r"^(\./urbangrid .*?) +#", "pictures": r"static/guides/([\w-]+\.png)\)", "links": r"(?<!!)\[[^\]]+\]\((\w+\.md)\)",
}  # fmt: skip
COUNTED = {"bullets": r"^- ", "steps": r"^\d\. ", "rows and cells": r"\|", "blocks of commands": r"^```"}
LEFT_CHINESE = re.compile(r"[\u4e00-\u9fff](?:[\u3000-\u303f\uff00-\uffef\u4e00-\u9fff\d ]*[\u3000-\u303f\uff00-\uffef\u4e00-\u9fff])?")
MEANT = re.compile(r"[”`]?(?: \(|, )[A-Za-z]")
"""What follows Chinese words the first time: their meaning in brackets or after a comma."""
HEADINGS = {"出了问题": "When something goes wrong", "练习": "Exercises", "用语": "Words", "一天": "A day"}
"""What every handbook has; it is called the same in each."""


def _sections(text: str) -> Iterator[tuple[str, str, str]]:
    """Level, heading and what stands below it; the first is what stands before the first heading."""
    before, *parts = re.split(r"^(#{2,3}) (.+)$", text, flags=re.M)
    yield from (("#", "", before), *zip(parts[::3], parts[1::3], parts[2::3], strict=True))


def _marked(text: str) -> list[str]:
    """Keys, commands, accounts and what is typed as it stands: in back quotes and without Chinese."""
    marked = (SPACE.get(one, one) for one in CODE.findall(text))
    return sorted(one for one in marked if not LEFT_CHINESE.search(one))


def _pairs() -> Iterator[object]:
    """The Chinese and the English section of one place."""
    for name in sorted(set(CHINESE_TEXTS) & set(ENGLISH_TEXTS)):
        both = zip(_sections(CHINESE_TEXTS[name]), _sections(ENGLISH_TEXTS[name]), strict=False)
        yield from (pytest.param(chinese, english, id=f"{name}-{number}") for number, ((*_, chinese), (*_, english)) in enumerate(both))


PAIRS = tuple(_pairs())


def test_every_handbook_has_an_english_text_with_the_same_headings() -> None:
    assert set(ENGLISH_TEXTS) == set(CHINESE_TEXTS)
    for name in CHINESE_TEXTS:
        chinese, english = list(_sections(CHINESE_TEXTS[name])), list(_sections(ENGLISH_TEXTS[name]))
        assert [level for level, *_ in chinese] == [level for level, *_ in english], name
        called = {before[1]: after[1] for before, after in zip(chinese, english, strict=True)}
        assert [one for one in called if HEADINGS.get(one, called[one]) != called[one]] == [], name
        assert len(set(called.values())) == len(called), "a heading names one section"


@pytest.mark.parametrize(("chinese", "english"), PAIRS)
def test_a_section_names_the_same_keys_commands_accounts_pictures_and_links(chinese: str, english: str) -> None:
    assert _marked(chinese) == _marked(english)
    for what, pattern in NAMED.items():
        assert sorted(re.findall(pattern, chinese, re.M)) == sorted(re.findall(pattern, english, re.M)), what
    for what, pattern in COUNTED.items():
        assert len(re.findall(pattern, chinese, re.M)) == len(re.findall(pattern, english, re.M)), what


@pytest.mark.parametrize(("chinese", "english"), PAIRS)
def test_every_word_in_quotes_is_what_the_english_screen_says_for_the_chinese_one(chinese: str, english: str) -> None:
    quoted = set(guides.QUOTED_IN_ENGLISH.findall(english))
    wanted = {words: guides.english(words) for words in guides.QUOTED.findall(chinese)}
    assert {words: sorted(said) for words, said in wanted.items() if not said & quoted} == {}, "words of the Chinese section left out"
    assert quoted - set().union(*wanted.values()) == set(), "words that the program does not say"
    assert not re.search("[「」“”\"]", guides.QUOTED_IN_ENGLISH.sub("", CODE.sub("", english)))


def test_an_english_word_is_known_by_the_messages_and_data_stay_chinese() -> None:
    assert guides.english("批量签收") == {"Receive all ticked"}
    assert guides.english("已上报，编号 …") == {"Reported, number …"}
    assert guides.english("班组反馈已送出") == {"Sent: Crew feedback"}, "what fills a sentence is said in English too"
    assert guides.english("疑似重复照片") >= {"Suspected repeat photo"}, "a mark that goes on after a colon"
    assert guides.english("情况紧急，就近派遣") == {"Urgent; the nearest unit is sent"}, "a reason that the platform ships"
    assert guides.english("早早中中夜夜休休") == {"早早中中夜夜休休"}
    assert guides.english("批量办结") == {"批量办结"}, "a word that the program does not say has no English"


@pytest.mark.parametrize("name", ENGLISH_TEXTS)
def test_a_key_belongs_to_the_button_named_after_it(name: str) -> None:
    known = {(key, said) for key, words in guides.keys_of_buttons() | MOVES for said in guides.english(words)}
    pairs = set(re.findall(r"`(F\d+)`\s*“([^”]+)”", ENGLISH_TEXTS[name]))
    assert sorted(pairs - known) == []


@pytest.mark.parametrize("name", ENGLISH_TEXTS)
def test_people_are_named_with_their_own_accounts_and_what_stays_chinese_is_said_in_english_beside(name: str) -> None:
    text = ENGLISH_TEXTS[name]
    named = re.findall(r"([\u4e00-\u9fff]{2,3}), [A-Z][a-z]+ [A-Z][a-z]+, (`[a-z]+\d*(?:-\d+)?`)", text)
    assert [(person, account) for person, account in named if f"{person} {account}" not in CHINESE_TEXTS[name]] == []
    first = {hit[0]: text[hit.end() : hit.end() + 8] for hit in reversed(list(LEFT_CHINESE.finditer(text)))}
    bare = {words for words, after in first.items() if not MEANT.match(after)}
    assert {words for words in bare if not any(words in other for other in first if other != words)} == set()
