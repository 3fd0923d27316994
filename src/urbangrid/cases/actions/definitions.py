"""Working on definitions: drafts, publication from an instant on, taking a publication back, import of an exported file.

A published version is never edited; a draft is. Everything leaves its row in the audit trail (CY-2.1b, SZ-4.1e, desks.md A3).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from urbangrid.audit.actions import note
from urbangrid.cases import processes
from urbangrid.cases.definitions import checking, rows
from urbangrid.cases.models import ProcessDefinition, ProcessDraft, ProcessRun
from urbangrid.cases.process import Fault
from urbangrid.catalog import queries as catalog
from urbangrid.core import clock
from urbangrid.core.errors import MovedOn, NotFound, Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.models import Post

FORMAT = "urbangrid-process/1"
"""Name of the published format (docs/topics/process.md)."""
MOST_BYTES = 1_000_000


def held_duties(platform_id: int) -> set[str]:
    """Duties that some post of the platform has."""
    return {duty for duties in Post.objects.filter(platform_id=platform_id).values_list("duties", flat=True) for duty in duties}


def faults_of(platform_id: int, definition: Mapping[str, Any]) -> list[Fault]:
    """What stands against publishing a definition on this platform."""
    return checking.check(definition, held_duties(platform_id), catalog.calendar_names(platform_id))


def version(platform_id: int, definition_id: int) -> ProcessDefinition:
    """A published version. Raises NotFound ``process_unknown``."""
    found = ProcessDefinition.objects.select_related("base").filter(platform_id=platform_id, pk=definition_id).first()
    if found is None:
        raise NotFound("process_unknown")
    return found


def draft(platform_id: int, draft_id: int) -> ProcessDraft:
    """A draft. Raises NotFound ``process_unknown``."""
    found = ProcessDraft.objects.select_related("begun_from").filter(platform_id=platform_id, pk=draft_id).first()
    if found is None:
        raise NotFound("process_unknown")
    return found


@transaction.atomic
def begin_draft(acting: Acting, definition_id: int, *, head: Mapping[str, str] | None = None) -> ProcessDraft:
    """A draft out of a published version. With ``head`` (code, name, scope) it becomes an override of that version's code."""
    row = version(acting.platform_id, definition_id)
    definition = rows.normal(row.definition)
    base_code = row.base.code if row.base else ""
    if head is not None:
        definition |= {name: head.get(name, "") for name in ("code", "name", *rows.SCOPE)}
        base_code = base_code or row.code
    made = ProcessDraft.objects.create(
        platform_id=acting.platform_id, code=definition["code"], definition=definition, base_code=base_code, begun_from=row,
        saved_at=clock.now(), saved_by_id=acting.user_id,
    )  # fmt: skip
    note(acting, "process_drafted", subject=f"process:{made.code}", values={"code": made.code})
    return made


def storable(text: str) -> Any:
    """JSON that PostgreSQL takes too. Raises ValueError for what it does not: NaN, endless numbers, NUL, half characters."""
    found = json.loads(text)
    if "\\u0000" in json.dumps(found, allow_nan=False):
        raise ValueError("NUL")
    json.dumps(found, ensure_ascii=False).encode()
    return found


def read_file(data: bytes) -> tuple[dict[str, Any], str]:
    """The definition of an exported file and the code of its base. Raises Refusal ``process_unreadable``."""
    try:
        if len(data) > MOST_BYTES:
            raise ValueError(f"> {MOST_BYTES // 1000} kB")
        body = storable(data.decode("utf-8-sig"))
        if not isinstance(body, dict) or body.get("format") != FORMAT or not isinstance(body.get("definition"), dict):
            raise ValueError(f"format: {FORMAT}")
    except (ValueError, RecursionError) as error:
        raise Refusal("process_unreadable", status=422, field="file", fault=str(error)[:100]) from error
    return body["definition"], str(body.get("base_code") or "")[:30]


def write_file(row: ProcessDefinition) -> bytes:
    """A version in the published format; ``read_file`` reads it."""
    body = {
        "format": FORMAT, "code": row.code, "version": row.version, "published_at": row.published_at.isoformat(),
        "base_code": row.base.code if row.base else "", "definition": rows.normal(row.definition),
    }  # fmt: skip
    return (json.dumps(body, ensure_ascii=False, indent=1) + "\n").encode()


@transaction.atomic
def import_draft(acting: Acting, data: bytes) -> ProcessDraft:
    """A draft out of an exported file; publishing it makes the next version of its code (CY-2.1b).

    Raises Refusal ``process_unreadable``; ``process_faulty`` for a file whose rows cannot even be shown.
    """
    definition, base_code = read_file(data)
    refuse_shapeless(definition)
    code = str(definition["code"])
    made = ProcessDraft.objects.create(
        platform_id=acting.platform_id, code=code, definition=rows.normal(definition), base_code=base_code,
        begun_from=processes.current_version(acting.platform_id, code), saved_at=clock.now(), saved_by_id=acting.user_id,
    )  # fmt: skip
    note(acting, "process_imported", subject=f"process:{code}", values={"code": code, "bytes": len(data)})
    return made


SHAPELESS = frozenset({"not_a_definition", "section_missing", "code_wrong", "name_wrong"})


def refuse_shapeless(definition: Mapping[str, Any]) -> None:
    """Raises Refusal ``process_unreadable`` for what the editor could not show as rows."""
    found = [fault for fault in checking.check(definition, ()) if fault.code in SHAPELESS]
    if found:
        raise Refusal("process_unreadable", status=422, field="file", fault=found[0].row or found[0].code)


@transaction.atomic
def save_draft(acting: Acting, draft_id: int, seq: int, definition: Mapping[str, Any]) -> ProcessDraft:
    """Keep what was typed, at fault or not. Raises MovedOn ``process_draft_moved_on``."""
    row = _locked(acting, draft_id, seq)
    row.definition, row.code = rows.normal(definition), str(definition["code"])
    row.seq, row.saved_at, row.saved_by_id = row.seq + 1, clock.now(), acting.user_id
    row.save(update_fields=["definition", "code", "seq", "saved_at", "saved_by_id"])
    return row


def _locked(acting: Acting, draft_id: int, seq: int) -> ProcessDraft:
    row = ProcessDraft.objects.select_for_update(of=("self",)).filter(platform_id=acting.platform_id, pk=draft_id).first()
    if row is None:
        raise NotFound("process_unknown")
    if row.seq != seq:
        raise MovedOn("process_draft_moved_on", time=row.saved_at.astimezone(acting.zone).strftime("%H:%M"))
    return row


@transaction.atomic
def discard_draft(acting: Acting, draft_id: int) -> None:
    row = draft(acting.platform_id, draft_id)
    note(acting, "process_discarded", subject=f"process:{row.code}", values={"code": row.code})
    ProcessRun.objects.filter(draft=row).delete()
    row.delete()


@transaction.atomic
def publish_draft(acting: Acting, draft_id: int, seq: int, effective_from: datetime | None = None) -> ProcessDefinition:
    """The draft becomes the next version of its code, for cases opened from the instant on; the draft is gone.

    Raises Refusal ``process_faulty``, ``process_same``, ``process_base_missing``; MovedOn ``process_draft_moved_on``.
    """
    row = _locked(acting, draft_id, seq)
    now_in_force = processes.current_version(acting.platform_id, row.code)
    if now_in_force is not None and not rows.changes(now_in_force.definition, row.definition):
        raise Refusal("process_same", status=422)
    made = processes.publish(
        platform_of(acting.platform_id), row.definition, held_duties(acting.platform_id), effective_from=effective_from,
        published_by_id=acting.user_id, base_code=row.base_code,
    )  # fmt: skip
    for run in ProcessRun.objects.filter(draft=row):  # what it was weighed by stays readable
        run.asked |= {"version": str(made.pk)}
        run.save(update_fields=["asked"])
    row.delete()
    _note(acting, "process_published", made)
    return made


def _note(acting: Acting, act: str, row: ProcessDefinition) -> None:
    values = {"code": row.code, "version": row.version, "name": row.name, "effective_from": row.effective_from.isoformat()}
    note(acting, act, subject=f"process:{row.code}", values=values)


@transaction.atomic
def take_back(acting: Acting, definition_id: int) -> ProcessDefinition | None:
    """Retire the newest version of a code: the one before is in force again for new cases; cases opened meanwhile keep theirs.

    Overrides of it are laid over the one before. Returns that one, None where there was none.
    Raises Refusal ``process_not_newest``, ``process_last``.
    """
    row = version(acting.platform_id, definition_id)
    list(ProcessDefinition.objects.select_for_update(of=("self",)).filter(platform_id=acting.platform_id, code=row.code).order_by("pk"))
    row.refresh_from_db()
    newest = ProcessDefinition.objects.filter(platform_id=acting.platform_id, code=row.code, retired_at=None).order_by("version").last()
    if newest is None or newest.pk != row.pk:
        raise Refusal("process_not_newest", status=409, name=row.name, version=row.version)
    below = processes.overrides_of(acting.platform_id, row.code)
    row.retired_at = clock.now()
    row.save(update_fields=["retired_at"])
    former = processes.current_version(acting.platform_id, row.code)
    if (former is None and below) or not any(_for_all(one) for one in processes.in_force(acting.platform_id)):
        raise Refusal("process_last", status=409)
    if former is not None:
        processes.lay_over(former, below, held_duties(acting.platform_id), clock.now(), acting.user_id)
    _note(acting, "process_taken_back", row)
    return former


def _for_all(row: ProcessDefinition) -> bool:
    return not any(getattr(row, name) for name in rows.SCOPE)
