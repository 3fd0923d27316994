"""What was typed when somebody else was first; kept until it is used or thrown away (architecture §3.3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from urbangrid.audit.actions import note
from urbangrid.cases import access, words
from urbangrid.cases.models import Draft
from urbangrid.core import clock
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.organizations.acting import Acting

MOST_BYTES = 40_000


def keep(acting: Acting, key: str, case_id: int | None, inputs: Mapping[str, Any]) -> None:
    """Keep typed inputs under a key of the person; a newer draft replaces the older."""
    plain = {name: value if isinstance(value, str | bool | int | list) else str(value) for name, value in inputs.items()}
    if len(str(plain)) > MOST_BYTES:
        plain = {name: str(value)[:4000] for name, value in plain.items()}
    Draft.objects.update_or_create(
        user_id=acting.user_id, key=key[:60], defaults={"case_id": case_id, "inputs": plain, "saved_at": clock.now()}
    )


def find(acting: Acting, key: str) -> dict[str, Any] | None:
    """The person's draft under a key."""
    found = Draft.objects.filter(user_id=acting.user_id, key=key[:60]).values_list("inputs", flat=True).first()
    return None if found is None else dict(found)


@dataclass(frozen=True, slots=True)
class Own:
    """A draft of the person, by its key."""

    key: str
    inputs: dict[str, Any]
    saved_at: datetime


def own(acting: Acting, head: str) -> list[Own]:
    """The person's drafts whose keys begin with ``head``, newest first. One statement."""
    rows = Draft.objects.filter(user_id=acting.user_id, key__startswith=head).order_by("-saved_at", "-pk")
    return [Own(row.key, dict(row.inputs), row.saved_at) for row in rows]


def lock(acting: Acting, key: str) -> None:
    """Who writes a draft waits for another window that writes it now; released with the transaction."""
    list(Draft.objects.select_for_update().filter(user_id=acting.user_id, key=key[:60]).values_list("pk"))


def forget(acting: Acting, key: str) -> None:
    """Thrown away, or used up."""
    Draft.objects.filter(user_id=acting.user_id, key=key[:60]).delete()


@dataclass(frozen=True, slots=True)
class Offered:
    """A draft of a predecessor: what it was typed for, on which case."""

    draft_id: int
    word: str
    case_id: int | None
    number: str
    name: str
    saved_at: datetime


def _of(acting: Acting, left: Sequence[tuple[int, datetime]]) -> Q:
    """Drafts that these people (user, when they handed over) left, on cases that the acting post reads, or on none yet."""
    theirs = Q(pk__in=[])
    for user_id, until in left:
        theirs |= Q(user_id=user_id, saved_at__lte=until)
    return theirs & (Q(case=None) | Q(case__in=access.visible_to(acting).values("pk")))


def offered(acting: Acting, left: Sequence[tuple[int, datetime]]) -> list[Offered]:
    """What was half typed at the desk that the acting post took over: nothing is lost with a handover (desks.md D3)."""
    if not left:
        return []
    rows = Draft.objects.filter(_of(acting, left)).select_related("user", "case").order_by("-saved_at")
    return [
        Offered(row.pk, _word(row.key), row.case_id, row.case.number or "" if row.case else "", row.user.name, row.saved_at) for row in rows
    ]


def _word(key: str) -> str:
    action = key.rpartition("-")[0]
    return str(words.ACTIONS.get(action) or words.ACTIONS["accept" if action == "report" else "report"])


@transaction.atomic
def take(acting: Acting, draft_id: int, left: Sequence[tuple[int, datetime]]) -> Offered:
    """The draft becomes the successor's, with what was typed. Raises NotFound ``draft_unknown``, Refusal ``draft_in_the_way``."""
    row = Draft.objects.select_for_update(of=("self",)).filter(_of(acting, left), pk=draft_id).select_related("user", "case").first()
    if row is None:
        raise NotFound("draft_unknown")
    key = _free_key(acting, row.key)
    before = row.user
    row.user_id, row.key = acting.user_id, key
    row.save(update_fields=["user", "key"])
    note(acting, "draft_taken", subject=f"user:{before.pk}", values={"key": key})
    return Offered(row.pk, _word(key), row.case_id, row.case.number or "" if row.case else "", before.name, row.saved_at)


def _free_key(acting: Acting, key: str) -> str:
    """The same, or the next free place of four of a registration. Raises Refusal ``draft_in_the_way``."""
    head = key.rpartition("-")[0]
    keys = [key, *(f"register-{number}" for number in "1234")] if head == "register" else [key]
    own = set(Draft.objects.filter(user_id=acting.user_id, key__in=keys).values_list("key", flat=True))
    free = next((one for one in keys if one not in own), None)
    if free is None:
        raise Refusal("draft_in_the_way", status=409)
    return free
