"""通知, 关注, 意见与联系 and the administrator's table, as people use them."""

from __future__ import annotations

import re

import pytest

from tests.api import paths
from tests.api.paths import At
from tests.supervision.delivery import deliver, sweep, told
from tests.support.city import WORKDAY, City
from tests.support.screen import Screen
from urbangrid.cases import processes, remarks
from urbangrid.cases.actions import remarks as writing
from urbangrid.cases.models import Case, CaseRecord, ProcessDefinition, RecordSecret
from urbangrid.core import clock
from urbangrid.core.models import OutboxEntry
from urbangrid.live.messages import CHANNEL
from urbangrid.messaging import lines, queries
from urbangrid.messaging.models import Switch
from urbangrid.organizations.models import Unit


@pytest.fixture(autouse=True)
def _fresh_table() -> None:
    queries.forget()


def _count(who: Screen) -> int:
    return int(who.client.get("/notices/count/").json()["count"])


def test_the_bell_counts_and_a_notice_leads_to_its_case_and_is_read_by_the_person_alone(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        deliver()
        clerk = Screen("clerk")
        assert _count(clerk) == 1
        assert "派到本单位，请签收：道路破损" in clerk.get("/notices/?unread=1")
        link = re.search(r'href="(/notices/\d+/)"', clerk.html)
        assert link is not None
        answer = clerk.client.get(link[1])
        assert answer.headers["Location"] == f"/case/{case}/"
        assert _count(clerk) == 0
        assert "没有未读的通知" in clerk.get("/notices/?unread=1")
        assert "派到本单位" in clerk.get("/notices/")
        assert Screen("other_clerk").client.get(link[1]).status_code == 404, "another unit's notice is none of hers"


def test_all_read_is_said_once_and_what_comes_later_is_new_again(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        first = paths.filed(desk, city)
        paths.filed(desk, city)
        deliver()
        dispatcher, colleague = Screen("dispatcher"), Screen("command_director")
        assert _count(dispatcher) == _count(colleague) == 2
        dispatcher.post("/notices/read/")
        assert (_count(dispatcher), _count(colleague)) == (0, 2), "reading is each person's own"
        desk("dispatcher").done(first, "dispatch", unit_id=str(desk("clerk").who.unit_id))
        deliver()
        assert _count(colleague) == 1, "what was dispatched asks nobody any more"
        paths.filed(desk, city)
        deliver()
        assert _count(dispatcher) == 1


def test_an_inspector_hears_of_her_tasks_on_the_phone(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        paths.fed_back(desk, case)
        paths.to_check(desk, case)
        deliver()
        name = paths.checker(desk, case)
        phone = Screen(name)
        assert "请核查：道路破损" in phone.get("/notices/")
        assert 'class="phone"' in phone.html
        link = re.search(r'href="(/notices/\d+/)"', phone.html)
        assert link is not None
        assert phone.client.get(link[1]).headers["Location"] == f"/phone/task/{case}/"


@pytest.mark.requirement("HD-4.1-3d")
def test_the_sub_district_writes_to_the_unit_which_reads_it_and_answers(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        officer, clerk = Screen("subdistrict_officer"), Screen("clerk")
        unit = desk("clerk").who.unit_id
        seq = Case.objects.get(pk=case).seq
        assert officer.post(f"/case/{case}/comment/", {"text": "门前老人多，请先设围挡", "unit_id": str(unit), "key": "k1"})
        assert officer.toast == "意见已发出"
        deliver()
        assert "未读" in officer.get(f"/case/{case}/talk/")
        assert told(city, "clerk", case)[-1] == "comment"
        bell = clerk.client.get("/notices/count/").json()
        assert bell["commented"] == [case], "the row of the case bears a mark"
        assert "门前老人多，请先设围挡" in clerk.get(f"/case/{case}/talk/")
        assert clerk.client.get("/notices/count/").json()["commented"] == []
        assert "已读 市政所 何建" in officer.get(f"/case/{case}/talk/")
        clerk.post(f"/case/{case}/comment/", {"text": "下午三点设好", "unit_id": str(officer_unit(city))})
        deliver()
        assert told(city, "subdistrict_officer", case) == ["comment"]
        assert "下午三点设好" in officer.get(f"/case/{case}/talk/")
        record = CaseRecord.objects.get(case_id=int(case), seq=seq + 1)
        assert record.action == "comment" and "围挡" not in record.body, "the record holds the hash, the text lies beside"
        assert RecordSecret.objects.get(case_id=int(case), seq=seq + 1).value == "门前老人多，请先设围挡"
        _office_lists(case, clerk, desk)


def officer_unit(city: City) -> int:
    return city.acting("subdistrict_officer").unit_id


def _office_lists(case: str, clerk: Screen, desk: At) -> None:
    """To-do, done and watching of the same post."""
    number = Case.objects.get(pk=case).number or "?"
    clerk.post(f"/case/{case}/watch/", {"on": "1"})
    assert number in clerk.get("/watching/")
    assert "道路破损" in clerk.get("/desk/?tab=receive")
    desk("clerk").done(case, "receive")
    assert number in clerk.get("/done/")
    clerk.post(f"/case/{case}/watch/", {"on": "0"})
    assert "还没有关注的案件" in clerk.get("/watching/")


def test_a_comment_puts_nobodys_form_out_of_date_and_a_step_before_it_can_be_withdrawn(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        seq = Case.objects.get(pk=case).seq
        desk("subdistrict_officer").done(case, "comment", text="请尽快")
        desk("leader").done(case, "comment", text="抓紧")
        assert desk("dispatcher").act(case, "withdraw", seq=seq, reason="other", note="派错单位").status == 200
        stale = desk("dispatcher").act(case, "dispatch", seq=seq, unit_id=str(desk("clerk").who.unit_id))
        assert stale.status == 409, "what moved the case still does"
        assert "撤回" in stale.body["sentence"]


def test_a_company_reads_what_is_addressed_to_it_and_nothing_else(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.filed(desk, city)
        company = desk("company_clerk").who.unit_id
        desk("dispatcher").done(case, "dispatch", unit_id=str(company), reason="other", opinion="请处置")
        desk("seat_agent").done(case, "comment", text="内部：该公司曾拖延")
        desk("subdistrict_officer").done(case, "comment", text="致市政所", unit_id=str(desk("clerk").who.unit_id))
        desk("seat_agent").done(case, "comment", text="请公司先断电", unit_id=str(company))
        desk("seat_agent").done(case, "contact", unit_id=str(company), how="phone", outcome="agreed", person="高远", note="答应一小时到")
        company_post = city.acting("company_clerk")
        said = remarks.remarks(company_post, int(case))
        seen = str(said) + str(desk("company_clerk").get(f"/cases/{case}").body)
        assert "请公司先断电" in seen
        for hidden in ("曾拖延", "致市政所", "答应一小时到"):
            assert hidden not in seen, hidden
        units = [one.name for one in writing.addressees(company_post, city.west_street.pk)]
        assert "指挥部" in units and "园林所" not in units, "a company writes to the centre alone"
        assert writing.mark_read(company_post, said) == 1
        desk("company_clerk").done(case, "comment", text="已断电")
        assert "已断电" in Screen("dispatcher").get(f"/case/{case}/talk/")
        bad = desk("company_clerk").act(case, "comment", text="你好", unit_id=str(desk("other_clerk").who.unit_id))
        assert bad.status == 422 and bad.code == "comment_to_unknown"
        assert Screen("clerk").client.post(f"/case/{case}/comment/", {"text": "我不经办"}).status_code == 404


def test_a_stranger_to_the_case_finds_neither_its_comments_nor_a_way_to_write(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        for who in ("other_clerk", "far_subdistrict_officer"):
            page = Screen(who)
            assert page.client.get(f"/case/{case}/talk/").status_code == 404
            for path in ("comment", "contact", "watch"):
                assert page.client.post(f"/case/{case}/{path}/", {"text": "x", "on": "1"}).status_code == 404, path
        assert Screen("clerk").client.post(f"/case/{case}/contact/", {"how": "phone"}).status_code == 403


def test_a_call_to_the_unit_is_one_touch_and_stands_in_the_record_with_its_outcome(city: City, desk: At) -> None:
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        unit = Unit.objects.get(pk=desk("clerk").who.unit_id)
        page = Screen("dispatcher")
        page.get(f"/case/{case}/talk/")
        assert f'href="tel:{unit.duty_phone}"' in page.html and "何建" in page.text
        page.post(
            f"/case/{case}/contact/", {"unit_id": str(unit.pk), "person": "何建", "how": "phone", "outcome": "agreed", "note": "半小时到"}
        )
        assert page.toast == "联系已记录"
        assert "电话 市政所 何建 已答应办理 半小时到" in page.get(f"/case/{case}/talk/")
        assert "联系" in page.get(f"/case/{case}/?all=1")
        wrong = page.client.post(f"/case/{case}/contact/", {"unit_id": str(unit.pk), "how": "smoke", "outcome": "agreed"})
        assert wrong.status_code == 422


@pytest.mark.requirement("SY-4.4")
def test_each_stage_has_a_limit_and_its_holder_is_warned_early(city: City, desk: At) -> None:
    """受理 15 min warns in its last three; every other stage has a limit too, and the same two lines watch it."""
    waits = processes.process_of(ProcessDefinition.objects.get(platform=city.platform).pk).waits.values()
    assert all(wait.limit_minutes is not None or wait.holder == "handler" for wait in waits), "without its own limit: the unit's"
    for event, at in (("stage_soon", "warn"), ("stage_late", "due")):
        line = lines.line_of(event)
        assert line is not None and line.at == at and all(line.of_clock("stage", wait.work) for wait in waits)
    with clock.travel(WORKDAY):
        paths.report(desk, city)
        sweep()
        assert told(city, "seat_agent") == ["new_report"]
    with clock.travel(WORKDAY.replace(minute=WORKDAY.minute + 12)):
        sweep()
        assert told(city, "seat_agent") == ["new_report", "stage_soon"]
        assert "待受理即将超时：道路破损" in Screen("seat_agent").get("/notices/")
    with clock.travel(WORKDAY.replace(minute=WORKDAY.minute + 16)):
        sweep()
        sweep()
        assert told(city, "seat_agent") == ["new_report", "stage_soon", "stage_late"]
        assert told(city, "duty_director")[-1] == "stage_late"


def test_the_administrator_sets_the_table_for_the_city_and_for_one_unit(city: City, desk: At) -> None:
    admin = Screen("system_admin")
    assert "逾时未签收" in admin.get("/admin/notices/")
    form = dict(re.findall(r'name="(amount\.[a-z_]+)"[^>]*value="(\d+)"', admin.html))
    assert form["amount.not_received"] == "60"
    bad = admin.client.post("/admin/notices/", {**form, "amount.not_received": "0", "in_system.filed": "off"})
    assert bad.status_code == 422 and "请填 1 至" in bad.content.decode()
    assert not Switch.objects.exists(), "nothing is half saved"
    admin.post("/admin/notices/", {**form, "amount.not_received": "20", "in_system.filed": "off"})
    assert admin.toast == "通知表已保存"
    unit = desk("clerk").who.unit_id
    admin.post(f"/admin/notices/?unit={unit}", {"in_system.dispatched": "off"})
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        sweep()
        assert told(city, "dispatcher", case) == [] and told(city, "clerk", case) == []
    with clock.travel(WORKDAY.replace(hour=WORKDAY.hour + 1, minute=0)):
        sweep()
        assert told(city, "dispatcher", case) == ["not_received"], "after twenty minutes now"
    assert Screen("seat_agent").client.get("/admin/notices/").status_code == 403


def test_a_comment_reaches_open_pages_by_the_topics_they_hear_already(
    city: City, desk: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bell of the addressed desk and the pages of the case; a reader's mark goes back to the pages of the case."""
    sent: list[str] = []
    monkeypatch.setattr("urbangrid.live.messages.publish", lambda found: sent.extend(one.topic for one in found))
    with clock.travel(WORKDAY):
        case = paths.dispatched(desk, city)
        unit = desk("clerk").who.unit_id
        desk("subdistrict_officer").done(case, "comment", text="请先设围挡", unit_id=str(unit))
        sent.clear()
        deliver()
        assert f"queue:{unit}:receive" in sent
        sent.clear()
        Screen("clerk").get(f"/case/{case}/talk/")
        assert f"case:{case}" in sent
        assert OutboxEntry.objects.filter(subject_id=int(case), payload__action="comment").count() == 1
        assert CHANNEL == "urbangrid_live"
