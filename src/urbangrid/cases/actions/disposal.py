"""反馈, 审核 (批转), 返工 and the paper way of city-owned cases (HD-3.2.4, HD-3.2.5, case-rules 17)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from urbangrid.cases import photo_doubts, store, words
from urbangrid.cases.actions import checks, fences, joint
from urbangrid.cases.actions.inputs import CityInputs, FeedbackInputs, ReasonInputs
from urbangrid.cases.actions.step import begin, find
from urbangrid.cases.lifecycle import When
from urbangrid.cases.models import Case, CaseRecord, RecordFile
from urbangrid.cases.records import Entry
from urbangrid.catalog import queries as catalog
from urbangrid.core.errors import Refusal
from urbangrid.core.text import labelled
from urbangrid.core.transactions import whole
from urbangrid.organizations.acting import Acting


@whole
def feedback(acting: Acting, case_id: int, seq: int, inputs: FeedbackInputs) -> Case:
    """反馈 with text, photos, handling person and time; the unit's clock stands from here (case-rules 1).

    Raises Refusal ``fence_first`` for a two-limit case whose fence has not been fed back.
    """
    step = begin(acting, case_id, seq, "feedback")
    fences.check_done(step, "feedback")
    if not inputs.text.strip():
        raise Refusal("input_missing", status=422, field="text", label=_("处置情况"))
    needed = int(step.process.settings.get("feedback_photos", 1))
    if len(set(inputs.files)) < needed:
        needed -= _photos_of_crew(step.case)
    used = checks.photos(acting, "feedback", inputs.files, "after", needed)
    late = joint.check_feedback(step)
    move = find(step, "feedback", When.BY_DISTRICT if step.case.command_unit_id else When.OWN_UNIT)
    step.case.disposed_at = step.at
    entry = Entry(
        "feedback", move.edge.source, move.edge.target, files=used, secret={"text": inputs.text, "handled_by": inputs.handled_by},
        inputs={
            "handled_at": checks.handled(step, inputs.handled_at), **({"assist_late": late} if late else {}),
            **photo_doubts.of(step.case, used),
        },
        target_unit_id=step.case.handler_unit_id,
    )  # fmt: skip
    step.take(move, entry, work_note=inputs.text)
    step.case.on_time = step.kept_unit_limit()
    return step.commit()


def _photos_of_crew(case: Case) -> int:
    """Photos that a crew answered with since the case came to the unit or was sent back: the clerk passes them on (case-rules 12)."""
    last = (
        store.rows(CaseRecord).filter(case=case, action__in=("crew_feedback", "rework", "receive", "dispatch"))
        .order_by("-seq").values_list("seq", "action").first()
    )  # fmt: skip
    return store.rows(RecordFile).filter(case=case, seq=last[0], role="after").count() if last and last[1] == "crew_feedback" else 0


@whole
def rework(acting: Acting, case_id: int, seq: int, inputs: ReasonInputs) -> Case:
    """返工 to the same unit with what is left of its limit, never below the floor; counted (HD-3.2.5, HD-3.2.6b)."""
    step = begin(acting, case_id, seq, "rework")
    if step.case.city_owned:
        raise Refusal("city_owned_no_rework", status=409)
    code = checks.reason(acting, "rework", inputs.reason, inputs.note)
    label = next(row.label for row in catalog.reasons(step.case.platform_id, "rework") if row.code == code)
    move = find(step, "rework")
    step.case.rework_count += 1
    entry = Entry(
        "rework",
        move.edge.source,
        move.edge.target,
        secret={"note": inputs.note},
        reason=code,
        target_unit_id=step.case.handler_unit_id,
    )
    step.take(move, entry, work_note=labelled(words.ACTIONS["rework"], f"{label} {inputs.note}".strip()))
    return step.commit()


@whole
def enter_city_answer(acting: Acting, case_id: int, seq: int, inputs: CityInputs) -> Case:
    """The city's answer, entered by hand until an exchange link exists (case-rules 17)."""
    step = begin(acting, case_id, seq, "enter_city_answer")
    used = checks.photos(acting, "enter_city_answer", inputs.files, "after", 0)
    move = find(step, "enter_city_answer")
    step.case.disposed_at = step.at
    entry = Entry(
        "enter_city_answer", move.edge.source, move.edge.target, files=used,
        inputs={"city_number": inputs.city_number, "handled_at": checks.handled(step, inputs.handled_at)},
        secret={"text": inputs.text, "handled_by": inputs.handled_by},
    )  # fmt: skip
    step.take(move, entry, work_note=inputs.text)
    return step.commit()


@whole
def return_to_city(acting: Acting, case_id: int, seq: int, inputs: ReasonInputs) -> Case:
    """The check shows that the city's work is not done: back to the city, on paper."""
    step = begin(acting, case_id, seq, "return_to_city")
    if not step.case.city_owned:
        raise Refusal("not_city_owned", status=409)
    code = checks.reason(acting, "return_to_city", inputs.reason, inputs.note, list_name="rework")
    move = find(step, "return_to_city")
    step.case.rework_count += 1
    entry = Entry("return_to_city", move.edge.source, move.edge.target, secret={"note": inputs.note}, reason=code)
    step.take(move, entry, work_note=inputs.note)
    return step.commit()
