"""Writing 本市修订: each saving is a new version that says who, when and why; whoever worked on an older one is told (HD-3.1.3-m)."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from urbangrid.audit.actions import note
from urbangrid.core import clock, lengths
from urbangrid.core.errors import NotAllowed, NotFound, Refusal
from urbangrid.core.models import Platform
from urbangrid.guides import own, shelf
from urbangrid.guides.models import OwnText
from urbangrid.organizations.acting import Acting

KEEPING = ("keep_law", "administer_business")
"""Who keeps the library of regulations keeps the city's own words too."""


def keeps(acting: Acting) -> bool:
    """Whether the post writes: not that of a district that only commands, whose handbooks are the city's."""
    return any(acting.may(duty) for duty in KEEPING) and acting.platform_id == acting.cases_platform_id


@transaction.atomic
def save(acting: Acting, *, guide: str, section: str, text: str, reason: str, base: int) -> OwnText:
    """The next version of a section. ``base``: the version that the writer began from, 0 for none; an empty text: the shipped one again.

    Raises NotAllowed ``post_without_right``, NotFound ``guide_unknown``, Refusal ``guide_reason_missing``, ``guide_text_long``,
    ``guide_text_missing``, ``guide_moved_on`` (409: somebody else saved meanwhile).
    """
    if not keeps(acting):
        raise NotAllowed("post_without_right", post=acting.post_name)
    last = _last(acting, guide, section)
    if not reason.strip():
        raise Refusal("guide_reason_missing", status=422, field="reason")
    lengths.check("reason", reason.strip(), 200, _("为什么修订"))
    if len(text) > own.MOST_LETTERS:
        raise Refusal("guide_text_long", status=422, field="text", most=own.MOST_LETTERS, found=len(text))
    if last is not None and last.version != base:
        raise Refusal("guide_moved_on", status=409, who=last.made_by_name, version=last.version)
    if not text.strip() and (last is None or not last.text):
        raise Refusal("guide_text_missing", status=422, field="text")
    now = clock.now()
    OwnText.objects.filter(platform_id=acting.platform_id, guide=guide, section=section, ended_at=None).update(ended_at=now)
    row = OwnText.objects.create(
        platform_id=acting.platform_id, guide=guide, section=section, version=base + 1 if last is not None else 1, text=text.strip(),
        shipped=own.shipped(guide).get(section, ""), reason=reason.strip(), made_by=acting.appointment_id,
        made_by_name=f"{acting.unit_name} {acting.user_name}"[:80], made_at=now,
    )  # fmt: skip
    note(acting, "guide_written", subject=f"guide:{guide}", values={"section": section, "version": row.version, "reason": row.reason})
    return row


def _last(acting: Acting, guide: str, section: str) -> OwnText | None:
    """The newest version, under the lock of the platform: two who save at once would both be right otherwise."""
    Platform.objects.select_for_update(no_key=True).only("id").get(pk=acting.platform_id)
    last = OwnText.objects.filter(platform_id=acting.platform_id, guide=guide, section=section).order_by("-version").first()
    if guide not in shelf.DESKS or (section not in own.headings(guide) and last is None):
        raise NotFound("guide_unknown")
    return last
