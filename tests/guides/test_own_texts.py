"""本市修订: a handbook is edited in the application, versioned, compared, brought back; nobody's words are lost (HD-3.1.3-m)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from tests.support.browser import enter
from tests.support.city import City
from urbangrid.audit.models import AuditRow
from urbangrid.core import clock
from urbangrid.guides import own, shelf
from urbangrid.guides.models import OwnText
from urbangrid.organizations.models import Post

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)
SECTION = "登记来电"
FIRST = "按拼音首字母选类别"
"""Words of that section alone."""
GUIDE = reverse("guides:guide", args=["seat"])
EDIT = f"{reverse('guides:edit', args=['seat'])}?section={SECTION}"
VERSIONS = f"{reverse('guides:versions', args=['seat'])}?section={SECTION}"
BACK = f"{reverse('guides:bring_back', args=['seat'])}?section={SECTION}"


def _read(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return unescape(answer.content.decode())


def _save(browser: Client, text: str, reason: str, base: int, address: str = EDIT) -> Any:
    return browser.post(address, {"text": text, "reason": reason, "base": str(base)})


@pytest.fixture
def keeper(city: City) -> Client:
    """The business administrator at her screen, at noon."""
    return enter(Client(), city, "system_admin")


@pytest.mark.requirement("HD-3.1.3-m")
def test_a_section_is_written_tried_saved_read_compared_and_brought_back(city: City, keeper: Client) -> None:
    shipped = own.shipped("seat")[SECTION]
    with clock.travel(NOON):
        assert shipped[:20] in _read(keeper, EDIT), "the form begins with the shipped text"
        tried = keeper.post(EDIT, {"text": "先问**门牌号**，再按 `F2`。", "reason": "", "base": "0", "try": "1"})
        assert "先问<strong>门牌号</strong>，再按 <kbd>F2</kbd>。" in tried.content.decode() and OwnText.objects.count() == 0
        assert _save(keeper, "先问**门牌号**，再按 `F2`。\n\n每件都回拨一次。", "市里要求问门牌", 0).status_code == 302
    with clock.travel(NOON + timedelta(days=1)):
        assert _save(keeper, "先问**门牌号和楼层**，再按 `F2`。\n\n每件都回拨一次。", "补楼层", 1).status_code == 302
        seat = enter(Client(), city, "seat_agent")
        page = _read(seat, GUIDE)
        mine = page.partition('<section class="gu-own">')[2].partition("</section>")[0]
        assert SECTION in mine and "本市修订" in mine and "2026-11-21" in mine and "门牌号和楼层" in mine
        assert FIRST not in page and "### " not in page, "the shipped words of the section are gone, those of the others stand"
        assert "发核查" in page and EDIT.split("?")[0] not in page, "who does not keep the handbooks has no button"
        listed = _read(seat, VERSIONS)
        for wanted in ("第 2 版", "第 1 版", "市里要求问门牌", "补楼层", "2026-11-20 12:00", "恢复"):
            assert (wanted in listed) == (wanted != "恢复"), wanted
        assert "<del><b aria-label=\"删去\">−</b> 先问**门牌号**，再按 `F2`。</del>" in listed
        assert "<ins><b aria-label=\"新增\">+</b> 先问**门牌号和楼层**，再按 `F2`。</ins>" in listed and "<p>每件都回拨一次。</p>" in listed
        assert "先问<strong>门牌号</strong>，" in _read(seat, f"{VERSIONS}&version=1"), "an earlier version is read as it was"
        assert keeper.post(BACK, {"version": "1", "base": "2"}).status_code == 302
        assert "门牌号和楼层" not in _read(seat, GUIDE) and "恢复第 1 版" in _read(seat, VERSIONS)
        assert keeper.post(BACK, {"version": "0", "base": "3"}).status_code == 302
        assert FIRST in _read(seat, GUIDE) and "本市修订" not in _read(seat, GUIDE), "the shipped text counts again"
    assert [row.version for row in own.versions(city.platform.pk, "seat", SECTION)] == [4, 3, 2, 1]
    assert AuditRow.objects.filter(action="guide_written", subject="guide:seat").count() == 4
    assert OwnText.objects.filter(ended_at=None).count() == 1


def test_rules_of_the_city_stand_at_the_end_and_the_search_finds_own_words(city: City, keeper: Client) -> None:
    rules = f"{reverse('guides:edit', args=['seat'])}?section={own.RULES}"
    assert _save(keeper, "夜间电话打**总值班室**。", "夜间安排", 0, rules).status_code == 302
    assert _save(keeper, "只写这一句潜水艇。", "试", 0).status_code == 302
    clerk = enter(Client(), city, "clerk")
    page = _read(clerk, GUIDE)
    assert page.index('id="own"') > page.index('id="s1"') and "<strong>总值班室</strong>" in page
    hits = _read(clerk, f"{GUIDE}?words=总值班室 电话")
    assert f'href="{GUIDE}#own"' in hits and "找到 1 处" in hits
    assert "找到 1 处" in _read(clerk, f"{GUIDE}?words=潜水艇") and "手册里没有这个词" in _read(clerk, f"{GUIDE}?words=首字母 潜水艇")


def test_an_english_reader_sees_the_citys_words_as_they_were_written_under_the_english_heading(city: City, keeper: Client) -> None:
    rules = f"{reverse('guides:edit', args=['seat'])}?section={own.RULES}"
    assert _save(keeper, "先问**门牌号**，潜水艇。", "市里要求", 0).status_code == 302
    assert _save(keeper, "夜间电话打总值班室。", "夜间安排", 0, rules).status_code == 302
    seat = enter(Client(), city, "seat_agent")
    seat.post("/language/", {"language": "en", "next": "/"})
    page = _read(seat, GUIDE)
    mine, added = (part.partition("</section>")[0] for part in page.split('<section class="gu-own">')[1:])
    assert '<h3 id="s3">Registering a call</h3>' in mine and "Revised by the city" in mine
    assert '<div lang="zh-hans"><p>先问<strong>门牌号</strong>，潜水艇。</p></div>' in mine and f"?section={quote(SECTION)}" in mine
    assert '<h2 id="own">Rules of the city</h2>' in added and "夜间电话打总值班室。" in added
    assert f'href="{GUIDE}#s3"' in _read(seat, f"{GUIDE}?words=潜水艇")
    assert "Registering a call" in _read(seat, VERSIONS) and "市里要求" in _read(seat, VERSIONS)
    keeper.post("/language/", {"language": "en", "next": "/"})
    form = _read(keeper, EDIT)
    assert "Registering a call" in form and ">先问**门牌号**，潜水艇。</textarea>" in form
    assert _save(keeper, "先问门牌号。", "改短", 1).headers["Location"] == f"{GUIDE}#s3"


def test_the_second_of_two_who_edit_at_once_is_told_and_keeps_what_she_typed(city: City, keeper: Client) -> None:
    assert _save(keeper, "第一个人写的。", "甲", 0).status_code == 302
    late = _save(keeper, "第二个人写的。", "乙", 0)
    page = unescape(late.content.decode())
    assert late.status_code == 409 and "刚存了第 1 版" in page and ">第二个人写的。</textarea>" in page and 'value="乙"' in page
    assert "<del>" in page and "第一个人写的。" in page, "she sees the newer one beside hers"
    base = re.search(r'name="base" value="(\d+)"', page)
    assert base and _save(keeper, "两个人写的。", "合并", int(base[1])).status_code == 302
    assert own.versions(city.platform.pk, "seat", SECTION)[0].text == "两个人写的。"
    assert keeper.post(BACK, {"version": "1", "base": "1"}).status_code == 409


def test_a_release_that_ships_another_text_is_told_to_the_editor_until_she_saves_again(
    city: City, keeper: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert _save(keeper, "本市的写法。", "甲", 0).status_code == 302
    before = own.shipped("seat")
    assert "程序更新了" not in _read(keeper, GUIDE)
    monkeypatch.setattr(own, "shipped", lambda guide: {**before, SECTION: "下一版的原文。"} if guide == "seat" else {})
    assert f"程序更新了“{SECTION}”的原文" in _read(keeper, GUIDE)
    assert "程序更新了" not in _read(enter(Client(), city, "seat_agent"), GUIDE)
    form = _read(keeper, EDIT)
    assert "程序更新了这一节的原文" in form and "<ins>" in form and "下一版的原文。" in form and ">本市的写法。</textarea>" in form
    assert _save(keeper, "本市的新写法。", "对照过", 1).status_code == 302
    assert "程序更新了" not in _read(keeper, GUIDE)


def test_who_writes_is_who_keeps_the_library_and_no_typed_html_reaches_a_page(city: City, keeper: Client) -> None:
    for name in ("seat_agent", "leader", "company_clerk"):
        browser = enter(Client(), city, name)
        assert browser.get(EDIT).status_code in (403, 404) and _save(browser, "x", "x", 0).status_code in (403, 404), name
        assert browser.post(BACK, {"version": "0", "base": "0"}).status_code in (403, 404)
    post = Post.objects.get(platform=city.platform, code=city.acting("seat_agent").post_code)
    Post.objects.filter(pk=post.pk).update(duties=[*post.duties, "keep_law"])
    seat = enter(Client(), city, "seat_agent")
    assert _save(seat, "<script>alert(1)</script> <b>粗</b>", "试", 0).status_code == 302
    for address in (GUIDE, VERSIONS):
        page = enter(Client(), city, "clerk").get(address).content.decode()
        assert "&lt;script&gt;alert(1)" in page and "<script>alert(1)" not in page and "<b>粗</b>" not in page


def test_what_is_missing_or_too_long_is_said_at_its_field(keeper: Client) -> None:
    for text, reason, said in (("好。", " ", "请写明为什么修订"), ("", "甲", "没有写内容"), ("长" * 20_001, "甲", "一节最多 20000 字")):
        answer = _save(keeper, text, reason, 0)
        assert answer.status_code == 422 and said in unescape(answer.content.decode())
    assert OwnText.objects.count() == 0
    assert keeper.get(f"{reverse('guides:edit', args=['seat'])}?section=没有这一节").status_code == 404
    assert _save(keeper, "x", "y", 0, f"{reverse('guides:edit', args=['seat'])}?section=没有这一节").status_code == 404
    assert keeper.get(f"{reverse('guides:versions', args=['seat'])}?section=没有这一节").status_code == 404


def test_every_shipped_section_is_known_by_a_heading_of_its_own(city: City) -> None:
    for language in shelf.LANGUAGES:
        with translation.override(language):
            for name, guide in shelf.every().items():
                assert guide.language == language
                assert list(own.shipped(name)) == [one.key for one in guide.sections], name
                assert [part.anchor for part in own.page(guide, {})][1:] == [one.anchor for one in guide.sections]
                assert [one.heading == one.key for one in guide.sections] == [language == shelf.CHINESE] * len(guide.sections), name


def test_own_words_cost_a_page_one_statement(city: City, keeper: Client) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as found:
            keeper.get(GUIDE)
        return len(found)

    statements()
    before = statements()
    for number in range(5):
        _save(keeper, f"第 {number} 次。", "试", number)
    _save(keeper, "另一节。", "试", 0, f"{reverse('guides:edit', args=['seat'])}?section=一天")
    assert statements() == before
