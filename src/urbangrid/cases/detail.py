"""The case page as values: head, stage bar, three clocks with their sums, story, photos, what may be done now and why not."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject

from urbangrid.cases import access, asked, clocks, corrected, deadlines, levels, photo_doubts, relations, remarks, stage_bar, telling, words
from urbangrid.cases.actions import assignment, authorising, correction, holders, joint
from urbangrid.cases.detail_values import CaseView, ClockView, Doable, Holder, JointPart, LevelSpan, Line, Photo, Possible, StageSpan
from urbangrid.cases.files_of import ERASED
from urbangrid.cases.lifecycle import LOGGED, OPEN, TASK, TASK_ACTIONS, State
from urbangrid.cases.models import Case, CaseRecord, CaseReport, Clock, RecordFile, RecordSecret, WorkItem
from urbangrid.cases.processes import process_of
from urbangrid.cases.records import post_words
from urbangrid.cases.rows import light_of, limit_words, title_of
from urbangrid.catalog import law
from urbangrid.catalog import queries as catalog
from urbangrid.catalog.sources import needs_reply, source_word
from urbangrid.core import clock as time
from urbangrid.core.text import beside
from urbangrid.organizations.acting import Acting

__all__ = ["CaseView", "ClockView", "Doable", "Holder", "JointPart", "LevelSpan", "Line", "Photo", "Possible", "StageSpan"]
__all__ += ["doable", "view"]


def view(acting: Acting, case_id: int) -> CaseView:
    """The page of a readable case: at most seven statements, one more each where something was asked or related.

    Raises NotFound ``case_unknown``.
    """
    case = access.readable(acting, case_id)
    now = time.now()
    records: list[CaseRecord] = [*CaseRecord.objects.filter(case=case).annotate(quotes=_QUOTES).order_by("seq")]
    if (until := access.reads_until(case)) is not None:
        return _as_it_left(acting, case, [record for record in records if record.seq <= until], now)
    of_case = WorkItem.objects.filter(case=case).order_by("id")
    items = list(of_case.select_related(*_HELD_BY))
    open_items = [item for item in items if item.closed_at is None]
    mine = next((item for item in open_items if holders.holds(acting, item)), None)
    process, requests = process_of(case.process_id), asked.requests_of(case, {record.action for record in records})
    return replace(
        _told(acting, case, records, now), clocks=_clocks(acting, case, now), holders=tuple(_holder(item, now) for item in open_items),
        moves=_moves(acting, case, open_items), requests=asked.shown(acting, case, process, requests, open_items),
        asks=asked.askable(acting, case, process, requests, open_items),
        joint=tuple(_joint(acting, item, now) for item in items if item.kind == "assist"),
        can_withdraw=_can_withdraw(acting, case, open_items), may_join=joint.may_join(acting, case, open_items),
        my_item_id=mine.pk if mine else None, my_item_kind=mine.kind if mine else "",
        relations=relations.of(acting, case.pk) if access.has_relations(case) else (),
    )  # fmt: skip


def doable(acting: Acting, case_id: int) -> Doable:
    """What ``view`` says of what may be done, without story, photos and clocks: programs ask for it before each step.

    Raises NotFound ``case_unknown``.
    """
    case = access.readable(acting, case_id)
    told = list(CaseRecord.objects.filter(case=case).order_by("seq").values_list("seq", "action", "to_state"))
    until, process = access.reads_until(case), process_of(case.process_id)
    if until is not None:
        told = [one for one in told if one[0] <= until]
        asks = asked.askable(acting, case, process, asked.requests_of(case, {action for _seq, action, _to in told}), [])
        return Doable(case.seq, told[-1][2], (), asks, False)
    requests = asked.requests_of(case, {action for _seq, action, _to in told})
    items = list(WorkItem.objects.filter(case=case, closed_at=None).order_by("id").select_related(*_HELD_BY))
    asks = asked.askable(acting, case, process, requests, items)
    return Doable(case.seq, case.state, _moves(acting, case, items), asks, _can_withdraw(acting, case, items))


_HELD_BY = ("unit", "appointment__user", "appointment__unit", "claimed_by__user")


def _as_it_left(acting: Acting, case: Case, records: list[CaseRecord], now: datetime) -> CaseView:
    """For a unit that no longer has the case: what it was with the last record that the unit reads, and what it may still ask about it.

    Who has it now, its limits, its later photos, requests and end are nothing of hers (architecture §3.1).
    """
    process, actions = process_of(case.process_id), {record.action for record in records}
    asks = asked.askable(acting, case, process, asked.requests_of(case, actions), [])
    case.state, case.handler_unit, case.aside, case.reply = records[-1].to_state, None, "", ""
    case.check_answer, case.closing_kind, case.on_time, case.closed_at = "", "", None, None
    return replace(_told(acting, case, records, now, until=records[-1].at), asks=asks)


def _told(acting: Acting, case: Case, records: list[CaseRecord], now: datetime, until: datetime | None = None) -> CaseView:
    """Head, stages (to ``until``, else to now), story and photos as far as ``records`` go; nobody's work, nothing to do."""
    photos = _photos(acting, case, records)
    process = process_of(case.process_id)
    condition = catalog.condition(case.condition_id) if case.condition_id else None
    chosen = catalog.category(case.category_id) if case.category_id else None
    return CaseView(
        case=case, title=title_of(case.category_id, case.condition_id), path=chosen.path if chosen else "",
        state_word=str(words.STATES[case.state]), aside_word=str(words.ASIDES.get(case.aside, "")),
        source=source_word(case.platform_id, case.source),
        limit=limit_words(case.limit_value, case.limit_unit), condition=condition.condition if condition else "",
        closing_condition=process.standard or (condition.closing_condition if condition else ""),
        standard=chosen.standard_ref if chosen else "",
        stages=stage_bar.spans(case, process, records, until or now), clocks=(), holders=(), story=_story(acting, case, records),
        photos=tuple(one for one in photos if one is not None), photos_erased=photos.count(None), moves=(), requests=(), asks=(), joint=(),
        can_withdraw=False, my_item_id=None, my_item_kind="", relations=(), now=now,
        articles=tuple(law.articles(acting.cases_platform_id, case.category_id, now.astimezone(acting.zone).date())),
        reply_needed=needs_reply(case.platform_id, case.source),
    )  # fmt: skip


def _joint(acting: Acting, item: WorkItem, now: datetime) -> JointPart:
    light = light_of(item.due_at, item.warn_at, now, paused=item.paused)
    name, answered = item.unit.short_name if item.unit else "", item.closed_by_id is not None
    can_drop = item.closed_at is None and joint.asked_by_own_level(acting, item)
    return JointPart(name, item.unit_id or 0, light, item.closed_at, answered, item.on_time, can_drop)


CLOCK_NAMES = {"stage": words.CLOCK_STAGE, "fence": words.CLOCK_FENCE, "unit": words.CLOCK_UNIT, "case": words.CLOCK_CASE}


def _clocks(acting: Acting, case: Case, now: datetime) -> tuple[ClockView, ...]:
    rows = list(Clock.objects.filter(case=case).order_by("id"))
    chosen = [next((row for row in reversed(rows) if row.kind == kind and _shown(acting, row, case)), None) for kind in Clock.KINDS]
    return tuple(_clock(acting, row, now) for row in chosen if row is not None)


def _shown(acting: Acting, row: Clock, case: Case) -> bool:
    """The unit's clock is that of the present unit; a crew's own stretch is shown to that crew alone."""
    if row.stage == TASK:
        return row.unit_id == acting.unit_id
    return row.kind != "unit" or row.unit_id == case.handler_unit_id


def _clock(acting: Acting, row: Clock, now: datetime) -> ClockView:
    state = clocks.state_of(row, acting.cases_platform_id, acting.zone)
    light = light_of(row.due_at, row.warn_at, now, paused=row.due_at is None)
    return ClockView(
        kind=row.kind, name=str(CLOCK_NAMES[row.kind]), light=light, limit_seconds=state.budget,
        used_seconds=deadlines.consumed_at(state, now), due_at=row.due_at, ended=row.ended_at is not None, on_time=row.on_time,
        stretches=tuple(deadlines.explain(state, row.ended_at or now)), calendar=row.calendar_code,
        counted_by=clocks.counted_by(acting.cases_platform_id, row.calendar_code), provisional=deadlines.is_provisional(state),
    )  # fmt: skip


def _holder(item: WorkItem, now: datetime) -> Holder:
    return Holder(
        kind=item.kind, word=str(words.QUEUES[item.kind]), holder=holders.holder_name(item), since=item.opened_at,
        light=light_of(item.due_at, item.warn_at, now, paused=item.paused),
        claimed_by=item.claimed_by.user.name if item.claimed_by else "", note=item.note, item_id=item.pk,
    )  # fmt: skip


_SECRETS = RecordSecret.objects.filter(case_id=OuterRef("case_id"), seq=OuterRef("seq"), erased_at=None).exclude(value="").order_by("id")
_QUOTES = ArraySubquery(_SECRETS.values(one=JSONObject(name="name", value="value")))
"""What a record names by its salted hash alone, read with it."""


def _story(acting: Acting, case: Case, records: list[CaseRecord]) -> tuple[Line, ...]:
    times = [records[0].at, *(record.at for record in records)] if records else []
    hidden = remarks.hidden_seqs(acting, case.pk) if any(record.action in LOGGED for record in records) else frozenset()
    pairs = ((record, before) for record, before in zip(records, times, strict=False) if record.seq not in hidden)
    return tuple(_line(acting, record, before) for record, before in pairs)


def _line(acting: Acting, record: CaseRecord, before: datetime) -> Line:
    quotes = tuple((one["name"], one["value"]) for one in record.quotes)  # type: ignore[attr-defined]
    body = json.loads(record.body)
    actor = body["actor"] or {}
    return Line(
        seq=record.seq, at=record.at, action=record.action, word=str(words.ACTIONS.get(record.action, record.action)),
        actor=actor.get("name", ""), post=post_words(actor), unit=_units(actor),
        text=telling.text(record.action, body["inputs"], acting.zone), quotes=quotes, reason=_reason(acting, record, body["inputs"]),
        to_state=str(words.STATES.get(record.to_state, "")),
        photos=len(body["files"]), chained=body["chained"], inputs=body["inputs"],
        unit_id=int(actor["unit"]) if actor.get("unit") else None,
        took_seconds=int((record.at - before).total_seconds()),
        changed=corrected.changes(acting.cases_platform_id, body["inputs"]) if record.action == "correct" else (),
    )  # fmt: skip


def _units(actor: Mapping[str, Any]) -> str:
    """The unit of the post, and where the person comes from when she belongs to another one (CY-2.4)."""
    home = actor.get("home_unit", "")
    return beside(actor.get("unit_name", ""), home)


REASON_LISTS = {"dispatch": "other_unit", "return_to_city": "rework", "split_off": "split", "let_go": "unmerge"}


def _reason(acting: Acting, record: CaseRecord, inputs: Mapping[str, Any]) -> str:
    if not record.reason or record.action in ("verify", *telling.CHECKED):
        return ""
    if record.action in ("order", "pass_on"):
        return str(words.GRADES[record.reason])
    name = "shared_unit" if record.action == "dispatch" and inputs.get("open") else REASON_LISTS.get(record.action, record.action)
    listed = catalog.reasons(acting.cases_platform_id, name)
    return next((row.label for row in listed if row.code == record.reason), record.reason)


_REPORTER = Subquery(
    CaseReport.objects.filter(case_id=OuterRef("case_id"), role="origin").order_by("id").values("report__reporter_name")[:1]
)


REFUSING = ("rework", "return_to_city")
"""Moves after which the photos of disposal and check before them no longer count."""


def _photos(acting: Acting, case: Case, records: list[CaseRecord]) -> list[Photo | None]:
    """In order; None for one whose term has ended. What was doubted of a photo that was refused meanwhile is past."""
    by_seq = {record.seq: record for record in records}
    last = records[-1].seq if records else 0
    refused_to = max((record.seq for record in records if record.action in REFUSING), default=0)
    rows = RecordFile.objects.filter(case=case, seq__lte=last).annotate(reporter=_REPORTER).select_related("file")
    listed = list(photo_doubts.with_twins(acting, rows, records).order_by("seq", "position"))
    bodies = {seq: json.loads(by_seq[seq].body) for seq in {row.seq for row in listed} if seq in by_seq}
    doubted = {
        row.file_id: photo_doubts.of_photo(bodies[row.seq]["inputs"], row.file_id)
        for row in listed if row.seq in bodies and not _refused(row, refused_to)
    }  # fmt: skip
    found: list[Photo | None] = []
    for row in listed:
        record, of_it = by_seq.get(row.seq), doubted.get(row.file_id, [])
        twin = photo_doubts.twin_of(row, of_it)
        doubts = photo_doubts.worded(of_it, acting.zone, twin)
        photo = _photo(row, record, bodies.get(row.seq), refused=_refused(row, refused_to))
        found.append(replace(photo, doubts=doubts, twin=twin) if row.file.state not in ERASED else None)
    return found


def _refused(row: RecordFile, refused_to: int) -> bool:
    return row.role in ("after", "check") and row.seq < refused_to


def _photo(row: RecordFile, record: CaseRecord | None, body: Mapping[str, Any] | None, *, refused: bool) -> Photo:
    actor = (body["actor"] if body else None) or {}
    if record is not None and record.action == "accept":  # the report's own photos, not the seat agent's
        actor = {"name": row.reporter or ""}  # type: ignore[attr-defined]
    role_word = str(words.FILE_ROLES[row.role])
    return Photo(
        row.file_id, row.role, str(words.REFUSED_PHOTO) % {"role": role_word} if refused else role_word, row.file.taken_at,
        record.at if record else row.file.created_at, actor.get("name", ""), row.seq, refused=refused,
    )  # fmt: skip


def _moves(acting: Acting, case: Case, items: list[WorkItem]) -> tuple[Possible, ...]:
    """Every move from this state, once per action, with the reason where the acting post may not take it."""
    process = process_of(case.process_id)
    found: dict[str, Possible] = {}
    for move in process.moves_from(State(case.state)):
        action = move.edge.action
        why_not = ""
        if not acting.may(move.duty):
            if action == "close" and authorising.valid_for(acting, case.category_id, time.now()) is not None:
                found[action] = Possible(action, str(words.CLOSING_KINDS["authorised"]), _check_disagrees(case))
            continue
        if not levels.offers(acting, case, move.edge):
            continue
        if action in TASK_ACTIONS and not assignment.possible(acting, items, action):
            continue
        item = next((one for one in items if one.kind == move.edge.work), None) if move.edge.work else None
        if not _offered(case, action, item):
            continue
        if item is not None and not holders.holds(acting, item):
            why_not = str(words.HELD_BY) % {"holder": holders.holder_name(item)}
        elif action == "close":
            why_not = _check_disagrees(case)
        elif action == "feedback" and any(one.kind == "fence" for one in items):
            why_not = str(words.FENCE_FIRST)
        found.setdefault(action, Possible(action, str(words.ACTIONS[action]), why_not))
    return tuple(found.values())


def _offered(case: Case, action: str, item: WorkItem | None) -> bool:
    """Whether the move makes sense for this case at all; what does not is not shown."""
    if action == "return_to_city":
        return case.city_owned
    if action == "rework":
        return not case.city_owned
    if action == "fence":
        return item is not None
    if action == "call_first":
        return case.filed_at is None and not case.confidential
    if action == "close_informed":
        return case.category_id is not None and catalog.allows(case.platform_id, case.category_id, "close_informed")
    return True


def _check_disagrees(case: Case) -> str:
    if case.check_answer == "handled":
        return ""
    return str(words.CHECK_DISAGREES) % {"answer": words.CHECK_ANSWERS.get(case.check_answer, "")}


def _can_withdraw(acting: Acting, case: Case, items: list[WorkItem]) -> bool:
    opened = any(item.seen_at or item.claimed_by_id for item in items)
    return State(case.state) in OPEN and not opened and correction.own_last_step(acting, case) is not None
