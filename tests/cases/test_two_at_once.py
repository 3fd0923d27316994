"""Two people at the same instant: one wins, the other learns who, when and what, and what she typed is kept."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.api import paths
from tests.api.test_requests import received, request_of
from tests.support.browser import enter
from tests.support.city import City
from tests.support.desk import Answer, Desk
from urbangrid.cases.models import CaseRecord, Draft

pytestmark = pytest.mark.django_db(transaction=True)
At = Callable[[str], Desk]


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Each in a thread with a database connection of its own, begun together."""
    together = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            together.wait(10)
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def one_wins(answers: list[Answer], case: str, action: str, names: tuple[str, ...]) -> None:
    assert sorted(one.status for one in answers) == [200, 409], [one.body for one in answers]
    late = next(one for one in answers if one.status == 409)
    values = late.body["values"]
    assert late.code == "case_moved_on"
    assert values["name"] in names
    assert values["time"] and values["action"]
    assert CaseRecord.objects.filter(case_id=int(case), action=action).count() == 1


def checked(desk: At, city: City) -> str:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    paths.to_check(desk, case)
    paths.checked(desk, case)
    return case


def seq_of(desk: At, who: str, case: str) -> int:
    return int(desk(who).get(f"/cases/{case}/moves").body["seq"])


def test_of_two_who_agree_at_once_one_decides(desk: At, city: City) -> None:
    case = received(desk, city)
    desk("clerk").done(case, "ask_send_back", reason="not_ours", note="不属本所养护范围")
    request, seq = request_of(desk("clerk"), case), seq_of(desk, "dispatcher", case)
    first, second = desk("dispatcher"), desk("command_director")
    one_wins(
        at_once(
            lambda: first.act(case, "agree", seq=seq, request=request), lambda: second.act(case, "agree", seq=seq, request=request)
        ),
        case, "agree", ("王芳", "冯立新"),
    )  # fmt: skip


def test_of_two_who_close_at_once_one_closes(desk: At, city: City) -> None:
    case = checked(desk, city)
    seq, first, second = seq_of(desk, "seat_agent", case), desk("seat_agent"), desk("second_seat_agent")
    done = at_once(lambda: first.act(case, "close", seq=seq), lambda: second.act(case, "close", seq=seq))
    one_wins(done, case, "close", ("周岚", "李敏"))


def test_of_two_who_merge_the_same_pair_at_once_one_merges_and_neither_waits_for_ever(desk: At, city: City) -> None:
    one, other = (paths.accept(desk, paths.report(desk, city)["report_id"]) for _twice in range(2))
    seqs = {case: seq_of(desk, "seat_agent", case) for case in (one, other)}
    first, second = desk("seat_agent"), desk("second_seat_agent")
    answers = at_once(
        lambda: first.act(one, "merge", seq=seqs[one], main=other, reason="same_matter"),
        lambda: second.act(other, "merge", seq=seqs[other], main=one, reason="same_matter"),
    )
    done = [answer.status for answer in answers]
    assert done.count(200) == 1 and done.count(409) == 1, [answer.body for answer in answers]
    assert CaseRecord.objects.filter(action="merge").count() == 1


def test_who_comes_second_to_a_dispatch_finds_what_she_typed_again(desk: At, city: City) -> None:
    case = paths.filed(desk, city)
    seq, unit = seq_of(desk, "dispatcher", case), str(desk("clerk").who.unit_id)
    browsers = [enter(Client(), city, name) for name in ("dispatcher", "command_director")]
    words = ("请走东侧便道，注意夜间照明", "请先围护再修补")

    def send(place: int) -> int:
        form = {"seq": seq, "unit_id": unit, "opinion": words[place]}
        return int(browsers[place].post(reverse("workbench:act", args=[int(case), "dispatch"]), form).status_code)

    answers = at_once(lambda: send(0), lambda: send(1))
    assert answers.count(409) == 1, answers
    late = answers.index(409)
    assert words[late] in str(Draft.objects.get(user_id=city.acting(("dispatcher", "command_director")[late]).user_id).inputs)
    assert CaseRecord.objects.filter(case_id=int(case), action="dispatch").count() == 1
