"""What programs answer beside the way of a case: requests that wait for their approver, orders, answers to orders, tasks of crews."""

from __future__ import annotations

from typing import Final

from urbangrid.cases import holding
from urbangrid.cases.holding import Work
from urbangrid.demo import sayings
from urbangrid.demo.day import Day
from urbangrid.organizations.acting import Acting

KINDS: Final = ("decide", "answer_order", "answer_instruction", "judge_answer", "crew_task")
MINUTES: Final = (8, 45)
"""That somebody takes for it, least and most."""
WORDS: Final = {
    "decide": ("agree", "情况属实，同意。"),
    "answer_order": ("answer_order", "已安排班组到场，今日内处置完毕。"),
    "answer_instruction": ("answer_order", "已到现场，按要求办理，完成后报告。"),
    "judge_answer": ("accept_answer", "同意，请按答复的时间完成。"),
}  # fmt: skip


def deed(day: Day, work: Work, who: Acting, name: str, number: int) -> tuple[str, dict[str, object]] | None:
    """The action and its inputs, in a case of the class ``name``; None where what it answers is gone."""
    if work.kind == "crew_task":
        photo = day.photo(who, name, "after", number)
        return "crew_feedback", {"text": sayings.done(name, day.random), "handled_by": who.user_name, "files": [photo]}
    waiting = holding.decision(work.case_id, work.kind)
    action, words = WORDS[work.kind]
    return None if waiting is None else (action, {"request": waiting[0], "note": words})
