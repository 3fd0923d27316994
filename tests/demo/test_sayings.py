"""A visitor reads a case from the call to the check: each sentence is about that matter."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from urbangrid.demo import sayings
from urbangrid.demo.problems import PROBLEMS


def test_every_class_of_the_made_city_has_words_of_its_own_that_a_real_day_does_not_repeat_at_once() -> None:
    assert set(sayings.OF_CLASS) == {name for name, _weight in PROBLEMS}
    chance = random.Random(3)
    for name, _weight in PROBLEMS:
        assert len({sayings.called(name, "柳荫里 3 号门前", chance) for _turn in range(40)}) >= 2, name


@pytest.mark.parametrize("say", [sayings.done, sayings.checked])
def test_what_is_said_of_a_hole_in_the_road_is_never_said_of_a_stall(say: Callable[[str, random.Random], str]) -> None:
    chance = random.Random(5)
    of_road, of_stall = ({say(name, chance) for _turn in range(60)} for name in ("道路破损", "无照经营游商"))
    assert len(of_road) >= 2 and len(of_stall) >= 2 and not of_road & of_stall


def test_a_class_that_a_city_added_gets_words_that_fit_anything() -> None:
    assert sayings.called("共享单车乱停", "东门大街 1 号门前", random.Random(1)).startswith("东门大街 1 号门前")
    assert sayings.done("共享单车乱停", random.Random(1)) in sayings.ANY.done
