"""Checks that several actions share: reasons from the list, photos that are there and are the actor's own."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from urbangrid.cases import words
from urbangrid.cases.actions.stepping import Step
from urbangrid.cases.records import UsedFile
from urbangrid.catalog import queries as catalog
from urbangrid.core.errors import Refusal
from urbangrid.organizations.acting import Acting


def reason(acting: Acting, action: str, code: str, note: str, *, list_name: str = "") -> str:
    """The reason's code when it stands in the list of that action.

    Raises Refusal ``reason_missing``, ``reason_unknown`` or ``reason_needs_words`` (case-rules 6).
    """
    if not code:
        raise Refusal("reason_missing", status=422, field="reason", action=words.ACTIONS[action])
    known = {row.code: row for row in catalog.reasons(acting.cases_platform_id, list_name or action)}
    if code not in known:
        raise Refusal("reason_unknown", status=422, field="reason", reason=code[:40])
    if known[code].needs_words and not note.strip():
        raise Refusal("reason_needs_words", status=422, field="note", reason=known[code].label)
    return code


def label(acting: Acting, list_name: str, code: str) -> str:
    """The words of a reason; the code itself where the list lost it."""
    return next((row.label for row in catalog.reasons(acting.platform_id, list_name) if row.code == code), code)


def handled(step: Step, at: datetime | None) -> datetime | None:
    """When the unit says that it did the work: not later than now, not before the case came to it (先派后补: before it was called).

    To the minute, as forms ask for it. Raises Refusal ``handled_later``, ``handled_earlier``.
    """
    if at is None:
        return None
    case, zone = step.case, step.acting.zone
    came = case.called_at or case.dispatched_at or case.filed_at
    if at > step.at:
        raise Refusal("handled_later", status=422, field="handled_at", at=at.astimezone(zone).strftime("%Y-%m-%d %H:%M"))
    if came is not None and at < came.replace(second=0, microsecond=0):
        raise Refusal("handled_earlier", status=422, field="handled_at", since=came.astimezone(zone).strftime("%Y-%m-%d %H:%M"))
    return at


def photos(acting: Acting, action: str, ids: Sequence[int], role: str, at_least: int) -> tuple[UsedFile, ...]:
    """The stored photos in their role, marked as held. Only files that the actor herself sent are taken.

    Raises Refusal ``photos_missing`` or ``photo_unknown``.
    """
    if len(set(ids)) < at_least:
        raise Refusal(
            "photos_missing",
            status=422,
            field="files",
            action=words.ACTIONS[action],
            count=at_least,
            short=at_least - len(set(ids)),
        )
    if not ids:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(_HOLD, [list(ids), acting.platform_id, acting.user_id])
        found = {number: values for number, *values in cursor.fetchall()}
    if len(found) < len(set(ids)):
        raise Refusal("photo_unknown", status=422, field="files")
    return tuple(UsedFile(role, number, *found[number]) for number in dict.fromkeys(ids))


_HOLD = """
UPDATE core_storedfile SET state = CASE state WHEN 'loose' THEN 'held' ELSE state END
WHERE id = ANY(%s) AND platform_id = %s AND owner_id = %s RETURNING id, sha256, original_sha256, taken_at
"""
