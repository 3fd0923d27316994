"""导出: ledgers and piles of sheets that the worker makes, with progress, for the person who asked (HD-3.1.2g; desks.md C2).

1. ``ask_ledger`` and ``ask_sheets`` write a row, a row of the audit trail, and wake the worker.
2. ``make_waiting`` takes one after another under a lock that others skip; one whose worker was cut off begins again.
3. It acts as the person's post at that time: who has lost the post gets a sentence, no file. The file is written beside its name and
   renamed, so that there is a whole one or none.
4. A file lives a day (retention kind ``exports``).
"""

from __future__ import annotations

import dataclasses
import json
import logging
import tempfile
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from urbangrid.audit.actions import note
from urbangrid.cases import ledger, search, sheets, tables
from urbangrid.cases.models import Export
from urbangrid.cases.search import Asked
from urbangrid.catalog.spreadsheets import MEDIA_TYPE as XLSX_TYPE
from urbangrid.core import clock, limits
from urbangrid.core.errors import NotFound, Refusal
from urbangrid.organizations.acting import Acting, acting_as
from urbangrid.ui import pdf

FORMS: Final = {"xlsx": XLSX_TYPE, "csv": "text/csv; charset=utf-8", "pdf": pdf.MEDIA_TYPE}
AT_ONCE: Final = 1000
"""Cases whose table is made while one waits: about two seconds."""
JOB: Final = "exports"
"""Name of the worker's job that makes them (config.jobs)."""
CUT_OFF: Final = timedelta(minutes=2)
"""A running export without a sign of its worker for so long begins again."""
BEAT_EVERY: Final = 500
"""Rows between two signs."""
LANGUAGE: Final = "language"
"""Of what was asked: the language of the page, which the file has too."""
KEPT: Final = 20
"""Shown to a person."""
_log = logging.getLogger(__name__)


def ask_ledger(acting: Acting, asked: Asked, form: str, *, name: str, address: str) -> Export:
    """A ledger of what the search finds for the acting post. Raises Refusal ``export_form``, TooOften."""
    if form not in ("xlsx", "csv"):
        raise Refusal("export_form", status=422, field="form")
    return _ask(acting, "ledger", form, f"{name}.{form}", _written(asked), address)


def ask_sheets(acting: Acting, name: str, case_ids: list[int], *, address: str) -> Export:
    """The sheets of these cases as one PDF."""
    asked = {"sheet": name, "cases": [str(one) for one in case_ids]}
    return _ask(acting, "sheets", "pdf", f"{sheets.TITLES[name]}.pdf", asked, address, total=len(case_ids))


def _ask(acting: Acting, kind: str, form: str, name: str, asked: dict[str, Any], address: str, total: int | None = None) -> Export:
    limits.spend("export.person", acting.user_id)
    with transaction.atomic():
        row = Export.objects.create(
            platform_id=acting.platform_id, appointment_id=acting.appointment_id, user_id=acting.user_id, kind=kind, form=form,
            name=name[:80], asked={**asked, LANGUAGE: get_language()}, asked_at=clock.now(), total=total,
        )  # fmt: skip
        _on_trail(acting, form, asked, address)
        _wake()
    return row


def _wake() -> None:
    """The worker looks at once, not at its next minute; one waking is enough for all."""
    try:
        with transaction.atomic():  # a second one breaks a unique index, and with it the transaction around it
            app.configure_task(name=JOB, queueing_lock=JOB).defer(timestamp=int(clock.now().timestamp()))
    except AlreadyEnqueued:
        _log.debug("the worker is on its way already")


def _on_trail(acting: Acting, form: str, asked: Mapping[str, Any], address: str) -> None:
    """Who took what out of the platform: the search in words of the machine, at most 300 characters."""
    note(acting, "export_cases", values={"form": form, "query": json.dumps(asked, ensure_ascii=False)[:300]}, address=address)


def ledger_now(acting: Acting, asked: Asked, form: str, *, address: str) -> bytes:
    """The same table at once, for at most ``AT_ONCE`` cases. Raises Refusal ``export_form``, TooOften."""
    if form not in ("xlsx", "csv"):
        raise Refusal("export_form", status=422, field="form")
    limits.spend("export.person", acting.user_id)
    _on_trail(acting, form, _written(asked), address)
    with tempfile.TemporaryDirectory(prefix="urbangrid-export-") as folder:
        path = Path(folder) / f"ledger.{form}"
        write_ledger(acting, ledger.ids(acting, asked), form, path, clock.now())
        return path.read_bytes()


def is_long(acting: Acting, asked: Asked) -> bool:
    """Whether the worker must make it: more than ``AT_ONCE`` cases."""
    return search.matching(acting, asked).order_by()[: AT_ONCE + 1].count() > AT_ONCE


def mine(acting: Acting) -> list[Export]:
    """The person's exports under this post, the newest first."""
    rows = Export.objects.filter(user_id=acting.user_id, appointment_id=acting.appointment_id).exclude(state=Export.GONE)
    return list(rows.order_by("-id")[:KEPT])


def file_of(acting: Acting, export_id: int) -> tuple[Export, Path]:
    """A finished file of the acting post. Raises NotFound ``export_unknown`` for others' and for one whose day is over."""
    row = Export.objects.filter(
        pk=export_id, user_id=acting.user_id, appointment_id=acting.appointment_id, state=Export.DONE
    ).first()  # fmt: skip
    if row is None or not path_of(row).exists():
        raise NotFound("export_unknown")
    return row, path_of(row)


def path_of(row: Export) -> Path:
    """Where its file lies."""
    return Path(settings.EXPORTS_ROOT) / f"{row.pk}.{row.form}"


# --- by the worker ---


def make_waiting() -> int:
    """Make every export that waits or was cut off, one after another; says how many."""
    done = 0
    while (row := _next()) is not None:
        with override(row.asked.get(LANGUAGE) or settings.LANGUAGE_CODE):
            _make(row)
        done += 1
    return done


def _next() -> Export | None:
    now = clock.now()
    lost = Q(state=Export.RUNNING) & (Q(beat_at__lt=now - CUT_OFF) | Q(beat_at__gt=now + CUT_OFF))
    with transaction.atomic():
        rows = Export.objects.select_for_update(skip_locked=True).filter(Q(state=Export.WAITING) | lost)
        row = rows.order_by("asked_at", "id").first()
        if row is not None:
            row.state, row.beat_at, row.done = Export.RUNNING, now, 0
            row.save(update_fields=["state", "beat_at", "done"])
    return row


def _make(row: Export) -> None:
    """To its end; a refusal becomes the sentence that the person reads."""
    path = path_of(row)
    draft = path.with_name(f".{path.name}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        acting = acting_as(row.appointment_id, row.user_id)
        if acting is None:
            raise Refusal("export_without_post")
        _MAKERS[row.kind](acting, row, draft)
        row.size_bytes = draft.stat().st_size
        draft.replace(path)
        row.state = Export.DONE
    except Refusal as fault:
        row.state, row.said = Export.FAILED, fault.sentence()[:300]
    except Exception:
        row.state, row.said = Export.FAILED, _("没有做成，原因已记入系统日志。请再试一次，仍不行请联系系统管理员。")
        raise
    finally:
        draft.unlink(missing_ok=True)
        row.ended_at = clock.now()
        row.save(update_fields=["state", "said", "size_bytes", "done", "total", "ended_at"])


def _make_ledger(acting: Acting, row: Export, draft: Path) -> None:
    asked, until = _read(row.asked), clock.now()
    ids = ledger.ids(acting, asked)
    row.total = len(ids)
    row.save(update_fields=["total"])
    write_ledger(acting, ids, row.form, draft, until, progress=lambda done: _beat(row, done))


def write_ledger(acting: Acting, ids: list[int], form: str, path: Path, until: datetime, *, progress: Any = None) -> int:
    """The table of these cases, as it stands at ``until``; gives the number of rows."""
    stages = ledger.stage_columns(acting)
    head, notes = ledger.head(stages), notes_of(acting, until)
    rows = _counted((ledger.cells(line, stages) for line in ledger.lines(ids, until)), progress)
    if form == "csv":
        return tables.write_csv(path, head, rows, notes, acting.zone)
    return tables.write_xlsx(path, _("台账"), head, rows, notes, acting.zone, _("说明"))


def notes_of(acting: Acting, until: datetime) -> list[str]:
    """What stands beside every figure: 口径, 截至时刻, who took it."""
    at = f"{until.astimezone(acting.zone):%Y-%m-%d %H:%M}"
    return [
        ledger.basis(acting.cases_platform_id), _("截至时刻：%(at)s") % {"at": at},
        _("导出：%(unit)s %(post)s %(name)s") % {"unit": acting.unit_name, "post": acting.post_name, "name": acting.user_name},
    ]  # fmt: skip


def _counted(rows: Iterator[list[ledger.Cell]], progress: Any) -> Iterator[list[ledger.Cell]]:
    for count, row in enumerate(rows, 1):
        yield row
        if progress is not None and count % BEAT_EVERY == 0:
            progress(count)


def _make_sheets(acting: Acting, row: Export, draft: Path) -> None:
    left_out: list[int] = []
    name, ids = str(row.asked["sheet"]), [int(one) for one in row.asked["cases"]]
    draft.write_bytes(sheets.as_pdf(acting, name, ids, done=lambda done: _beat(row, done), skipped=left_out.append))
    for case_id in ids:
        if case_id not in left_out:
            note(acting, "printed", subject=f"case:{case_id}", values={"sheet": name})
    if left_out:
        row.said = _("有 %(n)d 件没有派遣单（已改派或收回），没有打印") % {"n": len(left_out)}


_MAKERS: Final = {"ledger": _make_ledger, "sheets": _make_sheets}


def _beat(row: Export, done: int) -> None:
    row.done = done
    Export.objects.filter(pk=row.pk).update(done=done, beat_at=clock.now())


# --- a search as JSON ---


def _written(asked: Asked) -> dict[str, Any]:
    """Only what narrows."""
    found = {name: value for name, value in dataclasses.asdict(asked).items() if value}
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in found.items()}


def _read(kept: Mapping[str, Any]) -> Asked:
    moments = {name: datetime.fromisoformat(kept[name]) for name in ("since", "until") if name in kept}
    return Asked(**{**{name: value for name, value in kept.items() if name != LANGUAGE}, **moments})


# --- purging ---


def old(before: datetime) -> int:
    """Exports that a purge would take."""
    return Export.objects.filter(asked_at__lt=before).exclude(state=Export.RUNNING).count()


def drop(before: datetime, most: int) -> int:
    """Take the rows; their files go after the commit."""
    ids = list(Export.objects.filter(asked_at__lt=before).exclude(state=Export.RUNNING).order_by("pk").values_list("pk", flat=True)[:most])
    return Export.objects.filter(pk__in=ids).delete()[0]


def remove_files() -> None:
    """Files whose row is gone, and drafts of a worker that was cut off."""
    root = Path(settings.EXPORTS_ROOT)
    known = {path_of(row).name for row in Export.objects.all()}
    running = {f".{path_of(row).name}" for row in Export.objects.filter(state=Export.RUNNING)}
    for path in root.glob("*") if root.is_dir() else ():
        if path.name not in known and path.name not in running:
            path.unlink(missing_ok=True)
    for path in root.glob(".*") if root.is_dir() else ():
        if path.name not in running:
            path.unlink(missing_ok=True)
