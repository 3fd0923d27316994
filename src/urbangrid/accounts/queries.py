"""Sign-ins and tokens as a person and the security administrator read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from urbangrid.accounts import messages
from urbangrid.accounts.models import ApiToken, Device, SecondFactor, SignIn, User
from urbangrid.core import clock
from urbangrid.core.text import beside

SHOWN = timedelta(days=30)
MOST = 50
BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))


@dataclass(frozen=True, slots=True)
class SignInRow:
    """A sign-in in words; ``open``: a browser could still use it."""

    sign_in_id: int
    user_id: int
    person: str
    begun_at: datetime
    seen_at: datetime
    ended_at: datetime | None
    address: str
    device: str
    second_step: bool
    open: bool
    registered: str = ""
    """Number and model of the terminal that proved its key."""


def device_words(agent: str) -> str:
    """``Chrome · Windows`` of what a browser says of itself; the beginning of the text where it says neither."""
    found = [next((word for mark, word in marks if mark in agent), "") for marks in (BROWSERS, SYSTEMS)]
    return " · ".join(word for word in found if word) or agent[:30] or _("未说明")


def state_words(device: Device) -> str:
    """待准入, 已准入, or 已停用 with the reason."""
    said = str(messages.DEVICE_STATES[device.state])
    return beside(said, messages.DEVICE_REASONS[device.reason]) if device.state == Device.BLOCKED else said


def sign_ins(user_id: int) -> list[SignInRow]:
    """A person's sign-ins of the last month, newest first."""
    rows = SignIn.objects.filter(user_id=user_id, begun_at__gt=clock.now() - SHOWN).select_related("user", "device")
    return _rows(rows.order_by("-begun_at", "-pk")[:MOST])


def open_sign_ins(people: QuerySet[User], most: int = 200) -> list[SignInRow]:
    """Everything that a browser could still use, newest first."""
    rows = SignIn.objects.filter(_open(), user__in=people, user__is_active=True)
    return _rows(rows.select_related("user", "device").order_by("-begun_at", "-pk")[:most])


def _open() -> Q:
    return Q(ended_at=None, begun_at__gt=clock.now() - settings.SIGN_IN_LASTS)


def _rows(found: Iterable[SignIn]) -> list[SignInRow]:
    border = clock.now() - settings.SIGN_IN_LASTS
    return [
        SignInRow(
            row.pk, row.user_id, row.user.name, row.begun_at, row.seen_at, row.ended_at, row.address, device_words(row.agent),
            row.second_step, row.ended_at is None and row.begun_at > border, row.device.words if row.device is not None else "",
        )
        for row in found
    ]  # fmt: skip


def tokens(user_id: int) -> list[ApiToken]:
    """A person's tokens that are still good, newest first."""
    return list(ApiToken.objects.filter(_good(), user_id=user_id).order_by("-created_at", "-pk"))


def tokens_of(people: QuerySet[User], most: int = 200) -> list[ApiToken]:
    """Tokens of these people that are still good, newest first."""
    return list(ApiToken.objects.filter(_good(), user__in=people).select_related("user").order_by("-created_at", "-pk")[:most])


def _good() -> Q:
    return Q(revoked_at=None, expires_at__gt=clock.now())


def with_second_step(user_ids: Iterable[int]) -> set[int]:
    """Those of the people who have set up the second step."""
    return set(SecondFactor.objects.filter(pk__in=list(user_ids)).values_list("pk", flat=True))
