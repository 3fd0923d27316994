"""自处置: an inspector solves a trifle on the spot and sends the proof (case-rules 10, HD-3.2-y).

1. Only whitelisted categories (``catalog.allows``), with one photo from before and one from after, both sent for this and never used;
   at most so many a day per inspector (platform setting ``self_disposal_daily``).
2. The day's draw (``cases.drawing``) chooses at the moment it comes in which are looked at again; the seed's SHA-256 stands in the audit
   trail since before the first one, so that it can be proved later who had to be drawn.
3. The seat judges: 办结 or 作废 with a reason; of a district that only commands (model D) the city's, as it files and closes there.
   Whatever was drawn is looked at again by somebody else; not done makes it void.

Own table and own number series (``自261120-0001``): nothing here is a case, and no figure of filed cases counts it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils.translation import gettext_lazy as _

from urbangrid.audit.actions import note
from urbangrid.cases import drawing, places, words
from urbangrid.cases.actions import checks
from urbangrid.cases.actions.inputs import check_length
from urbangrid.cases.models import RecordFile, ReportFile, SelfDisposal, SelfDisposalDraw
from urbangrid.cases.numbers import next_number
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.core.errors import MovedOn, NotAllowed, NotFound, Refusal
from urbangrid.core.models import StoredFile
from urbangrid.core.platforms import platform_of
from urbangrid.core.transactions import whole
from urbangrid.organizations.acting import Acting

DAILY_MOST = 10
"""Per inspector and day, our default; the platform's setting ``self_disposal_daily``."""
REVIEW = "review_self"


@dataclass(frozen=True, slots=True)
class SelfDisposalInputs:
    """One trifle solved: category, place, the two photos. ``client_id`` is made by the phone and never taken twice."""

    client_id: str
    category_id: int
    before: int
    after: int
    place_text: str = ""
    longitude: float | None = None
    latitude: float | None = None
    description: str = ""


@whole
def send(acting: Acting, inputs: SelfDisposalInputs) -> SelfDisposal:
    """Take one in, to be judged. The same client id again gives the first one.

    Raises NotAllowed ``duty_missing``, ``self_category``; Refusal ``place_missing``, ``self_cap``, ``self_two_photos``,
    ``self_photo_used``, ``photo_unknown``.
    """
    if not acting.may("report"):
        raise NotAllowed("duty_missing", post=acting.post_name, action=words.ACTIONS["self_dispose"])
    earlier = SelfDisposal.objects.filter(platform_id=acting.cases_platform_id, client_id=inputs.client_id).first()
    if earlier is not None:
        if (earlier.category_id, earlier.before_id, earlier.after_id) != (inputs.category_id, inputs.before, inputs.after):
            raise MovedOn("client_id_other_body")
        return earlier
    chosen = catalog.category(inputs.category_id)
    if not catalog.allows(acting.cases_platform_id, chosen.id, "self_disposal"):
        raise NotAllowed("self_category", category=chosen.name, field="category_id")
    if inputs.longitude is None and not inputs.place_text.strip():
        raise Refusal("place_missing", status=422, field="place_text")
    draw = draw_of(acting, clock.now().astimezone(acting.zone).date())
    _check_cap(acting)
    _check_photos(acting, inputs)
    return _write(acting, inputs, draw)


def draw_of(acting: Acting, day: date) -> SelfDisposalDraw:
    """The day's draw, locked until the caller commits, so that the daily cap is counted one by one; the first to ask chooses the seed."""
    platform_id = acting.cases_platform_id
    found = _locked(platform_id, day)
    if found is not None:
        return found
    share = int(platform_of(platform_id).settings.get("self_disposal_recheck_per_mille", drawing.PER_MILLE))
    seed = secrets.token_hex(32)
    row = SelfDisposalDraw(platform_id=platform_id, day=day, seed=seed, per_mille=share, made_at=clock.now())
    SelfDisposalDraw.objects.bulk_create([row], ignore_conflicts=True)
    kept = _locked(platform_id, day)
    assert kept is not None
    if kept.pk == row.pk:
        values = {"day": day.isoformat(), "per_mille": share, "seed_sha256": drawing.commitment(seed)}
        note(None, "self_disposal_draw", subject=f"draw:{row.pk}", values=values)
    return kept


def _locked(platform_id: int, day: date) -> SelfDisposalDraw | None:
    return SelfDisposalDraw.objects.select_for_update().filter(platform_id=platform_id, day=day).first()


def _check_cap(acting: Acting) -> None:
    most = int(platform_of(acting.cases_platform_id).settings.get("self_disposal_daily", DAILY_MOST))
    midnight = datetime.combine(clock.now().astimezone(acting.zone).date(), time.min, acting.zone)
    count = SelfDisposal.objects.filter(appointment_id=acting.appointment_id, done_at__gte=midnight).count()
    if count >= most:
        raise Refusal("self_cap", status=409, count=count, most=most)


def _check_photos(acting: Acting, inputs: SelfDisposalInputs) -> None:
    """Two different pictures that nothing has used before; a copy of one has its SHA-256 too."""
    both = (inputs.before, inputs.after)
    if len(set(both)) < 2:
        raise Refusal("self_two_photos", status=422, field="files")
    digests = list(StoredFile.objects.filter(pk__in=both, platform_id=acting.platform_id).values_list("sha256", flat=True))
    if len(set(digests)) < len(digests):
        raise Refusal("self_two_photos", status=422, field="files")
    used = StoredFile.objects.filter(platform_id=acting.platform_id, sha256__in=digests, state="held").values("pk")
    if (
        RecordFile.objects.filter(file__in=used).exists()
        or ReportFile.objects.filter(file__in=used).exists()
        or SelfDisposal.objects.filter(before__in=used).exists()
        or SelfDisposal.objects.filter(after__in=used).exists()
    ):
        raise Refusal("self_photo_used", status=422, field="files")
    checks.photos(acting, "self_dispose", both, "before", 2)


def _write(acting: Acting, inputs: SelfDisposalInputs, draw: SelfDisposalDraw) -> SelfDisposal:
    platform, at = platform_of(acting.cases_platform_id), clock.now()
    number = next_number(platform, "self", at)
    row = SelfDisposal(
        platform=platform, number=number, client_id=inputs.client_id, category_id=inputs.category_id, description=inputs.description,
        appointment_id=acting.appointment_id, inspector_name=acting.user_name, before_id=inputs.before, after_id=inputs.after, done_at=at,
        draw=draw, drawn=drawing.is_drawn(draw.seed, number, draw.per_mille),
    )  # fmt: skip
    places.put(
        row, platform_id=platform.pk, longitude=inputs.longitude, latitude=inputs.latitude, place_text=inputs.place_text, at=at
    )
    row.save(force_insert=True)
    return row


@whole
def judge(acting: Acting, self_id: int, *, reason: str = "", words_added: str = "") -> SelfDisposal:
    """审核: 办结, or 作废 where a reason of the list ``self_disposal`` is given.

    Raises NotAllowed ``duty_missing``, NotFound ``self_unknown``, MovedOn ``self_done``, Refusal of the reason.
    """
    row = _for_review(acting, self_id)
    if row.state != "pending":
        raise _done_already(acting, row)
    check_length("note", words_added, 300)
    row.reason = checks.reason(acting, "self_dispose", reason, words_added, list_name="self_disposal") if reason else ""
    row.state, row.note = "void" if reason else "done", words_added
    row.judged_at, row.judged_by_id = clock.now(), acting.appointment_id
    row.save(update_fields=["state", "reason", "note", "judged_at", "judged_by"])
    note(acting, "self_disposal_judged", subject=f"self_disposal:{row.pk}", values={"state": row.state, "reason": row.reason})
    return row


@whole
def look_again(acting: Acting, self_id: int, answer: str) -> SelfDisposal:
    """抽查: what the second look found, by another person than the one who judged; not done makes it void.

    Raises NotAllowed ``duty_missing``, ``self_other_person``; NotFound ``self_unknown``; Refusal ``self_not_drawn``, ``input_wrong``.
    """
    row = _for_review(acting, self_id)
    if answer not in ("handled", "not_handled"):
        raise Refusal("input_wrong", status=422, field="answer", label=_("结果"), value=answer[:20])
    if not row.drawn or row.state != "done" or row.recheck:
        raise Refusal("self_not_drawn", status=409)
    if row.judged_by_id == acting.appointment_id:
        raise NotAllowed("self_other_person")
    row.recheck, row.rechecked_at, row.rechecked_by_id = answer, clock.now(), acting.appointment_id
    if answer == "not_handled":
        row.state, row.reason = "void", "not_done"
    row.save(update_fields=["recheck", "rechecked_at", "rechecked_by", "state", "reason"])
    note(acting, "self_disposal_rechecked", subject=f"self_disposal:{row.pk}", values={"answer": answer})
    return row


def _for_review(acting: Acting, self_id: int) -> SelfDisposal:
    if not acting.may(REVIEW):
        raise NotAllowed("duty_missing", post=acting.post_name, action=words.ACTIONS["self_dispose"])
    row = SelfDisposal.objects.select_for_update(of=("self",)).filter(pk=self_id, platform_id=acting.platform_id).first()
    if row is None:
        raise NotFound("self_unknown")
    return row


def _done_already(acting: Acting, row: SelfDisposal) -> MovedOn:
    name = row.judged_by.user.name if row.judged_by is not None else ""
    at = row.judged_at.astimezone(acting.zone).strftime("%H:%M") if row.judged_at else ""
    return MovedOn("self_done", name=name, time=at, state=words.SELF_STATES[row.state])
