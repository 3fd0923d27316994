"""Who decides a request: a small extension one approver, a large one the chain; who sleeps two hours loses it (matrix; case-rules 16)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.api.paths import At
from tests.api.test_requests import ask_back, clock_of, received, request_of, until
from tests.supervision.delivery import deliver, told
from tests.support.city import WORKDAY, City
from urbangrid.cases import processes
from urbangrid.cases.actions import escalating
from urbangrid.cases.definitions import checking
from urbangrid.cases.models import CaseRecord, WorkItem
from urbangrid.cases.requests import KINDS, Link, RequestRule, is_last, next_link
from urbangrid.cases.verification import verify_case
from urbangrid.core import clock, presets
from urbangrid.messaging import queries as messaging

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _fresh_table() -> None:
    messaging.forget()


def _asked(desk: At, city: City, days: int) -> tuple[str, str]:
    case = received(desk, city)
    desk("clerk").done(case, "ask_extension", reason="weather", note="连日有雨", until=until(days))
    return case, request_of(desk("clerk"), case)


def _decides(case: str) -> list[str]:
    return list(WorkItem.objects.filter(case_id=case, kind="decide", closed_at=None).values_list("duty", flat=True))


def test_a_small_extension_is_one_approvers_and_a_large_one_the_second_approvers_too(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        small, asked = _asked(desk, city, 7)
        before = clock_of(desk("clerk"), small)["limit_seconds"]
        desk("command_director").done(small, "agree", request=asked)
        assert clock_of(desk("clerk"), small)["limit_seconds"] == 2 * before
        large, asked = _asked(desk, city, 8)
        desk("command_director").done(large, "agree", request=asked, note="同意上报")
        assert clock_of(desk("clerk"), large)["limit_seconds"] == before, "the head has not spoken yet"
        assert desk("command_director").act(large, "agree", request=asked).code == "not_your_item"
        desk("command_head").done(large, "agree", request=asked)
        assert clock_of(desk("clerk"), large)["limit_seconds"] == 2 * before


def test_what_an_approver_lets_sleep_for_two_hours_goes_to_the_next_one_and_she_learns_it(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case, asked = _asked(desk, city, 3)
    with clock.travel(WORKDAY + 119 * MINUTE):
        assert escalating.escalate_slept() == 0
    with clock.travel(WORKDAY + 120 * MINUTE):
        assert escalating.escalate_slept() == 1
        assert escalating.escalate_slept() == 0
        assert _decides(case) == ["approve_large"]
        deliver()
        assert "slept" in told(city, "command_director", case)
        assert "to_decide" in told(city, "command_head", case)
        record = CaseRecord.objects.get(case_id=case, action="escalate")
        assert (record.actor_id, record.reason) == (None, "")
        line = next(one for one in desk("dispatcher").get(f"/cases/{case}").body["story"] if one["action"] == "escalate")
        assert (line["word"], line["actor"]) == ("逾时转批", "") and "逾时未批" in line["text"]
        assert desk("command_director").act(case, "agree", request=asked).code == "not_your_item"
        desk("command_head").done(case, "agree", request=asked)  # a small one: her word is the last
        assert desk("clerk").get(f"/cases/{case}").body["aside"] == ""
    assert verify_case(int(case)) == []


def test_where_the_chain_ends_those_above_get_it_one_after_another_and_nobody_above_the_head(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = received(desk, city)
        asked = ask_back(desk, "clerk", case)
        assert _decides(case) == ["dispatch"]
    for hours, duty in ((2, "approve"), (4, "approve_large"), (8, "approve_large")):
        with clock.travel(WORKDAY + hours * 60 * MINUTE):
            escalating.escalate_slept()
            assert _decides(case) == [duty]
    with clock.travel(WORKDAY + 9 * 60 * MINUTE):
        desk("command_head").done(case, "agree", request=asked)
        assert desk("seat_agent").get(f"/cases/{case}").body["state"] == "to_dispatch"
    assert verify_case(int(case)) == []


def test_a_decision_given_in_time_or_a_process_without_the_rule_leaves_everything_as_it_is(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case, asked = _asked(desk, city, 3)
        desk("command_director").done(case, "disagree", request=asked, reason="in_time")
        definition = processes.preset("model_a")
        definition["settings"]["escalate_minutes"] = 0
        processes.publish(city.platform, definition, {duty for one in city.cast.values() for duty in one.duties})
        other, _asked_too = _asked(desk, city, 3)
    with clock.travel(WORKDAY + timedelta(days=1)):
        assert escalating.escalate_slept() == 0
        assert (_decides(case), _decides(other)) == ([], ["approve"])


@pytest.mark.parametrize("model", presets.codes(processes.PRESETS))
def test_in_every_model_large_extensions_have_a_second_approver(model: str) -> None:
    definition = processes.preset(model)
    row = next(one for one in definition["requests"] if one["kind"] == "extension")
    assert [one["duty"] for one in row["chain"]] == ["approve", "approve_large"] and row["chain"][0]["days"] == 7


def test_a_definition_whose_upper_approver_nobody_holds_is_refused_with_the_row(city: City) -> None:
    definition = processes.preset("model_a")
    next(one for one in definition["requests"] if one["kind"] == "void")["above"] = [{"duty": "emperor"}]
    held = {duty for one in city.cast.values() for duty in one.duties}
    assert [one.row for one in checking.check(definition, held)] == ["requests: void: emperor"]


LINK = st.builds(Link, st.sampled_from("abcde"), st.one_of(st.none(), st.integers(0, 40)))
CHAINS = st.lists(LINK, min_size=1, max_size=3, unique_by=lambda one: one.duty).map(tuple)


def _naive(links: tuple[Link, ...], days: int) -> list[str]:
    """Who says yes before it is granted, told once more."""
    said = []
    for link in links:
        said.append(link.duty)
        if link.days is not None and days <= link.days:
            break
    return said


@given(links=CHAINS, days=st.integers(0, 60))
def test_the_chain_ends_with_the_first_approver_whose_length_suffices(links: tuple[Link, ...], days: int) -> None:
    position, said = 0, [links[0].duty]
    while not is_last(links, position, days):
        position += 1
        said.append(links[position].duty)
    assert said == _naive(links, days)


@given(links=CHAINS, above=CHAINS, days=st.integers(0, 60))
def test_sleeping_on_ends_with_somebody_who_may_decide_and_passes_nobody_twice(links: Any, above: Any, days: int) -> None:
    rule = RequestRule(KINDS["extension"], "dispose", links, above=above)
    position, had = 0, [links[0].duty]
    while (link := next_link(rule, links, position)) is not None:
        position += 1
        had.append(link.duty)
    assert had == list(dict.fromkeys(one.duty for one in (*links, *above)))
    assert is_last(links, position, days)
