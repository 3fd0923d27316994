"""Somebody of the cast in a browser: signing in by the form, choosing a post."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.test import Client
from django.urls import reverse

from tests.support.city import City
from tests.support.people import PASSWORD
from urbangrid.accounts.models import SignIn, User


def sign_in(browser: Client, username: str, password: str = PASSWORD) -> Any:
    """The answer of the sign-in form."""
    answer = browser.post(reverse("people:sign_in"), {"username": username, "password": password})
    assert answer.status_code == 302, answer.content.decode()
    return answer


def choose_post(browser: Client, appointment_id: int) -> Any:
    """The answer of 选择岗位."""
    return browser.post(reverse("people:posts"), {"appointment": appointment_id})


ENDLESS = datetime(2100, 1, 1, tzinfo=UTC)
"""Begin of sessions that last however a story travels in time."""


def enter(browser: Client, city: City, name: str, *, second_step: bool = True) -> Client:
    """The browser with a session of that person, without the sign-in: for pages where how she came in does not matter."""
    who, session = city.acting(name), browser.session
    stamp = User.objects.values_list("session_stamp", flat=True).get(pk=who.user_id)
    row = SignIn.objects.create(user_id=who.user_id, begun_at=ENDLESS, seen_at=ENDLESS, second_step=second_step)
    session["user"], session["appointment"], session["stamp"], session["sign_in"] = who.user_id, who.appointment_id, stamp, row.pk
    session.save()
    browser.cookies["sessionid"] = str(session.session_key)
    return browser


def page_and_sheet(city: City, name: str, case: str) -> list[str]:
    """What somebody reads on the case page with its whole story, and on 案卷单."""
    person = enter(Client(), city, name)
    addresses = (f"{reverse('workbench:case', args=[case])}?all=1", reverse("workbench:sheet", args=[case, "case"]))
    return [person.get(address).content.decode() for address in addresses]
