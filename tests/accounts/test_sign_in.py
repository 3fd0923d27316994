"""Signing in: tries, lockout, ends of contracts, and that a stranger learns nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tests.support.city import WORKDAY, City
from tests.support.people import PASSWORD
from urbangrid.accounts import actions
from urbangrid.accounts.models import User
from urbangrid.audit.models import AuditRow
from urbangrid.core import clock
from urbangrid.core.errors import Refusal

NAME = "seat_agent"


def _try(password: str = "Falsch-2026x", name: str = NAME) -> Refusal | None:
    try:
        actions.sign_in(name, password, "192.0.2.9")
    except Refusal as refusal:
        return refusal
    return None


def _trail(city: City) -> list[str]:
    rows = AuditRow.objects.filter(user_id=city.acting(NAME).user_id, action__startswith="sign_in")
    return list(rows.order_by("pk").values_list("action", flat=True))


def test_a_wrong_password_says_how_many_tries_are_left(city: City) -> None:
    sentences = [refusal.sentence() for refusal in (_try() for _ in range(4)) if refusal]
    assert [f"还可再试 {left} 次" in sentence for left, sentence in zip((4, 3, 2, 1), sentences, strict=True)] == [True] * 4
    assert "系统管理员重设" in sentences[0]


def test_the_fifth_wrong_password_locks_for_fifteen_minutes_even_against_the_right_one(city: City) -> None:
    with clock.travel(WORKDAY):
        faults = [_try() for _ in range(5)]
        assert faults[4] is not None and faults[4].code == "account_locked"
        assert "09:55" in faults[4].sentence()  # 09:40 and fifteen minutes, on the city's clock
    with clock.travel(WORKDAY + timedelta(minutes=14, seconds=59)):
        refusal = _try(PASSWORD)
        assert refusal is not None and refusal.code == "account_locked"
    with clock.travel(WORKDAY + timedelta(minutes=15, seconds=1)):
        assert _try(PASSWORD) is None
        assert User.objects.get(username=NAME).failed_sign_ins == 0


def test_a_sign_in_forgets_the_wrong_tries_before_it(city: City) -> None:
    for _ in range(4):
        _try()
    assert _try(PASSWORD) is None
    refusal = _try()
    assert refusal is not None and refusal.values["left"] == 4


def test_wrong_tries_are_counted_although_each_is_refused(city: City) -> None:
    _try()
    Client(REMOTE_ADDR="192.0.2.9").post(reverse("people:sign_in"), {"username": NAME, "password": PASSWORD})
    assert _trail(city) == ["sign_in_failed", "sign_in"]
    assert set(AuditRow.objects.filter(action__startswith="sign_in").values_list("address", flat=True)) == {"192.0.2.9"}


def test_an_unknown_name_looks_like_a_first_wrong_password(city: City) -> None:
    known, unknown = _try(), _try(name="nobody.here")
    assert known is not None and unknown is not None
    assert (unknown.code, unknown.sentence(), unknown.field) == (known.code, known.sentence(), known.field)


def test_an_unknown_name_costs_a_hash_like_a_known_one(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    def hashed(raw: str, kept: str) -> bool:
        checked.append(kept)
        return False

    monkeypatch.setattr(actions, "check_password", hashed)
    _try(name="nobody.here")
    assert len(checked) == 1


def test_a_contract_ends_the_sign_in_at_its_instant(city: City) -> None:
    end = WORKDAY + timedelta(hours=1)
    User.objects.filter(username=NAME).update(active_until=end)
    with clock.travel(end - timedelta(seconds=1)):
        assert _try(PASSWORD) is None
    with clock.travel(end):
        refusal = _try(PASSWORD)
        assert refusal is not None and refusal.code == "account_ended"
        assert "服务期已满" in refusal.sentence()


def test_an_ended_account_is_told_so_only_after_the_right_password(city: City) -> None:
    User.objects.filter(username=NAME).update(is_active=False)
    wrong, right = _try(), _try(PASSWORD)
    assert wrong is not None and wrong.code == "wrong_password"
    assert right is not None and right.code == "account_ended"


@pytest.mark.parametrize("name", ["' OR 1=1 --", 'seat_agent"; DROP TABLE accounts_user; --', "seat_agent\x00", "", "甲" * 5000])
def test_a_name_made_of_code_is_just_unknown(city: City, name: str) -> None:
    before = User.objects.count()
    refusal = _try(PASSWORD, name=name) if name != "seat_agent\x00" else _try(name=name)
    assert refusal is not None and refusal.code == "wrong_password"
    assert User.objects.count() == before
