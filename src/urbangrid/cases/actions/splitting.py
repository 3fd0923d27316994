"""拆分 and 关联: one case becomes several, and cases that have to do with each other say so (case-rules 8, CY-20-3)."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from urbangrid.cases import access, places, store
from urbangrid.cases.actions import checks, indexing, plan_effects
from urbangrid.cases.actions.filing import calendar_of_limit, set_condition
from urbangrid.cases.actions.inputs import PartInputs, RelateInputs, SplitInputs
from urbangrid.cases.actions.step import Step, begin, find, starting
from urbangrid.cases.case_limits import case_limit_seconds
from urbangrid.cases.files_of import ERASED
from urbangrid.cases.lifecycle import State
from urbangrid.cases.models import Case, CaseAccess, CaseRelation, CaseReport, RecordFile
from urbangrid.cases.numbers import next_number
from urbangrid.cases.records import Entry, UsedFile
from urbangrid.core.errors import Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.core.transactions import whole
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting

MOST_PARTS = 9


@whole
def split(acting: Acting, case_id: int, seq: int, inputs: SplitInputs) -> Case:
    """拆分 of a filed case: the case stays what it is, each part becomes a case with number and limits from the first filing.

    Raises Refusal ``split_parts``, ``unit_unknown`` or of reason, category and condition.
    """
    step = begin(acting, case_id, seq, "split")
    check_open_to_all(step.case)
    code = checks.reason(acting, "split", inputs.reason, inputs.note)
    parts = _parts(inputs)
    origin = _origin(step.case)
    made = [_numbered(step, part, origin, code, number) for number, part in enumerate(parts, 1)]
    move = find(step, "split")
    step.take(move, Entry(
        "split", move.edge.source, move.edge.target, secret={"note": inputs.note}, reason=code,
        inputs={"parts": [{"case": str(one.case.pk), "number": one.case.number} for one in made]},
        target_unit_id=step.case.handler_unit_id,
    ))  # fmt: skip
    for one in made:
        step.batch.insert(
            CaseRelation(case=step.case, other=one.case, kind="split", made_at=step.at, made_by_id=acting.appointment_id)
        )
        one.prepare()
    return step.commit()


def check_open_to_all(case: Case) -> None:
    """A confidential matter is for its named handlers: it is never split or named beside another. Raises Refusal ``confidential_apart``."""
    if case.confidential:
        raise Refusal("confidential_apart", status=409)


def _parts(inputs: SplitInputs) -> tuple[PartInputs, ...]:
    parts = inputs.parts
    if not parts and inputs.category_id and inputs.condition_id:
        parts = (PartInputs(inputs.category_id, inputs.condition_id, inputs.place_text, inputs.unit_id),)
    if not 1 <= len(parts) <= MOST_PARTS:
        raise Refusal("split_parts", status=422, field="condition_id")
    return parts


Origin = tuple[list[int], tuple[UsedFile, ...], list[tuple[int, str]]]


def _origin(case: Case) -> Origin:
    """What every part has from the case it comes from: the first reports, the photos from before, the areas that may read."""
    reports = list(store.rows(CaseReport).filter(case=case, role="origin").values_list("report_id", flat=True))
    rows = store.rows(RecordFile).filter(case=case, role="before").exclude(file__state__in=ERASED).select_related("file")
    files = {row.file_id: UsedFile("before", row.file_id, row.file.sha256) for row in rows.order_by("seq", "position")}
    areas = store.rows(CaseAccess).filter(case=case, division__isnull=False).order_by("id").values_list("division_id", "why")
    return reports, tuple(files.values()), [(number, why) for number, why in areas if number is not None]


def _numbered(step: Step, part: PartInputs, origin: Origin, code: str, number: int) -> Step:
    """A refusal says which of the parts it is about, counted from 1."""
    try:
        return _part(step, part, origin, code)
    except Refusal as fault:
        fault.values["part"] = number
        raise


def _part(step: Step, part: PartInputs, origin: Origin, code: str) -> Step:
    main, acting, (reports, files, areas) = step.case, step.acting, origin
    case = Case(
        platform_id=main.platform_id, process_id=main.process_id, state=State.REPORTED, source=main.source, urgent=main.urgent,
        source_class=main.source_class, description=main.description, reported_at=main.reported_at, opened_at=main.opened_at,
        filed_at=main.filed_at, simulated=main.simulated, repeat=main.repeat,
    )  # fmt: skip
    places.copy(main, case)
    case.place_text = part.place_text or main.place_text
    one = starting(case, step.process, acting, [], [])
    one.at, one.batch = step.at, step.batch
    set_condition(case, part.category_id, part.condition_id, one)
    planned = plan_effects.note(one)
    case.number = next_number(platform_of(case.platform_id), "case", step.at)
    case.words = indexing.words_of(case)
    first = main.filed_at or step.at
    one.start_clock("case", limit_seconds=case_limit_seconds(case, first), calendar_code=calendar_of_limit(case, None), since=first)
    move = find(one, "split_off")
    one.take(move, Entry(
        "split_off", move.edge.source, move.edge.target, inputs=_facts(case, main) | planned, files=files, reason=code,
        secret={"note": part.note},
    ), work_note=_for_dispatcher(acting, part, main))  # fmt: skip
    one.accesses += [CaseAccess(case=case, division_id=number, since=step.at, why=why) for number, why in areas]
    one.batch.insert(*(CaseReport(case=case, report_id=number, role="origin") for number in reports))
    return one


def _facts(case: Case, main: Case) -> dict[str, Any]:
    return {
        "number": case.number, "from": str(main.pk), "from_number": main.number, "category": str(case.category_id),
        "condition": str(case.condition_id), "limit": f"{case.limit_value} {case.limit_unit}", "filed_at": case.filed_at,
        **places.as_inputs(case),
    }  # fmt: skip


def _for_dispatcher(acting: Acting, part: PartInputs, main: Case) -> str:
    """Where it comes from, and the unit that is meant; dispatching stays the dispatcher's."""
    if part.unit_id is None:
        return (_("拆自 %(number)s") % {"number": main.number} + f" {part.note}").strip()
    unit = organizations.dispatchable(acting.platform_id, part.unit_id)
    if unit is None:
        raise Refusal("unit_unknown", status=422, field="unit_id")
    return (_("拆自 %(number)s，拟派%(unit)s") % {"number": main.number, "unit": unit.name} + f" {part.note}").strip()


@whole
def relate(acting: Acting, case_id: int, seq: int, inputs: RelateInputs) -> Case:
    """关联 by hand with a case that the acting post may read.

    Raises NotFound ``case_unknown``, Refusal ``relation_known``, ``merge_itself``, ``confidential_apart``.
    """
    step, other_id = _with(acting, case_id, seq, inputs, "relate")
    if _related(case_id, other_id) is not None:
        raise Refusal("relation_known", status=409, field="other")
    step.batch.insert(
        CaseRelation(case=step.case, other_id=other_id, kind="related", made_at=step.at, made_by_id=acting.appointment_id)
    )
    return step.commit()


@whole
def unrelate(acting: Acting, case_id: int, seq: int, inputs: RelateInputs) -> Case:
    """The relation made by hand ends, from whichever side. Raises Refusal ``relation_unknown``."""
    step, other_id = _with(acting, case_id, seq, inputs, "unrelate")
    row = _related(case_id, other_id)
    if row is None:
        raise Refusal("relation_unknown", status=409, field="other")
    row.ended_at = step.at
    step.batch.update(row, ["ended_at"])
    return step.commit()


def _with(acting: Acting, case_id: int, seq: int, inputs: RelateInputs, action: str) -> tuple[Step, int]:
    other_id = access.open_case_id_of(acting, inputs.other)
    if other_id == case_id:
        raise Refusal("merge_itself", status=409, field="other")
    step = begin(acting, case_id, seq, action)
    check_open_to_all(step.case)
    move = find(step, action)
    step.take(move, Entry(action, move.edge.source, move.edge.target, inputs={"other": str(other_id)}, secret={"note": inputs.note}))
    return step, other_id


def _related(case_id: int, other_id: int) -> CaseRelation | None:
    both = Q(case_id=case_id, other_id=other_id) | Q(case_id=other_id, other_id=case_id)
    return store.rows(CaseRelation).filter(both, kind="related", ended_at=None).first()
