"""编制: the seats of the plan, each with its account (HD-3.1.5)."""

from __future__ import annotations

from collections import Counter

import pytest

from urbangrid.accounts.models import User
from urbangrid.administration import staffing
from urbangrid.administration.setting_up import set_up
from urbangrid.catalog import actions as catalog
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.organizations import actions
from urbangrid.organizations.models import Appointment, Post, Unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform() -> Platform:
    made = Platform.objects.create(code="990100", name="样城区监督指挥中心", short_name="样")
    for load in (catalog.load_national, catalog.load_calendars, catalog.load_reasons):
        load()
    catalog.use_calendars(made)
    set_up(made, "model_a", subdistricts=(), departments=(), companies=())
    return made


@pytest.mark.requirement("HD-3.1.5")
def test_the_preset_makes_the_57_posts_of_the_plan_with_demonstration_people(platform: Platform) -> None:
    made = staffing.staff(platform, simulated=True)
    assert len(made) == 57 == User.objects.filter(simulated=True, must_change_password=True).count()
    rows = Appointment.objects.filter(platform=platform).select_related("unit", "post")
    units, posts = Counter(row.unit.name for row in rows), Counter((row.unit.code, row.post.code) for row in rows)
    assert (units["监督部"], units["指挥部"], units["综合协调部"], units["政策法规调研部"]) == (21, 15, 9, 7)
    assert posts["SUP", "duty_director"] == posts["CMD", "command_director"] == 4
    assert [posts[code, "deputy_head"] for code in ("SUP", "CMD", "COORD", "LAW")] == [4, 4, 2, 2]
    assert posts["CENTRE", "executive_deputy"] == 1 and posts["CENTRE", "deputy_director"] > 0


def test_seats_that_somebody_holds_are_left_and_a_second_time_makes_nothing(platform: Platform) -> None:
    user = User.objects.create(username="limin", name="李敏", password="!")
    unit, post = Unit.objects.get(platform=platform, code="SUP"), Post.objects.get(platform=platform, code="seat_agent")
    actions.appoint(user=user, post=post, unit=unit)
    first = staffing.staff(platform)
    assert len(first) == 56 and len({one.username for one in first}) == 56 and all(one.once for one in first)
    assert staffing.staff(platform) == []


@pytest.mark.parametrize("letter", ["b", "c", "d", "e"])
def test_a_model_whose_plan_names_no_number_says_so(letter: str) -> None:
    other = Platform.objects.create(code="990200", name="样市", short_name="市", settings={"model": f"model_{letter}"})
    with pytest.raises(Refusal) as caught:
        staffing.staff(other)
    assert caught.value.code == "establishment_missing"
