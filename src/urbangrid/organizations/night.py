"""夜间兼岗: which posts one person may hold in a night shift; exclusion is lifted for it on record (case-rules 23, SY-4.5).

The rule is the security administrator's: groups of posts, each held together at night. Signing on to a night shift in a post of a group
gives the others of it until one hour after the shift, under a lift that names the shift; signing off or handing over ends both at once.
What is done under such an appointment carries the mark in the record of the case (``Acting.night``). Clocks are not touched: which hours
count is the calendar's matter alone (case-rules 3).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from urbangrid.audit.actions import note
from urbangrid.core import clock, platforms
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.core.platforms import platform_of
from urbangrid.organizations import queries, shift_messages
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment, ExclusionLift, Post, Turn

__all__ = ["AFTER", "change_groups", "close_posts", "groups", "open_posts", "shift_messages"]

AFTER = timedelta(hours=1)
"""After the end of the shift, for the handover."""
SETTING = "night_posts"


def groups(platform_id: int) -> list[list[str]]:
    """Codes of posts that one person may hold together in a night shift; empty where nobody set any."""
    return [list(group) for group in platform_of(platform_id).settings.get(SETTING, [])]


@transaction.atomic
def change_groups(acting: Acting, wanted: Sequence[Collection[str]]) -> None:
    """The rule from the next sign-on on. Raises Refusal ``night_posts``: fewer than two of the posts, or an administrator's."""
    known = set(Post.objects.filter(platform_id=acting.platform_id, face="workbench").values_list("code", flat=True))
    for group in wanted:
        if len(set(group)) < 2 or not set(group) <= known:
            raise Refusal("night_posts", status=422, field="night")
    platform = Platform.objects.select_for_update().get(pk=acting.platform_id)
    before = platform.settings.get(SETTING, [])
    platform.settings = {**platform.settings, SETTING: [sorted(set(group)) for group in wanted]}
    platform.save(update_fields=["settings"])
    platforms.forget()
    note(acting, "night_posts_changed", values={"before": before, "after": platform.settings[SETTING]})


def open_posts(acting: Acting, turn: Turn) -> list[str]:
    """The other posts of the groups, given for the night; their names. Nothing outside a night shift."""
    if not turn.shift.night:
        return []
    held = set(Appointment.objects.filter(queries.in_force(), user_id=acting.user_id).values_list("post__code", flat=True))
    given = []
    for group in groups(acting.platform_id):
        if acting.post_code not in group:
            continue
        _lift(acting, turn, group)
        given += [_appoint(acting, turn, code) for code in group if code not in held]
    queries.forget()
    return [name for name in given if name]


def _lift(acting: Acting, turn: Turn, group: Sequence[str]) -> None:
    begins = min(clock.now(), turn.begins_at)
    reason = _("%(shift)s兼岗（夜间规则）") % {"shift": turn.shift.name}
    lift = ExclusionLift.objects.create(
        platform_id=acting.platform_id, user_id=acting.user_id, posts=sorted(group), valid_from=begins, valid_to=turn.ends_at + AFTER,
        reason=reason, lifted_by=None,
    )  # fmt: skip
    values = {"post": _("、").join(group), "until": lift.valid_to.isoformat(), "night": True}
    note(acting, "exclusion_lifted", subject=f"user:{acting.user_id}", purpose=reason, values=values)


def _appoint(acting: Acting, turn: Turn, code: str) -> str:
    """The post in the unit where it is held by day; empty where nobody holds it anywhere."""
    rows = Appointment.objects.filter(queries.in_force(), platform_id=acting.platform_id, post__code=code, for_night=False)
    model = rows.select_related("post", "unit").order_by("unit__code", "pk").first()
    if model is None:
        return ""
    Appointment.objects.create(
        platform_id=acting.platform_id, user_id=acting.user_id, post=model.post, unit=model.unit, division_id=model.unit.division_id,
        valid_from=clock.now(), valid_to=turn.ends_at + AFTER, for_night=True,
    )  # fmt: skip
    note(acting, "appointed", subject=f"user:{acting.user_id}", values={"post": model.post.name, "unit": model.unit.name, "night": True})
    return str(model.post.name)


def close_posts(user_id: int) -> list[int]:
    """What a night gave ends now; gives the appointments that ended."""
    now = clock.now()
    rows = Appointment.objects.filter(queries.in_force(), user_id=user_id, for_night=True)
    ended = list(rows.values_list("pk", flat=True))
    if ended:
        Appointment.objects.filter(pk__in=ended).update(valid_to=now)
        ExclusionLift.objects.filter(user_id=user_id, lifted_by=None, ended_at=None, valid_to__gt=now).update(ended_at=now)
        queries.forget()
    return ended
