"""The one appointment under which a request acts (architecture §3.5). Work lists unite all of a person's; an act records one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, as what, for which unit, over which area; everything that rights are decided by, read once per request."""

    platform_id: int
    platform_code: str
    user_id: int
    user_name: str
    appointment_id: int
    post_code: str
    post_name: str
    face: str
    desk: str
    unit_id: int
    unit_name: str
    unit_kind: str
    director_unit_id: int | None
    division_id: int | None
    duties: frozenset[str]
    zone_name: str = "Asia/Shanghai"
    device: str = ""

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone_name)

    def may(self, duty: str) -> bool:
        return duty in self.duties


class ActingMiddleware:
    """Sets ``request.user`` and ``request.acting`` (both None for a stranger) from the session or an API token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.acting = None  # type: ignore[attr-defined]
        return self.get_response(request)
