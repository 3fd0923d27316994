"""An English reader meets no Chinese but what the city wrote: the pages that each post's menu leads to, and a case at every stage."""

from __future__ import annotations

import html
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import models

from tests.support import every_stage
from tests.support.city import City, forget
from tests.support.every_stage import Story
from tests.support.screen import TAGS, Screen
from urbangrid.config import messages

READERS: Final = (
    "seat_agent", "duty_director", "head", "dispatcher", "command_director", "clerk", "crew", "company_clerk", "inspector", "squad_leader",
    "subdistrict_officer", "leader", "system_admin", "security_admin", "audit_admin",
)  # fmt: skip
AT_CASES: Final = ("seat_agent", "clerk", "leader")
"""Who look at a case of every stage too: a centre's desk, a unit, who reads all."""
HAN: Final = re.compile(r"[\u3001-\u303f\u4e00-\u9fff\uff00-\uffef]+")
LINK: Final = re.compile(r'<a[^>]*? href="(/[^"#]*)"')
FACE: Final = re.compile(r'<b class="face">.</b>')
"""The first letter of a person's name."""
SPOKEN: Final = re.compile(r' (?:title|aria-label|placeholder|alt|data-\w+)="([^"]*)"')
IN_CHINESE: Final = ("/guide", "/manual", "/language", "/sign-out", "/style")
"""Handbooks and the manuals made of the catalogue are written in Chinese; the page of samples shows made words."""
ENDS: Final = ("", "类", "街道")
"""What a name is shown without: a major class, a sub-district in a narrow place."""
DATA: Final = {
    "中文": "a language is named in itself",
    "未处置": "a reason as it was written into a note",
    "人民路 86 号": "how a place is typed", "实验小学东门": "the same",
    "市-1": "the number that the city's platform gave",
}
"""Beside what stands in the tables of the city."""


def written() -> list[str]:
    """Every Chinese text in the tables of the city that is not a name the platform ships, the longest first."""
    shipped = {name for _path, name in messages.shipped_names()}
    found: set[str] = set()
    for model in apps.get_models():
        if model._meta.app_label in ("contenttypes", "auth", "sessions", "procrastinate") or not model._meta.managed:
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, models.CharField | models.TextField) or field.get_internal_type() in ("JSONField", "ArrayField"):
                for value in model._default_manager.order_by().values_list(field.name, flat=True).distinct():
                    found.update(_texts(value))
    runs = {one.removesuffix(end) for text in found for one in (text, *HAN.findall(text)) for end in ENDS}
    return sorted({one for one in runs if len(one) > 1} - shipped, key=len, reverse=True)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def left(page: str, data: re.Pattern[str]) -> set[str]:
    """Chinese that can be read on the page and is nobody's data."""
    seen = [TAGS.sub("\n", FACE.sub("", page)), *SPOKEN.findall(page)]
    return {one for text in seen for one in HAN.findall(data.sub("\0", html.unescape(text)))}


@pytest.fixture
def story(db: None, tmp_path: Path, settings: Any) -> Iterator[tuple[City, Story]]:
    settings.FILES_ROOT = tmp_path
    yield every_stage.told()
    forget()


def test_an_english_reader_of_each_post_meets_no_chinese_but_data(story: tuple[City, Story]) -> None:
    data = re.compile("|".join(map(re.escape, [*written(), *DATA])))
    found: dict[str, set[str]] = defaultdict(set)
    pages = 0
    for who in READERS:
        reader = Screen(who)
        reader.client.cookies["django_language"] = "en"
        first = reader.client.get("/", follow=True)
        links = {html.unescape(one) for one in LINK.findall(first.content.decode())}
        cases = {f"/case/{case}/" for case in story[1].cases.values()}
        for path in sorted(links | (cases if who in AT_CASES else set())):
            if path.startswith(IN_CHINESE):
                continue
            answer = reader.client.get(path, follow=True)
            if answer.status_code == 200 and "text/html" in answer["Content-Type"]:
                pages += 1
                for one in left(answer.content.decode(), data):
                    found[one].add(re.sub(r"\d{3,}", "N", path))
    assert pages > 150, "else the menus were not followed"
    assert dict(found) == {}


def test_a_sentence_that_nobody_wrote_is_seen() -> None:
    data = re.compile("市政所")
    assert left("<p>市政所 has it</p>", data) == set()
    assert left("<p>由市政所办理</p>", data) == {"由", "办理"}
    assert left('<p title="在办">x（y）</p>', data) == {"在办", "（", "）"}
