"""Who may see a stored file: its sender, and whoever may read a report or a case that holds it."""

from __future__ import annotations

from django.db.models import Q

from urbangrid.cases import access
from urbangrid.cases.models import RecordFile, ReportFile, SelfDisposal
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
    if _in_readable_record(acting, stored) or _of_self_disposal(acting, stored):
        return True
    return access.reports_visible_to(acting).filter(pk__in=ReportFile.objects.filter(file=stored).values("report_id")).exists()


def _of_self_disposal(acting: Acting, stored: StoredFile) -> bool:
    """Who judges 自处置 sees its two photos, also of a district's inspector (model D)."""
    rows = SelfDisposal.objects.filter(platform_id=acting.platform_id).filter(Q(before=stored) | Q(after=stored))
    return acting.may("review_self") and rows.exists()


def _in_readable_record(acting: Acting, stored: StoredFile) -> bool:
    """Whether a record names it that the post reads: a unit that no longer has a case sees no later photo of it. At most two statements."""
    seqs: dict[int, int] = {}
    for case_id, seq in RecordFile.objects.filter(file=stored).order_by("-seq").values_list("case_id", "seq"):
        seqs[case_id] = seq  # the first record with it
    cases = access.limited(acting, access.visible_to(acting).filter(pk__in=seqs)) if seqs else ()
    limits = [(seqs[case.pk], access.reads_until(case)) for case in cases]
    return any(until is None or seq <= until for seq, until in limits)
