"""What is collected is written whole, also when it is more than one statement takes apart from its text."""

from __future__ import annotations

import pytest

from urbangrid.core import clock, statements
from urbangrid.core.batch import Batch
from urbangrid.core.models import OutboxEntry


@pytest.mark.django_db
def test_more_values_than_a_statement_takes_are_written_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "MOST_VALUES", 20)
    batch = Batch()
    batch.insert(*(OutboxEntry(topic="a", subject_id=number, seq=1, payload={"n": "50 %s"}, created_at=clock.now()) for number in range(5)))
    batch.flush()
    assert list(OutboxEntry.objects.order_by("subject_id").values_list("subject_id", "payload")) == [(n, {"n": "50 %s"}) for n in range(5)]
