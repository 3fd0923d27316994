"""Half-typed registrations, kept on the server: closing the browser loses nothing, a second call opens a second draft (desks.md S2).

Name and number lie in ``audit.PersonalData`` as with any request and are erased with the draft; the rest is a draft like others.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from urbangrid.audit.models import PersonalData
from urbangrid.audit.personal import digest, keep
from urbangrid.cases import drafts
from urbangrid.organizations.acting import Acting

SLOTS = ("1", "2", "3", "4")
CONTACT = ("name", "phone")
_CONTACT_ID = "contact_id"


@transaction.atomic
def save(acting: Acting, slot: str, typed: Mapping[str, str]) -> None:
    """Keep what is typed in a slot; nothing typed throws the draft away."""
    words = {name: value for name, value in typed.items() if value and name not in CONTACT}
    name, phone = (typed.get(one, "") for one in CONTACT)
    before = drafts.find(acting, _key(slot)) or {}
    contact_id = _put_contact(acting, before.get(_CONTACT_ID), name[:60], phone[:40])
    if contact_id is not None:
        words[_CONTACT_ID] = str(contact_id)
    if words:
        drafts.keep(acting, _key(slot), None, words)
    else:
        drafts.forget(acting, _key(slot))


def find(acting: Acting, slot: str) -> dict[str, str]:
    """What was typed in a slot, by who typed it; empty when there is nothing."""
    found = {name: str(value) for name, value in (drafts.find(acting, _key(slot)) or {}).items()}
    contact_id = found.pop(_CONTACT_ID, None)
    row = PersonalData.objects.filter(pk=contact_id, erased_at=None).first() if contact_id else None
    return found | ({"name": row.name, "phone": row.phone} if row is not None else {})


def open_slots(acting: Acting) -> list[str]:
    """Slots with something in them; at most four statements."""
    return [slot for slot in SLOTS if drafts.find(acting, _key(slot))]


@transaction.atomic
def forget(acting: Acting, slot: str) -> None:
    """Registered, or thrown away: the contact data of the draft go with it."""
    contact_id = (drafts.find(acting, _key(slot)) or {}).get(_CONTACT_ID)
    if contact_id:
        _erase(int(contact_id))
    drafts.forget(acting, _key(slot))


def _key(slot: str) -> str:
    return f"register-{slot}"


def _put_contact(acting: Acting, known: str | None, name: str, phone: str) -> int | None:
    if not (name or phone):
        if known:
            _erase(int(known))
        return None
    if known and PersonalData.objects.filter(pk=known, erased_at=None).update(name=name, phone=phone, phone_digest=digest(phone)):
        return int(known)
    kept = keep(acting.platform_id, name=name, phone=phone)
    return kept.pk if kept is not None else None


def _erase(contact_id: int) -> None:
    """The row itself: nothing refers to a draft's, and one that is only emptied would look like one whose erasure is not on record."""
    PersonalData.objects.filter(pk=contact_id).delete()
