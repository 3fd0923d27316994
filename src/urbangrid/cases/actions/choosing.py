"""Which definition a case follows when its class is decided: the class claimed in a report is a guess, filing decides (CY-9)."""

from __future__ import annotations

from urbangrid.cases import processes
from urbangrid.cases.actions.step import Step
from urbangrid.cases.lifecycle import State
from urbangrid.catalog import queries as catalog


def choose_again(step: Step, category_before: int | None) -> dict[str, str]:
    """Pin the definition that was in force for the case's new class when the case was opened, if the class changed before filing.

    The case stays with its own where the other does not know its state. Returns what the record is to say, empty when nothing changed.
    At most one statement.
    """
    case = step.case
    if case.filed_at is not None or case.category_id == category_before or case.category_id is None:
        return {}
    chosen = catalog.category(case.category_id)
    found = processes.current_for(case.platform_id, case.source, chosen.kind, chosen, case.opened_at)
    if found.pk == case.process_id:
        return {}
    process = processes.process_of(found.pk)
    if State(case.state) not in process.waits:
        return {}
    case.process_id, step.process = found.pk, process
    return {"process": f"{found.code} {found.version}"}
