"""What fuzzing and the matrix of rights play with: a case in every stage, a waiting report, a request, and ids that exist."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.api import paths
from tests.api.paths import At
from tests.support.city import INSIDE, City
from tests.support.people import PASSWORD
from urbangrid.cases.models import Case, WorkItem
from urbangrid.companies.tokens import token_of

EXAMPLES: Final = int(os.environ.get("URBANGRID_FUZZ_EXAMPLES", "0"))
"""Examples per operation and kind of data; 0: the few of the test command, the same ones at every run."""
POSTS: Final = (
    "seat_agent", "duty_director", "head", "dispatcher", "clerk", "other_clerk", "crew", "company_clerk", "inspector",
    "subdistrict_officer", "leader", "system_admin", "audit_admin",
)  # fmt: skip


EVERYBODY: Final = (
    *POSTS, "station_clerk", "road_crew", "company_crew",
    "command_director", "second_inspector", "far_inspector", "squad_leader", "far_subdistrict_officer", "security_admin",
)  # fmt: skip


def bounded(few: int) -> settings:
    """``few`` examples, always the same, in the test command; URBANGRID_FUZZ_EXAMPLES fresh ones in a long run."""
    return settings(
        max_examples=EXAMPLES or few, derandomize=not EXAMPLES, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), print_blob=False,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Turn:
    """Whose turn it is on which case."""

    ref: str
    seq: int
    who: str


@dataclass(frozen=True, slots=True)
class Story:
    """Cases by stage and everything else that has an id."""

    cases: Mapping[str, str]
    ids: Mapping[str, tuple[object, ...]]
    photos: Mapping[str, str]
    """A photo that each post has sent itself."""
    turns: Mapping[str, tuple[Turn, ...]]
    """Per action of a case: on which case, at which seq and by whom it may be done now."""

    def pick(self, name: str) -> st.SearchStrategy[object]:
        """One of the values that exist for a place of that name."""
        return st.sampled_from(self.ids[name])


def tell(at: At, city: City) -> Story:
    """Play it; the ids are those that pages and interface name their places by."""
    cases = _cases(at, city)
    waiting, asked = paths.report(at, city), paths.request(at, city)
    numbers = tuple(Case.objects.exclude(number=None).values_list("number", flat=True))
    clerk, inspector = at("clerk").who, at("inspector").who
    one: dict[str, tuple[object, ...]] = {
        "ref": (*cases.values(), *numbers), "case_id": tuple(cases.values()), "text": numbers,
        "report_id": (waiting["report_id"],), "request_id": (asked["request_id"],),
        "item_id": tuple(WorkItem.objects.filter(closed_at=None).order_by("pk").values_list("pk", flat=True)),
        "token": tuple(map(token_of, map(int, cases.values()))),
        "file_id": (at("inspector").send_photo("red"), *(waiting.get("photo_ids") or ())),
        "category_id": (str(city.category().id),), "condition_id": (str(city.condition()),),
        "unit_id": (str(clerk.unit_id), str(at("company_clerk").who.unit_id)), "user_id": (str(clerk.user_id),),
        "appointment": (str(inspector.appointment_id),), "appointment_id": (str(clerk.appointment_id),),
        "kind": ("accept", "file", "dispatch", "receive", "dispose", "review", "check", "close", "sign"),
        "action": ("receive", "dispatch", "refuse_report"), "name": ("order", "filing", "release"),
        "source": ("inspector", "hotline", "web"), "then": ("", "file", "propose_filing", "send_verification"),
        "answer": ("true", "false", "handled", "not_handled"), "reason": _reasons(at), "seq": (1, 2, 3, 4, 5, 6, 7),
        "username": POSTS, "password": (PASSWORD,),
        "longitude": (INSIDE[0],), "latitude": (INSIDE[1],),
    }  # fmt: skip
    return Story(cases, one, {name: at(name).send_photo() for name in EVERYBODY}, _turns(at, cases))


def _turns(at: At, cases: Mapping[str, str]) -> dict[str, tuple[Turn, ...]]:
    found: dict[str, list[Turn]] = defaultdict(list)
    for who, ref in product(EVERYBODY, cases.values()):
        answer = at(who).get(f"/cases/{ref}/moves")
        if answer.status != 200:
            continue
        may = [move["action"] for move in answer.body["moves"] if not move["why_not"]]
        for action in [*may, *(["withdraw"] if answer.body["can_withdraw"] else [])]:
            found[action].append(Turn(ref, answer.body["seq"], who))
    return {action: tuple(turns) for action, turns in found.items()}


def _cases(at: At, city: City) -> dict[str, str]:
    told = {"accepted": paths.accept(at, paths.report(at, city)["report_id"]), "filed": paths.filed(at, city)}
    told["verifying"] = paths.accept(at, paths.request(at, city)["report_id"], "send_verification")
    told["proposed"] = paths.accept(at, paths.report(at, city)["report_id"], "propose_filing", condition_id=str(city.condition()))
    told["unsigned"], told["to_release"] = paths.filed(at, city, complex=True), paths.filed(at, city, city_owned=True)
    told["with_city"] = paths.filed(at, city, city_owned=True)
    at("duty_director").done(told["with_city"], "release")
    told["city_undone"] = paths.filed(at, city, city_owned=True)
    at("duty_director").done(told["city_undone"], "release")
    at("duty_director").done(told["city_undone"], "enter_city_answer", text="已修复", city_number="市-1", handled_by="市路政")
    at("seat_agent").done(told["city_undone"], "send_check")
    paths.checked(at, told["city_undone"], "not_handled")
    told["dispatched"], told["received"] = paths.dispatched(at, city), paths.dispatched(at, city)
    at("clerk").done(told["received"], "receive")
    told["with_crew"], told["with_company"] = paths.dispatched(at, city), paths.filed(at, city)
    at("clerk").done(told["with_crew"], "assign_down", unit_id=str(at("crew").who.unit_id))
    company = {"unit_id": str(at("company_clerk").who.unit_id), "reason": "order", "opinion": "领导指定"}
    at("dispatcher").done(told["with_company"], "dispatch", **company)
    for name in ("fed_back", "reviewed", "in_check", "checked", "closed"):
        told[name] = paths.dispatched(at, city)
        paths.fed_back(at, told[name])
    at("dispatcher").done(told["reviewed"], "review")
    for name in ("in_check", "checked", "closed"):
        paths.to_check(at, told[name])
    for name in ("checked", "closed"):
        paths.checked(at, told[name])
    at("seat_agent").done(told["closed"], "close")
    return told


def _reasons(at: At) -> tuple[object, ...]:
    lists = ("refuse_report", "refuse_filing", "rework", "other_unit", "void", "correct", "withdraw")
    found = [at("seat_agent").get(f"/reasons/{name}") for name in lists]
    return tuple(dict.fromkeys(row["code"] for answer in found if answer.status == 200 for row in answer.body))


@st.composite
def with_real_ids(draw: Any, value: Any, story: Story, who: str) -> Any:
    """``value`` with three in four of the ids, codes and numbers that stand in it replaced by ones that exist and photos that are hers."""
    if not isinstance(value, dict):
        return value
    return {key: _real(draw, key, item, story, who) for key, item in value.items()}


def _real(draw: Any, key: object, item: Any, story: Story, who: str) -> Any:
    if isinstance(item, dict):
        return draw(with_real_ids(item, story, who))
    if not isinstance(key, str) or not draw(st.integers(0, 3)):
        return item
    if key == "files":
        return [story.photos[who]] if who in story.photos else []
    return draw(story.pick(key)) if key in story.ids else item
