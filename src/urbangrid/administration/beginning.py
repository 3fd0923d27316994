"""The first step of a new installation: a platform, and one person for each of the three administrator roles (HD-9.3.4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction

from urbangrid.accounts import actions as accounts
from urbangrid.accounts.models import User
from urbangrid.administration import messages
from urbangrid.administration.setting_up import set_up
from urbangrid.audit.actions import note
from urbangrid.catalog import actions as catalog
from urbangrid.catalog import cache, companies
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.organizations import actions as organizations
from urbangrid.organizations.models import Appointment, Post, Unit
from urbangrid.organizations.queries import in_force
from urbangrid.organizations.security import ADMINISTRATORS

__all__ = ["ROLES", "First", "begin", "first_administrator", "messages"]

MODEL = "model_a"
ROLES = {"system_admin": "administer_system", "security_admin": "administer_security", "audit_admin": "read_audit"}
"""Post and its duty: one account each, named like its post."""


@dataclass(frozen=True, slots=True)
class First:
    """An account that was made: its one-time password is told once and kept nowhere."""

    username: str
    post: str
    once: str


@transaction.atomic
def begin(*, code: str, name: str, short_name: str, people: Mapping[str, str], model: str = MODEL) -> list[First]:
    """Make the platform where there is none, its units and posts where it has none, and the three administrators.

    ``people``: a person's name by post code; the post's name stands where none is given. Nothing is kept when anything is refused.
    Raises Refusal ``administrators_exist``, ``platform_names_missing`` and ``preset_unknown``.
    """
    platform = Platform.objects.filter(parent=None).order_by("pk").first() or _platform(code, name, short_name)
    held = Appointment.objects.filter(in_force(), platform=platform, post__duties__overlap=sorted(ADMINISTRATORS)).select_related("user")
    if found := held.first():
        raise Refusal("administrators_exist", status=409, name=found.user.name)
    if not Post.objects.filter(platform=platform).exists():
        set_up(platform, model, subdistricts=(), departments=(), companies=())
    return [first_administrator(platform, post, people.get(post, "")) for post in ROLES]


def _platform(code: str, name: str, short_name: str) -> Platform:
    if not (code and name and short_name):
        raise Refusal("platform_names_missing", status=422)
    platform = Platform.objects.create(code=code[:12], name=name[:60], short_name=short_name[:8])
    catalog.load_national()
    catalog.load_calendars()
    catalog.load_reasons()
    companies.load_kinds()
    catalog.use_calendars(platform)
    cache.changed()
    note(None, "platform_created", subject=f"platform:{platform.pk}", values={"code": code, "name": name})
    return platform


def first_administrator(platform: Platform, code: str, name: str) -> First:
    """The account of one of the three roles, with a one-time password; ``code`` is the post's."""
    post = Post.objects.get(platform=platform, duties__contains=[ROLES[code]])
    units = Unit.objects.filter(platform=platform).order_by("code")
    unit = units.filter(kind__in=post.unit_kinds).first() or units.first()
    assert unit is not None  # every model has units, and one for each administrator
    username = code.replace("_", ".")
    if User.objects.filter(username=username).exists():
        username = f"{username}.{platform.code}"
    user, once = accounts.create_user(username=username, name=name or post.name)
    organizations.appoint(user=user, post=post, unit=unit)
    return First(user.username, post.name, once)
