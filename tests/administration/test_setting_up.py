"""The preset "one centre, two axes" in one step: units, posts, rights, menu, workflow (HD-2.3.1, HD-3.1.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client

from tests.support.browser import sign_in
from tests.support.city import City
from tests.support.people import COMPANIES, DEPARTMENTS, PASSWORD
from urbangrid.accounts.models import User
from urbangrid.administration.setting_up import Model, set_up
from urbangrid.cases import processes
from urbangrid.cases.models import ProcessDefinition
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.grids.models import Division
from urbangrid.organizations import actions, queries
from urbangrid.organizations.models import Post, Unit

STREETS = ("北桥街道", "南桥街道", "河湾镇")
FOUR = {"SUP": "监督部", "CMD": "指挥部", "COORD": "综合协调部", "LAW": "政策法规调研部"}


@pytest.fixture
def empty(db: None) -> Platform:
    """A platform with its sub-districts and nothing else."""
    platform = Platform.objects.create(code="990103", name="新城区", short_name="新")
    for number, name in enumerate(STREETS, 1):
        Division.objects.create(platform=platform, level="subdistrict", code=f"99010300{number}", name=name, valid_from=clock.now())
    queries.forget()
    return platform


def _areas(platform: Platform) -> Sequence[Division]:
    return list(Division.objects.filter(platform=platform).order_by("code"))


def _set_up(platform: Platform) -> Model:
    return set_up(platform, "model_a", subdistricts=_areas(platform), departments=DEPARTMENTS, companies=COMPANIES)


def _names(platform: Platform, axis: str) -> set[str]:
    return {unit.name for unit in Unit.objects.filter(platform=platform) if unit.axis == axis}


@pytest.mark.requirement("HD-2.3.1")
def test_one_step_makes_the_two_axes_with_their_units_posts_and_workflow(empty: Platform) -> None:
    model = _set_up(empty)

    assert _names(empty, "supervision") == {"监督部", *(f"{name}监督分队" for name in STREETS)}
    assert _names(empty, "command") == {"指挥部", *(one.name for one in (*DEPARTMENTS, *COMPANIES))}
    below = {unit.code: unit.parent.code for unit in Unit.objects.filter(platform=empty).select_related("parent") if unit.parent}
    assert below == dict.fromkeys(FOUR, "CENTRE") | {f"SQUAD-{area.code}": "SUP" for area in _areas(empty)}
    areas = {unit.division_id for unit in model.organisation.squads.values()}
    assert areas == {area.pk for area in _areas(empty)} == {unit.division_id for unit in model.organisation.offices.values()}

    holders = {
        kind: set(Post.objects.filter(platform=empty, unit_kinds__contains=[kind]).values_list("name", flat=True)) for kind in Unit.KINDS
    }
    assert {"部长", "副部长", "值班主任", "坐席员"} <= holders["supervision"]
    assert {"副部长", "指挥部部长", "指挥部值班主任", "派遣员"} <= holders["command"]
    assert holders["squad"] == {"分队长", "监督员"}
    assert (holders["subdistrict_office"], holders["department"], holders["company"]) == (
        {"街乡监督员工"}, {"部门内勤", "单位负责人"}, {"企业值班员", "企业负责人"}
    )  # fmt: skip

    assert processes.current_for(empty.pk, "inspector", "event").pk == ProcessDefinition.objects.get(platform=empty).pk
    stages = [stage.name for stage in model.process.stages]
    assert stages == ["信息收集", "案卷建立", "任务派遣", "任务处理", "处理反馈", "核查结案"]
    _every_wait_of_the_workflow_has_a_unit(empty, model)


def _every_wait_of_the_workflow_has_a_unit(platform: Platform, model: Model) -> None:
    """With one person in each post of each unit nothing in the workflow waits for nobody."""
    for unit in Unit.objects.filter(platform=platform):
        for post in Post.objects.filter(platform=platform, unit_kinds__contains=[unit.kind]):
            user = User.objects.create(username=f"{post.code}.{unit.code}", name="某人", password="!")
            actions.appoint(user=user, post=post, unit=unit, division_id=unit.division_id)
    kinds = {"file": "supervision", "sign": "supervision", "dispatch": "command", "review": "command", "close": "supervision"}
    for duty in {wait.duty for wait in model.process.waits.values()}:
        unit_id = queries.unit_for_duty(platform.pk, duty)
        assert unit_id is not None, duty
        assert kinds.get(duty, "") in ("", Unit.objects.get(pk=unit_id).kind), duty


def test_a_step_that_fails_leaves_nothing_behind(empty: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = processes.preset("model_a")
    broken = whole | {"waits": [row | ({"duty": "conjure"} if row["state"] == "to_dispatch" else {}) for row in whole["waits"]]}
    monkeypatch.setattr(processes, "preset", lambda code: broken)
    with pytest.raises(Refusal) as caught:
        _set_up(empty)
    assert caught.value.code == "process_faulty"
    for table in (Unit, Post, ProcessDefinition):
        assert not table.objects.filter(platform=empty).exists(), table


def test_a_second_step_on_the_same_platform_is_refused_whole(empty: Platform) -> None:
    _set_up(empty)
    before = (Unit.objects.count(), Post.objects.count(), ProcessDefinition.objects.count())
    with pytest.raises(Refusal) as caught:
        _set_up(empty)
    assert caught.value.code == "unit_code_taken"
    assert (Unit.objects.count(), Post.objects.count(), ProcessDefinition.objects.count()) == before


@pytest.mark.parametrize("code", ["model_z", "../model_a", ""])
def test_a_model_that_does_not_exist_is_named(empty: Platform, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        set_up(empty, code, subdistricts=[], departments=[], companies=[])
    assert caught.value.code == "preset_unknown"


RIGHTS = {
    "supervision": {"file", "confirm_filing", "sign", "release", "send_check", "close", "register"},
    "command": {"dispatch", "review", "return_to_filing"},
    "coordination": {"read_all"},
    "policy": {"read_all"},
}
"""What each department is there for (requirements, Who may do what, column A); reading is all the two others do in the main path."""


def _menu(page: str) -> list[str]:
    rail = re.search(r'<nav class="ug-rail.*?</nav>', page, re.DOTALL)
    assert rail
    return re.findall(r'href="([^"]+)"', rail[0])


def _opens(browser: Client, path: str) -> Any:
    answer = browser.get(path, follow=True)
    assert answer.status_code == 200, path
    return answer


@pytest.mark.requirement("HD-3.1.3")
def test_each_of_the_four_departments_has_posts_rights_and_a_menu_that_opens(city: City) -> None:
    template = User()
    template.set_password(PASSWORD)
    for code, name in FOUR.items():
        unit = Unit.objects.get(platform=city.platform, code=code)
        assert unit.name == name
        posts = list(Post.objects.filter(platform=city.platform, unit_kinds__contains=[unit.kind]).exclude(face="administration"))
        assert len(posts) >= 3, name
        assert {duty for post in posts for duty in post.duties} >= RIGHTS[unit.kind], name
        for post in posts:
            username = f"{post.code}.{code}".lower()
            user = User.objects.create(username=username, name="某人", password=template.password)
            actions.appoint(user=user, post=post, unit=unit)
            browser = Client()
            sign_in(browser, username)
            entries = _menu(_opens(browser, "/").content.decode())
            assert entries, post.name
            for entry in entries:
                _opens(browser, entry)
            assert ("/register/" in entries) == ("register" in post.duties), post.name


def test_only_the_supervision_side_files_and_closes_and_only_the_command_side_dispatches(city: City) -> None:
    for kind, own in RIGHTS.items():
        others = {
            duty
            for post in Post.objects.filter(platform=city.platform)
            if post.unit_kinds and kind not in post.unit_kinds
            for duty in post.duties
        }
        assert not (own - {"read_all"}) & others, kind
