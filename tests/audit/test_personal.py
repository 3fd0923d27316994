"""Contact data of citizens: apart, shown only with duty and purpose, every look on record in the same transaction."""

from __future__ import annotations

import pytest
from django.db import transaction

from tests.support.city import City
from urbangrid.audit import personal
from urbangrid.audit.models import AuditRow, PersonalData
from urbangrid.core.errors import NotAllowed, NotFound, Refusal
from urbangrid.core.models import Platform

PURPOSE = "回访来报人"


@pytest.fixture
def contact(city: City) -> PersonalData:
    kept = personal.keep(city.platform.pk, name="秦素珍", phone="139 0000 1111", address="柳荫里3号")
    assert kept is not None
    return kept


def _looks() -> list[AuditRow]:
    return list(AuditRow.objects.filter(action="reveal"))


def test_a_look_with_a_purpose_shows_the_data_and_says_who_as_what_and_why(city: City, contact: PersonalData) -> None:
    seat = city.acting("seat_agent")
    shown = personal.reveal(seat, contact.pk, PURPOSE)
    assert (shown.name, shown.phone, shown.address) == ("秦素珍", "139 0000 1111", "柳荫里3号")
    (row,) = _looks()
    assert (row.user_id, row.appointment_id, row.platform_id) == (seat.user_id, seat.appointment_id, city.platform.pk)
    assert (row.subject, row.purpose) == (f"contact:{contact.pk}", PURPOSE)
    assert "秦" not in str(row.values) + row.subject + row.purpose


@pytest.mark.parametrize("purpose", ["", "   ", "\n\t"])
def test_without_a_purpose_nothing_is_shown(city: City, contact: PersonalData, purpose: str) -> None:
    with pytest.raises(Refusal) as caught:
        personal.reveal(city.acting("seat_agent"), contact.pk, purpose)
    assert (caught.value.code, caught.value.field) == ("purpose_missing", "purpose")
    assert _looks() == []


@pytest.mark.parametrize("who", ["dispatcher", "clerk", "inspector", "head", "system_admin", "security_admin", "audit_admin", "leader"])
def test_without_the_duty_nothing_is_shown(city: City, contact: PersonalData, who: str) -> None:
    with pytest.raises(NotAllowed) as caught:
        personal.reveal(city.acting(who), contact.pk, PURPOSE)
    assert city.acting(who).post_name in caught.value.sentence()
    assert _looks() == []


def test_a_look_that_cannot_be_recorded_is_no_look(city: City, contact: PersonalData, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **values: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(personal, "note", broken)
    with pytest.raises(OSError, match="disk full"):
        personal.reveal(city.acting("seat_agent"), contact.pk, PURPOSE)


def test_look_and_record_stand_or_fall_together(city: City, contact: PersonalData) -> None:
    with transaction.atomic():
        personal.reveal(city.acting("seat_agent"), contact.pk, PURPOSE)
        transaction.set_rollback(True)
    assert _looks() == []


def test_data_of_another_platform_look_like_none(city: City) -> None:
    other = Platform.objects.create(code="990102", name="邻区", short_name="邻")
    theirs = personal.keep(other.pk, name="邻人", phone="13800000002")
    assert theirs is not None
    for number in (theirs.pk, 12345):
        with pytest.raises(NotFound) as caught:
            personal.reveal(city.acting("seat_agent"), number, PURPOSE)
        assert caught.value.code == "contact_unknown"
    assert _looks() == []


def test_erased_data_are_gone_from_the_table_and_the_erasure_is_on_record(city: City, contact: PersonalData) -> None:
    personal.erase(city.acting("duty_director"), contact.pk)
    contact.refresh_from_db()
    assert (contact.name, contact.phone, contact.phone_digest, contact.address) == ("", "", "", "")
    with pytest.raises(NotFound):
        personal.reveal(city.acting("seat_agent"), contact.pk, PURPOSE)
    assert AuditRow.objects.get(action="erase").subject == f"contact:{contact.pk}"


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13900001111", "139****1111"), ("01088886666", "010****6666"), ("12345678", "123****5678"), ("110", "***"), ("", "")],
)
def test_a_number_is_masked_in_the_middle_and_a_short_one_whole(phone: str, shown: str) -> None:
    assert personal.masked(phone) == shown


def test_the_digest_finds_a_number_however_it_was_typed_and_needs_the_key(settings: object) -> None:
    first = personal.digest("139 0000 1111")
    assert first == personal.digest("139-0000-1111") != personal.digest("13900001112")
    assert "1390000" not in first and personal.digest("无号码") == ""
    settings.SECRET_KEY = "another installation"  # type: ignore[attr-defined]
    assert personal.digest("13900001111") != first


def test_nothing_to_keep_is_not_kept(city: City) -> None:
    assert personal.keep(city.platform.pk) is None
    assert not PersonalData.objects.exists()
