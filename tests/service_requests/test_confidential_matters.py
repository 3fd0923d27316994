"""Complaints about conduct or about a unit: the director and named handlers see them, nobody else ever (case-rules 24)."""

from __future__ import annotations

import json
from typing import Any

from django.db import transaction
from django.test import Client

from tests.api import paths
from tests.api.paths import At
from tests.service_requests.delivery import deliver
from tests.service_requests.test_life_of_a_request import act
from tests.support.addresses import every, sample
from tests.support.browser import enter
from tests.support.city import INSIDE, City
from urbangrid.audit.models import AuditRow
from urbangrid.cases import access, search, today
from urbangrid.cases.actions import step
from urbangrid.cases.models import Case, NamedHandler, Report, WorkItem
from urbangrid.core.models import OutboxEntry
from urbangrid.messaging.models import Notice
from urbangrid.organizations import acting
from urbangrid.service_requests import queries
from urbangrid.service_requests.models import ServiceRequest
from urbangrid.supervision import subscribers as notices

WORDS = "市政所收了好处不来修，经办人态度恶劣"
DIRECTOR, HANDLER = "head", "duty_director"
STRANGERS = ("seat_agent", "dispatcher", "leader", "clerk", "inspector", "subdistrict_officer", "audit_admin")
"""One of each kind of reader: who took the call, all cases, all figures, the concerned unit, the phone, the area, the audit trail."""
TEXTBOOKS = ("/api/", "/catalog/handbook", "/catalog/responsibility")
"""The interface is asked below; the handbook and the responsibility table hold no matters."""


def complaint(desk: At, city: City, **more: Any) -> dict[str, Any]:
    """A call about 市政所, taken by a seat agent."""
    unit = str(city.acting("clerk").unit_id)
    return paths.request(desk, city, text=WORDS, confidential=True, concerned_unit_id=unit, **more)


def named(desk: At, city: City, call: dict[str, Any], name: str = HANDLER) -> None:
    act(desk, DIRECTOR, call, "name_handler", appointment_id=str(city.acting(name).appointment_id))


def case_of(desk: At, city: City, call: dict[str, Any]) -> str:
    """A case of it, opened by the named handler."""
    act(desk, HANDLER, call, "open_case", category_id=str(city.category().id), longitude=INSIDE[0], latitude=INSIDE[1],
        place_text="大柳树路 86 号")  # fmt: skip
    return str(Case.objects.get(confidential=True).pk)


def everything(name: str, city: City, desk: At, ids: dict[str, object]) -> str:
    """Every word of every page and list that somebody of the cast can open, with the ids of the confidential matter in the addresses."""
    browser = enter(Client(), city, name)
    words = []
    for address in every(ids):
        if address.pattern.startswith(TEXTBOOKS) or (address.pattern.startswith("/admin/") and name != "audit_admin"):
            continue
        answer = browser.get(address.path)
        words.append(b"".join(answer).decode("utf-8", "ignore") if answer.streaming else answer.content.decode("utf-8", "ignore"))
    for path in ("/requests", "/requests?only=confidential", "/cases", "/queues", "/queues/accept", "/queues/file", "/queues/dispatch",
                 f"/requests/{ids['request_id']}", f"/requests/{ids['request_id']}/story", f"/cases/{ids['case_id']}", "/reports",
                 f"/cases/{ids['case_id']}/moves", f"/cases?words={WORDS[:6]}"):  # fmt: skip
        bare, _, asked = path.partition("?")
        found = desk(name).get(bare, **dict([asked.split("=")]) if asked else {})
        words.append(json.dumps(found.body, ensure_ascii=False))
    return "\n".join(words)


def test_nobody_but_the_director_and_the_named_handler_meets_it_in_any_page_list_or_answer(desk: At, city: City) -> None:
    ids = dict(sample(desk, city))
    call = complaint(desk, city)
    assert (call["text"], call["cases"], call["state"]) == ("", [], "open")  # the seat agent gets the number alone
    named(desk, city, call)
    case = case_of(desk, city, call)
    deliver()
    ids |= {"request_id": call["request_id"], "case_id": case, "text": case}
    secrets = (WORDS, WORDS[:5], call["number"], "大柳树路 86 号")
    for name in STRANGERS:
        words = everything(name, city, desk, ids)
        for secret in secrets:
            assert secret not in words, (name, secret)
    for name in (DIRECTOR, HANDLER):
        assert desk(name).get(f"/requests/{call['request_id']}").body["text"].startswith(WORDS[:5]), name
        assert desk(name).get(f"/cases/{case}").body["case_id"] == case, name


def test_no_figure_search_map_or_board_counts_it_not_even_for_the_director(desk: At, city: City) -> None:
    director = city.acting(DIRECTOR)
    before = today.figures(director, 0)
    call = complaint(desk, city)
    named(desk, city, call)
    case = case_of(desk, city, call)
    after = today.figures(director, 0)
    assert (after.reported, after.filed, after.overdue_open) == (before.reported, before.filed, before.overdue_open)
    for name in city.cast:
        who = city.acting(name)
        assert not access.visible_to(who).filter(pk=case).exists(), name
        assert [one.case_id for one in search.near(who, *INSIDE, radius_m=500)] == [], name
        assert search.search(who, search.Asked(words="大柳树路")).total == 0, name
        assert queries.readable(who).filter(pk=call["request_id"]).count() == 0, name
    board = desk(HANDLER).get("/queues").body
    assert json.dumps(board).count("case_id") == 0


def test_work_goes_to_named_handlers_by_name_and_a_stage_without_one_is_refused(desk: At, city: City) -> None:
    call = complaint(desk, city)
    named(desk, city, call)
    case = case_of(desk, city, call)
    item = WorkItem.objects.get(case_id=case, closed_at=None)
    assert (item.kind, item.appointment_id) == ("file", city.acting(HANDLER).appointment_id)
    assert desk("seat_agent").get("/queues/file").body == []
    refused = desk(HANDLER).act(case, "file", condition_id=str(city.condition()))
    assert (refused.status, refused.code) == (409, "confidential_nobody")  # nobody of those named may dispatch

    named(desk, city, call, "dispatcher")
    desk(HANDLER).done(case, "file", condition_id=str(city.condition()))
    assert desk("command_director").act(case, "dispatch", seq=3, unit_id=str(city.acting("other_clerk").unit_id)).status == 404
    to_unit: dict[str, Any] = {"unit_id": str(city.acting("other_clerk").unit_id), "reason": "other", "opinion": "回避"}
    assert desk("dispatcher").act(case, "dispatch", **to_unit).code == "confidential_nobody"
    named(desk, city, call, "other_clerk")
    desk("dispatcher").done(case, "dispatch", **to_unit)
    assert desk("other_clerk").get("/queues/receive").body[0]["case_id"] == case


def test_the_concerned_unit_never_handles_it_whoever_names_its_people(desk: At, city: City) -> None:
    call = complaint(desk, city)
    clerk = str(city.acting("clerk").appointment_id)
    assert act(desk, DIRECTOR, call, "name_handler", status=422, appointment_id=clerk)["code"] == "handler_of_concerned_unit"
    about_supervision = paths.request(desk, city, confidential=True, concerned_unit_id=str(city.acting("head").unit_id))
    assert desk("head").get(f"/requests/{about_supervision['request_id']}").status == 404
    assert NamedHandler.objects.count() == 0


def test_every_look_is_on_record_also_in_the_list(desk: At, city: City) -> None:
    call = complaint(desk, city)

    def looks() -> int:
        return AuditRow.objects.filter(action="confidential_seen", subject=f"request:{call['request_id']}").count()

    assert looks() == 0
    desk(DIRECTOR).get("/requests", only="confidential")
    desk(DIRECTOR).get(f"/requests/{call['request_id']}")
    assert looks() == 2
    desk("seat_agent").get(f"/requests/{call['request_id']}")
    assert looks() == 2  # who may not look has not looked
    named(desk, city, call)
    case = case_of(desk, city, call)
    desk(HANDLER).get(f"/cases/{case}")
    assert AuditRow.objects.get(action="confidential_seen", subject=f"case:{case}").user_id == city.acting(HANDLER).user_id


def test_what_turns_out_to_be_confidential_leaves_the_desk_and_its_own_seat(desk: At, city: City) -> None:
    call = paths.request(desk, city, text=WORDS)
    assert len(desk("second_seat_agent").get("/queues/accept").body) == 1
    done = act(desk, "seat_agent", call, "make_confidential", concerned_unit_id=str(city.acting("clerk").unit_id))
    assert done["state"] == ""
    assert desk("seat_agent").get(f"/requests/{call['request_id']}").status == 404
    for name in ("seat_agent", "second_seat_agent", "dispatcher", "leader"):
        assert desk(name).get("/queues/accept").body == [], name
        assert desk(name).get(f"/reports/{call['report_id']}").status == 404, name
    assert desk(DIRECTOR).get("/requests", only="confidential").body[0]["request_id"] == call["request_id"]


def test_a_case_that_runs_already_is_not_hidden_behind_its_people(desk: At, city: City) -> None:
    call = paths.request(desk, city)
    paths.accept(desk, call["report_id"])
    deliver()
    assert act(desk, "seat_agent", call, "make_confidential", status=409)["code"] == "request_has_case"
    assert ServiceRequest.objects.get().confidential is False


def test_a_dismissed_handler_sees_it_no_more(desk: At, city: City) -> None:
    call = complaint(desk, city)
    named(desk, city, call, "dispatcher")
    assert desk("dispatcher").get(f"/requests/{call['request_id']}").status == 200
    act(desk, DIRECTOR, call, "dismiss_handler", appointment_id=str(city.acting("dispatcher").appointment_id))
    assert desk("dispatcher").get(f"/requests/{call['request_id']}").status in (403, 404)


def test_secret_and_open_matters_are_never_joined(desk: At, city: City) -> None:
    call = complaint(desk, city)
    named(desk, city, call)
    case_of(desk, city, call)
    open_call = paths.request(desk, city)
    secret = str(Case.objects.get(confidential=True).pk)
    mixed = act(desk, HANDLER, open_call, "join_case", status=409, case=secret)
    assert mixed["code"] == "confidential_mixed"
    assert act(desk, "seat_agent", open_call, "join_case", status=404, case=secret)["code"] == "case_unknown"
    assert paths_refused(desk, city, case_id=secret) == "case_unknown"


def paths_refused(desk: At, city: City, **more: Any) -> str:
    body = {"source": "hotline", "client_id": "joined", "text": "有坑", "place_text": "某处", **more}
    return desk("seat_agent").post("/requests", body).code


def test_strangers_cannot_move_it_by_its_id_and_the_platform_itself_can(desk: At, city: City) -> None:
    call = complaint(desk, city)
    named(desk, city, call)
    case = case_of(desk, city, call)
    for name, action in (("head", "sign"), ("seat_agent", "file"), ("command_director", "recall"), ("leader", "remind")):
        answer = desk(name).post(f"/cases/{case}/actions/{action}", {"seq": 1, "data": {"note": "看看"}})
        assert answer.status in (403, 404, 409) if name == "head" else answer.status == 404, (name, answer.body)
    with transaction.atomic():
        assert step.lock(acting.itself(city.platform.pk), int(case)).case.pk == int(case)


def test_a_source_of_conduct_complaints_is_confidential_by_itself(desk: At, city: City) -> None:
    call = paths.request(desk, city, source="conduct")
    assert ServiceRequest.objects.get(pk=call["request_id"]).confidential
    assert desk("seat_agent").get(f"/requests/{call['request_id']}").status == 404


def test_notices_of_it_reach_named_handlers_alone(desk: At, city: City) -> None:
    call = complaint(desk, city)
    for name in (HANDLER, "dispatcher", "other_clerk"):
        named(desk, city, call, name)
    case = case_of(desk, city, call)
    desk(HANDLER).done(case, "file", condition_id=str(city.condition()))
    unit: dict[str, Any] = {"unit_id": str(city.acting("other_clerk").unit_id), "reason": "other", "opinion": "回避"}
    desk("dispatcher").done(case, "dispatch", **unit)
    for entry in OutboxEntry.objects.filter(topic__in=notices.TOPICS).order_by("id"):
        notices.tell(entry)
    told = set(Notice.objects.filter(case_id=case).values_list("appointment_id", flat=True))
    assert told and told <= {city.acting(name).appointment_id for name in (HANDLER, "dispatcher", "other_clerk")}
    secret = Report.objects.get(confidential=True)
    assert not Notice.objects.filter(report_id=secret.pk).exclude(appointment_id__in=told).exists()
