"""What actions send to PostgreSQL: prepared once, undone as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from urbangrid.core import clock, statements, transactions
from urbangrid.core.batch import Batch
from urbangrid.core.errors import Refusal
from urbangrid.core.idempotency import once
from urbangrid.core.models import IdempotencyKey, OutboxEntry

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_prepared(db: None) -> None:
    """What the tests before prepared lasts."""
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")


def _entry(**payload: Any) -> OutboxEntry:
    return OutboxEntry(topic="story", subject_id=7, seq=1, payload=payload, created_at=clock.now())


def _prepared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        return [row[0] for row in cursor.fetchall()]


def test_what_is_written_again_is_prepared_and_its_values_stay_apart_from_the_text() -> None:
    for words in ("it's 100 %s", '第二次 $1 {"a": null}', "第三次"):
        batch = Batch()
        batch.insert(_entry(words=words), _entry(words=words, empty=None))
        batch.flush()
    texts = [text for text in _prepared() if "core_outboxentry" in text]
    assert len(texts) == 1
    assert "第" not in texts[0]
    found = [row.payload["words"] for row in OutboxEntry.objects.filter(topic="story").order_by("id")]
    assert found == ["it's 100 %s"] * 2 + ['第二次 $1 {"a": null}'] * 2 + ["第三次"] * 2


def test_what_is_prepared_outlasts_refusals_and_is_planned_anew_for_a_table_that_changed() -> None:
    def rows() -> list[tuple[Any, ...]]:
        return statements.all_rows("SELECT count(*) FROM core_outboxentry WHERE topic = %(topic)s", {"topic": "story"})

    assert rows() == rows() == [(0,)]
    (text,) = [one for one in _prepared() if "core_outboxentry" in one]
    with pytest.raises(Refusal), transaction.atomic():
        raise Refusal("input_wrong", status=422)
    assert text in _prepared()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE pg_temp.core_outboxentry AS SELECT 'story' AS topic")
        assert rows() == [(1,)], "the nearer table of that name"
        transaction.set_rollback(True)
    assert rows() == [(0,)]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE brief (x int)")
        cursor.execute("DROP TABLE brief")
    assert rows() == [(0,)] and text not in _prepared()


@pytest.mark.django_db(transaction=True)
def test_what_is_prepared_outlasts_the_end_of_a_transaction_that_was_undone() -> None:
    for _time in range(2):
        statements.all_rows("SELECT count(*) FROM core_outboxentry WHERE seq = %(seq)s", {"seq": 7})
    with pytest.raises(Refusal), transaction.atomic():
        OutboxEntry.objects.exists()
        raise Refusal("input_wrong", status=422)
    assert [one for one in _prepared() if "core_outboxentry" in one]


def test_a_logged_batch_shows_its_values(django_assert_num_queries: Callable[..., Any]) -> None:
    with django_assert_num_queries(1) as logged:
        batch = Batch()
        batch.insert(_entry(words="visible"))
        batch.flush()
    assert "visible" in logged.captured_queries[0]["sql"]


def test_a_refused_action_inside_a_key_leaves_neither_its_rows_nor_the_key() -> None:
    @transactions.whole
    def act() -> dict[str, Any]:
        batch = Batch()
        batch.insert(_entry(words="不留"))
        batch.flush()
        raise Refusal("input_wrong", status=422)

    with pytest.raises(Refusal):
        once(actor_id=1, key="k", body={}, act=act)
    assert not OutboxEntry.objects.filter(topic="story").exists()
    assert not IdempotencyKey.objects.filter(actor_id=1, key="k").exists()


def test_a_refused_action_alone_leaves_what_was_done_before_it() -> None:
    @transactions.whole
    def act() -> None:
        OutboxEntry.objects.create(topic="story", subject_id=7, seq=1, payload={}, created_at=clock.now())
        raise Refusal("input_wrong", status=422)

    IdempotencyKey.objects.create(actor_id=1, key="before", body_hash="", result={}, created_at=clock.now())
    with pytest.raises(Refusal):
        act()
    assert IdempotencyKey.objects.filter(key="before").exists()
    assert not OutboxEntry.objects.filter(topic="story").exists()
