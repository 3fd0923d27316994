"""Second steps in stories: the platform that demands them, an authenticator, its codes."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pyotp
from django.test import Client
from django.urls import reverse

from tests.support.city import City
from urbangrid.accounts import second_step
from urbangrid.accounts.models import User
from urbangrid.core import clock

SET_UP, CODE = "/second-step/set-up/", "/sign-in/code/"


def demand(city: City) -> None:
    """The platform as it is installed: administrators give a code."""
    city.platform.settings = {}
    city.platform.save()


class Authenticator:
    """A person's telephone: knows the secret, shows the code of an instant."""

    def __init__(self, key: str) -> None:
        self.totp = pyotp.TOTP(key.replace(" ", ""))

    def code(self, at: datetime | None = None) -> str:
        return str(self.totp.at(at or clock.now()))


def from_page(page: str) -> tuple[Authenticator, str]:
    """The authenticator after reading the key off the page of setting up, and the closed offer of its form."""
    key = re.search(r'out-key">([A-Z2-7 ]+)<', page)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    assert key is not None and sealed is not None
    return Authenticator(key[1]), sealed[1]


def set_up(username: str) -> tuple[Authenticator, list[str]]:
    """The second step of a person, set up now; her authenticator and recovery codes."""
    user = User.objects.get(username=username)
    offer = second_step.offer(user, "样城区")
    phone = Authenticator(offer.key)
    return phone, second_step.set_up(user.pk, offer.sealed, phone.code())


def give(browser: Client, code: str) -> Any:
    """The answer to a code."""
    return browser.post(reverse("people:second_step"), {"code": code})
