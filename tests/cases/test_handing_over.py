"""A night from 17:30 to 08:30: handing over, a refusal, what goes where, posts held together at night and their mark on the record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City
from tests.support.shifts import MONDAY, at, make_shifts, row
from urbangrid.audit.models import AuditRow
from urbangrid.cases import drafts, handing_over
from urbangrid.cases.actions import claiming, perform
from urbangrid.cases.models import Draft, WorkItem
from urbangrid.core import clock
from urbangrid.core.errors import MovedOn, NotAllowed, NotFound, Refusal
from urbangrid.organizations import attending, handing, leaves, night, queries, rosters
from urbangrid.organizations.acting import Acting, acting_as
from urbangrid.organizations.models import Appointment, ExclusionLift, Handover, Shift


def _content(who: Acting) -> dict[str, object]:
    return handing_over.content(who)


def _evening(city: City) -> None:
    """周岚 is signed on to the day of Monday, 李敏 planned for its night."""
    director, made = city.acting("duty_director"), make_shifts(city)
    with clock.travel(at(22, "20:00")):
        rosters.add(director, city.acting("seat_agent").appointment_id, made["早"].pk, MONDAY)
        rosters.add(director, city.acting("second_seat_agent").appointment_id, made["夜"].pk, MONDAY)
    with clock.travel(at(23, "08:20")):
        attending.sign_on(city.acting("seat_agent"))


def _claimed_report(city: City, desk: At, who: Acting) -> WorkItem:
    item = WorkItem.objects.get(report_id=int(paths.report(desk, city)["report_id"]), closed_at=None)
    return claiming.claim(who, item.pk)


def test_a_refused_sheet_moves_nothing_and_stays_with_the_duty_director(city: City, desk: At) -> None:
    day, late, director = city.acting("seat_agent"), city.acting("second_seat_agent"), city.acting("duty_director")
    _evening(city)
    with clock.travel(at(23, "17:20")):
        item = _claimed_report(city, desk, day)
        assert handing.successors(day) == ["李敏"]
        content = handing_over.content(day)
        assert content["numbers"]["claimed"] == 1 and {one["kind"]: one["total"] for one in content["stages"]}["accept"] == 1
        sheet = handing.give(day, content=content, notes="东湖街道停电，来电多")
        with pytest.raises(NotFound):
            handing.accept(city.acting("command_director"), sheet.pk)
        with pytest.raises(NotAllowed):
            handing.accept(day, sheet.pk)
        with pytest.raises(Refusal) as silent:
            handing.refuse(late, sheet.pk, " ")
        assert silent.value.code == "handover_reason"
        handing.refuse(late, sheet.pk, "一件正在办理，请先办完")
        assert WorkItem.objects.get(pk=item.pk).claimed_by_id == day.appointment_id
        with pytest.raises(MovedOn):
            handing.accept(late, sheet.pk)
        assert [one.pk for one in handing.waiting_for(director)] == [sheet.pk]
        handing.give(day, content=handing_over.content(day), notes="再交")
        assert Handover.objects.get(pk=sheet.pk).state == Handover.REPLACED
    assert AuditRow.objects.filter(action="handover_refused", purpose="一件正在办理，请先办完").count() == 1


def test_after_a_shift_is_taken_over_nothing_stays_with_who_left_and_no_draft_is_lost(city: City, desk: At) -> None:
    day, late = city.acting("seat_agent"), city.acting("second_seat_agent")
    _evening(city)
    with clock.travel(at(23, "17:28")):
        case = paths.filed(desk, city)
        _claimed_report(city, desk, day)
        drafts.keep(day, f"file-{case}", int(case), {"words": "打了一半"})
        drafts.keep(day, "register-1", None, {"place_text": "大柳树路"})
        sheet = handing.give(day, content=handing_over.content(day), notes="")
        attending.sign_on(late)
        handing.accept(late, sheet.pk)
        assert not WorkItem.objects.filter(claimed_by_id=day.appointment_id, closed_at=None).exists()
        taken = claiming.take_next(late, "accept")
        assert taken is not None and attending.open_turn(day.appointment_id) is None
        left = [(one.given_by.user_id, one.answered_at) for one in handing.taken_over(late) if one.answered_at]
        assert {(one.word, one.name) for one in drafts.offered(late, left)} == {("立案", "周岚"), ("上报", "周岚")}
        for one in drafts.offered(late, left):
            drafts.take(late, one.draft_id, left)
        assert Draft.objects.filter(user_id=late.user_id).count() == 2 and not Draft.objects.filter(user_id=day.user_id).exists()
        assert [Appointment.objects.get(pk=one.appointment_id).on_duty for one in (day, late)] == [False, True]
    with clock.travel(at(24, "08:31")):
        assert attending.sign_off(late) == 1, "what she still had returns to the pool"
        assert WorkItem.objects.get(pk=taken.pk).claimed_by_id is None


@pytest.mark.parametrize("signs_off", [True, False])
def test_a_sheet_answered_late_takes_nothing_from_who_has_come_to_her_next_turn(city: City, desk: At, signs_off: bool) -> None:
    day, late = city.acting("seat_agent"), city.acting("second_seat_agent")
    _evening(city)
    with clock.travel(at(23, "17:28")):
        sheet = handing.give(day, content=handing_over.content(day), notes="")
        if signs_off:
            attending.sign_off(day)
    with clock.travel(at(23, "20:00")):
        rosters.add(city.acting("duty_director"), day.appointment_id, Shift.objects.get(letter="早").pk, MONDAY + timedelta(days=1))
    with clock.travel(at(24, "08:25")):
        attending.sign_on(day)
        item = _claimed_report(city, desk, day)
        _sheet, went = handing.accept(late, sheet.pk)
        assert went == 0 and Handover.objects.get(pk=sheet.pk).state == Handover.ACCEPTED
        turn = attending.open_turn(day.appointment_id)
        assert turn is not None and turn.day == MONDAY + timedelta(days=1), "she is at work"
        assert WorkItem.objects.get(pk=item.pk).claimed_by_id == day.appointment_id
        attending.sign_off(day)
        assert attending.open_turn(day.appointment_id) is None, "the turn of the day before is over too"


def test_without_a_successor_the_duty_director_takes_the_sheet_and_personal_work_waits_with_her(city: City, desk: At) -> None:
    with clock.travel(at(23, "16:00")):
        case = paths.dispatched(desk, city)
        paths.fed_back(desk, case)
        paths.to_check(desk, case)
        name = paths.checker(desk, case)
        checker, other = row(city, name), row(city, "second_inspector" if name == "inspector" else "inspector")
        item = WorkItem.objects.get(case_id=int(case), kind="check", closed_at=None)
        attending.pass_on(checker, other)
        moved = WorkItem.objects.get(pk=item.pk)
        if other.pk == city.acting("inspector").appointment_id:  # who reported it does not check it (case-rules 19)
            assert (moved.appointment_id, moved.duty) == (None, "nobody_responsible") and "上报人" in moved.note
        else:
            assert moved.appointment_id == other.pk
        sheet = handing.give(city.acting("head"), content=_content(city.acting("head")), notes="")
        handing.refuse(city.acting("duty_director"), sheet.pk, "请写明挂账两件的情况")
        _sheet, went = handing.accept(city.acting("duty_director"), sheet.pk)
        assert went == 0 and Handover.objects.get(pk=sheet.pk).state == Handover.ACCEPTED


def test_at_night_one_person_holds_both_desks_on_record_and_the_record_of_the_case_says_so(city: City, desk: At) -> None:
    late, director, made = city.acting("second_seat_agent"), city.acting("duty_director"), make_shifts(city)
    with pytest.raises(Refusal):
        night.change_groups(city.acting("security_admin"), [["seat_agent", "security_admin"]])
    night.change_groups(city.acting("security_admin"), [["seat_agent", "dispatcher"]])
    with clock.travel(at(22, "20:00")):
        rosters.add(director, late.appointment_id, made["夜"].pk, MONDAY)
        rosters.add(director, city.acting("seat_agent").appointment_id, made["早"].pk, MONDAY)
    with clock.travel(at(23, "08:30")):
        assert attending.sign_on(city.acting("seat_agent"))[1] == [], "a day shift gives nothing"
    with clock.travel(at(23, "15:00")), pytest.raises(Refusal) as early:
        attending.sign_on(late)
    assert "11-23 17:30" in early.value.sentence()
    with clock.travel(at(23, "17:25")):
        assert attending.sign_on(late)[1] == ["派遣员"]
        given = Appointment.objects.get(user_id=late.user_id, for_night=True)
        lift = ExclusionLift.objects.get(user_id=late.user_id)
        assert lift.lifted_by_id is None and lift.reason == "夜班兼岗（夜间规则）" and lift.valid_to == at(24, "09:30")
        with pytest.raises(Refusal):
            attending.sign_on(late)
    with clock.travel(at(24, "02:00")):
        case = paths.filed(desk, city)
        as_dispatcher = acting_as(given.pk, late.user_id)
        assert as_dispatcher is not None and as_dispatcher.night and as_dispatcher.may("dispatch") and not late.night
        _dispatch(city, case, as_dispatcher)
        story = desk("duty_director").get(f"/cases/{case}").body["story"]
        assert [line["post"] for line in story if line["action"] == "dispatch"] == ["派遣员（夜间兼岗）"]
        assert [line["post"] for line in story if line["action"] == "file"] == ["坐席员"]
    with clock.travel(at(24, "08:35")):
        attending.sign_off(late)
        assert acting_as(given.pk, late.user_id) is None, "ended with the shift, not an hour later"
        assert not Appointment.objects.filter(queries.in_force(), user_id=late.user_id, for_night=True).exists()


def _dispatch(city: City, case: str, acting: Acting) -> None:
    item = WorkItem.objects.select_related("case").get(case_id=int(case), kind="dispatch", closed_at=None)
    assert item.case is not None
    unit = str(city.acting("clerk").unit_id)
    perform(acting, item.case_id or 0, "dispatch", item.case.seq, {"unit_id": unit, "opinion": "夜间请先围护"})


def test_a_leave_moves_open_work_when_it_begins_and_not_before(city: City, desk: At) -> None:
    inspector, other = city.acting("inspector"), row(city, "second_inspector")
    leader = city.acting("squad_leader")
    with clock.travel(at(23, "09:00")):
        case = paths.dispatched(desk, city)
        item = WorkItem.objects.filter(case_id=int(case), closed_at=None).first()
        assert item is not None
        item.appointment_id = inspector.appointment_id
        item.save(update_fields=["appointment"])
        asked = leaves.ask(inspector, kind="private", begins_at=at(24, "00:00"), ends_at=at(25, "00:00"), reason="家中有事")
        leaves.decide(leader, asked.pk, grant=True, stand_in=other.pk)
        assert WorkItem.objects.get(pk=item.pk).appointment_id == inspector.appointment_id
    with clock.travel(at(24, "00:01")):
        assert leaves.turn_over() == 1
        assert WorkItem.objects.get(pk=item.pk).appointment_id == other.pk
        assert leaves.turn_over() == 0
