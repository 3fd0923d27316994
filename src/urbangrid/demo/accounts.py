"""Accounts of the made city: passwords made per installation, kept beside its other secrets, shown once per start."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from urbangrid.accounts.models import User
from urbangrid.core import clock
from urbangrid.core.models import Platform
from urbangrid.demo import casts, passwords
from urbangrid.organizations.models import Appointment
from urbangrid.organizations.queries import in_force
from urbangrid.organizations.signin import Demonstration, DemonstrationPost


def shown() -> Sequence[tuple[str, str, str]]:
    """Key, icon and sentence of each account that is offered, as the model of the made city has them."""
    platform = Platform.objects.filter(parent=None).order_by("pk").first()
    return casts.CASTS[platform.settings.get("model", "model_a") if platform else "model_a"].shown


def account_of(key: str) -> str:
    """The account behind a key of ``shown``."""
    return {"SD1": "street1", "inspector": "inspector01"}.get(key, key.lower())


def give_passwords(data: Path) -> None:
    """A password for every shown account, the same at every later start."""
    kept, posts = passwords.read(data), _posts()
    for key, _icon, _sentence in shown():
        account = account_of(key)
        one = kept.setdefault(account, {"password": f"{secrets.token_urlsafe(6)}-Ug{secrets.randbelow(10)}"})
        one["post"] = posts[account]
        user = User.objects.get(username=account, simulated=True)
        user.set_password(one["password"])
        user.password_set_at = clock.now()
        user.save(update_fields=["password", "password_set_at"])
    passwords.write(data, kept)


def _posts() -> dict[str, str]:
    accounts = [account_of(key) for key, _icon, _sentence in shown()]
    rows = Appointment.objects.filter(user__username__in=accounts).select_related("user", "post", "unit")
    return {row.user.username: f"{row.post.name} {row.user.name}（{row.unit.short_name}）" for row in rows}


@lru_cache(maxsize=1)
def offered() -> Demonstration:
    """What the sign-in page offers: post, person, what to try there; and the rest of the city, so that a case can be followed to whom it
    went."""
    accounts = [account_of(key) for key, _icon, _sentence in shown()]
    rows = {
        row.user.username: row for row in Appointment.objects.filter(user__username__in=accounts).select_related("user", "post", "unit")
    }
    found = []
    for key, icon, sentence in shown():
        row = rows.get(account_of(key))
        if row is not None:
            words = f"{row.unit.short_name} {row.user.name}"
            found.append(DemonstrationPost(row.user.username, words, row.post.name, icon, _(sentence), key == "inspector"))
    return Demonstration(found, _others(accounts))


def _others(accounts: Sequence[str]) -> list[tuple[str, str]]:
    rows = Appointment.objects.filter(in_force(), user__simulated=True, user__is_active=True).exclude(user__username__in=accounts)
    rows = rows.select_related("user", "post", "unit").order_by("unit__code", "post__code", "user__username")
    return [(row.user.username, f"{row.unit.short_name}·{row.post.name} {row.user.name}（{row.user.username}）") for row in rows]


def data_folder() -> Path:
    return Path(settings.DATA)
