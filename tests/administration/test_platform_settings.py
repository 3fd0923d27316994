"""平台设置: the system administrator sets the numbers of the platform on one page, and each works where it is read."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.support.browser import enter
from tests.support.city import City
from urbangrid.administration import platform_settings
from urbangrid.audit.models import AuditRow
from urbangrid.cases import clocks, deadlines, repeats
from urbangrid.core.models import Platform


@pytest.fixture
def admin(city: City) -> Client:
    return enter(Client(), city, "system_admin")


def _set(admin: Client, name: str, value: object, status: int = 302) -> str:
    answer = admin.post(reverse("administration:change_setting"), {"name": name, "value": str(value)})
    assert answer.status_code == status, answer.content.decode()[:2000]
    return answer.content.decode()


def test_a_changed_setting_works_at_once_and_its_earlier_value_stays_on_the_page_and_in_the_trail(admin: Client, city: City) -> None:
    page = reverse("administration:settings")
    shown = admin.get(page).content.decode()
    assert "反复的时间" in shown and "0–720" in shown and "上次修改" in shown and "原值 72" not in shown
    _set(admin, "repeat_hours", 24)
    assert repeats.hours_of(city.platform.pk) == 24
    assert "原值 72" in admin.get(page).content.decode()
    row = AuditRow.objects.get(action="platform_setting_changed")
    assert (row.subject, row.user_id) == ("setting:repeat_hours", city.acting("system_admin").user_id)
    assert row.values == {"setting": "repeat_hours", "before": 72, "after": 24}
    _set(admin, "repeat_hours", 24)
    assert AuditRow.objects.filter(action="platform_setting_changed").count() == 1, "nothing was changed"
    trail = enter(Client(), city, "audit_admin").get(reverse("administration:trail")).content.decode()
    assert "修改平台设置" in trail and "反复的时间" in trail


@pytest.mark.parametrize("value", [-1, 721, "", "72.5", "七十二", "9" * 9])
def test_a_value_out_of_its_range_is_refused_at_its_field_with_the_range(admin: Client, city: City, value: object) -> None:
    said = _set(admin, "repeat_hours", value, status=422)
    assert "反复的时间须是 0 到 720 的整数" in said and 'id="value-fault"' in said
    assert "repeat_hours" not in Platform.objects.get(pk=city.platform.pk).settings
    assert not AuditRow.objects.filter(action="platform_setting_changed").exists()


def test_only_the_system_administrator_has_the_page_and_an_unknown_setting_is_none(admin: Client, city: City) -> None:
    for name in ("security_admin", "audit_admin", "duty_director"):
        other = enter(Client(), city, name)
        assert other.get(reverse("administration:settings")).status_code == 403, name
        assert other.post(reverse("administration:change_setting"), {"name": "repeat_hours", "value": "1"}).status_code == 403, name
    _set(admin, "security", 1, status=404)
    assert "/admin/settings/" in admin.get("/admin/").content.decode()


def test_the_share_of_a_light_is_set_for_its_class_of_limits_and_the_others_stay_as_they_were(admin: Client, city: City) -> None:
    before = clocks.warn_rules(city.platform.pk)
    assert before == deadlines.WARN_RULES
    _set(admin, "warn_rules.2.percent", 50)
    found = clocks.warn_rules(city.platform.pk)
    assert found[:2] == before[:2], "a third stays a third"
    assert deadlines.warn_seconds(10 * 3600, found) == 5 * 3600 and deadlines.warn_seconds(10 * 3600) == 2 * 3600
    _set(admin, "warn_rules.0.least_minutes", 5)
    assert deadlines.warn_seconds(900, clocks.warn_rules(city.platform.pk)) == 300
    assert AuditRow.objects.get(subject="setting:warn_rules.2.percent").values["from_minutes"] == 120


def test_every_setting_takes_both_ends_of_its_range_and_gives_back_what_was_set(admin: Client, city: City) -> None:
    for one in platform_settings.settings_of(city.platform):
        assert str(one.label) and str(one.does) and one.least <= one.default <= one.most
        for value in (one.least, one.most):
            _set(admin, one.name, value)
            assert platform_settings.value_of(one, Platform.objects.get(pk=city.platform.pk).settings) == value, one.name
    assert clocks.warn_rules(city.platform.pk)


@given(st.dictionaries(st.sampled_from(["repeat_hours", "follow_up_tries", "month_begins"]), st.integers(1, 20)))
def test_what_is_not_set_shows_its_default(settings: dict[str, Any]) -> None:
    for one in platform_settings.PLAIN:
        assert platform_settings.value_of(one, settings) == settings.get(one.name, one.default)
