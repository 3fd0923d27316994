"""The ways of a case that all models share, each step done by the post that the model gives it to."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from django.test import Client

from tests.api.paths import At
from tests.support import city as places
from tests.support.browser import enter
from tests.support.city import FAR_INSIDE, INSIDE
from tests.support.model_city import ModelCity
from urbangrid.cases.actions import authorising
from urbangrid.cases.actions.authorising import AuthorisationInputs
from urbangrid.cases.models import Case
from urbangrid.core import clock

_serial = count(1)
REPLY = "您好，已处置完毕，谢谢您的反映。"


def inspector_reports(at: At, city: ModelCity, who: str = "inspector", spot: tuple[float, float] = INSIDE) -> str:
    """Id of the report."""
    body = {
        "source": "inspector", "client_id": f"model-{next(_serial)}", "category_id": str(city.category().id),
        "condition_id": str(city.condition()), "place_text": "大柳树路南侧", "longitude": spot[0], "latitude": spot[1],
        "files": [at(who).send_photo()],
    }  # fmt: skip
    answer = at(who).post("/reports", body)
    assert answer.status == 201, answer.body
    return str(answer.body["report_id"])


def citizen_calls(at: At, city: ModelCity, spot: tuple[float, float] = INSIDE) -> str:
    body = {
        "source": "hotline", "client_id": f"model-{next(_serial)}", "line": "12319", "category_id": str(city.category().id),
        "text": "路面塌了一块", "place_text": "大柳树路口", "longitude": spot[0], "latitude": spot[1],
        "contact": {"name": "秦素珍", "phone": "139 0000 1111"},
    }  # fmt: skip
    answer = at("seat_agent").post("/requests", body)
    assert answer.status == 201, answer.body
    return str(answer.body["report_id"])


def city_sends(at: At, city: ModelCity, spot: tuple[float, float] = INSIDE) -> str:
    """A matter of the platform above, registered by the seat until an exchange link brings it."""
    body = {
        "source": "city", "client_id": f"model-{next(_serial)}", "category_id": str(city.category().id), "place_text": "大柳树路口",
        "longitude": spot[0], "latitude": spot[1], "description": "市平台转来",
    }  # fmt: skip
    answer = at("seat_agent").post("/reports", body)
    assert answer.status == 201, answer.body
    return str(answer.body["report_id"])


def accepted(at: At, report: str, then: str = "", **data: Any) -> str:
    answer = at("seat_agent").post(f"/reports/{report}/accept", {"then": then, "data": data})
    assert answer.status == 201, answer.body
    return str(answer.body["case_id"])


def holder(at: At, city: ModelCity, case: str, kind: str) -> str:
    """Which inspector of the cast has the task."""
    names = [name for name, one in city.cast.items() if one.may("check")]
    for name in names:
        if any(row["case_id"] == case for row in at(name).get(f"/queues/{kind}").body):
            return name
    raise AssertionError(f"nobody of {names} has the {kind}")


def verified(at: At, city: ModelCity, report: str) -> str:
    """Accepted, looked at on site and found true."""
    case = accepted(at, report, "send_verification")
    who = holder(at, city, case, "verify")
    at(who).done(case, "verify", answer="true", files=[at(who).send_photo()], longitude=INSIDE[0], latitude=INSIDE[1])
    return case


def filed(at: At, city: ModelCity, case: str) -> None:
    """By whoever files in this model: the seat, or the duty leader on the seat's proposal."""
    if at("seat_agent").who.may("file"):
        at("seat_agent").done(case, "file", condition_id=str(city.condition()))
        return
    assert at("seat_agent").act(case, "file", condition_id=str(city.condition())).status == 403
    at("seat_agent").done(case, "propose_filing", condition_id=str(city.condition()))
    at("duty_director").done(case, "file", condition_id=str(city.condition()))


def dispatched(at: At, case: str) -> None:
    at("dispatcher").done(case, "dispatch", unit_id=str(at("clerk").who.unit_id), **_reason(at, case, "clerk"))


def _reason(at: At, case: str, clerk: str) -> dict[str, str]:
    """A reason where the unit is not the proposed one."""
    proposed = at("dispatcher").get(f"/cases/{case}/proposals").body
    if not proposed or proposed[0]["unit_id"] == str(at(clerk).who.unit_id):
        return {}
    return {"reason": at("dispatcher").get("/reasons/other_unit").body[0]["code"], "opinion": "市属道路，由市政所处置"}


def disposed(at: At, case: str, clerk: str = "clerk") -> None:
    at(clerk).done(case, "receive")
    at(clerk).done(case, "feedback", text="已修补", handled_by="班组", files=[at(clerk).send_photo("black")])


def closed(at: At, city: ModelCity, case: str, reply: str = REPLY) -> dict[str, Any]:
    """Sent to be checked, checked on site and closed."""
    at("seat_agent").done(case, "send_check")
    who = holder(at, city, case, "check")
    at(who).done(case, "check", answer="handled", longitude=INSIDE[0], latitude=INSIDE[1], files=[at(who).send_photo("white")])
    _authorised(at, case, reply)
    return at("seat_agent").done(case, "close", reply=reply)


def _authorised(at: At, case: str, reply: str) -> None:
    """Where the seat has no right to close, the duty leader gives her an authorisation (model E)."""
    seat, leader = at("seat_agent").who, at("duty_director").who
    if seat.may("close") or authorising.valid_for(seat, Case.objects.get(pk=case).category_id, clock.now()) is not None:
        return
    refused = at("seat_agent").act(case, "close", reply=reply)
    assert (refused.status, refused.code) == (403, "not_authorised")
    given = AuthorisationInputs(clock.now(), clock.now() + timedelta(days=30), "日常授权", appointment_id=seat.appointment_id)
    authorising.authorise(leader, given)


def browser(city: ModelCity, name: str) -> Client:
    """Somebody of the cast at a browser."""
    return enter(Client(), places.City(None, None, None, None, {"me": city.acting(name)}), "me")  # type: ignore[arg-type]


__all__ = [
    "FAR_INSIDE", "accepted", "browser", "citizen_calls", "city_sends", "closed", "dispatched", "disposed", "filed", "holder",
    "inspector_reports", "verified",
]  # fmt: skip
