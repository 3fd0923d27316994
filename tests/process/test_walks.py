"""Random days against a second, naive telling of the process, through the database and under every organisational model."""

from __future__ import annotations

import os
import secrets

from django.db import connection, transaction

from tests.process.conftest import SEED, in_model_a
from urbangrid.cases.proof import walk, world

STEPS = int(os.environ.get("URBANGRID_PROVE_STEPS", "1000"))
FRESH = 100
"""Moves with a seed of the day's own, beside those that are the same at every run."""


def test_random_days_under_every_model_agree_with_the_second_telling(made: world.World) -> None:
    fresh = secrets.randbelow(1_000_000)
    for seed, steps, done in ((SEED, STEPS, STEPS // 4), (fresh, FRESH, 1)):
        counts, broken = walk.prove(made, seed, steps)
        print(f"seed {seed}, {counts.moves} moves, {counts.done} done")
        assert broken is None, broken.text()
        assert counts.moves >= steps
        assert counts.done >= done, "a walk whose every move is refused proves nothing; how many of few moves are done is chance"


@in_model_a
def test_a_walk_reaches_closure_and_every_kind_of_request(made: world.World) -> None:
    """What the fixed walks of model A come by: otherwise they would prove nothing about it."""
    counts, broken = walk.prove(made, SEED, 400)
    assert broken is None, broken.text()
    assert counts.acts["close"] and counts.acts["agree"] and counts.acts["dispatch"] and counts.acts["withdraw"]


@in_model_a
def test_a_fault_put_into_the_platform_is_found_with_a_short_list_of_moves(made: world.World) -> None:
    """Work that a bad program ends behind everybody's back contradicts the telling, and the moves that matter are named."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION pg_temp.lose() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF NEW.kind = 'dispatch' THEN NEW.closed_at := NEW.opened_at; END IF; RETURN NEW; END $$"
        )
        cursor.execute("CREATE TRIGGER lose BEFORE INSERT ON cases_workitem FOR EACH ROW EXECUTE FUNCTION pg_temp.lose()")
    _counts, broken = walk.prove(made, SEED, 200)
    assert broken is not None
    assert broken.why.startswith("work: no dispatch")
    assert 1 <= len(broken.moves) <= 6, broken.text()
    assert any(move.action == "file" for move in broken.moves)
    assert walk.attempt(made, broken.seed, broken.moves) == broken.why
    transaction.set_rollback(True)
