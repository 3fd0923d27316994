"""The default matrix of the requirements ("Who may do what"), cell by cell, of the presets as they ship.

A cell is read through the process: which duty the act asks for, then which posts of the model hold it. Whoever leads a desk
(值班主任, 值班长) may do what those at the desk do. Cells of evaluation, bulletins and components come with those parts; of model D
tests/models/test_two_levels.py tells.
"""

from __future__ import annotations

from functools import lru_cache

import pytest

from urbangrid.cases import process, processes
from urbangrid.cases.lifecycle import State
from urbangrid.cases.process import Process
from urbangrid.organizations import installing

MODELS = ("a", "b", "c", "e")
CELLS = """
register                | duty register            | seat_agent duty_director | seat_agent duty_director video_operator | seat_agent duty_director | seat_agent duty_director
report                  | duty report              | inspector | inspector assistant | inspector part_time_inspector | inspector
send verification       | send_verification to_file| seat_agent duty_director | seat_agent duty_director | seat_agent duty_director | seat_agent duty_director
file                    | file to_file             | seat_agent duty_director | duty_director | seat_agent duty_director | seat_agent duty_director
file what was proposed  | file to_confirm          | duty_director | duty_director | - | -
sign complex            | sign to_sign             | head | - | - | -
release to the city     | release to_release       | duty_director | duty_director | - | -
dispatch                | dispatch to_dispatch     | dispatcher command_director | dispatcher command_director | dispatcher | dispatcher command_director
recall                  | recall disposing         | dispatcher command_director | dispatcher command_director | dispatcher | dispatcher command_director
re-dispatch             | redispatch disposing     | dispatcher command_director | dispatcher command_director | dispatcher | dispatcher command_director
answer                  | feedback disposing       | UNIT | UNIT | UNIT | UNIT
ask extension           | ask extension            | UNIT | UNIT | UNIT | UNIT
ask suspension          | ask suspension           | UNIT | UNIT | UNIT | UNIT
ask deferral            | ask deferral             | UNIT | UNIT | UNIT | UNIT
ask return              | ask send_back            | department_clerk company_clerk | department_clerk company_clerk | department_clerk company_clerk | department_clerk company_clerk
approve small           | grant suspension 0       | command_director | command_director | dispatcher | dispatcher command_director
approve large           | grant suspension 1       | command_head | command_leader | duty_director | command_head
approve small           | grant deferral 0         | command_director | command_director | dispatcher | dispatcher command_director
approve large           | grant deferral 1         | command_head | command_leader | duty_director | command_head
approve small           | grant extension 0        | command_director | command_director | dispatcher | dispatcher command_director
first return            | grant send_back 0        | dispatcher command_director | dispatcher command_director | dispatcher | dispatcher command_director
second unit's return    | again send_back 0        | command_director | command_director | duty_director | command_head
pass result             | review to_review         | dispatcher command_director | dispatcher command_director | dispatcher | dispatcher command_director
check                   | check checking           | inspector | inspector | inspector part_time_inspector | inspector
close                   | close to_close           | seat_agent duty_director | seat_agent duty_director | seat_agent duty_director | duty_director
let others close        | duty authorise_closing   | head | supervision_leader | duty_director | head duty_director
reopen                  | grant reopen 0           | head | duty_director | duty_director | head
reminder                | order reminder           | LEADERS SUPERVISION COMMAND subdistrict_officer | leader SUPERVISION COMMAND | duty_director leader dispatcher | SUPERVISION COMMAND
supervision order       | order order              | LEADERS ORDERING COMMAND subdistrict_officer | ORDERING | duty_director leader dispatcher | ORDERING COMMAND
instruction             | order instruction        | director_general leader | leader | leader | leader
unclear responsibility  | grant responsibility 0   | policy_head policy_officer | policy_officer | duty_director | head
"""  # noqa: E501 - a table
UNIT = "department_clerk company_clerk company_head station_clerk crew_member company_crew"
"""Who has a case at a unit: its clerk, a company's head, and below them whoever was given it."""
GROUPS = {
    "a": {"LEADERS": "director_general leader deputy_head", "SUPERVISION": "head duty_director seat_agent",
          "ORDERING": "head duty_director", "COMMAND": "command_head command_director dispatcher"},
    "b": {"SUPERVISION": "supervision_leader duty_director seat_agent", "ORDERING": "supervision_leader duty_director",
          "COMMAND": "command_leader command_director dispatcher"},
    "c": {},
    "e": {"SUPERVISION": "head duty_director seat_agent", "ORDERING": "head duty_director",
          "COMMAND": "command_head command_director dispatcher"},
}  # fmt: skip
"""Bodies that the matrix names; of the supervision body seats remind and do not order."""
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in CELLS.strip().splitlines()]


@lru_cache
def _model(letter: str) -> tuple[Process, dict[str, set[str]]]:
    posts = {row["code"]: set(row["duties"]) for row in installing.preset(f"model_{letter}")["posts"]}
    return process.load(processes.preset(f"model_{letter}")), posts


def _duty(found: Process, act: str) -> str:
    """What an act asks for in this process; empty where the model does not have it."""
    first, *rest = act.split()
    if first == "duty":
        return rest[0]
    if first == "order":
        return found.orders[rest[0]].duty
    if first == "ask":
        return found.requests[rest[0]].duty
    if first in ("grant", "again"):
        rule = found.requests[rest[0]]
        return rule.chain(first == "again")[int(rest[1])].duty
    move = found.find(first, State(rest[0]))
    return move.duty if move is not None else ""


@pytest.mark.parametrize("letter", MODELS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}: {row[1]}")
def test_an_act_is_done_by_the_posts_that_the_matrix_names_and_by_no_other(row: tuple[str, ...], letter: str) -> None:
    found, posts = _model(letter)
    cell = row[2 + MODELS.index(letter)]
    for name, members in {**GROUPS[letter], "UNIT": UNIT}.items():
        cell = cell.replace(name, members)
    duty = _duty(found, row[1])
    holders = {code for code, duties in posts.items() if duty in duties} if duty else set()
    assert holders == (set() if cell == "-" else set(cell.split()))


@pytest.mark.parametrize("letter", MODELS)
def test_nobody_grants_at_length_what_is_hers_to_grant_in_small(letter: str) -> None:
    found, posts = _model(letter)
    for kind in ("suspension", "deferral"):
        small, large = (_duty(found, f"grant {kind} {link}") for link in (0, 1))
        assert not [code for code, duties in posts.items() if {small, large} <= duties]


@pytest.mark.parametrize("letter", MODELS)
def test_what_somebody_lets_sleep_goes_to_another_post(letter: str) -> None:
    found, posts = _model(letter)
    for kind in ("send_back", "assist_back", "void"):
        rule = found.requests[kind]
        asked = {code for code, duties in posts.items() if rule.links[-1].duty in duties}
        above = {code for link in rule.above for code, duties in posts.items() if link.duty in duties}
        assert above - asked or (not rule.above and len(asked) == 1), kind


@pytest.mark.parametrize("letter", MODELS)
def test_seats_and_dispatchers_are_posts_apart_also_where_one_centre_has_both(letter: str) -> None:
    _found, posts = _model(letter)
    seat, dispatcher = posts["seat_agent"], posts["dispatcher"]
    assert not seat & {"dispatch", "recall", "review", "approve", "approve_large"}
    assert not dispatcher & {"accept", "file", "confirm_filing", "send_verification", "send_check", "close", "correct", "void", "merge"}


@pytest.mark.parametrize("letter", MODELS)
def test_a_company_has_a_clerk_who_signs_and_a_head_who_assigns_and_hears_what_came_back(letter: str) -> None:
    _found, posts = _model(letter)
    rows = {row["code"]: row for row in installing.preset(f"model_{letter}")["posts"]}
    assert rows["company_head"]["unit_kinds"] == rows["company_clerk"]["unit_kinds"] == ["company"]
    assert rows["company_head"]["face"] == "companies"
    assert posts["company_head"] == {"lead_unit", "answer_order", "dispose"}
    assert "receive" in posts["company_clerk"] and "lead_unit" not in posts["company_clerk"]
