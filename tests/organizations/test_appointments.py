"""Posts of a person: several are fine, administrator roles exclude each other, a post stands where its kind of unit is."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.support.city import City
from urbangrid.accounts.models import User
from urbangrid.audit.models import AuditRow
from urbangrid.core.errors import Refusal
from urbangrid.organizations import actions, queries, unit_search
from urbangrid.organizations.acting import acting_as
from urbangrid.organizations.models import Appointment, Post, Unit

ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")


def _row(city: City, name: str) -> Appointment:
    return Appointment.objects.select_related("user", "post", "unit").get(pk=city.acting(name).appointment_id)


@pytest.mark.parametrize(("held", "wanted"), list(permutations(ADMINISTRATORS, 2)))
def test_nobody_holds_two_of_the_three_administrator_roles(city: City, held: str, wanted: str) -> None:
    other = _row(city, wanted)
    with pytest.raises(Refusal) as caught:
        actions.appoint(user=_row(city, held).user, post=other.post, unit=other.unit)
    assert (caught.value.code, caught.value.field) == ("post_exclusive", "post")
    assert other.post.name in caught.value.sentence()


def test_a_post_of_ones_own_making_with_two_administrator_duties_is_excluded_too(city: City) -> None:
    post = actions.create_post(
        platform_id=city.platform.pk,
        code="all_in_one",
        name="总管",
        duties=["read_audit", "read_all"],
        desk="leader",
        face="administration",
    )
    holder = _row(city, "system_admin")
    with pytest.raises(Refusal):
        actions.appoint(user=holder.user, post=post, unit=holder.unit)


def test_after_the_first_role_has_ended_the_second_may_be_given(city: City) -> None:
    held, other = _row(city, "system_admin"), _row(city, "security_admin")
    actions.end_appointment(appointment_id=held.pk)
    made = actions.appoint(user=held.user, post=other.post, unit=other.unit)
    assert acting_as(made.pk, held.user_id) is not None
    assert acting_as(held.pk, held.user_id) is None


def test_a_seat_agent_is_not_also_a_dispatcher_but_may_also_lead_a_squad(city: City) -> None:
    seat, dispatcher, leader = (_row(city, name) for name in ("seat_agent", "dispatcher", "squad_leader"))
    with pytest.raises(Refusal):
        actions.appoint(user=seat.user, post=dispatcher.post, unit=dispatcher.unit)
    actions.appoint(user=seat.user, post=leader.post, unit=leader.unit, division_id=leader.division_id)
    assert Appointment.objects.filter(queries.in_force(), user=seat.user).count() == 2


def test_a_post_is_given_only_in_a_unit_that_has_it_and_only_once(city: City) -> None:
    clerk, dispatcher = _row(city, "clerk"), _row(city, "dispatcher")
    with pytest.raises(Refusal) as caught:
        actions.appoint(user=clerk.user, post=dispatcher.post, unit=clerk.unit)
    assert caught.value.code == "post_elsewhere"
    with pytest.raises(Refusal) as caught:
        actions.appoint(user=clerk.user, post=clerk.post, unit=clerk.unit)
    assert caught.value.code == "post_held"


def test_a_refused_appointment_leaves_nothing_and_a_made_one_is_on_record(city: City) -> None:
    admin, seat, leader = city.acting("system_admin"), _row(city, "seat_agent"), _row(city, "squad_leader")
    dispatcher = _row(city, "dispatcher")
    before = Appointment.objects.count()
    with pytest.raises(Refusal):
        actions.appoint(user=seat.user, post=dispatcher.post, unit=dispatcher.unit, acting=admin)
    assert Appointment.objects.count() == before

    actions.appoint(user=seat.user, post=leader.post, unit=leader.unit, acting=admin)

    row = AuditRow.objects.get(action="appointed", user_id=admin.user_id)
    assert (row.subject, row.values["post"]) == (f"user:{seat.user_id}", "分队长")


def test_an_appointment_ends_once(city: City) -> None:
    row = _row(city, "clerk")
    actions.end_appointment(appointment_id=row.pk, acting=city.acting("system_admin"))
    with pytest.raises(Refusal) as caught:
        actions.end_appointment(appointment_id=row.pk)
    assert caught.value.code == "appointment_ended"


def test_the_unit_of_a_duty_changes_with_the_appointment(city: City) -> None:
    clerk = _row(city, "clerk")
    assert queries.dispatchable(city.platform.pk, clerk.unit_id).has_desk  # type: ignore[union-attr]
    actions.end_appointment(appointment_id=clerk.pk)
    assert not queries.dispatchable(city.platform.pk, clerk.unit_id).has_desk  # type: ignore[union-attr]


@pytest.mark.parametrize("typed", ["szs", "市政", "政所"])
def test_a_unit_is_found_by_initials_or_words(city: City, typed: str) -> None:
    assert [one.name for one in unit_search.search_units(city.platform.pk, typed)] == ["市政所"]


@pytest.mark.parametrize("typed", ["' OR 1=1 --", "%", "_", "\\", "<b>", "市政所\x00"])
def test_code_typed_into_the_search_of_units_finds_nothing(city: City, typed: str) -> None:
    assert unit_search.search_units(city.platform.pk, typed) == []


def test_a_unit_code_is_used_once(city: City) -> None:
    before = Unit.objects.count()
    with pytest.raises(Refusal) as caught:
        actions.create_unit(platform_id=city.platform.pk, code="SUP", name="又一个监督部", kind="supervision")
    assert (caught.value.code, caught.value.field) == ("unit_code_taken", "code")
    assert Unit.objects.count() == before


def test_posts_and_people_of_the_cast_are_one_to_one_with_the_duties_of_the_preset(city: City) -> None:
    assert User.objects.count() == len(city.cast)
    for name, acting in city.cast.items():
        assert acting.duties == frozenset(Post.objects.get(code=acting.post_code, platform=city.platform).duties), name
