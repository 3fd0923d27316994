"""互斥岗位: posts that one person should not hold together, how strictly a platform takes it, and lifting it for a time (SY-4.5).

1. Two posts exclude each other when one names the other, or when one stands on the supervision axis and the other on the command axis.
2. The platform's mode says what follows: ``off`` nothing, ``warn`` the appointment is made and says so, ``refuse`` it is not made.
3. A lift names a person, posts, a time and a reason; within it nothing is refused. It is kept, listed and on the trail.

Administrator roles are outside of this: nobody ever holds two of them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from urbangrid.accounts.models import User
from urbangrid.audit.actions import note
from urbangrid.core import clock, platforms
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.models import Platform
from urbangrid.core.platforms import platform_of
from urbangrid.organizations import messages
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment, ExclusionLift, Post, Unit
from urbangrid.organizations.queries import forget, in_force

__all__ = [
    "MODES", "change_mode", "end_lift", "ends_at", "excludes", "held_beside", "lift", "lifts", "messages", "mode_of", "refuses", "together",
]  # fmt: skip

MODES = ("off", "warn", "refuse")
LONGEST_LIFT = timedelta(days=31)
WORKING = frozenset({"accept", "file", "confirm_filing", "send_check", "check", "close"})
DISPATCHING = frozenset({"dispatch", "review"})


def mode_of(platform_id: int) -> str:
    """The platform's own; ``refuse`` where nobody chose."""
    return str(platform_of(platform_id).settings.get("exclusive_mode", "refuse"))


def axis_of(post: Post) -> str:
    """``supervision`` or ``command`` where all units that have the post stand on that axis and it works there; else empty."""
    axes = {next((axis for axis, kinds in Unit.AXES.items() if kind in kinds), "") for kind in post.unit_kinds}
    works = {"supervision": WORKING, "command": DISPATCHING}
    axis = axes.pop() if len(axes) == 1 else ""
    return axis if axis and works[axis] & set(post.duties) else ""


def excludes(one: Post, other: Post) -> bool:
    """Whether the two should not be held by one person: by name, or as supervision against command."""
    named = other.code in one.exclusive_with or one.code in other.exclusive_with
    return named or {axis_of(one), axis_of(other)} == {"supervision", "command"}


def refuses(platform_id: int, user_id: int, one: Post, other: Post) -> bool:
    """Whether the mode refuses this pair to this person now."""
    return mode_of(platform_id) == "refuse" and lifted_until(user_id, {one.code, other.code}) is None


def lifted_until(user_id: int, posts: Collection[str]) -> datetime | None:
    """The end of a lift in force for these posts of a person; what is given under it ends with it."""
    at = clock.now()
    rows = ExclusionLift.objects.filter(user_id=user_id, valid_from__lte=at, valid_to__gt=at, ended_at=None, posts__contains=sorted(posts))
    return rows.order_by("-valid_to").values_list("valid_to", flat=True).first()


def ends_at(user_id: int, post: Post) -> datetime | None:
    """When an appointment that only a lift permits is to end; None for any other."""
    held = Appointment.objects.filter(in_force(), user_id=user_id).select_related("post", "unit")
    pairs = [row for row in held if excludes(row.post, post) and mode_of(row.platform_id) == "refuse"]
    ends = [lifted_until(user_id, {row.post.code, post.code}) for row in pairs]
    return min((end for end in ends if end is not None), default=None)


def held_beside(made: Appointment) -> dict[str, object]:
    """For the record of an appointment: which excluded posts the person holds beside it."""
    rows = Appointment.objects.filter(in_force(), user_id=made.user_id).exclude(pk=made.pk).select_related("post")
    names = sorted({row.post.name for row in rows if excludes(row.post, made.post)})
    return {"beside": names} if names else {}


@dataclass(frozen=True, slots=True)
class Together:
    """Somebody who holds excluded posts; ``until``: by a lift, None: by the mode of the platform."""

    name: str
    user_id: int
    posts: tuple[str, str]
    until: datetime | None


def together(platform_id: int) -> list[Together]:
    """Everybody who holds excluded posts now, by name: what the security administrator looks at. Two statements."""
    now = clock.now()
    rows = Appointment.objects.filter(in_force(), platform_id=platform_id).select_related("user", "post").order_by("user__name", "pk")
    of: dict[int, list[Appointment]] = {}
    for row in rows:
        of.setdefault(row.user_id, []).append(row)
    lifted = {row.user_id: row.valid_to for row in lifts(platform_id) if row.valid_from <= now < row.valid_to and row.ended_at is None}
    found = []
    for held in of.values():
        for place, one in enumerate(held):
            found += [
                Together(one.user.name, one.user_id, (one.post.name, other.post.name), lifted.get(one.user_id))
                for other in held[place + 1 :] if excludes(one.post, other.post)
            ]  # fmt: skip
    return found


def lifts(platform_id: int, most: int = 100) -> list[ExclusionLift]:
    """Lifts of the platform, newest first."""
    rows = ExclusionLift.objects.filter(platform_id=platform_id).select_related("user", "lifted_by__user")
    return list(rows.order_by("-valid_from", "-pk")[:most])


@transaction.atomic
def change_mode(acting: Acting, mode: str) -> None:
    """How strictly the platform takes it, from the next appointment on. Raises Refusal ``mode_unknown``."""
    if mode not in MODES:
        raise Refusal("mode_unknown", status=422, field="mode")
    platform = Platform.objects.select_for_update().get(pk=acting.platform_id)
    before = platform.settings.get("exclusive_mode", "refuse")
    if before != mode:
        platform.settings = {**platform.settings, "exclusive_mode": mode}
        platform.save(update_fields=["settings"])
        platforms.forget()
        note(acting, "exclusive_mode_changed", values={"before": before, "after": mode})


@transaction.atomic
def lift(acting: Acting, *, user_id: int, posts: Collection[str], valid_from: datetime, valid_to: datetime, reason: str) -> ExclusionLift:
    """放宽: this person may hold these posts together for that time.

    Raises NotFound ``lift_person_unknown``; Refusal ``lift_posts``, ``lift_time``, ``lift_reason``.
    """
    user = User.objects.filter(pk=user_id, appointments__platform_id=acting.platform_id).first()
    if user is None:
        raise NotFound("lift_person_unknown", field="user")
    known = list(Post.objects.filter(platform_id=acting.platform_id, code__in=list(posts)).exclude(face="administration"))
    if len(known) < 2:
        raise Refusal("lift_posts", status=422, field="posts")
    if not valid_from < valid_to <= valid_from + LONGEST_LIFT or valid_to <= clock.now():
        raise Refusal("lift_time", status=422, field="valid_to", days=LONGEST_LIFT.days)
    if not reason.strip():
        raise Refusal("lift_reason", status=422, field="reason")
    made = ExclusionLift.objects.create(
        platform_id=acting.platform_id, user=user, posts=sorted(post.code for post in known), valid_from=valid_from, valid_to=valid_to,
        reason=reason.strip()[:200], lifted_by_id=acting.appointment_id,
    )  # fmt: skip
    names = _("、").join(post.name for post in known)
    values = {"post": names, "from": f"{valid_from:%Y-%m-%d %H:%M}", "until": f"{valid_to:%Y-%m-%d %H:%M}"}
    note(acting, "exclusion_lifted", subject=f"user:{user.pk}", purpose=made.reason, values=values)
    return made


@transaction.atomic
def end_lift(acting: Acting, lift_id: int) -> None:
    """End a lift before its time; posts given under it end with it. Raises NotFound ``lift_unknown``."""
    row = ExclusionLift.objects.select_for_update().filter(pk=lift_id, platform_id=acting.platform_id, ended_at=None).first()
    if row is None or row.valid_to <= clock.now():
        raise NotFound("lift_unknown")
    row.ended_at = clock.now()
    row.save(update_fields=["ended_at"])
    Appointment.objects.filter(user_id=row.user_id, platform_id=row.platform_id, valid_to=row.valid_to).update(valid_to=row.ended_at)
    forget()
    note(acting, "exclusion_lift_ended", subject=f"user:{row.user_id}")
