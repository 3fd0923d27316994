"""From the outbox to notices: what happened → lines of the platform's table → roles → recipients. Delivered at least once; a notice
that is there already stays as it is (its key names topic, subject, seq, event and recipient)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from urbangrid.cases import noticing, timers
from urbangrid.cases.actions import authorising
from urbangrid.cases.lifecycle import REMARKS
from urbangrid.cases.noticing import Happened, Matter
from urbangrid.core.models import OutboxEntry
from urbangrid.messaging import actions as messaging
from urbangrid.messaging import queries as tables
from urbangrid.messaging.lines import Line
from urbangrid.organizations import queries as organizations
from urbangrid.supervision.recipients import Asked, resolve
from urbangrid.supervision.words import DIRECTOR

COURSE: Final = "course"
"""Topic of ``courses``, which stands beside this package: its entries say all that is to be told."""
TOPICS = frozenset({"case", "report", timers.TOPIC, authorising.TOPIC, COURSE})


def tell(entry: OutboxEntry) -> None:
    """Keep the notices of one entry; what it ended is settled, what it withdrew is taken back."""
    if entry.topic == "report":
        _report(entry)
    elif entry.topic == timers.TOPIC:
        _timer(entry)
    elif entry.topic == authorising.TOPIC:
        _authorisation(entry)
    elif entry.topic == COURSE:
        _course(entry)
    else:
        _record(entry, noticing.happened(entry.subject_id, entry.seq))


def _record(entry: OutboxEntry, happened: Happened) -> None:
    matter = happened.matter
    if happened.withdrawn:
        messaging.take_back(entry.subject_id, happened.withdrawn)
    messaging.settle([one.item_id for one in happened.ended], happened.at)
    asked = Asked(
        matter, happened.at, seq=happened.seq, actor_unit_id=happened.unit_id, actor_appointment_id=happened.appointment_id,
        target_unit_id=happened.target_unit_id, ended=happened.ended, from_district=happened.from_district,
    )  # fmt: skip
    for line in tables.table(matter.platform_id).lines:
        if line.opened:
            work = tuple(one for one in happened.opened if one.kind in line.opened and (not line.nobody or one.duty == DIRECTOR))
            for one in work:
                _keep(entry, line, replace(asked, work=(one,)), by=happened.by)
        elif _is_cause(line, happened):
            _keep(entry, line, asked, by=happened.by, action=happened.action)


def _is_cause(line: Line, happened: Happened) -> bool:
    """Whether the record itself, not work that it opened, is what a line speaks of."""
    if line.every:
        return not happened.chained and happened.action not in REMARKS
    return happened.action in line.actions and happened.matter.reworks >= line.reworks


def _report(entry: OutboxEntry) -> None:
    work = noticing.work_of_report(entry.subject_id)
    if "refused" in entry.payload:
        messaging.settle([one.item_id for one in work], entry.created_at)
        return
    matter = noticing.matter_of_report(entry.subject_id)
    for line in tables.table(matter.platform_id).lines:
        if line.report:
            _keep(entry, line, Asked(matter, entry.created_at, work[:1]))


def _timer(entry: OutboxEntry) -> None:
    """A warning of a clock: of a unit's own clock the unit is the one whose clock it is, whoever has the case now."""
    told = entry.payload
    matter = noticing.matter_of_case(told["case"]) if told["case"] else noticing.matter_of_report(told["report"])
    if told["kind"] in ("unit", "assist"):
        matter = replace(matter, handler_unit_id=told["unit"])
    work = noticing.open_work(told["item"])
    asked = Asked(matter, entry.created_at, (work,) if work is not None else ())
    line = next((one for one in tables.table(matter.platform_id).lines if one.event == told["event"]), None)
    if line is not None:
        _keep(entry, line, asked, stage=told["stage"], item_id=told["item"])


def _authorisation(entry: OutboxEntry) -> None:
    """授权结案 is about to end: who gave it and who has it are told, unless it was ended meanwhile."""
    found = noticing.ending(entry.subject_id)
    if found is None:
        return
    asked = Asked(
        found.matter, entry.created_at, actor_appointment_id=found.given_by_id, target_unit_id=found.unit_id,
        holder_appointment_id=found.appointment_id,
    )  # fmt: skip
    for line in tables.table(found.matter.platform_id).lines:
        if line.authorisation:
            _keep(entry, line, asked)


def _course(entry: OutboxEntry) -> None:
    """Who was invited to a course, or has not passed its quiz that ends."""
    told = entry.payload
    matter = Matter(told["platform"], None, None, "", told["title"], "", False, "", None, "", None, None, 0)
    asked = Asked(matter, entry.created_at, invited=tuple(told["to"]))
    for line in tables.table(matter.platform_id).lines:
        if line.course and line.event == told["event"]:
            _keep(entry, line, asked, course=str(entry.subject_id))


def _keep(entry: OutboxEntry, line: Line, asked: Asked, *, item_id: int | None = None, **more: str) -> None:
    """One notice per recipient for whom the line is on."""
    matter = asked.matter
    found = [one for one in resolve(line.to, asked) if _is_on(line, matter, one)]
    if line.clock == "unit":
        found = [replace(one, works=one.works or one.unit_id == matter.handler_unit_id) for one in found]
    item = item_id or (asked.work[0].item_id if asked.work else None)
    event = messaging.Event(
        platform_id=matter.platform_id, event=line.event, cause=f"{entry.topic}:{entry.subject_id}.{entry.seq}", at=asked.at,
        case_id=matter.case_id, report_id=matter.report_id, item_id=item, seq=entry.seq if entry.topic == "case" else 0,
        values=_values(matter, more, asked.work), urgent=matter.urgent or line.urgent, rings=not (line.opened or line.report),
    )  # fmt: skip
    messaging.keep(event, found)


def _is_on(line: Line, matter: Matter, one: messaging.Recipient) -> bool:
    """By the switches of the recipient's own platform: a district sets the table for its units (model D)."""
    platform_id = organizations.unit(one.unit_id).platform_id if one.unit_id is not None else matter.platform_id
    return tables.table(platform_id).is_on(line.event, one.unit_id)


def _values(matter: Matter, more: dict[str, str], work: Sequence[noticing.Work]) -> dict[str, str]:
    """What a sentence may name: number, title, area, units, posts, stages. Nothing of this was typed by anybody but the catalogue's
    and the organisation's keepers."""
    known = {"number": matter.number, "title": matter.title, "place": matter.place, "unit": matter.handler, **more}
    if work and "stage" not in known:
        known["stage"] = work[0].kind
    return {name: value for name, value in known.items() if value}
