"""Half-typed registrations, kept on the server: closing the browser loses nothing, every window has a draft of its own (desks.md S2).

Name and number lie in ``audit.PersonalData`` as with any request and are erased with the draft; the rest is a draft like others. A draft
knows the page that wrote it last: one drawn before that writes no more, so two calls are never mixed even where two windows show one draft.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from urbangrid.audit.models import PersonalData
from urbangrid.audit.personal import digest, keep
from urbangrid.cases import drafts
from urbangrid.core.errors import MovedOn
from urbangrid.core.lengths import shortened
from urbangrid.organizations.acting import Acting

SLOT = re.compile(r"[0-9a-z]{1,16}")
CONTACT = ("name", "phone")
_CONTACT_ID, _PAGE = "contact_id", "page"
_HEAD = "register-"


@dataclass(frozen=True, slots=True)
class Waiting:
    """A registration that was begun and not finished: since when, and in few words where or what; nothing of who called."""

    slot: str
    saved_at: datetime
    words: str


def new_slot() -> str:
    """A name for the draft of a page that was opened just now."""
    return secrets.token_hex(6)


@transaction.atomic
def save(acting: Acting, slot: str, typed: Mapping[str, str], *, page: str = "", over: str = "") -> None:
    """Keep what is typed on ``page``, drawn when the page ``over`` had written last; nothing typed throws the draft away.

    Raises MovedOn ``draft_elsewhere`` where another page has written meanwhile.
    """
    drafts.lock(acting, _key(slot))
    before = drafts.find(acting, _key(slot)) or {}
    if before and before.get(_PAGE, "") not in ("", page, over):
        raise MovedOn("draft_elsewhere")
    words = {name: value for name, value in typed.items() if value and name not in CONTACT}
    name, phone = (typed.get(one, "") for one in CONTACT)
    contact_id = _put_contact(acting, before.get(_CONTACT_ID), name[:60], phone[:40])
    if contact_id is not None:
        words[_CONTACT_ID] = str(contact_id)
    if words:
        drafts.keep(acting, _key(slot), None, words | ({_PAGE: page} if page else {}))
    else:
        drafts.forget(acting, _key(slot))


def find(acting: Acting, slot: str) -> dict[str, str]:
    """What was typed in a slot, by who typed it; empty when there is nothing."""
    found = {name: str(value) for name, value in (drafts.find(acting, _key(slot)) or {}).items()}
    contact_id = found.pop(_CONTACT_ID, None)
    found.pop(_PAGE, None)
    row = PersonalData.objects.filter(pk=contact_id, erased_at=None).first() if contact_id else None
    return found | ({"name": row.name, "phone": row.phone} if row is not None else {})


def writer(acting: Acting, slot: str) -> str:
    """The page that wrote a draft last."""
    return str((drafts.find(acting, _key(slot)) or {}).get(_PAGE, ""))


def waiting(acting: Acting, besides: str) -> list[Waiting]:
    """The person's other drafts, newest first. One statement."""
    found = [(one.key.removeprefix(_HEAD), one) for one in drafts.own(acting, _HEAD)]
    return [Waiting(slot, one.saved_at, _in_brief(one.inputs)) for slot, one in found if slot != besides]


def _in_brief(inputs: Mapping[str, str]) -> str:
    return shortened(inputs.get("place_text") or inputs.get("text") or "", 24)


@transaction.atomic
def forget(acting: Acting, slot: str) -> None:
    """Registered, or thrown away: the contact data of the draft go with it."""
    contact_id = (drafts.find(acting, _key(slot)) or {}).get(_CONTACT_ID)
    if contact_id:
        _erase(int(contact_id))
    drafts.forget(acting, _key(slot))


def _key(slot: str) -> str:
    return f"{_HEAD}{slot}"


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
