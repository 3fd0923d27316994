"""A leader reads the paper at breakfast and wants the case (desks.md L3): a sentence, not the words of a register."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tests.api import paths
from tests.api.paths import At
from tests.support.browser import enter
from tests.support.city import WORKDAY, City
from urbangrid.cases.likest import places_in
from urbangrid.core import clock

SENTENCE = "本报讯 连日来大柳树路南侧的雨水篦子丢失，过往行人叫苦不迭"


def _cases(page: str) -> list[str]:
    return [part.split('"')[0] for part in page.split('data-case="')[1:]]


def test_a_sentence_leads_to_the_case_at_the_place_that_it_names(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        told = paths.filed(desk, city)
        paths.report(desk, city, place_text="东湖公园", description="雨水篦子丢失")
    with clock.travel(WORKDAY + timedelta(hours=1)):
        report = paths.report(desk, city, description="雨水篦子丢失一块", place_text="大柳树路12号")
        meant = paths.accept(desk, report["report_id"], "file")
        later = paths.filed(desk, city)
        leader = enter(Client(), city, "leader")
        page = leader.get("/search/", {"words": SENTENCE}).content.decode()
        assert _cases(page) == [meant, later, told], "the likest first, of equals the newest"
        assert "没有案件含有全部这些字" in page and "（大柳树路）" in page
        with CaptureQueriesContext(connection) as asked:
            leader.get("/search/", {"words": SENTENCE})
        with CaptureQueriesContext(connection) as plain:
            leader.get("/search/", {"words": "大柳树路"})
        assert len(asked) <= len(plain) + 4
    of_area = leader.get("/search/", {"words": "西湖街道居民反映：12号门前雨水篦子丢失一块，无人过问"}).content.decode()
    assert _cases(of_area)[0] == meant, "it lies in the sub-district, which its words do not name"
    nowhere = leader.get("/search/", {"words": "本报讯 昨夜今晨普降大雪，交通有序"}).content.decode()
    assert "没有符合的案件" in nowhere and not _cases(nowhere)
    assert not _cases(enter(Client(), city, "other_clerk").get("/search/", {"words": SENTENCE}).content.decode()), "of another unit"
    narrowed = leader.get("/search/", {"words": SENTENCE, "state": "closed"}).content.decode()
    assert not _cases(narrowed), "what else was asked for holds"


@given(st.lists(st.text("大柳树路东西段街", min_size=1, max_size=5), max_size=8), st.text("大柳树路东西段街，", max_size=30))
def test_every_place_found_stands_in_the_sentence_and_none_only_within_another(names: list[str], sentence: str) -> None:
    found = places_in(sentence, names)
    assert all(name in sentence and name in names and len(name) > 1 for name in found)
    assert list(found) == sorted(found, key=lambda name: (-len(name), name)) and len(set(found)) == len(found)
    left = sentence
    for name in found:
        assert name in left
        left = left.replace(name, "，")
    assert not any(len(name) > 1 and name in left for name in names), "and none that is named is left out"
