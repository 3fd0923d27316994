"""The default matrix of the requirements ("Who may do what"), cell by cell, of the presets as they ship.

A cell is read through the process: which duty the act asks for, then which posts of the model hold it. Whoever leads a desk
(值班主任, 值班长) may do what those at the desk do. Cells of evaluation, bulletins and components come with those parts. In column D the
posts of a district's command centre and units stand with ``d.`` before their name; which cases a level has in hand tells test_two_levels.
"""

from __future__ import annotations

from functools import lru_cache

import pytest

from urbangrid.cases import process, processes
from urbangrid.cases.lifecycle import State
from urbangrid.cases.process import Process
from urbangrid.cases.requests import Link, next_link
from urbangrid.organizations import installing

MODELS = ("a", "b", "c", "d", "e")
CELLS = """
register                | duty register            | seat_agent duty_director | seat_agent duty_director video_operator | seat_agent duty_director | seat_agent duty_director | seat_agent duty_director
report                  | duty report              | inspector | inspector assistant assistant_crew | inspector part_time_inspector | inspector d.inspector | inspector
send verification       | send_verification to_file| seat_agent duty_director | seat_agent duty_director | seat_agent duty_director | seat_agent duty_director | seat_agent duty_director
file                    | file to_file             | seat_agent duty_director | duty_director | seat_agent duty_director | seat_agent duty_director | seat_agent duty_director
file what was proposed  | file to_confirm          | duty_director | duty_director | - | - | -
sign complex            | sign to_sign             | head | - | - | - | -
release to the city     | release to_release       | duty_director | duty_director | - | - | -
dispatch                | dispatch to_dispatch     | dispatcher command_director | dispatcher command_director | dispatcher | dispatcher command_director | dispatcher command_director
recall                  | recall disposing         | dispatcher command_director | dispatcher command_director | dispatcher | dispatcher command_director duty_director d.dispatcher d.head | dispatcher command_director
re-dispatch             | redispatch disposing     | dispatcher command_director | dispatcher command_director | dispatcher | dispatcher command_director duty_director d.dispatcher d.head | dispatcher command_director
answer                  | feedback disposing       | UNIT | UNIT assistant_crew | UNIT | UNIT | UNIT
ask extension           | ask extension            | UNIT | UNIT assistant_crew | UNIT | UNIT | UNIT
ask suspension          | ask suspension           | UNIT | UNIT assistant_crew | UNIT | UNIT | UNIT
ask deferral            | ask deferral             | UNIT | UNIT assistant_crew | UNIT | UNIT | UNIT
ask return              | ask send_back            | department_clerk company_clerk | department_clerk company_clerk | department_clerk company_clerk | department_clerk company_clerk d.department_clerk d.company_clerk | department_clerk company_clerk
approve small           | grant suspension 0       | command_director | command_director | dispatcher | APPROVE | dispatcher command_director
approve large           | grant suspension 1       | command_head | command_leader | duty_director | duty_director | command_head
approve small           | grant deferral 0         | command_director | command_director | dispatcher | APPROVE | dispatcher command_director
approve large           | grant deferral 1         | command_head | command_leader | duty_director | duty_director | command_head
approve small           | grant extension 0        | command_director | command_director | dispatcher | APPROVE | dispatcher command_director
first return            | grant send_back 0        | dispatcher command_director | dispatcher command_director | dispatcher | dispatcher command_director | dispatcher command_director
second unit's return    | again send_back 0        | command_director | command_director | duty_director | APPROVE | command_head
pass result             | review to_review         | dispatcher command_director | dispatcher command_director | dispatcher | dispatcher command_director | dispatcher command_director
check                   | check checking           | inspector | inspector | inspector part_time_inspector | inspector d.inspector | inspector
close                   | close to_close           | seat_agent duty_director | seat_agent duty_director | seat_agent duty_director | seat_agent duty_director | duty_director
let others close        | duty authorise_closing   | head | supervision_leader | duty_director | - | head duty_director
reopen                  | grant reopen 0           | head | duty_director | duty_director | duty_director | head
reminder                | order reminder           | LEADERS SUPERVISION COMMAND subdistrict_officer | leader SUPERVISION COMMAND | duty_director leader dispatcher | LEADERS SUPERVISION COMMAND | SUPERVISION COMMAND
supervision order       | order order              | LEADERS ORDERING COMMAND subdistrict_officer | ORDERING | duty_director leader dispatcher | LEADERS duty_director COMMAND | ORDERING COMMAND
instruction             | order instruction        | director_general leader | leader | leader | LEADERS | leader
unclear responsibility  | grant responsibility 0   | policy_head policy_officer | policy_officer | duty_director | duty_director | head
dispatch in a district  | dispatch at_district    | - | - | - | d.dispatcher d.head | -
return to the city      | return_up at_district   | - | - | - | d.dispatcher d.head | -
pass result in a district| review district_review  | - | - | - | d.dispatcher d.head | -
rework in a district    | rework district_review  | - | - | - | d.dispatcher d.head | -
approve in a district   | district extension 0    | - | - | - | d.head | -
approve in a district   | district suspension 0   | - | - | - | d.head | -
approve in a district   | district deferral 0     | - | - | - | d.head | -
then the city           | district extension 1    | - | - | - | APPROVE | -
first return in a district| district send_back 0    | - | - | - | d.dispatcher d.head | -
second return in a district| district_again send_back 0| - | - | - | d.head | -
slept in a district     | slept send_back 1       | - | - | - | d.head | -
slept in a district     | slept assist_back 1     | - | - | - | d.head | -
unclear within a district| district responsibility 0| - | - | - | d.head | -
"""  # noqa: E501 - a table
UNIT = "department_clerk company_clerk company_head station_clerk crew_member company_crew"
"""Who has a case at a unit: its clerk, a company's head, and below them whoever was given it; in B also a crew of assistants (CY-15)."""
GROUPS = {
    "a": {"LEADERS": "director_general leader deputy_head", "SUPERVISION": "head duty_director seat_agent",
          "ORDERING": "head duty_director", "COMMAND": "command_head command_director dispatcher"},
    "b": {"SUPERVISION": "supervision_leader duty_director seat_agent", "ORDERING": "supervision_leader duty_director",
          "COMMAND": "command_leader command_director dispatcher"},
    "c": {},
    "d": {"LEADERS": "leader d.leader", "SUPERVISION": "duty_director seat_agent", "APPROVE": "command_director",
          "COMMAND": "command_director dispatcher d.dispatcher d.head"},
    "e": {"SUPERVISION": "head duty_director seat_agent", "ORDERING": "head duty_director",
          "COMMAND": "command_head command_director dispatcher"},
}  # fmt: skip
"""Bodies that the matrix names; of the supervision body seats remind and do not order."""
ROWS = [tuple(cell.strip() for cell in line.split("|")) for line in CELLS.strip().splitlines()]


@lru_cache
def _model(letter: str) -> tuple[Process, dict[str, set[str]]]:
    posts = {row["code"]: set(row["duties"]) for row in installing.preset(f"model_{letter}")["posts"]}
    if letter == "d":
        posts |= {f"d.{row['code']}": set(row["duties"]) for row in installing.preset("model_d_district")["posts"]}
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
    link = _link(found, first, rest) if first in ASKED else None
    if first in ASKED:
        return link.duty if link is not None else ""
    move = found.find(first, State(rest[0]))
    return move.duty if move is not None else ""


ASKED = ("grant", "again", "district", "district_again", "slept")


def _link(found: Process, how: str, rest: list[str]) -> Link | None:
    """Who decides at a place of the chain; of a district's unit where the model has districts. ``slept``: when the one before has slept."""
    rule, place = found.requests[rest[0]], int(rest[1])
    of_district = how not in ("grant", "again")
    if of_district and not rule.district:
        return None
    links = rule.chain(how.endswith("again"), in_district=of_district)
    return next_link(rule, links, place - 1) if how == "slept" else links[place]


def _of_level(found: Process, act: str, post: str) -> bool:
    """Whether an act of model D is the post's level's: what a desk has is the city's, of a district what the row gives to one."""
    first, *rest = act.split()
    if first in ASKED:
        link = _link(found, first, rest)
        return link is not None and link.of_district == post.startswith("d.")
    if first in ("duty", "order", "ask"):
        return True
    move, wait = found.find(first, State(rest[0])), found.waits.get(State(rest[0]))
    if move is None or wait is None or not move.edge.work or wait.holder not in ("desk", "district"):
        return True
    return (wait.holder == "district") == post.startswith("d.")


@pytest.mark.parametrize("letter", MODELS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}: {row[1]}")
def test_an_act_is_done_by_the_posts_that_the_matrix_names_and_by_no_other(row: tuple[str, ...], letter: str) -> None:
    found, posts = _model(letter)
    cell = row[2 + MODELS.index(letter)]
    units = UNIT if letter != "d" else " ".join([UNIT, *(f"d.{code}" for code in UNIT.split())])
    for name, members in {**GROUPS[letter], "UNIT": units}.items():
        cell = cell.replace(name, members)
    duty = _duty(found, row[1])
    holders = {code for code, duties in posts.items() if duty in duties and _of_level(found, row[1], code)} if duty else set()
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
