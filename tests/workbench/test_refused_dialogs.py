"""A form in a dialog that is refused stands open on the page that answers, with what was typed: no script is needed for that (S2)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.api import paths
from tests.api.paths import At
from tests.service_requests.test_life_of_a_request import hotline
from tests.support.city import City
from tests.support.screen import Screen
from urbangrid.cases.models import Case, WorkItem

WORDS = "写了很久的一段话"
OPEN = re.compile(r'<dialog class="sheet" id="([\w-]+)" open data-opened>(.*?)</dialog>', re.S)
DIALOG = re.compile(r"<dialog .*?</dialog>", re.S)


def opened(page: Screen) -> tuple[str, str]:
    """Name and content of the one dialog that stands open; no other form has the words, and it says what is wrong."""
    [(name, content)] = OPEN.findall(page.html)
    assert [WORDS in one for one in DIALOG.findall(page.html)].count(True) == 1
    assert "bad-note" in content and WORDS in content
    assert WORDS not in DIALOG.sub("", page.html), "the form of the desk has words of its own"
    return name, content


def refused(page: Screen, case: str, action: str, status: int = 422, **form: Any) -> tuple[str, str]:
    seq = Case.objects.get(pk=int(case)).seq
    page.post(f"/case/{case}/act/{action}/", {"seq": seq, "key": f"{action}-{seq}", "from": "case", "note": WORDS, **form}, status)
    return opened(page)


@pytest.mark.parametrize(
    "who, action, dialog, form",
    [
        ("duty_director", "void", "move-void", {}),
        ("dispatcher", "recall", "move-recall", {}),
        ("dispatcher", "redispatch", "move-redispatch", {"opinion": WORDS, "note": ""}),
        ("dispatcher", "add_assist", "add-assist", {}),
        ("dispatcher", "coordinate", "coordinate", {"met_at": "morgen"}),
        ("duty_director", "merge", "move-merge", {"main": "样城2026000000", "status": 404}),
        ("duty_director", "split", "move-split", {}),
        ("duty_director", "correct", "move-correct", {}),
        ("duty_director", "correct", "move-urgent", {"urgent": "true"}),
        ("duty_director", "order", "send-order", {"until": "2001-01-01T08:00"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_refused_form_of_the_case_page_stands_open_with_its_words(
    city: City, desk: At, screen: type[Screen], who: str, action: str, dialog: str, form: dict[str, Any]
) -> None:
    case = paths.dispatched(desk, city)
    page = screen(who)
    assert refused(page, case, action, **form)[0] == dialog
    page.get(f"/case/{case}/")
    assert OPEN.findall(page.html) == [] and WORDS not in page.html


def test_a_unit_that_was_chosen_keeps_its_name_beside_the_sentence(city: City, desk: At, screen: type[Screen]) -> None:
    case, gardens = paths.dispatched(desk, city), desk("other_clerk").who
    _name, content = refused(screen("dispatcher"), case, "redispatch", unit_id=gardens.unit_id, opinion=WORDS, note="")
    assert f'value="{gardens.unit_name}"' in content and f'name="unit_id" value="{gardens.unit_id}"' in content


@pytest.mark.parametrize(
    "kind, who, action, dialog",
    [("file", "duty_director", "refuse_filing", "refuse"), ("dispatch", "dispatcher", "return_to_filing", "return"),
     ("review", "dispatcher", "rework", "rework"), ("close", "seat_agent", "rework", "rework"),
     ("decide", "command_director", "disagree", "disagree")],
)  # fmt: skip
def test_a_refused_form_of_a_desk_stands_open_with_its_words(
    city: City, desk: At, screen: type[Screen], kind: str, who: str, action: str, dialog: str
) -> None:
    case = _at(desk, city, kind)
    item = WorkItem.objects.get(case_id=int(case), kind=kind, closed_at=None)
    page = screen(who)
    page.get(f"/desk/?tab={kind}&item={item.pk}")
    assert OPEN.findall(page.html) == []
    form: dict[str, Any] = {"from": "desk", "tab": kind, "item": item.pk, "request": item.request_id or ""}
    assert refused(page, case, action, **form)[0] == dialog


def _at(desk: At, city: City, kind: str) -> str:
    """A case that waits in a queue of this kind."""
    if kind == "file":
        return paths.accept(desk, paths.report(desk, city)["report_id"])
    case = paths.filed(desk, city) if kind == "dispatch" else paths.dispatched(desk, city)
    if kind == "decide":
        desk("clerk").done(case, "receive")
        desk("clerk").done(case, "ask_send_back", reason="not_ours", note="不属本所养护范围")
    elif kind in ("review", "close"):
        paths.fed_back(desk, case)
    if kind == "close":
        paths.to_check(desk, case)
        paths.checked(desk, case)
    return case


def test_a_report_that_is_refused_without_a_reason_keeps_the_words(city: City, desk: At, screen: type[Screen]) -> None:
    report = paths.report(desk, city)["report_id"]
    item = WorkItem.objects.get(report_id=int(report), closed_at=None)
    page = screen("seat_agent")
    page.post(f"/report/{report}/refuse/", {"tab": "accept", "item": item.pk, "note": WORDS}, 422)
    assert opened(page)[0] == "refuse"


def test_what_was_typed_about_a_case_that_moved_on_stands_on_the_page(city: City, desk: At, screen: type[Screen]) -> None:
    case = paths.dispatched(desk, city)
    seq = Case.objects.get(pk=int(case)).seq
    desk("clerk").done(case, "receive")
    shown = screen("dispatcher").post(
        f"/case/{case}/act/recall/", {"seq": seq, "key": "late", "from": "case", "reason": "other", "note": WORDS}, 409
    )
    assert "您刚才填的内容，没有丢" in shown and WORDS in shown


def test_a_matter_that_is_sent_back_without_a_reason_keeps_the_words(city: City, desk: At, screen: type[Screen]) -> None:
    hotline(city)
    made = paths.request(desk, city)
    page = screen("seat_agent")
    address = f"/requests/{made['request_id']}/"
    page.get(address)
    assert OPEN.findall(page.html) == []
    seq = re.search(r'name="seq" value="(\d+)"', page.html)
    assert seq is not None
    page.post(f"{address}act/return_outside/", {"seq": seq[1], "key": "back", "note": WORDS}, 422)
    assert opened(page)[0] == "return-outside"
