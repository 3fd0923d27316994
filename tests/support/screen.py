"""Somebody of the cast at her screen: a signed-in client and what stands on the page."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.support.city import City
from tests.support.people import PASSWORD
from urbangrid.accounts.models import SignIn

TAGS = re.compile(r"<(script|style)[^>]*>.*?</\1>|<[^>]+>", re.S)


class Screen:
    """Pages as one of the cast; ``text`` is what can be read on the last one."""

    def __init__(self, name: str) -> None:
        self.client = Client()
        answer = self.client.post("/sign-in/", {"username": name, "password": PASSWORD})
        assert answer.status_code == 302, name
        SignIn.objects.filter(pk=self.client.session["sign_in"]).update(second_step=True)  # its own stories: tests/companies
        self.html = ""

    def get(self, path: str, status: int = 200) -> str:
        return self._shown(self.client.get(path, follow=True), status)

    def post(self, path: str, data: dict[str, Any] | None = None, status: int = 200) -> str:
        return self._shown(self.client.post(path, data or {}, follow=True), status)

    def _shown(self, answer: Any, status: int) -> str:
        assert answer.status_code == status, (answer.status_code, answer.content[:400])
        self.html = answer.content.decode() if "text/html" in answer["Content-Type"] else ""
        return self.text

    @property
    def text(self) -> str:
        return " ".join(TAGS.sub(" ", self.html).split())

    @property
    def toast(self) -> str:
        found = re.search(r"data-toast.*?<span>(.*?)</span>", self.html, re.S)
        return found.group(1) if found else ""


@pytest.fixture
def screen(city: City) -> type[Screen]:
    """``screen("clerk")`` signs in at a screen of her own."""
    return Screen
