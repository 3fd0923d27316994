"""What fuzzing and the matrix of rights play with: a case in every stage, a waiting report, a request, and ids that exist."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any, Final

from django.conf import settings as configured
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from tests.api import paths
from tests.api.paths import At
from tests.support import kept
from tests.support.city import INSIDE, City, forget, restore_city
from tests.support.desk import desks
from tests.support.people import PASSWORD
from urbangrid.cases.actions import ACTIONS
from urbangrid.cases.models import Case, CaseRequest, WorkItem
from urbangrid.catalog import queries as catalog
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
    more: Mapping[str, object] = field(default_factory=dict)
    """What the body must name: the request decided, the order answered."""


@dataclass(frozen=True, slots=True)
class Story:
    """Cases by stage and everything else that has an id."""

    cases: Mapping[str, str]
    ids: Mapping[str, tuple[object, ...]]
    photos: Mapping[str, str]
    """A photo that each post has sent itself."""
    turns: Mapping[str, tuple[Turn, ...]]
    """Per action of a case: on which case, at which seq and by whom it may be done now."""
    reasons: Mapping[str, tuple[object, ...]]
    """The reasons of each action that has a list of its own."""

    def pick(self, name: str) -> st.SearchStrategy[object]:
        """One of the values that exist for a place of that name."""
        return st.sampled_from(self.ids[name])


def told() -> tuple[City, Story]:
    """The small city with the story in it, in the empty database of this test; put back with its files where the run told it before."""
    forget()
    city, story, files = kept.city("every stage", _told)
    forget()
    for name, content in files.items():
        place = Path(configured.FILES_ROOT) / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return city, story


def _told() -> tuple[City, Story, dict[str, bytes]]:
    city, root = restore_city(), Path(configured.FILES_ROOT)
    story = _tell(desks(city), city)
    return city, story, {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def _tell(at: At, city: City) -> Story:
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
        "main": tuple(cases.values()), "other": tuple(cases.values()), "grade": ("ordinary", "key"),
        "until": ("2026-12-24T18:00:00+08:00",), "request": tuple(CaseRequest.objects.values_list("pk", flat=True)),
        "means": ("site", "video", "assessor"),
        "username": POSTS, "password": (PASSWORD,),
        "longitude": (INSIDE[0],), "latitude": (INSIDE[1],),
    }  # fmt: skip
    return Story(cases, one, {name: at(name).send_photo() for name in EVERYBODY}, _turns(at, cases), _reasons_of_actions(city))


def _turns(at: At, cases: Mapping[str, str]) -> dict[str, tuple[Turn, ...]]:
    found: dict[str, list[Turn]] = defaultdict(list)
    for who, ref in product(EVERYBODY, cases.values()):
        answer = at(who).get(f"/cases/{ref}/moves")
        if answer.status != 200:
            continue
        may = [move["action"] for name in ("moves", "asks") for move in answer.body[name] if not move["why_not"]]
        for action in [*may, *(["withdraw"] if answer.body["can_withdraw"] else [])]:
            found[action].append(Turn(ref, answer.body["seq"], who))
    for who, (action, (name, data)) in product(EVERYBODY, BESIDE.items()):
        found[action] += _tried(at, who, cases[name], action, data)
    return {action: tuple(turns) for action, turns in found.items()}


BESIDE: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "remind": ("received", {}), "order": ("received", {"note": "今日内办结"}), "instruct": ("received", {"note": "今日内办结"}),
    "comment": ("received", {"text": "已看现场"}), "contact": ("received", {"how": "phone", "outcome": "informed", "note": "已说明"}),
    "fence": ("fenced", {"text": "已围护"}), "agree": ("asking", {}), "disagree": ("asking", {"reason": "no_ground"}),
    "take_back": ("asking", {}), "answer_order": ("ordered", {"note": "已办"}), "accept_answer": ("answered", {}),
    "return_answer": ("answered", {"note": "未见结果"}), "assist_answer": ("assisted", {"text": "已清理"}),
    "drop_assist": ("assisted", {"reason": "wrong_unit"}), "add_assist": ("received", {}), "unmerge": ("merged", {"reason": "not_same"}),
}  # fmt: skip
"""What is done beside the state: on which case, and with what besides the request it is about."""


def _about(case: str) -> dict[str, Any]:
    newest = CaseRequest.objects.filter(case_id=int(case)).order_by("-pk").first()
    return {"request": newest.pk} if newest is not None else {}


def _tried(at: At, who: str, case: str, action: str, data: Mapping[str, Any]) -> list[Turn]:
    """Her turn if she could do it just now; what she did is taken back."""
    more = _about(case)
    if action in ("add_assist", "drop_assist", "contact"):
        more = {"unit_id": str(at("other_clerk").who.unit_id)}
    if action == "fence":
        more = {"files": [at(who).send_photo("orange")]}
    seq = Case.objects.values_list("seq", flat=True).get(pk=int(case))
    with transaction.atomic():
        done = at(who).act(case, action, seq=seq, **data, **more)
        transaction.set_rollback(True)
    return [Turn(case, seq, who, more)] if done.status == 200 else []


def _beside(at: At, city: City) -> dict[str, str]:
    """Cases on which somebody waits for a decision, an answer or a hand."""
    told = {name: paths.dispatched(at, city) for name in ("asking", "ordered", "answered", "assisted")}
    for case in told.values():
        at("clerk").done(case, "receive")
    at("clerk").done(told["asking"], "ask_extension", reason="material", note="沥青明日到", until="2026-12-24T18:00:00+08:00")
    for name in ("ordered", "answered"):
        at("head").done(told[name], "order", note="今日内办结")
    at("clerk").done(told["answered"], "answer_order", note="已办", **_about(told["answered"]))
    at("dispatcher").done(told["assisted"], "add_assist", unit_id=str(at("other_clerk").who.unit_id), note="请清理绿化带")
    cover: dict[str, Any] = {"category_id": str(city.category("上水井盖").id), "condition_id": str(city.condition("上水井盖"))}
    told["fenced"] = paths.accept(at, paths.report(at, city, **cover)["report_id"], "file")
    at("dispatcher").done(told["fenced"], "dispatch", unit_id=str(at("clerk").who.unit_id))
    at("clerk").done(told["fenced"], "receive")
    told["merged"], main = (paths.accept(at, paths.report(at, city)["report_id"]) for _number in range(2))
    at("seat_agent").done(told["merged"], "merge", main=main, reason="same_matter")
    return told


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
    return told | _beside(at, city)


def _reasons_of_actions(city: City) -> dict[str, tuple[object, ...]]:
    found = {name: catalog.reasons(city.platform.pk, name) for name in ACTIONS}
    return {name: tuple(row.code for row in rows) for name, rows in found.items() if rows}


def _reasons(at: At) -> tuple[object, ...]:
    lists = ("refuse_report", "refuse_filing", "rework", "other_unit", "void", "correct", "withdraw")
    found = [at("seat_agent").get(f"/reasons/{name}") for name in lists]
    return tuple(dict.fromkeys(row["code"] for answer in found if answer.status == 200 for row in answer.body))


@st.composite
def with_real_ids(draw: Any, value: Any, story: Story, who: str, action: str = "") -> Any:
    """``value`` with three in four of the ids, codes and numbers that stand in it replaced by ones that exist and photos that are hers.

    ``action``: of a case; reasons are from its list then.
    """
    if not isinstance(value, dict):
        return value
    return {key: _real(draw, key, item, story, who, action) for key, item in value.items()}


def _real(draw: Any, key: object, item: Any, story: Story, who: str, action: str) -> Any:
    if isinstance(item, dict):
        return draw(with_real_ids(item, story, who, action))
    if not isinstance(key, str) or not draw(st.integers(0, 3)):
        return item
    if key == "files":
        return [story.photos[who]] if who in story.photos else []
    if key == "reason" and action in story.reasons:
        return draw(st.sampled_from(story.reasons[action]))
    return draw(story.pick(key)) if key in story.ids else item
