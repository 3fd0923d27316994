"""A class is found by pinyin initials in at most four keys (desks.md S2)."""

from __future__ import annotations

import pytest

from urbangrid.catalog import queries, search, shipped
from urbangrid.core.models import Platform

CLASSES = shipped.national_classes()
ITEMS = [
    search.searchable(number, row.name, row.code, row.aliases)
    for number, row in enumerate(sorted(CLASSES, key=lambda row: row.kind != "event"))
]


def names(typed: str) -> list[str]:
    by_id = {item.id: item.name for item in ITEMS}
    return [by_id[id] for id in search.find(typed, ITEMS)]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("dlps", "道路破损"),
        ("DLPS", "道路破损"),
        ("bllj", "暴露垃圾"),
        ("道路破损", "道路破损"),
        ("ysjg", "雨水井盖"),
        ("雨水篦子", "雨水箅子"),
        ("wfdj", "私搭乱建"),
        ("0409", "机动车乱停放"),
        ("zys", "早（夜）市管理问题"),
    ],
)
def test_what_is_typed_finds_the_class_first(typed: str, first: str) -> None:
    assert names(typed)[0] == first


def test_every_class_is_among_the_nine_numbered_hits_after_at_most_four_letters() -> None:
    missed = [item.name for item in ITEMS if item.name not in names(search.initials(item.name)[:4])]
    assert missed == []


def test_full_words_come_before_beginnings_and_beginnings_before_parts() -> None:
    items = [
        search.searchable(1, "非机动车乱停放", "0410", []),
        search.searchable(2, "机动车乱停放问题", "0411", []),
        search.searchable(3, "违停", "0412", ["机动车乱停放"]),
        search.searchable(4, "机动车乱停放", "0409", []),
    ]
    assert search.find("机动车乱停放", items) == [4, 3, 2, 1]


def test_nothing_typed_or_only_signs_finds_nothing() -> None:
    assert search.find("", ITEMS) == []
    assert search.find(" （）%_' ", ITEMS) == []


def test_the_browser_gets_the_same_keys_with_ids_as_text(national: Platform) -> None:
    import json

    rows = json.loads(queries.category_options_json(national.id))
    assert len(rows) == 204
    row = next(row for row in rows if row["text"] == "道路破损")
    assert row["keys"] == ["道路破损", "dlps", "0113"]
    assert row["path"] == "事件·市容环境·道路破损"
    assert isinstance(row["id"], str)
    assert queries.search_categories(national.id, "dlps")[0].id == int(row["id"])
