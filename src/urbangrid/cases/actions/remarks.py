"""意见 and 联系记录: records of the chain beside the story; they move neither state nor clock (CY-20-8, HD-4.1-3d, SY-4.4b)."""

from __future__ import annotations

from collections.abc import Iterable

from urbangrid.cases import access, callers, words
from urbangrid.cases.actions.inputs import CommentInputs, ContactInputs
from urbangrid.cases.actions.step import Step, lock
from urbangrid.cases.models import Case, Remark, RemarkRead
from urbangrid.cases.records import Entry
from urbangrid.cases.remarks import RemarkView
from urbangrid.core import clock
from urbangrid.core.errors import NotAllowed, Refusal
from urbangrid.core.transactions import whole
from urbangrid.organizations import queries as organizations
from urbangrid.organizations.acting import Acting
from urbangrid.organizations.queries import UnitInfo

WRITERS = ("read_all", "read_area", "receive", "dispose")
"""Duties of which one lets a post speak on a case that it reads: the centre, the sub-district, the unit."""
CONTACTS = ("read_all", "read_area")
"""Who calls units, and logs it: the centre and the sub-district."""
CENTRE = ("joint_centre", "supervision", "command", "coordination", "policy")


@whole
def comment(acting: Acting, case_id: int, _seq: int, inputs: CommentInputs) -> Case:
    """提意见 to one unit, or to all who see the case. It needs no seq: nothing of the case moves, and nobody's form is put out of date.

    Names and numbers of citizens are covered as in their own words: units and companies read it (case-rules 24).

    Raises NotFound ``case_unknown``; NotAllowed ``duty_missing``; Refusal ``input_missing``, ``comment_to_unknown``.
    """
    step = _begin(acting, case_id, "comment", WRITERS)
    if not inputs.text.strip():
        raise Refusal("input_missing", status=422, field="text", label=words.ACTIONS["comment"])
    unit = _addressee(step, inputs.unit_id)
    entry = Entry(
        "comment", step.case.state, step.case.state, target_unit_id=inputs.unit_id,
        secret={"text": callers.cleaned_of(step.case.pk, inputs.text.strip())},
        inputs={"to": str(inputs.unit_id) if inputs.unit_id else None, "to_name": unit},
    )  # fmt: skip
    return _put(step, Remark.COMMENT, entry)


@whole
def contact(acting: Acting, case_id: int, _seq: int, inputs: ContactInputs) -> Case:
    """联系记录: which unit and whom, how, with what outcome; when is the record's own time.

    Raises NotFound ``case_unknown``; NotAllowed ``duty_missing``; Refusal ``input_missing``, ``input_wrong``, ``comment_to_unknown``.
    """
    step = _begin(acting, case_id, "contact", CONTACTS)
    for name, known in (("how", words.CONTACT_WAYS), ("outcome", words.CONTACT_OUTCOMES)):
        if getattr(inputs, name) not in known:
            raise Refusal("input_wrong", status=422, field=name, label=words.CONTACT_LABELS[name], value=getattr(inputs, name)[:20])
    if inputs.unit_id is None:
        raise Refusal("input_missing", status=422, field="unit_id", label=words.CONTACT_LABELS["unit_id"])
    unit = _addressee(step, inputs.unit_id)
    entry = Entry(
        "contact", step.case.state, step.case.state, secret={"person": inputs.person.strip(), "note": inputs.note},
        inputs={"unit": str(inputs.unit_id), "unit_name": unit, "how": inputs.how, "outcome": inputs.outcome},
        target_unit_id=inputs.unit_id,
    )  # fmt: skip
    return _put(step, Remark.CONTACT, entry)


def _begin(acting: Acting, case_id: int, action: str, duties: tuple[str, ...]) -> Step:
    """The case under lock, for who reads it and holds one of the duties. Stranger first: to her there is no such case."""
    access.check_seen(acting, case_id)
    if not any(acting.may(duty) for duty in duties):
        raise NotAllowed("duty_missing", post=acting.post_name, action=words.ACTIONS[action])
    return lock(acting, case_id)


def _addressee(step: Step, unit_id: int | None) -> str:
    """The unit's short name; empty for all. Raises Refusal ``comment_to_unknown``."""
    if unit_id is None:
        return ""
    found = {one.unit_id: one for one in addressees(step.acting, step.case.subdistrict_id)}
    if unit_id not in found:
        raise Refusal("comment_to_unknown", status=422, field="unit_id")
    return found[unit_id].short_name


def addressees(acting: Acting, subdistrict_id: int | None) -> list[UnitInfo]:
    """Whom the post may write to about a case there, by code; a company speaks to the centre alone."""
    found = [one for one in organizations.correspondents(acting.platform_id, subdistrict_id) if one.unit_id != acting.unit_id]
    return [one for one in found if one.kind in CENTRE] if acting.unit_kind == "company" else found


def _put(step: Step, kind: str, entry: Entry) -> Case:
    step.record(entry)
    step.batch.insert(Remark(case=step.case, seq=step.case.seq, kind=kind, unit_id=step.acting.unit_id, to_unit_id=entry.target_unit_id))
    return step.commit()


def mark_read(acting: Acting, shown: Iterable[RemarkView]) -> int:
    """The post looks at these comments: those its unit had not read are read now. Says how many."""
    now = clock.now()
    rows = [
        RemarkRead(remark_id=one.id, unit_id=acting.unit_id, appointment_id=acting.appointment_id, name=acting.user_name, read_at=now)
        for one in shown
        if one.kind == Remark.COMMENT and not one.mine and acting.unit_id not in {read.unit_id for read in one.reads}
    ]
    RemarkRead.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
