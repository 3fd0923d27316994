"""Contact data of citizens: kept apart, shown only with a purpose, each look on record (case-rules 24, architecture §3.1)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from urbangrid.audit.actions import note
from urbangrid.audit.models import PersonalData
from urbangrid.core import clock, lengths
from urbangrid.core.errors import NotAllowed, NotFound, Refusal, declare

if TYPE_CHECKING:
    from urbangrid.organizations.acting import Acting

declare(
    {
        "purpose_missing": _("查看来报人信息须写明用途，用途会记入审计。"),
        "reveal_not_allowed": _("%(post)s不能查看来报人信息。需要联系来报人，请找受理诉求的人转达。"),
        "contact_unknown": _("没有来报人信息，或已按期清除。"),
    }
)
PURPOSE_LIMIT = 200


@dataclass(frozen=True, slots=True)
class Contact:
    """A citizen's contact data in clear; lives as long as the answer that shows it."""

    name: str
    phone: str
    address: str


def digest(phone: str) -> str:
    """A keyed digest of a number: equal numbers are found without showing one; empty for no number."""
    digits = "".join(character for character in phone if character.isdigit())
    return hmac.new(settings.SECRET_KEY.encode(), digits.encode(), hashlib.sha256).hexdigest() if digits else ""


def masked(phone: str) -> str:
    """138****5678: three at the front, four at the end; short numbers entirely."""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 8 else "*" * len(phone)


def keep(platform_id: int, *, name: str = "", phone: str = "", address: str = "") -> PersonalData | None:
    """Keep contact data; None when there is nothing to keep."""
    if not (name or phone or address):
        return None
    row = unsaved(platform_id, clock.now(), name=name, phone=phone, address=address)
    row.save(force_insert=True)
    return row


def unsaved(platform_id: int, at: datetime, *, name: str = "", phone: str = "", address: str = "") -> PersonalData:
    """The row as it is kept, for who writes many at once."""
    return PersonalData(
        platform_id=platform_id, name=name[:60], phone=phone[:40], phone_digest=digest(phone), address=address[:200], created_at=at
    )


@transaction.atomic
def reveal(acting: Acting, contact_id: int, purpose: str) -> Contact:
    """The data in clear, on record in the same transaction.

    Raises Refusal ``purpose_missing``, NotAllowed ``reveal_not_allowed``, NotFound ``contact_unknown``.
    """
    if not acting.may("reveal"):
        raise NotAllowed("reveal_not_allowed", post=acting.post_name)
    if not purpose.strip():
        raise Refusal("purpose_missing", status=422, field="purpose")
    lengths.check("purpose", purpose, PURPOSE_LIMIT, _("用途"))
    row = PersonalData.objects.filter(pk=contact_id, platform_id=acting.platform_id, erased_at=None).first()
    if row is None:
        raise NotFound("contact_unknown")
    note(acting, "reveal", subject=f"contact:{contact_id}", purpose=purpose)
    return Contact(row.name, row.phone, row.address)


def erase(acting: Acting | None, contact_id: int) -> None:
    """Erase the data; what refers to it stays, and the erasure is on record."""
    PersonalData.objects.filter(pk=contact_id).update(name="", phone="", phone_digest="", address="", erased_at=clock.now())
    note(acting, "erase", subject=f"contact:{contact_id}")
