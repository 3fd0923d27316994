"""What speaks against a photo of disposal: it was used before, or taken before the dispatch (desks.md P3).

A doubt refuses nothing: it stands in the record of the feedback, and whoever reviews or checks reads it before deciding.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Q, Subquery

from urbangrid.cases import access, store, words
from urbangrid.cases.detail_values import Twin
from urbangrid.cases.models import Case, CaseRecord, RecordFile
from urbangrid.cases.records import UsedFile
from urbangrid.core.models import StoredFile
from urbangrid.organizations.acting import Acting

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
    rows = store.rows(RecordFile).filter(_same(used)).order_by("id").values_list("case_id", "role", "file__sha256", "file__original_sha256")
    return [Earlier(*row) for row in rows[:MOST]]


def _same(used: Sequence[UsedFile]) -> Q:
    same = Q(file__sha256__in=[one.sha256 for one in used])
    originals = [one.original for one in used if one.original]
    return same | Q(file__original_sha256__in=originals) if originals else same


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


def twins(acting: Acting, doubted: Mapping[int, Sequence[Mapping[str, Any]]], kept: Iterable[StoredFile]) -> dict[int, Twin]:
    """By photo the one of another case that it is the same as, of cases that the post may read, as far as it reads them; ``doubted``: the
    doubts by photo, ``kept``: those photos. No statement where nothing of the kind is doubted, else two."""
    cases = {file_id: int(row["case"]) for file_id, rows in doubted.items() for row in rows if row["why"] == "other_case"}
    if not cases:
        return {}
    seen = access.limited(acting, access.visible_to(acting).filter(pk__in=cases.values()))
    known = {case.pk: (case, access.reads_until(case)) for case in seen}
    used = [UsedFile("after", one.pk, one.sha256, one.original_sha256) for one in kept if one.pk in cases]
    at = CaseRecord.objects.filter(case_id=OuterRef("case_id"), seq=OuterRef("seq")).values("at")[:1]
    rows = RecordFile.objects.filter(_same(used), case_id__in=known).select_related("file").annotate(at=Subquery(at)).order_by("id")
    found: dict[int, Twin] = {}
    for row in rows:
        case, until = known[row.case_id]
        earlier = Earlier(row.case_id, row.role, row.file.sha256, row.file.original_sha256)
        for one in used:
            if cases[one.file_id] == row.case_id and earlier.is_of(one) and (until is None or row.seq <= until):
                found.setdefault(one.file_id, Twin(case.pk, case.number or "", str(words.FILE_ROLES[row.role]), row.at))
    return found


def of_photo(inputs: Mapping[str, Any], file_id: int) -> list[Mapping[str, Any]]:
    """The doubts of a record about one of its photos."""
    return [row for row in inputs.get(KEY, ()) if row["file"] == str(file_id)]


def worded(rows: Iterable[Mapping[str, Any]], zone: ZoneInfo, twin: Twin | None) -> tuple[str, ...]:
    """Doubts in words. The other case is named where the reader may know of it (``twin``)."""
    return tuple(_words(row, zone, twin) for row in rows)


def _words(row: Mapping[str, Any], zone: ZoneInfo, twin: Twin | None) -> str:
    if row["why"] == "other_case" and twin is not None and twin.number:
        return str(words.SAME_PHOTO) % {"number": twin.number, "role": twin.role_word, "at": f"{twin.at.astimezone(zone):%m-%d %H:%M}"}
    times = {name: f"{_at(row[name]).astimezone(zone):%m-%d %H:%M}" for name in ("taken_at", "dispatched_at") if name in row}
    return str(words.PHOTO_DOUBTS[row["why"]]) % times


def _at(value: str) -> datetime:
    return datetime.fromisoformat(value)
