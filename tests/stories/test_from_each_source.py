"""Under every model: from each kind of report to closure. Sources are data (``catalog.sources``); what one demands decides its way."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from tests.models import ways
from tests.service_requests.delivery import deliver
from tests.stories.stage import Stage, later
from tests.support.city import INSIDE
from tests.support.desk import Desk
from urbangrid.cases.models import Case, NamedHandler, WorkItem
from urbangrid.catalog import cache, sources
from urbangrid.catalog.models import Source
from urbangrid.service_requests.models import ServiceRequest

_serial = count(1)
OWN = ("video", "视频监控", "unit")
"""A source that the city adds itself: code, name, class."""


def _registered(stage: Stage, source: str, **more: Any) -> tuple[str, str]:
    """By the seat: the report, and the request of one who waits for a reply (empty otherwise)."""
    body = {
        "source": source, "client_id": f"source-{next(_serial)}", "category_id": str(stage.city.category().id),
        "place_text": "大柳树路口", "longitude": INSIDE[0], "latitude": INSIDE[1],
    }  # fmt: skip
    if sources.sources(stage.city.platform.pk)[source].source_class == "public":
        body |= {"text": "路面塌了一块", "contact": {"name": "秦素珍", "phone": "139 0000 1111"}}
        answer = stage.at("seat_agent").post("/requests", body | more)
        assert answer.status == 201, answer.body
        return str(answer.body["report_id"]), str(answer.body["request_id"])
    answer = stage.at("seat_agent").post("/reports", body | {"description": "转来", **more})
    assert answer.status == 201, answer.body
    return str(answer.body["report_id"]), ""


def _must_verify(stage: Stage, source: str) -> bool:
    return stage.process.must_verify(sources.sources(stage.city.platform.pk)[source].source_class)


def _accepted(stage: Stage, report: str, source: str) -> str:
    """Accepted; looked at on site and found true where its source asks for that."""
    if not _must_verify(stage, source):
        return ways.accepted(stage.at, report)
    case = ways.accepted(stage.at, report, "send_verification")
    inspector = stage.worker(case, "verify")
    stage.done(inspector, case, "verify", answer="true", files=[inspector.send_photo()], longitude=INSIDE[0], latitude=INSIDE[1])
    return case


def _through(stage: Stage, case: str) -> None:
    """From filing to closure."""
    stage.file(case)
    stage.dispatch(case)
    stage.done(stage.unit, case, "receive")
    stage.feed_back(case)
    stage.review(case)
    stage.check(case)
    stage.close(case)
    assert (stage.case(case).state, stage.work(case)) == ("closed", [])
    stage.proved(case)


@pytest.mark.parametrize("source", ["hotline", "wechat", "leader", "media", "city", "self_check", "video"])
def test_from_that_source_a_matter_goes_its_way_to_closure_and_who_waits_is_answered(stage: Stage, source: str) -> None:
    with later():
        if source == OWN[0]:
            Source.objects.create(platform=stage.city.platform, code=source, name=OWN[1], source_class=OWN[2])
            cache.changed()
        more = {"line": "12319", "outside_number": "12345-20261120-0001"} if source == "hotline" else {}
        report, request = _registered(stage, source, **more)
        case = _accepted(stage, report, source)
        _through(stage, case)
        found, seen = stage.case(case), stage.at("seat_agent").get(f"/cases/{case}").body
        assert (found.source, seen["source"]) == (source, str(sources.sources(stage.city.platform.pk)[source].name))
        story = stage.story(case)
        assert ("verify" in story) == _must_verify(stage, source) and story[-1] == "close"
        if request:
            deliver()
            told = ServiceRequest.objects.get(pk=request)
            assert (told.state, told.reply) == ("to_reply", ways.REPLY)
            assert told.outside_number == more.get("outside_number", "")


def test_every_other_source_is_registered_accepted_and_filed_or_verified_first(stage: Stage) -> None:
    """What comes after filing asks no more where a matter came from, but for the reply."""
    with later():
        listed = sources.sources(stage.city.platform.pk)
        codes = [one.code for one in listed.values() if one.is_registered and not one.confidential]
        assert {"mayor_hotline", "web", "sms", "mail", "mailbox", "visit", "radio", "admin_complaint"} <= set(codes)
        for code in codes:
            report, request = _registered(stage, code)
            case = ways.accepted(stage.at, report)
            assert (stage.case(case).source, bool(request)) == (code, listed[code].source_class == "public")
            filer, data = stage.at("seat_agent"), {"condition_id": str(stage.city.condition())}
            if not filer.who.may("file"):
                stage.done(filer, case, "propose_filing", **data)
                filer = stage.worker(case, "confirm_filing")
            if _must_verify(stage, code):
                stage.refused(filer, case, "file", "verification_missing", **data)
            else:
                stage.done(filer, case, "file", **data)
                assert stage.work(case) == ["dispatch"]


def test_everybody_who_collects_in_the_model_reports_and_it_is_closed(stage: Stage) -> None:
    """Inspectors and those whom a model has beside them: assistants, part-timers, a district's own collectors."""
    with later():
        names = [name for name, one in stage.city.cast.items() if one.may("report")]
        posts = {stage.at(name).who.post_code for name in names}
        assert posts >= {"b": {"assistant"}, "c": {"part_time_inspector"}}.get(stage.letter, {"inspector"})
        assert stage.letter != "d" or "district_inspector" in names
        for name in [one for one in names if one not in ("inspector", "second_inspector")] or ["inspector"]:
            case = ways.accepted(stage.at, ways.inspector_reports(stage.at, stage.city, name))
            _through(stage, case)
            assert "verify" not in stage.story(case)
            mine = stage.at(name).get("/reports").body[0]
            assert (mine["state"], mine["case_number"]) == ("accepted", stage.case(case).number)


def test_a_complaint_about_conduct_goes_by_named_people_alone_to_closure(stage: Stage) -> None:
    with later():
        _report, request = _registered(stage, "conduct")
        director = stage.who("handle_confidential")
        filer = next(name for name in stage.holders("close") if stage.at(name).who.may("file") or stage.at(name).who.may("confirm_filing"))
        named = [stage.at(filer), stage.at("dispatcher"), stage.at("clerk"), stage.at("inspector")]
        assert stage.at("seat_agent").get(f"/requests/{request}").status == 404
        for one in named:
            _act(director, request, "name_handler", appointment_id=str(one.who.appointment_id))
        _act(named[0], request, "open_case", category_id=str(stage.city.category().id), longitude=INSIDE[0], latitude=INSIDE[1],
             place_text="大柳树路 86 号")  # fmt: skip
        case = str(Case.objects.get(confidential=True).pk)
        _closed_by_name(stage, case, named)
        assert NamedHandler.objects.filter(case_id=case).count() == len(named)
        for other in ("seat_agent", "second_inspector", "other_clerk", "company_clerk"):
            if other in stage.desks and stage.at(other) not in named:
                assert stage.at(other).get(f"/cases/{case}").status == 404, other
        deliver()
        assert ServiceRequest.objects.get(pk=request).state == "to_reply"
        stage.proved(case)


def _act(desk: Desk, request: str, action: str, **given: Any) -> None:
    seq = ServiceRequest.objects.get(pk=request).seq
    answer = desk.post(f"/requests/{request}/actions/{action}", {"seq": seq, **given})
    assert answer.status == 200, answer.body


def _closed_by_name(stage: Stage, case: str, named: list[Desk]) -> None:
    """Each stage by the one of the named whose duty it is; the work is hers by name."""
    filer, dispatcher, clerk, inspector = named
    stage.done(filer, case, "send_verification")
    assert WorkItem.objects.get(case_id=case, closed_at=None).appointment_id == inspector.who.appointment_id
    stage.done(inspector, case, "verify", answer="true", files=[inspector.send_photo()])
    if filer.who.may("file"):
        stage.done(filer, case, "file", condition_id=str(stage.city.condition()))
    unit = {"unit_id": str(clerk.who.unit_id), "reason": "other", "opinion": "由其办理"}
    stage.done(dispatcher, case, "dispatch", **unit)
    stage.done(clerk, case, "receive")
    stage.done(clerk, case, "feedback", text="已处理", handled_by="本人", files=[clerk.send_photo("black")])
    stage.done(dispatcher, case, "review")
    stage.done(filer, case, "send_check")
    stage.done(inspector, case, "check", answer="handled", files=[inspector.send_photo("white")])
    stage.done(filer, case, "close", reply=ways.REPLY)
    assert stage.case(case).state == "closed"
