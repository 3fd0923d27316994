"""A case's story in eight lines, however long it is (desks.md L3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.api import paths
from tests.api.paths import At
from tests.support.city import City
from urbangrid.cases import detail
from urbangrid.cases.in_brief import MOST_LINES, WEIGHT, chosen, in_brief

BEGIN = datetime(2026, 11, 20, 1, 40, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of 办理经过, as far as the brief story reads it."""

    at: datetime
    action: str
    word: str
    actor: str = ""
    unit: str = ""
    text: str = ""
    reason: str = ""
    quotes: tuple[tuple[str, str], ...] = ()
    chained: bool = False


@given(st.lists(st.tuples(st.sampled_from([*WEIGHT, "hand_on"]), st.booleans()), max_size=60), st.integers(3, 12))
def test_it_never_has_more_lines_and_keeps_beginning_end_and_order(steps: list[tuple[str, bool]], most: int) -> None:
    story = [Line(BEGIN + timedelta(minutes=i), action, f"步骤{i}号", chained=chained) for i, (action, chained) in enumerate(steps)]
    lines = in_brief(story, most)
    told = [line for line in story if not line.chained] or story
    assert len(lines) <= most and bool(lines) == bool(story)
    if not story:
        return
    assert told[0].word in lines[0] and told[-1].word in lines[-1]
    places = [int(line.split("步骤")[1].split("号")[0]) for line in lines if "步骤" in line]
    assert places == sorted(set(places))
    left_out = sum(int("".join(c for c in line if c.isdigit())) for line in lines if "步骤" not in line)
    assert left_out + len(places) == len(told), "what is left out is counted"


@given(st.lists(st.integers(1, 5), min_size=9, max_size=40))
def test_a_step_that_tells_more_never_goes_before_one_that_tells_less(weights: list[int]) -> None:
    kept = chosen(weights, MOST_LINES)
    inside = range(1, len(weights) - 1)
    gone, stays = [weights[i] for i in inside if i not in kept], [weights[i] for i in inside if i in kept]
    assert not gone or not stays or max(gone) <= min(stays)


def test_a_case_with_rework_and_a_second_check_is_told_in_eight_lines(city: City, desk: At) -> None:
    case = paths.dispatched(desk, city)
    paths.fed_back(desk, case)
    desk("dispatcher").done(case, "rework", reason="other", note="未清理")
    desk("clerk").done(case, "feedback", text="已清理" * 40, files=[desk("clerk").send_photo("black")])
    paths.to_check(desk, case)
    paths.checked(desk, case)
    desk("seat_agent").done(case, "close")
    lines = in_brief(detail.view(city.acting("leader"), int(case)).story)
    assert len(lines) <= 8
    assert "受理" in lines[0] and "结案" in lines[-1]
    whole = "\n".join(lines)
    for words in ("派遣：市政所", "返工", "未清理", "王芳"):
        assert words in whole
    assert max(map(len, lines)) < 100
