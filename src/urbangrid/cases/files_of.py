"""Who may see a stored file: its sender, and whoever may read a report or a case that holds it."""

from __future__ import annotations

from urbangrid.cases import access
from urbangrid.cases.models import RecordFile, ReportFile
from urbangrid.core.errors import NotFound
from urbangrid.core.models import StoredFile
from urbangrid.organizations.acting import Acting

ERASED = ("erasing", "erased")
"""States of a file whose bytes went after their term (``cases.purging``); the row stays, the record names its digest."""


def readable_file(acting: Acting, file_id: int) -> StoredFile:
    """The file; one to three statements. Raises NotFound ``photo_unknown``, ``photo_erased`` (410)."""
    stored = StoredFile.objects.filter(pk=file_id).first()
    if stored is not None and _may_see(acting, stored):
        if stored.state in ERASED:
            raise NotFound("photo_erased", status=410)
        return stored
    raise NotFound("photo_unknown")


def _may_see(acting: Acting, stored: StoredFile) -> bool:
    cases = RecordFile.objects.filter(file=stored).values("case_id")
    if access.file_is_confidential(stored.pk):
        return access.confidential_to(acting).filter(pk__in=cases).exists()
    if stored.owner_id == acting.user_id:
        return True
    if acting.may("read_all") and stored.platform_id == acting.platform_id:
        return True
    if access.visible_to(acting).filter(pk__in=cases).exists():
        return True
    return access.reports_visible_to(acting).filter(pk__in=ReportFile.objects.filter(file=stored).values("report_id")).exists()
