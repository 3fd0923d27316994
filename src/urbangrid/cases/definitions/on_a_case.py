"""What a case page says of the workflow that the case follows."""

from __future__ import annotations

from dataclasses import dataclass

from urbangrid.cases import access, words
from urbangrid.cases.definitions.diagram import Picture, picture
from urbangrid.cases.lifecycle import State
from urbangrid.cases.models import ProcessDefinition
from urbangrid.cases.processes import process_of
from urbangrid.cases.rows import limit_words, title_of
from urbangrid.catalog import queries as catalog
from urbangrid.organizations.acting import Acting


@dataclass(frozen=True, slots=True)
class ProcessOfCase:
    """The pinned version in words and as a picture; ``standard``: what "done" means."""

    case_id: int
    number: str
    title: str
    state_word: str
    name: str
    version: int
    picture: Picture
    limit: str
    standard: str


def view(acting: Acting, case_id: int) -> ProcessOfCase:
    """For a readable case: two statements. Raises NotFound ``case_unknown``."""
    case = access.readable(acting, case_id)
    pinned = ProcessDefinition.objects.get(pk=case.process_id)
    process = process_of(pinned.pk)
    return ProcessOfCase(
        case.pk, case.number or "", title_of(case.category_id, case.condition_id), str(words.STATES[case.state]), pinned.name,
        pinned.version, picture(process, State(case.state), pinned.definition), limit_words(case.limit_value, case.limit_unit),
        closing_words(process.standard, case.condition_id),
    )  # fmt: skip


def closing_words(standard: str, condition_id: int | None) -> str:
    """The standard of the process where it has one, else the closing condition of the catalogue (CY-2.2b, CY-9)."""
    if standard:
        return standard
    return catalog.condition(condition_id).closing_condition if condition_id else ""
