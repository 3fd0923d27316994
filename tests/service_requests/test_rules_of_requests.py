"""The rules of requests against a second, naive telling of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from urbangrid.service_requests import rules

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def test_every_act_starts_from_states_there_are_and_nothing_moves_what_has_ended() -> None:
    for action, states in rules.MOVES.items():
        assert states and states <= set(rules.STATES), action
        assert not states & rules.ENDED, action


@dataclass
class Told:
    """A request as a clerk would keep it on a card."""

    state: str = "open"
    calls: int = 0
    rounds: int = 1


@given(st.lists(st.sampled_from(["tell", *rules.CALL_RESULTS]), max_size=40), st.booleans(), st.booleans(), st.integers(1, 5))
def test_any_sequence_of_answers_and_calls_ends_where_the_card_says(acts: list[str], follow: bool, number: bool, most: int) -> None:
    card, state, calls = Told(), rules.OPEN, 0
    for act in acts:
        if act == "tell" and state in rules.MOVES["tell"]:
            state, calls = rules.after_telling(follow_up=follow, has_contact=number), 0
            card.state, card.calls = ("replied" if follow and number else "closed"), 0
        elif act != "tell" and state in rules.MOVES["follow_up"]:
            calls += 1
            state, kind = rules.after_call(act, calls, most)
            card.calls += 1
            if act == "satisfied" or (act == "not_reached" and card.calls == most):
                card.state = "closed"
            elif act == "dissatisfied":
                card.state, card.rounds = "open", card.rounds + 1
            assert (kind == "unreached") == (act == "not_reached" and state == "closed")
        assert state == card.state
        assert state != "replied" or calls < most


@given(st.integers(-5_000, 5_000), st.one_of(st.none(), st.just(0)), st.integers(1, 3))
def test_returning_is_possible_inside_the_window_of_the_first_round_alone(minutes: int, window: int | None, rounds: int) -> None:
    until = None if window is None else NOON
    expected = window is not None and minutes <= 0 and rounds == 1
    assert rules.may_return(NOON + timedelta(minutes=minutes), until, rounds) is expected


@given(st.sampled_from(rules.KINDS), st.booleans(), st.booleans(), st.booleans(), st.booleans())
def test_what_is_answered_joined_or_secret_is_never_reported(kind: str, category: bool, secret: bool, answered: bool, joined: bool) -> None:
    goes = rules.goes_to_desk(kind, has_category=category, confidential=secret, answered=answered, joined=joined)
    quiet = [secret, answered, joined]
    assert goes == (not any(quiet) and (category or kind == "complaint" or kind == "help"))
