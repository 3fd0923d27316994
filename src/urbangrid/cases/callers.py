"""Who called about a case: asked of the package above that keeps citizens' requests, so that no comment repeats a name (case-rules 24)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from urbangrid.core.confidential import cleaned


@dataclass(frozen=True, slots=True)
class Caller:
    """A citizen's name and number in clear; lives as long as the text that is cleaned of them."""

    name: str
    phone: str


of_case: Callable[[int], Iterable[Caller]] | None = None
"""Answered by ``service_requests``; wired in ``config`` (architecture §4, core.questions)."""


def cleaned_of(case_id: int, text: str) -> str:
    """``text`` without telephone and identity-card numbers and without name and number of anybody who called about the case."""
    for caller in of_case(case_id) if of_case is not None else ():
        text = cleaned(text, name=caller.name, phone=caller.phone)
    return cleaned(text)
