"""Statements of lists, desks, case pages and every action, counted through the interface and the pages with warm caches."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.api import paths
from tests.support.browser import enter
from tests.support.city import INSIDE, City
from tests.support.desk import Desk
from urbangrid.cases.actions import library
from urbangrid.catalog import actions as catalog
from urbangrid.companies.tokens import token_of
from urbangrid.config.bench_measure import is_query
from urbangrid.core import clock, platforms
from urbangrid.core.models import Platform

At = Callable[[str], Desk]
_serial = count(1)


class Counts:
    """Name of what was asked → number of statements, BEGIN and COMMIT and savepoints not counted."""

    def __init__(self) -> None:
        self.found: dict[str, int] = {}
        self.statements: dict[str, list[str]] = {}

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        with CaptureQueriesContext(connection) as logged:
            yield
        self.statements[name] = [row["sql"] for row in logged.captured_queries if is_query(row["sql"])]
        self.found[name] = len(self.statements[name])


def act(counts: Counts, desk: Desk, case: str, action: str, **data: Any) -> None:
    """One action with a key, counted."""
    seq = desk.get(f"/cases/{case}/moves").body["seq"]
    with counts.of(f"action {action}"):
        answer = desk.post(f"/cases/{case}/actions/{action}", {"seq": seq, "data": data}, f"key-{next(_serial)}")
    assert answer.status == 200, answer.body


def main_path(counts: Counts, at: At, city: City) -> str:
    """From report to closure with one rework."""
    body = {"source": "inspector", "client_id": f"counted-{next(_serial)}", "category_id": str(city.category().id)}
    body |= {"condition_id": str(city.condition()), "longitude": INSIDE[0], "latitude": INSIDE[1], "place_text": "大柳树路南侧"}  # type: ignore[dict-item]
    photos = [at("inspector").send_photo()]
    with counts.of("action report"):
        report = at("inspector").post("/reports", body | {"files": photos}, f"key-{next(_serial)}").body
    with counts.of("action accept and file"):
        case = at("seat_agent").post(f"/reports/{report['report_id']}/accept", {"then": "file", "data": {}}, f"key-{next(_serial)}").body
    number = str(case["case_id"])
    clerk, dispatcher, seat = at("clerk"), at("dispatcher"), at("seat_agent")
    act(counts, dispatcher, number, "dispatch", unit_id=str(clerk.who.unit_id), opinion="请尽快修补")
    act(counts, clerk, number, "receive")
    act(counts, clerk, number, "feedback", text="已修补", handled_by="何建", files=[clerk.send_photo("black")])
    act(counts, dispatcher, number, "rework", reason="other", note="未清理")
    act(counts, clerk, number, "feedback", text="已清理", handled_by="何建", files=[clerk.send_photo("black")])
    act(counts, dispatcher, number, "review")
    act(counts, seat, number, "send_check")
    who = at(paths.checker(at, number))
    spot = {"longitude": INSIDE[0], "latitude": INSIDE[1]}
    act(counts, who, number, "check", answer="handled", files=[who.send_photo("white")], **spot)
    act(counts, seat, number, "close")
    act(counts, seat, number, "archive")
    return number


def within_the_unit(counts: Counts, at: At, city: City) -> None:
    """指派 down to a crew, its answer, what is taken back and handed back."""
    case, clerk, crew = paths.dispatched(at, city), at("clerk"), at("crew")
    act(counts, clerk, case, "receive")
    unit = str(crew.who.unit_id)
    act(counts, clerk, case, "assign_down", unit_id=unit)
    act(counts, clerk, case, "unassign", reason="own_work")
    act(counts, clerk, case, "assign_down", unit_id=unit)
    act(counts, crew, case, "hand_back", reason="lacking")
    act(counts, clerk, case, "assign_down", unit_id=unit)
    act(counts, crew, case, "crew_feedback", text="已修补", files=[crew.send_photo("black")])


def before_filing(counts: Counts, at: At, city: City) -> None:
    """Verification, the duty director's confirmation, refusals."""
    seat, director = at("seat_agent"), at("duty_director")
    request = paths.request(at, city)
    case = paths.accept(at, request["report_id"])
    called = {"unit_id": str(at("other_clerk").who.unit_id), "person": "值班员", "phone": "010-6500 0001"}
    urgent = paths.accept(at, paths.report(at, city)["report_id"])
    act(counts, seat, urgent, "call_first", **called)
    director.done(urgent, "refuse_filing", reason="other", note="已自行消除")
    act(counts, seat, case, "send_verification")
    tasks = {name: at(name).get("/queues/verify").body for name in ("inspector", "second_inspector")}
    name = next(one for one, rows in tasks.items() if any(row["case_id"] == case for row in rows))
    act(counts, at(name), case, "verify", answer="true", files=[at(name).send_photo()])
    act(counts, seat, case, "propose_filing")
    act(counts, director, case, "return_proposal", note="请补充地点")
    act(counts, director, case, "refuse_filing", reason="other", note="不属管理范围")
    report = paths.report(at, city)
    with counts.of("action refuse_report"):
        answer = seat.post(f"/reports/{report['report_id']}/refuse", {"reason": "other", "note": "内容不清"}, f"key-{next(_serial)}")
    assert answer.status in (200, 201), answer.body


def side_ways(counts: Counts, at: At, city: City) -> None:
    """Signature, return, correction, withdrawal, voiding and the paper way of city-owned cases."""
    seat, head, director, dispatcher = at("seat_agent"), at("head"), at("duty_director"), at("dispatcher")
    case = paths.accept(at, paths.report(at, city)["report_id"])
    act(counts, seat, case, "file", complex=True)
    act(counts, head, case, "return_unsigned", reason="other", note="理由不足")
    act(counts, seat, case, "file", complex=True)
    act(counts, head, case, "sign")
    act(counts, dispatcher, case, "return_to_filing", reason="other", note="类别不符")
    act(counts, seat, case, "file")
    act(counts, director, case, "correct", reason="other", note="地点有误", place_text="大柳树路北侧")
    act(counts, dispatcher, case, "dispatch", unit_id=str(at("clerk").who.unit_id))
    act(counts, dispatcher, case, "withdraw", reason="other", note="派错单位")
    act(counts, director, case, "void", reason="other", note="误报")
    city_owned = paths.accept(at, paths.report(at, city)["report_id"])
    act(counts, seat, city_owned, "file", city_owned=True)
    act(counts, director, city_owned, "return_release", note="不属市级")
    act(counts, seat, city_owned, "file", city_owned=True)
    act(counts, director, city_owned, "release")
    act(counts, director, city_owned, "enter_city_answer", text="市级已修复", city_number="市2026-1")
    act(counts, seat, city_owned, "send_check")
    who = at(paths.checker(at, city_owned))
    act(counts, who, city_owned, "check", answer="not_handled", files=[who.send_photo("white")])
    act(counts, seat, city_owned, "return_to_city", reason="other", note="未修复")


def remarks(counts: Counts, at: At, case: str) -> None:
    """A comment to the unit and a call to it."""
    unit = str(at("clerk").who.unit_id)
    act(counts, at("subdistrict_officer"), case, "comment", text="请先设围挡", unit_id=unit)
    act(counts, at("dispatcher"), case, "contact", unit_id=unit, how="phone", outcome="agreed", person="何建")


def requests_and_recalls(counts: Counts, at: At, city: City) -> None:
    """Extension and send-back with their decisions, recall and re-dispatch."""
    clerk, dispatcher, director = at("clerk"), at("dispatcher"), at("command_director")
    case = paths.dispatched(at, city)
    act(counts, clerk, case, "receive")
    for answer, reason in (("agree", ""), ("disagree", "no_ground")):
        act(counts, clerk, case, "ask_extension", reason="weather", until=(clock.now() + timedelta(days=5)).isoformat())
        request = clerk.get(f"/cases/{case}").body["requests"][-1]["request_id"]
        act(counts, director, case, answer, request=request, reason=reason)
    act(counts, clerk, case, "ask_send_back", reason="not_ours", note="不属本所")
    act(counts, clerk, case, "take_back", request=clerk.get(f"/cases/{case}").body["requests"][-1]["request_id"])
    day = (clock.now() + timedelta(days=20)).isoformat()
    for kind in ("suspension", "deferral"):
        act(counts, clerk, case, f"ask_{kind}", reason="project", note="改造", until=day, files=[clerk.send_photo()])
        decide(counts, clerk, case, "take_back")
    dispatcher.done(case, "redispatch", unit_id=str(at("other_clerk").who.unit_id), reason="wrong_unit")
    dispatcher.done(case, "redispatch", unit_id=str(clerk.who.unit_id), reason="wrong_unit")
    act(counts, dispatcher, case, "redispatch", unit_id=str(at("other_clerk").who.unit_id), reason="wrong_unit")
    act(counts, dispatcher, case, "recall", reason="wrong_unit")
    act(counts, dispatcher, case, "ask_responsibility", reason="no_owner", note="两家都说不是")
    decide(counts, at("policy_officer"), case, "agree", unit_id=str(clerk.who.unit_id), basis="协议")
    act(counts, at("duty_director"), case, "ask_difficult", reason="no_rule", note="是否适用")
    decide(counts, at("policy_officer"), case, "disagree", reason="no_ground")
    act(counts, at("seat_agent"), case, "ask_void", reason="not_true", note="无此问题")
    decide(counts, at("duty_director"), case, "disagree", reason="no_ground")


def orders_and_help(counts: Counts, at: At, city: City) -> None:
    """Urging, orders with their reply, units that help, a coordination with a sub-task."""
    clerk, helper, dispatcher, director = at("clerk"), at("other_clerk"), at("dispatcher"), at("duty_director")
    case = paths.filed(at, city)
    dispatcher.done(case, "dispatch", unit_id=str(clerk.who.unit_id), assist=[str(helper.who.unit_id)])
    clerk.done(case, "receive")
    act(counts, dispatcher, case, "remind", note="请抓紧")
    act(counts, director, case, "order", note="今日回复")
    decide(counts, clerk, case, "answer_order", note="已进场")
    decide(counts, director, case, "return_answer", note="附照片")
    decide(counts, clerk, case, "answer_order", note="附照片")
    decide(counts, director, case, "accept_answer")
    act(counts, at("leader"), case, "instruct", note="请举一反三", unit_id=str(at("command_director").who.unit_id))
    unit = str(clerk.who.unit_id)
    decide(counts, at("command_director"), case, "pass_on", unit_id=unit, note="请排查")
    act(counts, helper, case, "ask_assist_back", reason="not_needed", note="无绿化")
    decide(counts, dispatcher, case, "disagree", reason="no_ground")
    act(counts, helper, case, "assist_answer", text="已清理")
    act(counts, dispatcher, case, "coordinate", note="各自负责", place="现场")
    company = str(at("company_clerk").who.unit_id)
    act(counts, dispatcher, case, "add_assist", unit_id=company, note="请断电")
    act(counts, dispatcher, case, "drop_assist", unit_id=company, reason="other", note="不需要")


def decide(counts: Counts, desk: Desk, case: str, answer: str, **data: Any) -> None:
    """The last request of the case is decided or taken back."""
    request = desk.get(f"/cases/{case}").body["requests"][-1]["request_id"]
    act(counts, desk, case, answer, request=request, **data)


def library_and_after(counts: Counts, at: At, city: City) -> None:
    """挂账 that wakes early, the monthly re-check, reopening and appeal after the closing."""
    clerk, director = at("clerk"), at("command_director")
    case = paths.dispatched(at, city)
    clerk.done(case, "receive")
    day = (clock.now() + timedelta(days=20)).isoformat()
    clerk.done(case, "ask_suspension", reason="project", note="改造", until=day, files=[clerk.send_photo()])
    decide(counts, director, case, "agree")
    with clock.travel(clock.now() + timedelta(days=31)):
        library.ask_rechecks()
        act(counts, clerk, case, "recheck", files=[clerk.send_photo()])
        act(counts, clerk, case, "wake", reason="done")
        clerk.done(case, "feedback", text="已修补", files=[clerk.send_photo("black")])
        paths.to_check(at, case)
        paths.checked(at, case)
        at("seat_agent").done(case, "close")
        act(counts, clerk, case, "ask_appeal", reason="objective", note="暴雨", subject="lateness")
        decide(counts, at("coordinator"), case, "agree", excluded=True)
        act(counts, at("seat_agent"), case, "ask_reopen", reason="remains", note="仍在")
        decide(counts, at("head"), case, "agree")


def kin(counts: Counts, at: At, city: City) -> None:
    """Joining, merging and taking apart, splitting, relating, the fence of a two-limit case, closing by telling."""
    seat, director, dispatcher, clerk = at("seat_agent"), at("duty_director"), at("dispatcher"), at("clerk")
    main, case = paths.filed(at, city), paths.filed(at, city)
    act(counts, seat, main, "join_report", report_id=paths.report(at, city)["report_id"])
    act(counts, director, case, "merge", main=main, reason="same_matter")
    act(counts, director, case, "unmerge", reason="not_same")
    act(counts, seat, case, "relate", other=main)
    act(counts, seat, case, "unrelate", other=main)
    cover = city.category("上水井盖")
    condition: dict[str, Any] = {"category_id": str(cover.id), "condition_id": str(city.condition("上水井盖"))}
    act(counts, director, case, "split", reason="several_owners", **condition)
    missing = paths.accept(at, paths.report(at, city, **condition)["report_id"], "file")
    dispatcher.done(missing, "dispatch", unit_id=str(clerk.who.unit_id), reason="agreed", opinion="先围护")
    act(counts, clerk, missing, "fence", files=[clerk.send_photo("orange")])
    told = paths.dispatched(at, city)
    paths.fed_back(at, told)
    dispatcher.done(told, "review")
    act(counts, seat, told, "close_informed", reply="已告知办理流程。")
    watched = paths.dispatched(at, city)
    paths.fed_back(at, watched)
    dispatcher.done(watched, "review")
    act(counts, seat, watched, "check_remotely", answer="handled", means="video", note="可见路面平整", files=[seat.send_photo("white")])


LISTS = {"seat_agent": "seat agent", "other_clerk": "unit without a case", "clerk": "unit", "subdistrict_officer": "sub-district"}


def readings(counts: Counts, at: At, case: str) -> None:
    """Lists, queues and the case through the interface."""
    for who, words in LISTS.items():
        with counts.of(f"list of {words}"):
            assert at(who).get("/cases").status == 200
    with counts.of("list by words"):
        assert at("seat_agent").get("/cases", words="大柳树路").status == 200
    with counts.of("list near a point"):
        assert at("seat_agent").get("/cases/near", longitude=INSIDE[0], latitude=INSIDE[1]).status == 200
    for kind in ("accept", "file", "close"):
        with counts.of(f"list queue {kind}"):
            assert at("seat_agent").get(f"/queues/{kind}").status == 200
    with counts.of("list of queues"):
        assert at("seat_agent").get("/queues").status == 200
    for who in ("seat_agent", "inspector", "clerk"):
        with counts.of(f"case for {who}"):
            assert at(who).get(f"/cases/{case}").status == 200
    with counts.of("case proposals"):
        assert at("dispatcher").get(f"/cases/{case}/proposals").status == 200


PAGES = {
    "desk of seat agent": ("seat_agent", "workbench:desk"), "desk of dispatcher": ("dispatcher", "workbench:desk"),
    "desk of duty director": ("duty_director", "workbench:desk"), "desk of unit": ("clerk", "workbench:desk"),
    "list page of inspectors": ("head", "workbench:inspectors"), "list page of courses": ("head", "courses:listed"),
    "list page of training register": ("head", "courses:register"), "list page of my training": ("inspector", "courses:mine"),
    "list page of duty": ("duty_director", "workbench:duty"), "list page of roster": ("duty_director", "workbench:roster"),
    "list page of leave": ("duty_director", "workbench:leave"), "list page of handovers": ("duty_director", "workbench:handovers"),
    "list page of board": ("duty_director", "workbench:board"), "desk of leader": ("leader", "workbench:leader"),
    "list page of daily sheet": ("leader", "workbench:daily"),
    "list page of the week of an area": ("subdistrict_officer", "workbench:weekly"), "list page of plans": ("head", "workbench:plans"),
    "list page of search": ("seat_agent", "workbench:search"), "list page of sub-district": ("subdistrict_officer", "workbench:area"),
    "list page done": ("dispatcher", "workbench:done"), "list page of ledger": ("duty_director", "workbench:ledger"),
    "list page of statistics": ("duty_director", "workbench:statistics"),
    "list behind a statistic": ("subdistrict_officer", "workbench:statistic_cases"),
    "list page of exports": ("duty_director", "workbench:exports"), "list page of notices": ("clerk", "workbench:notices"),
    "list page of watched cases": ("clerk", "workbench:watching"), "list bell": ("clerk", "workbench:bell"),
    "list page of inspector": ("inspector", "collection:home"), "desk of station": ("station_clerk", "workbench:desk"),
    "list page of crew": ("crew", "collection:crew"), "list page of company": ("company_clerk", "companies:home"),
    "list page of dispatches": ("dispatcher", "workbench:dispatches"), "list page of law": ("system_admin", "catalog:law"),
    "list page of responsibility": ("system_admin", "catalog:responsibility"),
    "list page of contacts": ("clerk", "workbench:contacts"), "list page of regulations": ("clerk", "catalog:regulations"),
    "list page of companies": ("system_admin", "catalog:companies"), "list page to be settled": ("system_admin", "catalog:unsettled"),
}  # fmt: skip
CASE_PAGES = {"case page for seat agent": "seat_agent", "case page for unit": "clerk"}


def pages(counts: Counts, city: City, case: str) -> None:
    """Desks, lists and the case page as browsers get them; the session's own statement is among them."""
    for name, (who, address) in PAGES.items():
        browser = enter(Client(), city, who)
        with counts.of(name):
            answer = browser.get(reverse(address))
        assert answer.status_code == 200, (name, answer.status_code)
    for name, who in CASE_PAGES.items():
        browser = enter(Client(), city, who)
        with counts.of(name):
            answer = browser.get(reverse("workbench:case", args=[case]))
        assert answer.status_code == 200, (name, answer.status_code)
        with counts.of(name.replace("page", "talk")):
            answer = browser.get(reverse("workbench:talk", args=[case]))
        assert answer.status_code == 200, (name, answer.status_code)


def below_and_outside(counts: Counts, at: At, city: City) -> None:
    """A crew's and a company's page of one task, with something on every list of theirs."""
    unit = {name: str(at(name).who.unit_id) for name in ("crew", "station_clerk", "company_clerk")}
    task, given, outside = paths.dispatched(at, city), paths.dispatched(at, city), paths.filed(at, city)
    at("clerk").done(task, "assign_down", unit_id=unit["crew"])
    at("clerk").done(given, "assign_down", unit_id=unit["station_clerk"])
    at("dispatcher").done(outside, "dispatch", unit_id=unit["company_clerk"], reason="order", opinion="领导指定")
    told = (
        ("case page for crew", "crew", reverse("collection:crew_task", args=[task])),
        ("desk of company", "company_clerk", reverse("companies:task", args=[token_of(int(outside))])),
    )
    for name, who, address in told:
        browser = enter(Client(), city, who)
        with counts.of(name):
            answer = browser.get(address)
        assert answer.status_code == 200, (name, answer.status_code)


def all_counts(at: At, city: City) -> Counts:
    """Everything once to warm the caches of this process, then again to count."""
    counts = Counts()
    # all cases here are of one kind at one place; that each repeats the closed one before it would make every page one with relations
    Platform.objects.filter(pk=city.platform.pk).update(settings={**city.platform.settings, "repeat_hours": 0})
    platforms.forget()
    with transaction.atomic():
        catalog.set_rule(city.platform, city.category().id, self_disposal=True, close_informed=True)
    for _turn in range(2):
        case = main_path(counts, at, city)
        before_filing(counts, at, city)
        within_the_unit(counts, at, city)
        below_and_outside(counts, at, city)
        side_ways(counts, at, city)
        requests_and_recalls(counts, at, city)
        library_and_after(counts, at, city)
        orders_and_help(counts, at, city)
        remarks(counts, at, case)
        kin(counts, at, city)
        readings(counts, at, case)
        paths.report(at, city)
        paths.filed(at, city)
        paths.dispatched(at, city)  # so that no desk is empty
        pages(counts, city, case)
    return counts
