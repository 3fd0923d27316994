"""编制: an account for every seat that the model's establishment has and nobody holds yet (HD-3.1.5)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from urbangrid.accounts import actions as accounts
from urbangrid.accounts.models import User
from urbangrid.administration import messages
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.organizations import actions as organizations
from urbangrid.organizations import installing
from urbangrid.organizations.models import Appointment, Post, Unit
from urbangrid.organizations.queries import in_force

__all__ = ["Seat", "establishment", "messages", "staff"]


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat that was filled: its account and the one-time password, told once and kept nowhere."""

    unit: str
    post: str
    username: str
    once: str


def establishment(model: str) -> dict[tuple[str, str], int]:
    """Unit code and post code → how many seats the model has there; empty where its plan names no number."""
    rows = installing.preset(model).get("establishment", ())
    return {(unit, post): row["number"] for row in rows for unit, post in [row["code"].split()]}


@transaction.atomic
def staff(platform: Platform, *, simulated: bool = False) -> list[Seat]:
    """Fill every free seat with an account named after its post; asked again, it makes what is missing since.

    ``simulated``: people of a demonstration or a training copy. Raises Refusal ``establishment_missing`` where the model names no
    numbers or was not installed.
    """
    plan = establishment(str(platform.settings.get("model", "")))
    if not plan:
        raise Refusal("establishment_missing", status=409, platform=platform.name)
    return [seat for (unit, post), number in plan.items() for seat in _fill(platform, unit, post, number, simulated=simulated)]


def _fill(platform: Platform, unit_code: str, post_code: str, number: int, *, simulated: bool) -> Iterator[Seat]:
    unit = Unit.objects.get(platform=platform, code=unit_code)
    post = Post.objects.get(platform=platform, code=post_code)
    held = Appointment.objects.filter(in_force(), unit=unit, post=post).count()
    for place in range(held + 1, number + 1):
        username = _free(f"{unit_code}.{post_code}".lower().replace("_", "-"))
        user, once = accounts.create_user(username=username, name=f"{post.name}{place:02d}")
        if simulated:
            User.objects.filter(pk=user.pk).update(simulated=True)
        organizations.appoint(user=user, post=post, unit=unit)
        yield Seat(unit.name, post.name, user.username, once)


def _free(name: str) -> str:
    """The first of ``name``.01, .02 … that nobody has."""
    taken = set(User.objects.filter(username__startswith=f"{name}.").values_list("username", flat=True))
    return next(found for place in range(1, 1000) if (found := f"{name}.{place:02d}") not in taken)
