"""What a line of 办理经过 tells beside its word: the answer, the unit, the number, when it was done. Plain functions of a step's inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from urbangrid.cases import plan_words, words
from urbangrid.core.text import beside

CHECKED = ("check", "check_remotely")
"""核查 on the spot, and by video or assessor from a desk."""
OF_ANOTHER = {
    "merge": "main_number", "take_in": "number", "unmerge": "number", "let_go": "number", "split_off": "from_number",
    "join_report": "report",
}  # fmt: skip
"""Which input of a line names the other case or report."""


def text(action: str, inputs: Mapping[str, Any], zone: ZoneInfo) -> str:
    """Its parts in one; empty for a step whose word says all."""
    return _("；").join(part for part in (_own(action, inputs), *_beside(action, inputs, zone)) if part)


def _own(action: str, inputs: Mapping[str, Any]) -> str:
    """The part of a line that tells more than its word: the answer, the unit, the number."""
    if action == "verify":
        return str(words.VERIFY_ANSWERS.get(inputs.get("answer", ""), ""))
    if action in CHECKED:
        means = inputs.get("means", "site")
        answer = str(words.CHECK_ANSWERS.get(inputs.get("answer", ""), ""))
        return answer if means == "site" else beside(answer, words.CHECK_MEANS[means])
    if action == "comment":
        return str(inputs.get("to_name", ""))
    if action == "dispatch" and inputs.get("open"):
        return _chosen_among(inputs)
    if action in ("dispatch", "redispatch", "assign_down", "contact", "call_first", "add_assist"):
        return "·".join(name for name in (str(inputs.get("unit_name", "")), str(inputs.get("person_name", ""))) if name)
    if action == "file":
        return str(inputs.get("number", ""))
    if action == "escalate":
        return str(words.SLEPT_OF) % {"holder": inputs.get("from", "")}
    if action in OF_ANOTHER:
        return str(inputs.get(OF_ANOTHER[action], ""))
    if action == "plan":
        return plan_words.effect(inputs)
    if action == "split":
        return _("、").join(str(part["number"]) for part in inputs["parts"])
    if action in ("close", "close_informed"):
        kind = str(words.CLOSING_KINDS.get(inputs.get("kind", ""), ""))
        return str(words.AUTHORISED_BY) % {"kind": kind, "name": inputs["given_by"]} if inputs.get("given_by") else kind
    return ""


def _beside(action: str, inputs: Mapping[str, Any], zone: ZoneInfo) -> Iterator[str]:
    """What was typed beside the words of a step: when it was done (HD-3.2.4), when the units met (HD-3.1.3-c2), the city's number of the
    case, a sub-task's day; and who of the helping units had not answered in time (case-rules 15)."""
    times = {**words.TOLD_TIMES, **({"until": words.TASK_UNTIL} if action == "add_assist" else {})}
    for name, label in times.items():
        if inputs.get(name):
            yield f"{label} {datetime.fromisoformat(inputs[name]).astimezone(zone):%Y-%m-%d %H:%M}"
    if inputs.get("city_number"):
        yield f"{words.CITY_NUMBER} {inputs['city_number']}"
    if inputs.get("assist_late"):
        yield str(words.ASSIST_LATE) % {"units": _("、").join(inputs["assist_late"])}


def _chosen_among(inputs: Mapping[str, Any]) -> str:
    """The unit, and those that it was chosen from where the table left it open."""
    return str(words.CHOSEN_AMONG) % {"unit": inputs["unit_name"], "units": _("、").join(one["name"] for one in inputs["candidates"])}
