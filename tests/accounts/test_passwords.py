"""Rules of passwords, changing one's own, and the one-time password of the administrator."""

from __future__ import annotations

import pytest

from tests.support.city import City
from tests.support.people import PASSWORD
from urbangrid.accounts import actions, passwords
from urbangrid.accounts.models import User
from urbangrid.audit.models import AuditRow
from urbangrid.core.errors import Refusal

NEW = "Deng-guang 88"


@pytest.mark.parametrize(
    ("password", "codes"),
    [
        ("Ab1-ef2-h", ["short"]),
        ("Ab1-ef2-hi", []),
        ("abcdefghij1", ["few_kinds"]),
        ("ABCDEFGHIJ-1", []),
        ("灯光很亮a1-灯光", ["short"]),
        ("Zhoulan-2026", ["contains_name"]),
        ("周岚Password1x-", ["contains_name"]),
        ("Password-12", ["common"]),
        ("Qwerty-1", ["short", "common"]),
        ("", ["short", "few_kinds"]),
    ],
)
def test_a_password_is_judged_by_length_kinds_names_and_common_words(password: str, codes: list[str]) -> None:
    assert passwords.faults(password, "zhoulan", "周岚") == codes


def test_a_weak_password_is_refused_with_all_its_faults_in_words(city: City) -> None:
    with pytest.raises(Refusal) as caught:
        actions.change_password(city.acting("seat_agent").user_id, PASSWORD, "seat_agent")
    assert caught.value.field == "new"
    sentence = caught.value.sentence()
    assert "大写、小写、数字、符号至少占三种" in sentence and "不能含账号或姓名" in sentence
    assert User.objects.get(username="seat_agent").check_password(PASSWORD)


def test_the_old_password_must_be_right(city: City) -> None:
    with pytest.raises(Refusal) as caught:
        actions.change_password(city.acting("seat_agent").user_id, "falsch", NEW)
    assert (caught.value.code, caught.value.field) == ("old_password_wrong", "old")


def test_passwords_are_kept_as_hashes_alone(city: City) -> None:
    user = actions.change_password(city.acting("seat_agent").user_id, PASSWORD, NEW)
    assert NEW not in user.password
    assert user.check_password(NEW) and not user.check_password(PASSWORD)
    assert not AuditRow.objects.filter(values__icontains=NEW).exists()


def test_a_reset_gives_a_one_time_password_ends_the_lock_and_asks_for_ones_own(city: City) -> None:
    admin, seat = city.acting("system_admin"), city.acting("seat_agent")
    for _ in range(5):
        with pytest.raises(Refusal):
            actions.sign_in("seat_agent", "falsch")

    once = actions.reset_password(seat.user_id, admin)

    user = actions.sign_in("seat_agent", once)
    assert user.must_change_password
    assert not set(once) & set("01ilo")  # read aloud without a mistake
    row = AuditRow.objects.get(action="password_reset")
    assert (row.user_id, row.appointment_id, row.subject) == (admin.user_id, admin.appointment_id, f"user:{seat.user_id}")
    assert once not in str(row.values)


def test_two_resets_never_give_the_same_password(city: City) -> None:
    admin, seat = city.acting("system_admin"), city.acting("seat_agent")
    assert actions.reset_password(seat.user_id, admin) != actions.reset_password(seat.user_id, admin)


@pytest.mark.parametrize(
    ("username", "name", "code"),
    [
        ("ab", "甲", "username_faulty"),
        ("a b c", "甲", "username_faulty"),
        ("<script>", "甲", "username_faulty"),
        ("Seat_Agent", "甲", "username_taken"),
        ("newcomer", "  ", "name_missing"),
    ],
)
def test_an_account_with_a_faulty_name_is_not_made(city: City, username: str, name: str, code: str) -> None:
    before = User.objects.count()
    with pytest.raises(Refusal) as caught:
        actions.create_user(username=username, name=name)
    assert caught.value.code == code
    assert User.objects.count() == before


def test_a_new_account_signs_in_once_with_its_one_time_password_and_is_found_by_initials(city: City) -> None:
    user, once = actions.create_user(username="New.Comer", name="米晓晴", acting=city.acting("system_admin"))
    assert (user.username, user.initials) == ("new.comer", "mxq")
    assert actions.sign_in("new.comer", once).must_change_password


def test_an_ended_account_can_be_resumed_but_nobody_ends_her_own(city: City) -> None:
    admin, seat = city.acting("system_admin"), city.acting("seat_agent")
    actions.end_account(seat.user_id, admin)
    with pytest.raises(Refusal):
        actions.sign_in("seat_agent", PASSWORD)
    actions.resume_account(seat.user_id, admin)
    assert actions.sign_in("seat_agent", PASSWORD).pk == seat.user_id
    with pytest.raises(Refusal) as caught:
        actions.end_account(admin.user_id, admin)
    assert caught.value.code == "own_account"
