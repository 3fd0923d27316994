"""One person with two posts in two units: two to-do groups, and every act records the post it was done under (HD-2.3.1b)."""

from __future__ import annotations

import json
import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.api import paths
from tests.api.paths import At
from tests.support.browser import choose_post, sign_in
from tests.support.city import City
from urbangrid.accounts.models import User
from urbangrid.audit.models import AuditRow
from urbangrid.cases.models import Case, CaseRecord
from urbangrid.organizations import actions
from urbangrid.organizations.models import Appointment, Post, Unit


@pytest.fixture
def director(city: City) -> tuple[User, Appointment, Appointment]:
    """孙国平: duty director of the supervision department, and clerk of 市政所."""
    user = User.objects.get(username="duty_director")
    clerk = actions.appoint(user=user, post=Post.objects.get(code="department_clerk"), unit=Unit.objects.get(code="MUNICIPAL"))
    return user, Appointment.objects.get(pk=city.acting("duty_director").appointment_id), clerk


def _groups(page: str) -> dict[str, int]:
    """What 选择岗位 shows: post and unit of each group with what waits there."""
    found = {}
    for button in re.findall(r'<button class="out-post".*?</button>', page, re.DOTALL):
        post, unit = re.search(r"<b>([^<]+)</b>", button), re.search(r'<small class="quiet">([^<]+)</small>', button)
        waiting = re.search(r"<b>(\d+)</b> 件待办", button)
        assert post and unit
        found[f"{unit[1]}·{post[1]}"] = int(waiting[1]) if waiting else 0
    return found


def _desk(browser: Client) -> str:
    answer = browser.get("/desk/", follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def _posts_page(browser: Client) -> str:
    answer = browser.get(reverse("people:posts"))
    assert answer.status_code == 200
    return str(answer.content.decode())


@pytest.mark.requirement("HD-2.3.1b")
def test_two_posts_are_two_todo_groups_and_every_act_records_the_post_used(
    city: City, desk: At, director: tuple[User, Appointment, Appointment]
) -> None:
    user, supervision, clerk = director
    case = paths.dispatched(desk, city)  # waits for 市政所
    urgent = paths.report(desk, city)  # waits for the supervision department
    browser = Client()
    assert sign_in(browser, "duty_director").headers["Location"] == reverse("people:posts")
    groups = _groups(_posts_page(browser))
    assert set(groups) == {"监督部·值班主任", "市政所·部门内勤"}
    assert groups["市政所·部门内勤"] == 1
    assert groups["监督部·值班主任"] >= 1

    number = str(Case.objects.get(pk=case).number)
    choose_post(browser, clerk.pk)
    assert number in _desk(browser) and str(urgent["number"]) not in _desk(browser)
    seq = Case.objects.get(pk=case).seq
    received = browser.post(reverse("workbench:act", args=[case, "receive"]), {"seq": seq, "key": "two-posts-1"})
    assert received.status_code == 302, received.content.decode()
    refused = browser.post(reverse("workbench:accept", args=[urgent["report_id"]]), {"then": "file", "key": "two-posts-2"})
    assert refused.status_code in (403, 404)  # the right of the other post does not count under this one

    choose_post(browser, supervision.pk)
    assert str(urgent["number"]) in _desk(browser)
    accepted = browser.post(reverse("workbench:accept", args=[urgent["report_id"]]), {"then": "file", "key": "two-posts-3"})
    assert accepted.status_code == 302, accepted.content.decode()
    browser.post(reverse("people:sign_out"))

    own = CaseRecord.objects.filter(actor_id=user.pk).order_by("at", "seq")
    assert {record.action for record in own} >= {"receive", "accept", "file"}
    for record in own:
        used = clerk if record.action == "receive" else supervision
        actor = json.loads(record.body)["actor"]
        assert (record.appointment_id, record.unit_id) == (used.pk, used.unit_id), record.action
        assert (actor["appointment"], actor["post_name"]) == (str(used.pk), used.post.name), record.action
    assert AuditRow.objects.get(action="sign_out", user_id=user.pk).appointment_id == supervision.pk


def test_the_groups_empty_one_by_one_as_the_person_works(city: City, desk: At, director: tuple[User, Appointment, Appointment]) -> None:
    case = paths.dispatched(desk, city)
    browser = Client()
    sign_in(browser, "duty_director")
    before = _groups(_posts_page(browser))
    choose_post(browser, director[2].pk)
    browser.post(reverse("workbench:act", args=[case, "receive"]), {"seq": Case.objects.get(pk=case).seq, "key": "k"})
    after = _groups(_posts_page(browser))
    assert after == before  # received is not done: it now waits to be disposed, still with 市政所
    desk("clerk").done(case, "feedback", text="已修补", files=[desk("clerk").send_photo()])
    assert _groups(_posts_page(browser)) == before | {"市政所·部门内勤": 0}


def test_the_case_page_shows_the_post_under_which_each_step_was_taken(
    city: City, desk: At, director: tuple[User, Appointment, Appointment]
) -> None:
    case = paths.dispatched(desk, city)
    browser = Client()
    sign_in(browser, "duty_director")
    choose_post(browser, director[2].pk)
    browser.post(reverse("workbench:act", args=[case, "receive"]), {"seq": Case.objects.get(pk=case).seq, "key": "k"})
    story = desk("dispatcher").get(f"/cases/{case}").body["story"]
    line = next(one for one in story if one["action"] == "receive")
    assert (line["actor"], line["post"], line["unit"]) == ("孙国平", "部门内勤", "市政所")
