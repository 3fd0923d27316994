"""Why this unit: the reason that a dispatch needs, and what it keeps of the grounds (case-rules 13, CY-A2-x)."""

from __future__ import annotations

from typing import Any

from urbangrid.cases import proposals
from urbangrid.cases.actions import checks
from urbangrid.cases.actions.inputs import DispatchInputs
from urbangrid.core.errors import Refusal
from urbangrid.core.text import listed
from urbangrid.organizations.acting import Acting


def reason(acting: Acting, action: str, decision: proposals.Decision, inputs: DispatchInputs) -> str:
    """The code of the reason, from the list that fits: why this one of several, why not the proposed one, or why another now (改派)."""
    if action == "redispatch":
        return checks.reason(acting, action, inputs.reason, inputs.opinion, list_name="recall")
    if decision.open:
        if not inputs.reason:
            names = listed([one.unit.short_name for one in decision.candidates])
            raise Refusal("choice_needs_reason", status=422, field="reason", units=names)
        return checks.reason(acting, action, inputs.reason, inputs.opinion, list_name="shared_unit")
    if not inputs.reason:
        if decision.unit_id not in (None, inputs.unit_id):
            raise Refusal("other_unit_needs_reason", status=422, field="reason")
        return ""
    return checks.reason(acting, action, inputs.reason, inputs.opinion, list_name="other_unit")


def grounds(decision: proposals.Decision) -> dict[str, Any]:
    """What was proposed and what else came into question, for the record: tables and precedents change, the record does not."""
    total = sum(decision.past.values())
    candidates = [
        {
            "unit": str(one.unit.unit_id), "name": one.unit.short_name, "basis": one.basis, "rule": one.rule, "fit": one.fit,
            "hits": decision.past[one.unit.unit_id], "total": total,
        }
        for one in decision.candidates
    ]  # fmt: skip
    return {
        "proposed": str(decision.unit_id) if decision.unit_id else None, "basis": decision.basis, "rule": decision.rule,
        "open": decision.open, "candidates": candidates,
    }  # fmt: skip
