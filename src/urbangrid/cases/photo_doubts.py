"""What speaks against a photo of disposal: it was used before, or taken before the dispatch (desks.md P3).

A doubt refuses nothing: it stands in the record of the feedback, and whoever reviews or checks reads it before deciding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Q

from urbangrid.cases import store, words
from urbangrid.cases.models import Case, RecordFile
from urbangrid.cases.records import UsedFile

KEY = "photo_doubts"
"""Among the inputs of a record: a list of ``{file, why, …}``."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier use of the same picture: by which case, and in which role."""

    case_id: int
    role: str
    sha256: str
    original: str

    def is_of(self, used: UsedFile) -> bool:
        return self.sha256 == used.sha256 or (bool(used.original) and self.original == used.original)


def of(case: Case, used: Sequence[UsedFile]) -> dict[str, Any]:
    """The doubts about photos of disposal as inputs of their record; nothing where there are none. One statement."""
    if not used:
        return {}
    found = doubts(used, _earlier(used), case.pk, case.dispatched_at)
    return {KEY: found} if found else {}


def _earlier(used: Sequence[UsedFile]) -> list[Earlier]:
    """Earlier uses of the same bytes on any case of any platform, as kept or as they came."""
    same = Q(file__sha256__in=[one.sha256 for one in used])
    originals = [one.original for one in used if one.original]
    if originals:
        same |= Q(file__original_sha256__in=originals)
    rows = store.rows(RecordFile).filter(same).order_by("id").values_list("case_id", "role", "file__sha256", "file__original_sha256")
    return [Earlier(*row) for row in rows[:MOST]]


MOST = 200
"""A picture that was used more often is doubtful enough."""


def doubts(used: Iterable[UsedFile], earlier: Sequence[Earlier], case_id: int, dispatched_at: datetime | None) -> list[dict[str, Any]]:
    """Per photo what is found against it: used on another case, the same as one from before on this case, taken before the dispatch.

    A unit that shows its own photo of the same case again (the crew's, in its feedback) is not doubted.
    """
    found: list[dict[str, Any]] = []
    for one in used:
        same = [row for row in earlier if row.is_of(one)]
        other = next((row for row in same if row.case_id != case_id), None)
        if other is not None:
            found.append({"file": str(one.file_id), "why": "other_case", "case": str(other.case_id)})
        elif any(row.role == "before" for row in same):
            found.append({"file": str(one.file_id), "why": "from_before"})
        if one.taken_at is not None and dispatched_at is not None and one.taken_at < dispatched_at.replace(microsecond=0):
            found.append({"file": str(one.file_id), "why": "too_early", "taken_at": one.taken_at, "dispatched_at": dispatched_at})
    return found


def worded(inputs: Mapping[str, Any], file_id: int, zone: ZoneInfo) -> tuple[str, ...]:
    """The doubts of a record about one of its photos, in words. The other case is not named: not everybody may know of it."""
    return tuple(_words(row, zone) for row in inputs.get(KEY, ()) if row["file"] == str(file_id))


def _words(row: Mapping[str, Any], zone: ZoneInfo) -> str:
    times = {name: f"{_at(row[name]).astimezone(zone):%m-%d %H:%M}" for name in ("taken_at", "dispatched_at") if name in row}
    return str(words.PHOTO_DOUBTS[row["why"]]) % times


def _at(value: str) -> datetime:
    return datetime.fromisoformat(value)
