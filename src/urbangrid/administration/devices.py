"""The register of terminals 终端 as the security administrator reads it, and the rules about them (CY-24-1, HD-2.3.7i)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db import transaction
from django.db.models import Case, IntegerField, Max, Q, QuerySet, Value, When
from django.db.models.functions import Greatest

from urbangrid.accounts import queries as accounts
from urbangrid.accounts.models import Device, User
from urbangrid.administration import security, words
from urbangrid.audit.actions import note
from urbangrid.core import platforms
from urbangrid.core.errors import Refusal
from urbangrid.core.models import Platform
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Unit
from urbangrid.organizations.security import MOST_DEVICE_PROOF_HOURS, Rules

PAGE = 50
MOST_PRINTED = 2000


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A terminal with its owner's unit, its state in words, who admitted it and when anybody was last seen on it."""

    device: Device
    unit: str
    state: str
    admitted_by: str
    used_at: datetime | None


def page_of(platform_id: int, typed: str, state: str, page: str | None) -> tuple[Page[Device], list[DeviceRow]]:
    """A page of the register, those that wait first. Four statements."""
    found = Paginator(_found(platform_id, typed, state), PAGE).get_page(page)
    return found, rows_of(list(found.object_list))


def all_of(platform_id: int, typed: str, state: str) -> list[DeviceRow]:
    """What the printed register shows."""
    return rows_of(list(_found(platform_id, typed, state)[:MOST_PRINTED]))


def _found(platform_id: int, typed: str, state: str) -> QuerySet[Device]:
    """By owner (name, initials, account), number, model or beginning of the fingerprint."""
    order = Case(When(state=Device.ASKED, then=Value(0)), When(state=Device.ADMITTED, then=Value(1)), default=Value(2),
                 output_field=IntegerField())  # fmt: skip
    rows = Device.objects.filter(platform_id=platform_id).annotate(order=order, used_at=Greatest("seen_at", Max("signin__seen_at")))
    if state:
        rows = rows.filter(state=state)
    if typed:
        owner = Q(user__name__icontains=typed) | Q(user__initials__istartswith=typed) | Q(user__username__istartswith=typed)
        mark = typed.replace(" ", "").lower()
        rows = rows.filter(owner | Q(number__icontains=typed) | Q(model__icontains=typed) | Q(fingerprint__startswith=mark))
    return rows.select_related("user").order_by("order", "-asked_at", "pk")


def rows_of(devices: list[Device]) -> list[DeviceRow]:
    """In words. Two statements."""
    units = dict(Unit.objects.filter(pk__in={one.unit_id for one in devices}).values_list("pk", "short_name"))
    names = dict(User.objects.filter(pk__in={one.admitted_by for one in devices if one.admitted_by}).values_list("pk", "name"))
    return [
        DeviceRow(one, units.get(one.unit_id, ""), accounts.state_words(one), names.get(one.admitted_by or 0, ""), _used_at(one))
        for one in devices
    ]


def _used_at(device: Device) -> datetime | None:
    found: datetime | None = getattr(device, "used_at", device.seen_at)
    return found


def change_rules(acting: Acting, posts: Collection[str], proof_hours: int, *, first_at_once: bool) -> Rules:
    """Which posts are acted under on admitted terminals only, how often the key is proven again, whether a first one waits.

    Raises Refusal ``device_hours_wrong``, and ``device_lock_out`` where the change would shut out the very person who makes it.
    """
    if not 1 <= proof_hours <= MOST_DEVICE_PROOF_HOURS:
        label = words.VALUES["device_proof_hours"]
        raise Refusal("device_hours_wrong", status=422, field="device_proof_hours", label=label, most=MOST_DEVICE_PROOF_HOURS)
    if acting.post_code in posts and acting.device_id is None:
        raise Refusal("device_lock_out", status=422, field="device_posts", post=acting.post_name)
    with transaction.atomic():
        return security.keep_rules(
            acting, {"device_posts": sorted(posts), "device_proof_hours": proof_hours, "first_device_at_once": first_at_once}
        )


@transaction.atomic
def lift_rules() -> int:
    """By the operator at the machine: no post of any platform wants an admitted terminal any more; says how many platforms had one."""
    held = [one for one in Platform.objects.select_for_update() if one.settings.get("security", {}).get("device_posts")]
    for platform in held:
        before = platform.settings["security"]
        platform.settings = {**platform.settings, "security": {**before, "device_posts": []}}
        platform.save(update_fields=["settings"])
        note(None, "security_changed", values={"before": before, "after": platform.settings["security"]})
    platforms.forget()
    return len(held)
