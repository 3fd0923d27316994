"""What speaks against a photo of disposal: it was used before, or taken before the dispatch (desks.md P3).

A doubt refuses nothing: it stands in the record of the feedback, and whoever reviews or checks reads it before deciding.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import JSONField, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import JSONObject

from urbangrid.cases import access, store, words
from urbangrid.cases.detail_values import Twin
from urbangrid.cases.models import Case, CaseRecord, RecordFile
from urbangrid.cases.records import UsedFile
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


def with_twins(acting: Acting, photos: QuerySet[RecordFile], records: Iterable[CaseRecord]) -> QuerySet[RecordFile]:
    """The photos of a case, each with the one of another case that it is the same as (``twin``), where a record doubts one: no statement
    of its own. For the centre alone, which reads every case whole; others read some as far as they had them, and are told no more."""
    bodies = [json.loads(record.body) for record in records if KEY in record.body]
    cases = {int(row["case"]) for body in bodies for row in body["inputs"].get(KEY, ()) if row["why"] == "other_case"}
    if not cases or not acting.may("read_all") or acting.parent_platform_id is not None:
        return photos.annotate(twin=Value(None, output_field=JSONField()))
    came = Q(file__original_sha256=OuterRef("file__original_sha256")) & ~Q(file__original_sha256="")
    same = RecordFile.objects.filter(Q(file__sha256=OuterRef("file__sha256")) | came, case_id__in=cases)
    at = CaseRecord.objects.filter(case_id=OuterRef("case_id"), seq=OuterRef("seq")).values("at")[:1]
    told = JSONObject(case="case_id", number="case__number", role="role", at=Subquery(at))
    seen = same.filter(case__in=access.visible_to(acting).values("pk")).order_by("id")
    return photos.annotate(twin=Subquery(seen.values(one=told)[:1]))


def twin_of(row: RecordFile, doubts: Iterable[Mapping[str, Any]]) -> Twin | None:
    """Of a row of ``with_twins``."""
    told = row.twin  # type: ignore[attr-defined]
    if not told or not any(one["why"] == "other_case" for one in doubts):
        return None
    return Twin(told["case"], told["number"] or "", str(words.FILE_ROLES[told["role"]]), _at(told["at"]))


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
