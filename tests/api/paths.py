"""Ways that cases take in these stories, step by step through the interface."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from tests.support.city import INSIDE, City
from tests.support.desk import Desk

At = Callable[[str], Desk]
_serial = count(1)


def report(at: At, city: City, *, who: str = "inspector", spot: tuple[float, float] = INSIDE, **more: Any) -> dict[str, Any]:
    """An inspector's report of a broken road with a photo."""
    desk = at(who)
    body = {
        "source": "inspector", "client_id": f"phone-{next(_serial)}", "category_id": str(city.category().id),
        "condition_id": str(city.condition()), "description": "路面坑洼，约两平方米", "place_text": "大柳树路南侧",
        "longitude": spot[0], "latitude": spot[1], "files": [desk.send_photo()],
    } | more  # fmt: skip
    answer = desk.post("/reports", body)
    assert answer.status == 201, answer.body
    return dict(answer.body)


def request(at: At, city: City, **more: Any) -> dict[str, Any]:
    """A call to the hotline about a broken road, with name and number."""
    body = {
        "source": "hotline", "client_id": f"call-{next(_serial)}", "line": "12319", "category_id": str(city.category().id),
        "text": "我是秦素珍，电话13900001111，大柳树路口地面塌了一块，秦女士等您回复", "place_text": "大柳树路口",
        "contact": {"name": "秦素珍", "phone": "139 0000 1111", "address": "柳荫里3号"},
        "longitude": INSIDE[0], "latitude": INSIDE[1],
    } | more  # fmt: skip
    answer = at("seat_agent").post("/requests", body)
    assert answer.status == 201, answer.body
    return dict(answer.body)


def accept(at: At, report_id: str, then: str = "", **data: Any) -> str:
    """The seat accepts; returns the case's id."""
    answer = at("seat_agent").post(f"/reports/{report_id}/accept", {"then": then, "data": data})
    assert answer.status == 201, answer.body
    return str(answer.body["case_id"])


def filed(at: At, city: City, **data: Any) -> str:
    """A case that the seat has filed from an inspector's report."""
    return accept(at, report(at, city)["report_id"], "file", **data)


def dispatched(at: At, city: City) -> str:
    """… and the dispatcher sent to 市政所."""
    case = filed(at, city)
    at("dispatcher").done(case, "dispatch", unit_id=str(at("clerk").who.unit_id), opinion="请尽快修补")
    return case


def fed_back(at: At, case: str) -> None:
    """The unit receives and feeds back with a photo."""
    at("clerk").done(case, "receive")
    at("clerk").done(case, "feedback", text="已修补", handled_by="何建", files=[at("clerk").send_photo("black")])


def to_check(at: At, case: str) -> None:
    """The dispatcher passes the feedback, the seat sends it to be checked."""
    at("dispatcher").done(case, "review")
    at("seat_agent").done(case, "send_check")


def checker(at: At, case: str) -> str:
    """Who of the cast got the check."""
    for name in ("inspector", "second_inspector", "far_inspector"):
        rows = at(name).get("/queues/check").body
        if any(row["case_id"] == case for row in rows):
            return name
    raise AssertionError("nobody has the check")


def checked(at: At, case: str, answer: str = "handled") -> str:
    """The inspector who got the task answers it from the site; returns who."""
    name = checker(at, case)
    at(name).done(case, "check", answer=answer, longitude=INSIDE[0], latitude=INSIDE[1], files=[at(name).send_photo("white")])
    return name
