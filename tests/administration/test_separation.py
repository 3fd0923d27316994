"""Three administrator roles, none of which can do another's tasks; an auditor cannot change anything (HD-9.3.4)."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.api.paths import At
from tests.support.addresses import Address, every, sample
from tests.support.browser import enter
from tests.support.city import City
from urbangrid.accounts.models import User
from urbangrid.core.errors import Refusal
from urbangrid.organizations import actions
from urbangrid.organizations.models import Post

ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")
OWN = (
    "/sign-in/", "/sign-out/", "/posts/", "/password/", "/second-step/", "/device/", "/mine/", "/live/", "/uploads/", "/upload/", "/draft/",
    "/api/v1/tokens", "/api/v1/uploads", "/api/v1/items/<item_id>/release", "/search/saved/",
)  # fmt: skip
"""Addresses where a person sees to herself, sends a picture that nothing uses yet, or gives back what she herself holds."""
SECURITY = (
    "/admin/people/<int:user_id>/unlock/", "/admin/sign-ins/", "/admin/people/<int:user_id>/sign-ins/",
    "/admin/people/<int:user_id>/tokens/", "/admin/people/<int:user_id>/second-step/", "/admin/retention/<", "/admin/rights/",
    "/admin/devices/", "/admin/exclusive/",
)  # fmt: skip
EVERYBODY = (
    "/admin/", "/catalog/categories.json", "/catalog/categories/<int:category_id>/",
    "/catalog/regulations/", "/catalog/regulations/<int:document_id>/", "/catalog/regulations/<int:document_id>/file/",
)  # fmt: skip
"""The first page, which leads each to her own; the classes with their conditions, which every desk reads; law, which everybody may read."""
BOTH = ("/admin/retention/",)
"""Read by two of them; changed by one."""
TRACES = ("audit_auditrow", "core_ratecount", "django_session", "accounts_signin", "last_used_at")
"""Tables that every request may write: what is kept of it."""


def _whose(pattern: str) -> set[str]:
    """Who of the three may do what stands at that address of the administration."""
    if pattern.startswith(SECURITY):
        return {"security_admin"}
    if pattern.startswith("/admin/trail"):
        return {"audit_admin"}
    if pattern in BOTH:
        return {"system_admin", "security_admin"}
    return {"system_admin"} if pattern not in EVERYBODY else set(ADMINISTRATORS)


def _tasks(addresses: list[Address]) -> list[Address]:
    return [one for one in addresses if one.pattern.startswith(("/admin/", "/catalog/"))]


def _asked(browser: Client, address: Address, method: str) -> tuple[int, list[str]]:
    """The status, and what was written besides its traces; taken back afterwards."""
    with transaction.atomic(), CaptureQueriesContext(connection) as seen:
        answer = getattr(browser, method)(address.path, {"name": "甲", "days": "900", "idle_others_minutes": "60"})
        if answer.streaming:
            b"".join(answer)
        transaction.set_rollback(True)
    written = [one["sql"] for one in seen if one["sql"].lstrip().startswith(("INSERT", "UPDATE", "DELETE"))]
    return answer.status_code, [sql for sql in written if not any(table in sql for table in TRACES)]


def _matrix(city: City, addresses: list[Address]) -> Mapping[str, Mapping[str, tuple[int, list[str]]]]:
    browsers = {name: enter(Client(raise_request_exception=False), city, name) for name in ADMINISTRATORS}
    return {one.pattern: {name: _asked(browser, one, "post") for name, browser in browsers.items()} for one in addresses}


@pytest.mark.requirement("HD-9.3.4")
def test_no_administrator_does_a_task_of_another_and_the_auditor_changes_nothing(city: City, desk: At) -> None:
    """A POST to every address of the administration by each of the three; and by the auditor to every address there is."""
    addresses = every(sample(desk, city))
    tasks = _tasks(addresses)
    assert len(tasks) > 25
    wrong, taken = [], dict.fromkeys(ADMINISTRATORS, 0)
    for pattern, answers in _matrix(city, tasks).items():
        for name, (status, written) in answers.items():
            if name in _whose(pattern):
                taken[name] += status not in (403, 404, 405)
            elif status not in (403, 405) or written:
                wrong.append((pattern, name, status, written[:1]))
    assert wrong == []
    assert taken["system_admin"] > 8 and taken["security_admin"] > 4 and taken["audit_admin"] == 0
    browser, program = enter(Client(raise_request_exception=False), city, "audit_admin"), desk("audit_admin").client
    changed = []
    for address in addresses:
        if not address.pattern.startswith(OWN):
            for method in ("post", "get"):
                status, written = _asked(program if address.pattern.startswith("/api/") else browser, address, method)
                if written:
                    changed.append((address.pattern, method, status, written[0][:80]))
    assert changed == []


def test_reading_is_separated_too(city: City, desk: At) -> None:
    browsers = {name: enter(Client(), city, name) for name in ADMINISTRATORS}
    for address in _tasks(every(sample(desk, city))):
        for name, browser in browsers.items():
            status, _written = _asked(browser, address, "get")
            if name not in _whose(address.pattern):
                assert status in (403, 405), (address.pattern, name, status)


def test_nobody_holds_two_of_the_roles(city: City) -> None:
    for held in ADMINISTRATORS:
        user = User.objects.get(username=held)
        unit = user.appointments.get().unit
        for other in set(ADMINISTRATORS) - {held}:
            with pytest.raises(Refusal) as caught:
                actions.appoint(user=user, post=Post.objects.get(code=other), unit=unit)
            assert caught.value.code == "post_exclusive"
