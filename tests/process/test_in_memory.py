"""20,000 random moves, legal and illegal, over cases kept in memory: the actions themselves against the second telling."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, note, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.process.conftest import SEED, SINCE, forget, in_model_a
from urbangrid.cases import processes
from urbangrid.cases.actions import definitions
from urbangrid.cases.actions.stepping import Step
from urbangrid.cases.models import Clock
from urbangrid.cases.proof import alone
from urbangrid.cases.proof.moves import HOW
from urbangrid.cases.proof.told import Contradiction
from urbangrid.cases.proof.walk import Counts
from urbangrid.cases.proof.world import World, read
from urbangrid.core import clock
from urbangrid.core.models import Platform

MOVES = 4_000
"""Under each of the five models: 20,000 together."""
CLOSING_MOVES = 400
"""With the other moment of judging."""
AT_ONCE = 50
"""Moves of one example."""
KINDS = tuple(kind for kind, often in HOW.items() if kind != "repeat" for _time in range(often))
"""The same form again, without a key, is a form drawn before."""
DICE = st.integers(0, 2**32 - 1)


def days(world: World, starts: list[alone.Start], counts: Counts) -> type[RuleBasedStateMachine]:
    """The machine of a city: two accepted cases, then one move after the other, everything compared after each."""

    class Days(RuleBasedStateMachine):
        @initialize(number=st.integers(0, len(starts) - 1))
        def begin(self, number: int) -> None:
            self.played = alone.Played(world, starts[number], counts)

        @rule(kind=st.sampled_from(KINDS), dice=DICE)
        def move(self, kind: str, dice: int) -> None:
            note(self.played.move(kind, dice))

    return Days


def play(world: World, moves: int, number: int = SEED) -> Counts:
    """So many moves; hypothesis leaves out examples that it has seen, so that more may be asked of it than once."""
    counts = Counts()
    machine = days(world, alone.prepared(world, str(number)), counts)
    while (left := moves - counts.moves) > 0:
        rounds = settings(
            max_examples=-(-left // AT_ONCE), stateful_step_count=AT_ONCE, deadline=None, database=None, print_blob=False,
            suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink), report_multiple_bugs=False,
        )  # fmt: skip
        run_state_machine_as_test(seed(number + counts.moves)(machine), settings=rounds)
    return counts


def test_random_moves_over_cases_in_memory_agree_with_the_second_telling(made: World) -> None:
    began = time.monotonic()
    counts = play(made, MOVES)
    print(f"{counts.moves} moves in memory, {counts.done} done, {time.monotonic() - began:.1f} s")
    assert counts.moves >= MOVES
    assert counts.done >= MOVES // 3
    assert {"close", "agree", "dispatch", "withdraw", "merge"} <= counts.acts.keys()


@in_model_a
def test_they_agree_where_cases_are_judged_by_closing_too(city_of: str, db: None) -> None:
    platform = Platform.objects.filter(parent=None).get()
    definition = processes.preset(city_of)
    forget()
    with clock.travel(SINCE):
        processes.publish(
            platform, definition | {"settings": definition["settings"] | {"judged_by": "closing"}}, definitions.held_duties(platform.pk)
        )
    counts = play(read(platform), CLOSING_MOVES, SEED + 1)
    forget()
    assert counts.moves >= CLOSING_MOVES
    assert {"close", "feedback"} <= counts.acts.keys()


@in_model_a
def test_a_fault_put_into_the_rules_is_found_in_memory_with_few_moves(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit that begins a minute late: hypothesis leads it back to the filing that starts it."""
    begin = Step.start_clock

    def late(step: Step, kind: str, *, since: datetime | None = None, **how: Any) -> Clock:
        return begin(step, kind, since=(since or step.at) + timedelta(minutes=kind == "case"), **how)

    monkeypatch.setattr(Step, "start_clock", late)
    with pytest.raises(Contradiction, match="limit of the case due") as found:
        play(made, 200)
    said = "\n".join(getattr(found.value, "__notes__", []))
    assert 1 <= said.count(".move(") <= 4, said
