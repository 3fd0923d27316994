"""Case records as leaves of the log (``audit.sources``)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from urbangrid.audit import leaves
from urbangrid.audit.sources import Source
from urbangrid.cases.models import Case


def _data(values: Sequence[Any]) -> bytes:
    digest, signature = values
    return leaves.of_record(bytes(digest), bytes(signature))


def words(rows: Sequence[tuple[int, int]]) -> dict[tuple[int, int], str]:
    """Case numbers; a case that is not filed yet goes by its id, one that is gone is left out."""
    numbers = dict(Case.objects.filter(pk__in={case for case, _seq in rows}).values_list("pk", "number"))
    return {(case, seq): numbers[case] or str(case) for case, seq in rows if case in numbers}


RECORDS = Source(leaves.RECORD, "cases_caserecord", "case_id", "t.seq", ("hash", "signature"), _data, words)
