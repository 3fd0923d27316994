"""Names and numbers of citizens after their matter is answered: the request stays, who asked goes (architecture §3.1, §7)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from urbangrid.audit.models import PersonalData
from urbangrid.audit.retention import Kind
from urbangrid.cases import reports
from urbangrid.core import clock
from urbangrid.core.confidential import cleaned
from urbangrid.service_requests.models import ServiceRequest


def _old_contacts(before: datetime) -> QuerySet[PersonalData]:
    """Of requests that ended long enough ago; one that any other request still needs stays."""
    needed = ServiceRequest.objects.filter(Q(closed_at=None) | Q(closed_at__gte=before), contact=OuterRef("pk"))
    return PersonalData.objects.filter(~Exists(needed), erased_at=None, created_at__lt=before)


def _erase(before: datetime, most: int) -> list[int]:
    """Contact data, and what else says them: the words as they were spoken, the message as it came from outside."""
    rows = list(_old_contacts(before).select_for_update(of=("self",)).order_by("pk")[:most])
    ids = [row.pk for row in rows]
    known = {row.pk: row for row in rows}
    for request in ServiceRequest.objects.filter(contact_id__in=ids):
        of = known[request.contact_id or 0]
        ServiceRequest.objects.filter(pk=request.pk).update(text=cleaned(request.text, name=of.name, phone=of.phone))
    reports.forget_originals(ids)
    PersonalData.objects.filter(pk__in=ids).update(name="", phone="", phone_digest="", address="", erased_at=clock.now())
    return ids


KINDS = (
    Kind(
        "contacts", _("来报人姓名、电话、地址"), _("答复"), _("个人信息保护法：实现处理目的所必要的最短时间；回访和申诉之后"), 2 * 365, 90,
        lambda before: _old_contacts(before).count(), _erase,
    ),
)  # fmt: skip
