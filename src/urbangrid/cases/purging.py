"""What a closed case lets go after its term: free text of its record, its photos; the record and its chain stay (architecture §3.1, §7)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from urbangrid.audit.retention import Kind
from urbangrid.cases import exports
from urbangrid.cases.models import Draft, RecordFile, RecordSecret, ReportFile
from urbangrid.core import clock, files
from urbangrid.core.ids import id_at
from urbangrid.core.models import StoredFile

GOING, GONE = "erasing", "erased"


def _old_secrets(before: datetime) -> QuerySet[RecordSecret]:
    return RecordSecret.objects.filter(erased_at=None, id__lt=id_at(before), case__closed_at__lt=before).exclude(value="")


def _erase_secrets(before: datetime, most: int) -> list[int]:
    """The text and its salt: what is left of it in the record is a hash that nobody can try guesses against."""
    ids = list(_old_secrets(before).order_by("id").values_list("id", flat=True)[:most])
    RecordSecret.objects.filter(pk__in=ids).update(value="", salt="", erased_at=clock.now())
    return ids


def _old_photos(before: datetime) -> QuerySet[StoredFile]:
    """Of closed cases and refused reports alone: a photo that any open or younger one uses stays."""
    young = Q(case__closed_at=None) | Q(case__closed_at__gte=before)
    of_report = Q(report__received_at__gte=before) | Q(report__state="waiting")
    of_report |= Q(report__case_links__case__closed_at__gte=before)
    of_report |= Q(report__case_links__isnull=False, report__case_links__case__closed_at=None)
    return StoredFile.objects.filter(
        ~Exists(RecordFile.objects.filter(young, file=OuterRef("pk"))), ~Exists(ReportFile.objects.filter(of_report, file=OuterRef("pk"))),
        id__lt=id_at(before), state="held",
    )  # fmt: skip


def _loose_photos(before: datetime) -> QuerySet[StoredFile]:
    """Sent, and never used by a report or an action."""
    return StoredFile.objects.filter(state="loose", created_at__lt=before)


def _mark(rows: QuerySet[StoredFile], most: int) -> list[int]:
    ids = list(rows.order_by("id").values_list("id", flat=True)[:most])
    StoredFile.objects.filter(pk__in=ids).update(state=GOING)
    return ids


def remove_bytes() -> None:
    """Take the bytes of marked files from the disk, unless another file has the same; then the row says that they are gone.

    After the commit, so that a row never promises bytes that are gone; done again after a crash, it finishes what was begun.
    """
    for row in StoredFile.objects.filter(state=GOING).order_by("id"):
        with transaction.atomic():
            files.hold(row.sha256, alone=True)  # whoever keeps the same bytes has committed, or begins after us
            if not StoredFile.objects.filter(sha256=row.sha256).exclude(state__in=(GOING, GONE)).exists():
                files.path_of(row.sha256).unlink(missing_ok=True)
                files.thumb_of(row.sha256).unlink(missing_ok=True)
            StoredFile.objects.filter(pk=row.pk).update(state=GONE, name="", taken_at=None)


def _old_drafts(before: datetime) -> QuerySet[Draft]:
    return Draft.objects.filter(saved_at__lt=before)


def _drop_drafts(before: datetime, most: int) -> int:
    ids = list(_old_drafts(before).order_by("pk").values_list("pk", flat=True)[:most])
    return Draft.objects.filter(pk__in=ids).delete()[0]


CLOSED = _("结案")
KINDS = (
    Kind(
        "photos", _("照片"), CLOSED, _("本平台规定：照片三年"), 3 * 365, 365, lambda before: _old_photos(before).count(),
        lambda before, most: _mark(_old_photos(before), most), remove_bytes,
    ),
    Kind(
        "loose_photos", _("没有用上的照片"), _("上传"), _("没有成为任何上报或办理的内容"), 30, 2,
        lambda before: _loose_photos(before).count(), lambda before, most: _mark(_loose_photos(before), most), remove_bytes,
    ),
    Kind(
        "record_words", _("办理经过里的意见和附言"), CLOSED, _("个人信息保护法：实现处理目的所必要的最短时间；办理经过本身永久保存"),
        10 * 365, 3 * 365, lambda before: _old_secrets(before).count(), _erase_secrets,
    ),
    Kind(
        "exports", _("导出的表和单据"), _("导出"), _("只为当时取用；再要可以再导出"), 1, 1, exports.old, exports.drop, exports.remove_files
    ),
    Kind("drafts", _("没有提交的草稿"), _("保存"), _("只对填写人有用"), 30, 7, lambda before: _old_drafts(before).count(), _drop_drafts),
)  # fmt: skip
