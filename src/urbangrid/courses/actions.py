"""Making courses, inviting people, entering results. Whoever holds ``train`` does it for her platform; each change is on the trail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from urbangrid.audit.actions import note
from urbangrid.catalog.models import Regulation
from urbangrid.core import clock, outbox
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.core.models import OutboxEntry
from urbangrid.core.platforms import platform_of
from urbangrid.core.text import labelled
from urbangrid.courses import words
from urbangrid.courses.models import Course, Participant, Quiz
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Appointment
from urbangrid.organizations.queries import in_force

DUTY: Final = "train"
TOPIC: Final = "course"
INVITED: Final = "course_invited"
FACES: Final = ("workbench", "collection")
"""Whose people can be invited: they have a page to take a quiz on."""
MOST_HOURS: Final = 500
MOST_MONTHS: Final = 120


@dataclass(frozen=True, slots=True)
class CourseInputs:
    """A course as it is typed; ``valid_months`` 0: passing holds for good."""

    name: str
    kind: str
    day: date | None
    hours: Decimal | None
    place: str = ""
    teacher: str = ""
    text: str = ""
    regulation_id: int | None = None
    required: bool = False
    valid_months: int | None = 0


@transaction.atomic
def save(acting: Acting, inputs: CourseInputs, course_id: int | None = None) -> Course:
    """A new course, or changes of one.

    Raises Refusal ``course_field``, ``course_regulation``, ``course_cancelled``; NotFound ``course_unknown``.
    """
    _check(acting, inputs)
    values = asdict(inputs)
    if course_id is None:
        row = Course.objects.create(
            platform_id=acting.platform_id, made_by_id=acting.appointment_id, made_at=clock.now(), **values
        )  # fmt: skip
        note(acting, "course_made", subject=f"course:{row.pk}", values={"name": row.name, "day": str(row.day)})
        return row
    row = open_course(acting, course_id)
    changed = {key: (getattr(row, key), value) for key, value in values.items() if getattr(row, key) != value}
    for key, (_old, new) in changed.items():
        setattr(row, key, new)
    if changed:
        row.save(update_fields=list(changed))
        told = {"old": _said(changed, 0), "new": _said(changed, 1)}
        note(acting, "course_changed", subject=f"course:{row.pk}", values={"name": row.name, **told})
    return row


def _said(changed: dict[str, tuple[Any, Any]], side: int) -> str:
    return _("；").join(labelled(key, str(pair[side])[:60]) for key, pair in changed.items())[:300]


def _check(acting: Acting, inputs: CourseInputs) -> None:
    said = inputs.hours is not None and 0 < inputs.hours <= MOST_HOURS and inputs.hours == round(inputs.hours, 1)
    months = inputs.valid_months is not None and 0 <= inputs.valid_months <= MOST_MONTHS
    limits = (("place", _("地点"), 60), ("teacher", _("授课人"), 30), ("text", _("内容"), 20_000))
    for field, right, label, rule in (
        ("name", 0 < len(inputs.name) <= 60, _("名称"), _("60 字以内")),
        ("kind", inputs.kind in words.KINDS, _("类别"), _("从列表中选")),
        ("day", inputs.day is not None, _("日期"), _("按 2026-07-06 的写法")),
        ("hours", said, _("学时"), _("大于 0、不超过 500，最多一位小数")),
        ("valid_months", months, _("有效月数"), _("0 到 120 的整数，0 为长期")),
        *((name, len(getattr(inputs, name)) <= most, label, _("%(most)s 字以内") % {"most": most}) for name, label, most in limits),
    ):  # fmt: skip
        if not right:
            raise Refusal("course_field", status=422, field=field, label=label, rule=rule)
    if inputs.regulation_id is not None:
        rows = Regulation.objects.filter(pk=inputs.regulation_id, platform_id=acting.cases_platform_id)
        if not rows.exists():
            raise Refusal("course_regulation", status=422, field="regulation")


def open_course(acting: Acting, course_id: int) -> Course:
    """The locked row of a course of her platform. Raises NotFound ``course_unknown``, Refusal ``course_cancelled``."""
    row = Course.objects.select_for_update().filter(pk=course_id, platform_id=acting.platform_id).first()
    if row is None:
        raise NotFound("course_unknown")
    if row.cancelled_at is not None:
        raise Refusal("course_cancelled", status=409)
    return row


@transaction.atomic
def cancel(acting: Acting, course_id: int) -> None:
    """取消: it counts for nobody any more and can be read on. Raises as ``open_course``."""
    row = open_course(acting, course_id)
    row.cancelled_at = clock.now()
    row.save(update_fields=["cancelled_at"])
    note(acting, "course_cancelled", subject=f"course:{row.pk}", values={"name": row.name})


@transaction.atomic
def invite(
    acting: Acting, course_id: int, *, people: Sequence[int] = (), unit_id: int | None = None, post_id: int | None = None
) -> int:
    """Everybody named, and everybody in force of the unit, of the post, or of both where both are given; who stands on the list stays as
    she is. They are told while there is something to come. Gives how many were new. Raises Refusal ``course_nobody``."""
    row = open_course(acting, course_id)
    chosen = Q(pk__in=list(people))
    if unit_id or post_id:
        chosen |= (Q(unit_id=unit_id) if unit_id else Q()) & (Q(post_id=post_id) if post_id else Q())
    rows = Appointment.objects.filter(in_force(), chosen, platform_id=acting.platform_id, post__face__in=FACES, for_night=False)
    there = set(Participant.objects.filter(course=row).values_list("user_id", flat=True))
    found = {one.user_id: one for one in rows.order_by("-pk") if one.user_id not in there}
    if not found:
        raise Refusal("course_nobody", status=422, field="people")
    now = clock.now()
    Participant.objects.bulk_create(
        [Participant(course=row, user_id=user_id, appointment=one, invited_at=now) for user_id, one in found.items()]
    )
    note(acting, "course_invited", subject=f"course:{row.pk}", values={"name": row.name, "count": len(found)})
    if _is_to_come(row, now):
        tell(row, INVITED, [one.pk for one in found.values()], row.name)
    return len(found)


def _is_to_come(row: Course, now: datetime) -> bool:
    """Today or later, or with a quiz that has not ended."""
    today = now.astimezone(platform_of(row.platform_id).zone).date()
    return row.day >= today or Quiz.objects.filter(course=row, closes_at__gt=now).exists()


def tell(row: Course, event: str, people: Sequence[int], title: str) -> None:
    """One entry of the outbox for these appointments; ``row`` is locked. Nobody is told of nothing."""
    if not people:
        return
    Course.objects.filter(pk=row.pk).update(told=F("told") + 1)
    row.told += 1
    payload = {"platform": platform_of(row.platform_id).cases_platform_id, "event": event, "title": title, "to": list(people)}
    OutboxEntry.objects.create(topic=TOPIC, subject_id=row.pk, seq=row.told, payload=payload, created_at=clock.now())
    outbox.wake()


@transaction.atomic
def drop_out(acting: Acting, course_id: int, participant_id: int) -> None:
    """Off the list, while nothing came of it. Raises NotFound ``participant_unknown``, Refusal ``participant_result``."""
    row = open_course(acting, course_id)
    one = Participant.objects.filter(course=row, pk=participant_id).select_related("user").first()
    if one is None:
        raise NotFound("participant_unknown")
    if one.result or one.attempts.exists():
        raise Refusal("participant_result", status=409, name=one.user.name)
    one.delete()
    note(acting, "course_left", subject=f"course:{row.pk}", values={"name": row.name, "person": one.user.name})


@dataclass(frozen=True, slots=True)
class Entry:
    """A result as it is entered: ``result`` a code of ``words.RESULTS`` or empty, ``score`` of 100."""

    participant_id: int
    result: str
    score: int | None = None

    @property
    def is_right(self) -> bool:
        if self.result not in words.RESULTS and (self.result or self.score is not None):
            return False
        return self.score is None or (0 <= self.score <= 100 and self.result != "absent")


@transaction.atomic
def enter(acting: Acting, course_id: int, entries: Iterable[Entry]) -> int:
    """Results of a course; gives how many changed. Raises NotFound ``participant_unknown``, Refusal ``result_wrong``."""
    row = open_course(acting, course_id)
    rows = Participant.objects.select_for_update(of=("self",)).filter(course=row).select_related("user")
    known, changed, now = {one.pk: one for one in rows}, [], clock.now()
    for entry in entries:
        one = known.get(entry.participant_id)
        if one is None:
            raise NotFound("participant_unknown")
        if not entry.is_right:
            raise Refusal("result_wrong", status=422, field=f"result-{one.pk}")
        if (one.result, one.score) == (entry.result, entry.score):
            continue
        note_result(acting, one, entry.result, entry.score)
        one.result, one.score, one.entered_at, one.entered_by_id = entry.result, entry.score, now, acting.appointment_id
        changed.append(one)
    Participant.objects.bulk_update(changed, ["result", "score", "entered_at", "entered_by"])
    return len(changed)


def note_result(acting: Acting, one: Participant, result: str, score: int | None) -> None:
    """What a result was and what it becomes, on the trail."""
    before, after = _shown(one.result, one.score), _shown(result, score)
    note(acting, "course_result", subject=f"course:{one.course_id}", values={"person": one.user.name, "old": before, "new": after})


def _shown(result: str, score: int | None) -> str:
    return words.result(result) + (f" {score}" if score is not None else "")
