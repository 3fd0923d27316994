"""What the sign-in shows: posts with what waits there, demonstration accounts. Upper packages answer through typed questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme

from urbangrid.accounts.models import User
from urbangrid.core.models import Platform
from urbangrid.organizations.acting import Acting, from_row
from urbangrid.organizations.models import Appointment
from urbangrid.organizations.queries import in_force
from urbangrid.organizations.security import Rules, rules


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for a post: open items and how many of them are late."""

    total: int
    late: int


@dataclass(frozen=True, slots=True)
class Choice:
    """A post of a person as it is offered."""

    acting: Acting
    waiting: Waiting | None


@dataclass(frozen=True, slots=True)
class DemonstrationPost:
    """A person of the made city with what to try there."""

    username: str
    person: str
    post: str
    icon: str
    sentence: str | Promise
    phone: bool = False


@dataclass(frozen=True, slots=True)
class Demonstration:
    """What the sign-in page of a made city offers: a post of each kind with what to try, and everybody else by unit, post and name."""

    posts: Sequence[DemonstrationPost] = ()
    others: Sequence[tuple[str, str]] = ()
    """Account and words."""


waiting_for: Callable[[Acting], Waiting] | None = None
"""Answered by ``cases``; wired in ``config`` (architecture §4, core.questions)."""
on_leave: Callable[[Acting], int] | None = None
"""What a sign-out gives back, and how many items that were; answered by ``cases``."""
demonstration: Callable[[], Demonstration] | None = None
"""Answered by ``demo`` where the made city is loaded."""


def choices(user_id: int) -> list[Choice]:
    """The person's posts in force."""
    rows = Appointment.objects.filter(in_force(), user_id=user_id).select_related("user", "post", "unit", "platform").order_by("id")
    actings = [from_row(row) for row in rows]
    return [Choice(acting, waiting_for(acting) if waiting_for else None) for acting in actings]


def leave(acting: Acting) -> int:
    """What the post had claimed returns to the pool; gives how many items."""
    return on_leave(acting) if on_leave is not None else 0


def demonstration_accounts() -> Demonstration:
    """Empty where there is no made city."""
    return demonstration() if demonstration is not None and settings.DEMONSTRATION else Demonstration()


def demonstration_user(username: str) -> User | None:
    """A simulated account by name; never anybody else."""
    if not settings.DEMONSTRATION:
        return None
    return User.objects.filter(username=username, simulated=True, is_active=True).first()


def rules_of(platform_id: int) -> Rules:
    """The rules of signing in of a platform."""
    return rules(Platform.objects.values_list("settings", flat=True).get(pk=platform_id).get("security"))


def own_address(request: HttpRequest, target: str) -> str:
    """Where the person wanted to go, if it is a page of ours; the first page otherwise."""
    ours = target.startswith("/") and url_has_allowed_host_and_scheme(target, {request.get_host()})
    return target if ours else "/"


def platform_name() -> str:
    """The centre's name on the sign-in page."""
    return Platform.objects.order_by("pk").values_list("name", flat=True).first() or ""
