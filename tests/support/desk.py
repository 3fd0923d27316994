"""Somebody of the cast at the JSON interface: what a post sends and what it gets back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.support.city import City, picture
from urbangrid.accounts import actions as accounts
from urbangrid.cases.models import Case

ROOT = "/api/v1"
TRAVELS = timedelta(days=3650)
"""Life of the tokens: stories travel in time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON body of an answer (None when it has none)."""

    status: int
    body: Any

    @property
    def code(self) -> str:
        """Of a refusal."""
        return str(self.body["code"])


class Desk:
    """Acts as one of the cast with a token of hers."""

    def __init__(self, city: City, name: str) -> None:
        self.who = city.acting(name)
        token = accounts.issue_token(self.who.user_id, self.who.appointment_id, "test", TRAVELS)
        self.client = Client(headers={"authorization": f"Bearer {token}"})

    def get(self, path: str, **asked: Any) -> Answer:
        found = self.client.get(ROOT + path, asked)
        return Answer(found.status_code, found.json() if found.content else None)

    def post(self, path: str, body: dict[str, Any] | None = None, key: str = "") -> Answer:
        headers = {"idempotency-key": key} if key else {}
        found = self.client.post(ROOT + path, body or {}, content_type="application/json", headers=headers)
        return Answer(found.status_code, found.json() if found.content else None)

    def act(self, case: str, action: str, key: str = "", seq: int | None = None, **data: Any) -> Answer:
        """One step on a case as it stands now, or at ``seq``.

        Now is read from its row: asking ``/moves`` before each step, as a program would, was a sixth of the test command's time.
        """
        at = Case.objects.get(pk=case).seq if seq is None else seq
        return self.post(f"/cases/{case}/actions/{action}", {"seq": at, "data": data}, key)

    def done(self, case: str, action: str, **data: Any) -> dict[str, Any]:
        """A step that must succeed."""
        answer = self.act(case, action, **data)
        assert answer.status == 200, answer.body
        return dict(answer.body)

    def send_photo(self, colour: str = "gray") -> str:
        """Id of a photo sent now."""
        answer = self.upload("现场.jpg", picture(colour))
        assert answer.status == 201, answer.body
        return str(answer.body["file_id"])

    def upload(self, name: str, content: bytes, field: str = "file") -> Answer:
        found = self.client.post(f"{ROOT}/uploads", {field: SimpleUploadedFile(name, content, "image/jpeg")})
        return Answer(found.status_code, found.json())

    def bytes_of(self, file_id: str, small: bool = False) -> tuple[int, bytes]:
        found = self.client.get(f"{ROOT}/files/{file_id}{'/thumb' if small else ''}")
        return found.status_code, b"".join(found) if found.status_code == 200 else found.content

    def story(self, case: str) -> list[str]:
        """Actions of 办理经过 in order."""
        return [line["action"] for line in self.get(f"/cases/{case}").body["story"]]


def desks(city: City) -> Callable[[str], Desk]:
    """``desks(city)("seat_agent")``: somebody of the cast with a token, the same one all through a story."""
    known: dict[str, Desk] = {}
    return lambda name: known[name] if name in known else known.setdefault(name, Desk(city, name))


@pytest.fixture
def desk(city: City) -> Callable[[str], Desk]:
    """``desk("seat_agent")``, as ``desks`` gives it."""
    return desks(city)
