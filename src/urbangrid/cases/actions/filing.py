"""立案: the case gets its number, its condition and its limits, and leaves the supervision side (HD-3.1.3-1, HD-3.2.2a, HD-3.2.2b)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from urbangrid.cases import calls, clocks, deadlines, places, repeats, store, words
from urbangrid.cases.actions import checks, choosing, indexing, plan_effects
from urbangrid.cases.actions.inputs import FilingInputs, ReasonInputs
from urbangrid.cases.actions.step import Step, begin, find
from urbangrid.cases.case_limits import case_limit_seconds, limit_of
from urbangrid.cases.clocks import ALWAYS
from urbangrid.cases.lifecycle import State, When
from urbangrid.cases.models import Case, CaseAccess, CaseRecord, CaseRelation, Report
from urbangrid.cases.numbers import next_number
from urbangrid.cases.process import Process
from urbangrid.cases.processes import current_for, process_of
from urbangrid.cases.records import Entry
from urbangrid.catalog import queries as catalog
from urbangrid.catalog import sources
from urbangrid.core.errors import NotAllowed, Refusal
from urbangrid.core.platforms import platform_of
from urbangrid.core.transactions import whole
from urbangrid.organizations import names
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting


@whole
def file(acting: Acting, case_id: int, seq: int, inputs: FilingInputs) -> Case:
    """立案. Categories marked so are filed by the duty director alone; complex ones go to the department head, city-owned to release.

    Raises NotAllowed ``confirm_needed``, ``verified_untrue``; Refusal ``verification_missing``, ``category_unknown``,
    ``condition_not_of_category``, ``limit_missing``.
    """
    step = begin(acting, case_id, seq, "file")
    apply_file(step, inputs)
    return step.commit()


def apply_file(step: Step, inputs: FilingInputs) -> None:
    find(step, "file")
    _check_way(step, inputs)
    case = step.case
    rechosen = _decide(step, inputs)
    when = _fitting(step, _when(inputs))
    move = find(step, "file", when)
    chosen = catalog.category(case.category_id or 0)
    if chosen.confirm_filing and not step.acting.may("confirm_filing"):
        raise NotAllowed("confirm_needed", category=chosen.name, who=names.holders(case.platform_id, "confirm_filing"))
    _check_verified(step)
    planned = plan_effects.note(step)
    case.is_complex, case.city_owned = when is When.COMPLEX, inputs.city_owned
    if case.number is None:
        case.number = next_number(platform_of(case.platform_id), "case", step.at)
    first_filing = case.filed_at is None
    called = _note_call(step) if first_filing else {}
    case.filed_at = case.filed_at or step.at
    case.words = indexing.words_of(case)
    repeated: dict[str, Any] = {}
    if first_filing:
        repeated = _note_repeat(step, inputs.repeat_of)
        start_case_clock(step)
    else:
        refiled(step)
    decided = as_inputs(case) | rechosen | repeated | planned | called
    step.take(move, Entry("file", move.edge.source, move.edge.target, inputs=decided, secret=_secrets(inputs)))


def _note_call(step: Step) -> dict[str, Any]:
    """先派后补: how long after the call, and whether within its minutes (case-rules 11)."""
    case = step.case
    if case.called_at is None:
        return {}
    case.called_on_time = calls.in_time(step.process, case.called_at, step.at)
    return {"filed_after_call_seconds": int((step.at - case.called_at).total_seconds()), "call_kept": case.called_on_time}


def _note_repeat(step: Step, wanted: int | None) -> dict[str, Any]:
    """反复: the case closed here shortly before, found by itself or chosen; 0: the seat says that it is another matter (case-rules 9)."""
    if wanted == 0:
        return {}
    case = step.case
    earlier = repeats.find(case, step.at, wanted)
    if earlier is None:
        if wanted is not None:
            raise Refusal("repeat_unknown", status=422, field="repeat_of", hours=repeats.hours_of(case.platform_id))
        return {}
    case.repeat = True
    step.batch.insert(
        CaseRelation(case=case, other=earlier, kind="repeat", made_at=step.at, made_by_id=step.acting.appointment_id)
    )
    return {"repeat_of": str(earlier.pk), "repeat_of_number": earlier.number}


def refiled(step: Step) -> None:
    """Filed again after it came back: the case clock goes on; where the decision changed, with the new limits from their first start."""
    row = step.clock("case")
    if row is not None and row.budget_seconds != case_limit_seconds(step.case, step.at):
        recompute_limits(step)


def recompute_limits(step: Step, case_seconds: int | None = None) -> None:
    """Unit and case clocks count from their first start again, with the new limit and calendar (golden table, corrected).

    Also those of units that had the case before: their limit goes on should they get it again. A feedback given is judged again.
    ``case_seconds``: the case limit where it is known already, of a plan that takes the case up.
    """
    case = step.case
    whole_case = case_limit_seconds(case, step.at) if case_seconds is None else case_seconds
    for row in step.clocks:
        if row.kind not in ("unit", "case") or row.ended_at is not None:
            continue
        unit = organizations.unit(row.unit_id) if row.unit_id is not None else None
        row.calendar_code = calendar_of_limit(case, unit.calendar_code if unit is not None else None)
        seconds = deadlines.budget_seconds(case.limit_value or 0, case.limit_unit)  # type: ignore[arg-type]
        seconds = whole_case if row.kind == "case" else seconds
        line = clocks.timeline(case.platform_id, row.calendar_code, step.acting.zone)
        step.change(row, lambda state, s=seconds, t=line: deadlines.correct(state, step.at, s, timeline=t))  # type: ignore[misc]
    if step.clock("unit") is not None and case.disposed_at is not None:
        case.on_time = step.kept_unit_limit()
    step.show_unit_clock()


def _when(inputs: FilingInputs) -> When:
    if inputs.city_owned:
        return When.CITY_OWNED
    return When.COMPLEX if inputs.complex else When.PLAIN


def _fitting(step: Step, when: When) -> When:
    """Where the definition has every case of this class signed, a plain one goes to be signed too."""
    always_signed = when is When.PLAIN and step.process.find("file", State(step.case.state), When.PLAIN) is None
    return When.COMPLEX if always_signed else when


WAYS = {When.COMPLEX: State.TO_SIGN, When.CITY_OWNED: State.TO_RELEASE}


def _check_way(step: Step, inputs: FilingInputs) -> None:
    """A city whose process has no signature, or no city platform above it, files plainly."""
    way = WAYS.get(_when(inputs))
    if way is not None and not step.process.has(way):
        raise Refusal("way_not_there", status=422, field=_when(inputs).value, state=words.STATES[way])


def _decide(step: Step, inputs: FilingInputs) -> dict[str, str]:
    """Put the decided category, condition, place and limit on the case; what was left out stays as reported.

    Another class may follow another process from here on: what the record says of that.
    """
    case = step.case
    before = case.category_id
    if inputs.place_text is not None or inputs.longitude is not None:
        move_place(step, inputs)
    case.description = case.description if inputs.description is None else inputs.description
    case.urgent = case.urgent if inputs.urgent is None else inputs.urgent
    set_condition(case, inputs.category_id or case.category_id, inputs.condition_id or case.condition_id, step)
    rechosen = choosing.choose_again(step, before)
    if rechosen:
        put_limit(case, step)
    return rechosen


def move_place(step: Step, inputs: FilingInputs) -> None:
    """A corrected position: the cell is found again, newly touched areas may read too."""
    case = step.case
    x, y = (case.point.x, case.point.y) if case.point is not None else (None, None)
    longitude = x if inputs.longitude is None else inputs.longitude
    latitude = y if inputs.latitude is None else inputs.latitude
    text = case.place_text if inputs.place_text is None else inputs.place_text
    before = {case.community_id, case.subdistrict_id, case.district_id}
    found = places.put(case, platform_id=case.platform_id, longitude=longitude, latitude=latitude, place_text=text, at=step.at)
    known = before | {row.division_id for row in step.accesses}
    border = tuple(found.on_border_with) if found else ()
    new = [row for row in places.accesses(case, step.at, border) if row.division_id not in known]
    if new:  # an area that the case bordered on before reads already
        rights = store.rows(CaseAccess).filter(case=case, division_id__in=[row.division_id for row in new])
        known |= set(rights.values_list("division_id", flat=True))
    step.accesses += [row for row in new if row.division_id not in known]


def set_condition(case: Case, category_id: int | None, condition_id: int | None, step: Step) -> None:
    """The category and its condition with the limit that holds for the place's grade."""
    if not category_id:
        raise Refusal("input_missing", status=422, field="category_id", label=_("类别"))
    chosen = catalog.category(category_id)
    conditions = catalog.conditions_of(chosen.id, case.platform_id)
    condition = next((row for row in conditions if row.id == condition_id), None)
    if condition is None and condition_id is not None and condition_id != case.condition_id:
        raise Refusal("condition_not_of_category", status=422, field="condition_id")
    if condition is None:
        condition = conditions[0] if len(conditions) == 1 else None
    if condition is None:
        raise Refusal("input_missing", status=422, field="condition_id", label=_("立案条件"))
    case.category_id, case.condition_id = chosen.id, condition.id
    put_limit(case, step)


def put_limit(case: Case, step: Step) -> None:
    """The limit of the case's process where it has one of its own (CY-9), else that of its condition for the place's grade; under a plan
    what the plan makes of it (case-rules 18)."""
    case.limit_value, case.limit_unit = limit_of(case, step.process, step.at)


def must_verify(process: Process, platform_id: int, source: str, source_class: str, category_id: int | None) -> bool:
    """Whether a matter is verified on site before filing: as its source says, else as the process says of its class (case-rules 7).

    A service matter never is: there is nothing to see in the street.
    """
    chosen = catalog.category(category_id) if category_id is not None else None
    found = sources.source(platform_id, source)
    if chosen is not None and chosen.kind == "service":
        return False
    if found is None or not found.verify:
        return process.must_verify(source_class)
    if found.verify == "category" and chosen is not None:
        return chosen.code in found.verify_codes
    return found.verify != "never"


def case_must_be_verified(case: Case) -> bool:
    """The same of a case, by the process it is pinned to; a confidential one is nobody's to look at."""
    process = process_of(case.process_id)
    return not case.confidential and must_verify(process, case.platform_id, case.source, case.source_class, case.category_id)


def report_must_be_verified(report: Report) -> bool:
    """The same of a report, by the process that its case would get."""
    kind = catalog.category(report.category_id).kind if report.category_id is not None else ""
    process = process_of(current_for(report.platform_id, report.source, kind).pk)
    return must_verify(process, report.platform_id, report.source, report.source_class, report.category_id)


def _check_verified(step: Step) -> None:
    """Public and city matters are verified on site before filing (case-rules 7); the record tells whether they were, and what was found.

    Against a finding that the matter is not there only the duty director files. What was called out is filed first (case-rules 11).
    """
    case = step.case
    if not case_must_be_verified(case):
        return
    last = store.rows(CaseRecord).filter(case_id=case.pk, action="verify").order_by("-seq").values_list("reason", flat=True).first()
    if last is not None and last != "true" and not step.acting.may("confirm_filing"):
        raise NotAllowed("verified_untrue", answer=words.VERIFY_ANSWERS[last], who=names.holders(case.platform_id, "confirm_filing"))
    if last is None and not calls.stands_for_verification(case, step.process):
        raise Refusal("verification_missing", status=409, source=sources.source_word(case.platform_id, case.source))


def start_case_clock(step: Step) -> None:
    """案件总时限 from filing: the limit and the allowance, in the limit's own unit and the category's calendar."""
    step.start_clock("case", limit_seconds=case_limit_seconds(step.case, step.at), calendar_code=calendar_of_limit(step.case, None))


def calendar_of_limit(case: Case, unit_calendar: str | None) -> str:
    """紧急工作时 and 日 run day and night; the others in the category's calendar, the unit's, or office hours (case-rules 2, 3)."""
    if case.limit_unit in deadlines.CONTINUOUS_UNITS:
        return ALWAYS
    return catalog.calendar_code_for(case.platform_id, unit_calendar=unit_calendar or "", category_id=case.category_id)


def as_inputs(case: Case, place: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What the record of a filing states; ``place``: where the case lies, by one who has put it into words already."""
    return {
        "number": case.number,
        "category": str(case.category_id),
        "condition": str(case.condition_id),
        "limit": f"{case.limit_value} {case.limit_unit}",
        "urgent": case.urgent,
        "complex": case.is_complex,
        "city_owned": case.city_owned,
        **(places.as_inputs(case) if place is None else place),
    }


def _secrets(inputs: FilingInputs) -> dict[str, str]:
    return {"description": inputs.description or "", "note": inputs.note}


@whole
def propose_filing(acting: Acting, case_id: int, seq: int, inputs: FilingInputs) -> Case:
    """提请立案 or 提请不予立案: the duty director decides."""
    step = begin(acting, case_id, seq, "propose_filing")
    apply_propose(step, inputs)
    return step.commit()


def apply_propose(step: Step, inputs: FilingInputs) -> None:
    find(step, "propose_filing")
    rechosen: dict[str, str] = {}
    if inputs.category_id or inputs.condition_id or step.case.condition_id:  # not to file needs no condition
        rechosen = _decide(step, inputs)
    move = find(step, "propose_filing")
    entry = Entry("propose_filing", move.edge.source, move.edge.target, inputs=rechosen, secret=_secrets(inputs))
    step.take(move, entry, work_note=inputs.note)


@whole
def refuse_filing(acting: Acting, case_id: int, seq: int, inputs: ReasonInputs) -> Case:
    """不予立案: the duty director, before filing, with a reason code (case-rules 6).

    Raises Refusal ``filed_before`` for a case that came back to be filed again: what has a number is voided, not unfiled.
    """
    step = begin(acting, case_id, seq, "refuse_filing")
    code = checks.reason(acting, "refuse_filing", inputs.reason, inputs.note)
    if step.case.filed_at is not None:
        raise Refusal("filed_before", status=409, number=step.case.number)
    move = find(step, "refuse_filing")
    step.case.closed_at = step.at
    step.case.words = indexing.words_of(step.case)
    step.take(move, Entry("refuse_filing", move.edge.source, move.edge.target, secret={"note": inputs.note}, reason=code))
    return step.commit()
