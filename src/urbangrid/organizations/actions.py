"""Units, posts and appointments: made, changed and ended on record."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from urbangrid.accounts.models import User
from urbangrid.audit.actions import note
from urbangrid.core import clock
from urbangrid.core.errors import Refusal
from urbangrid.core.text import initials
from urbangrid.organizations import exclusion, messages, queries
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment, CellDuty, Post, Unit
from urbangrid.organizations.security import ADMINISTRATORS

__all__ = [
    "appoint", "cover_cells", "create_post", "create_unit", "edit_unit", "end_appointment", "messages", "resume_appointment",
]  # fmt: skip


@transaction.atomic
def create_unit(
    *, platform_id: int, code: str, name: str, kind: str, short_name: str = "", parent_id: int | None = None,
    division_id: int | None = None, calendar_code: str = "office", duty_phone: str = "", share_percent: int = 80,
    answers_directly: bool = False, acting: Acting | None = None,
) -> Unit:  # fmt: skip
    """A new unit; share and answer of a sub-unit: case-rules 12. Raises Refusal ``unit_code_taken``."""
    if Unit.objects.filter(platform_id=platform_id, code=code).exists():
        raise Refusal("unit_code_taken", status=422, field="code", code=code)
    short = short_name or name
    unit = Unit.objects.create(
        platform_id=platform_id, code=code, name=name, short_name=short[:20], initials=initials(short), kind=kind, parent_id=parent_id,
        division_id=division_id, calendar_code=calendar_code, duty_phone=duty_phone, share_percent=share_percent,
        answers_directly=answers_directly,
    )  # fmt: skip
    note(acting, "unit_created", subject=f"unit:{unit.pk}", values={"code": code, "name": name})
    queries.forget()
    return unit


@transaction.atomic
def create_post(
    *, platform_id: int, code: str, name: str, duties: list[str], desk: str, face: str = "workbench",
    unit_kinds: list[str] | None = None, exclusive_with: list[str] | None = None, personnel_kind: str = "", acting: Acting | None = None,
) -> Post:  # fmt: skip
    """A new kind of post with its duties; ``unit_kinds``: the kinds of unit that have it, any when empty."""
    post = Post.objects.create(
        platform_id=platform_id, code=code, name=name, duties=duties, desk=desk, face=face, unit_kinds=unit_kinds or [],
        exclusive_with=exclusive_with or [], personnel_kind=personnel_kind,
    )  # fmt: skip
    note(acting, "post_created", subject=f"post:{post.pk}", values={"code": code, "duties": duties})
    return post


@transaction.atomic
def appoint(
    *, user: User, post: Post, unit: Unit, division_id: int | None = None, director_unit: Unit | None = None,
    home_unit: Unit | None = None, personnel_kind: str = "", valid_from: datetime | None = None, acting: Acting | None = None,
) -> Appointment:  # fmt: skip
    """Give a person a post in a unit. Several posts are fine (HD-2.3.1b), two administrator roles or excluded pairs are not.

    Raises Refusal ``post_elsewhere`` (units of that kind do not have the post), ``post_held`` and ``post_exclusive``.
    """
    if post.unit_kinds and unit.kind not in post.unit_kinds:
        raise Refusal("post_elsewhere", status=422, field="post", post=post.name, unit=unit.name)
    _check_posts(user, post, unit, division_id)
    valid_to = exclusion.ends_at(user.pk, post)
    made = Appointment.objects.create(
        platform_id=unit.platform_id, user=user, post=post, unit=unit, division_id=division_id, director_unit=director_unit,
        home_unit=home_unit, personnel_kind=personnel_kind or post.personnel_kind, valid_from=valid_from or clock.now(),
        valid_to=valid_to,
    )  # fmt: skip
    more = {"home_unit": home_unit.name} if home_unit is not None else {}
    warned = exclusion.held_beside(made)
    note(acting, "appointed", subject=f"user:{user.pk}", values={"post": post.name, "unit": unit.name, **more, **warned})
    queries.forget()
    return made


def _check_posts(user: User, post: Post, unit: Unit, division_id: int | None) -> None:
    """Raises Refusal ``post_held``, ``post_exclusive``; with the platform's mode ``warn`` or ``off`` only administrators are refused."""
    held = list(Appointment.objects.filter(queries.in_force(), user=user).select_related("post"))
    for row in held:
        if row.post_id == post.pk and row.unit_id == unit.pk and row.division_id == division_id:
            raise Refusal("post_held", status=422, field="post", name=user.name, post=post.name, unit=unit.name)
    for row in held:
        two_roles = bool(ADMINISTRATORS & set(row.post.duties)) and bool(ADMINISTRATORS & set(post.duties)) and row.post_id != post.pk
        if two_roles or (exclusion.excludes(row.post, post) and exclusion.refuses(unit.platform_id, user.pk, row.post, post)):
            raise Refusal("post_exclusive", status=422, field="post", name=user.name, held=row.post.name, post=post.name)


@transaction.atomic
def end_appointment(*, appointment_id: int, acting: Acting | None = None) -> None:
    """End an appointment now; its past acts keep naming it."""
    now = clock.now()
    if not Appointment.objects.filter(Q(valid_to=None) | Q(valid_to__gt=now), pk=appointment_id).update(valid_to=now):
        raise Refusal("appointment_ended", status=409)
    note(acting, "appointment_ended", subject=f"appointment:{appointment_id}")
    queries.forget()


UNDO_TIME = timedelta(minutes=10)


@transaction.atomic
def resume_appointment(*, appointment_id: int, acting: Acting | None = None) -> None:
    """Take an end of the last ten minutes back; later, the person is appointed anew.

    Raises Refusal ``appointment_not_resumed``, and those of ``appoint`` when another post was given meanwhile.
    """
    row = (
        Appointment.objects.select_for_update(of=("self",)).select_related("user", "post", "unit")
        .filter(pk=appointment_id, valid_to__gt=clock.now() - UNDO_TIME).first()
    )  # fmt: skip
    if row is None:
        raise Refusal("appointment_not_resumed", status=409)
    _check_posts(row.user, row.post, row.unit, row.division_id)
    row.valid_to = None
    row.save(update_fields=["valid_to"])
    note(acting, "appointment_resumed", subject=f"appointment:{appointment_id}")
    queries.forget()


@transaction.atomic
def edit_unit(
    *, unit_id: int, name: str, short_name: str, parent_id: int | None, calendar_code: str, duty_phone: str, is_active: bool,
    share_percent: int, answers_directly: bool, acting: Acting, handles_cases: bool = False,
) -> Unit:  # fmt: skip
    """Change a unit of the acting platform; its code and kind stay, cases refer to them. ``handles_cases``: of a sub-district office.

    Raises Refusal ``unit_below_itself``, ``unit_staffed`` (people are still appointed there).
    """
    unit = Unit.objects.select_for_update().get(pk=unit_id, platform_id=acting.platform_id)
    _check_parent(unit, parent_id)
    staff = Appointment.objects.filter(queries.in_force(), unit=unit).count() if unit.is_active and not is_active else 0
    if staff:
        raise Refusal("unit_staffed", status=422, field="is_active", count=staff)
    wanted = {
        "name": name, "short_name": (short_name or name)[:20], "parent_id": parent_id, "calendar_code": calendar_code,
        "duty_phone": duty_phone, "is_active": is_active, "share_percent": share_percent, "answers_directly": answers_directly,
        "handles_cases": handles_cases and unit.kind == "subdistrict_office",
    }  # fmt: skip
    changed = {key: value for key, value in wanted.items() if getattr(unit, key) != value}
    before = {key: getattr(unit, key) for key in changed}
    for key, value in changed.items():
        setattr(unit, key, value)
    unit.initials = initials(unit.short_name)
    unit.save()
    if changed.get("handles_cases"):
        _need_handling_post(acting)
    if changed:
        note(acting, "unit_changed", subject=f"unit:{unit.pk}", values={"before": before, "after": changed})
    queries.forget()
    return unit


def _need_handling_post(acting: Acting) -> None:
    """An office that handles cases needs somebody who receives them: the post is made once, with the duties that a department's has."""
    posts = Post.objects.filter(platform_id=acting.platform_id, duties__contains=["receive"])
    if posts.filter(unit_kinds__contains=["subdistrict_office"]).exists():
        return
    like = posts.filter(unit_kinds__contains=["department"]).order_by("code").first()
    create_post(
        platform_id=acting.platform_id, code="subdistrict_clerk", name=_("街道内勤"), desk="department",
        duties=like.duties if like else ["answer_order", "receive", "dispose"], unit_kinds=["subdistrict_office"], acting=acting,
    )  # fmt: skip


def _check_parent(unit: Unit, parent_id: int | None) -> None:
    above = parent_id
    while above is not None:
        if above == unit.pk:
            raise Refusal("unit_below_itself", status=422, field="parent")
        above = Unit.objects.values_list("parent_id", flat=True).get(pk=above, platform_id=unit.platform_id)


@transaction.atomic
def cover_cells(*, appointment: Appointment, cell_ids: list[int]) -> None:
    """The unit grids an inspector covers from now on."""
    CellDuty.objects.filter(appointment=appointment).delete()
    CellDuty.objects.bulk_create(CellDuty(appointment=appointment, cell_id=number) for number in cell_ids)
