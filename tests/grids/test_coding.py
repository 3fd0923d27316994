"""Codes, without database."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from urbangrid.grids import coding


def test_a_code_is_district_street_community_and_serial() -> None:
    assert coding.unit_grid_code("110108027003", 41) == "110108027003041"


@pytest.mark.parametrize("serial", [0, 1000, -1])
def test_a_serial_outside_the_three_digits_is_refused(serial: int) -> None:
    with pytest.raises(ValueError, match="serial"):
        coding.unit_grid_code("110108027003", serial)


@pytest.mark.parametrize("wrong", ["", "11010802700304", "1101080270030411", "A10108027003041", "110108027003 41", "１１0108027003041"])
def test_what_is_no_code_is_told_apart(wrong: str) -> None:
    assert not coding.is_unit_grid_code(wrong)


def test_capitals_after_the_district_are_read_but_small_letters_are_not() -> None:
    assert coding.is_unit_grid_code("11010802A003041")
    assert not coding.is_unit_grid_code("11010802a003041")


def test_the_documentation_states_the_pattern_that_is_checked() -> None:
    text = Path(coding.__file__).parents[3].joinpath("docs/topics/unit-grids.md").read_text(encoding="utf-8")
    assert text.split("```pattern\n")[1].split("\n```")[0] == coding.CODE_PATTERN


@given(
    count=st.integers(1, 12_000),
    own_used=st.integers(0, 999),
    taken=st.sets(st.integers(901, 950).map(lambda number: f"110108027{number}")),
)
def test_every_cell_gets_one_code_that_nobody_had(count: int, own_used: int, taken: set[str]) -> None:
    own = "110108027003"
    blocks = coding.allot(count=count, subdistrict_code="110108027", own=[own], last_serial={own: own_used}, taken=taken)
    codes = [code for block in blocks for code in block.codes()]
    assert len(codes) == len(set(codes)) == count
    assert all(coding.is_unit_grid_code(code) for code in codes)
    assert not {code[:12] for code in codes} & taken
    assert all(int(code[12:]) > own_used for code in codes if code.startswith(own))
    assert all(coding.is_provisional(block.community_code) for block in blocks if block.opened)


def test_when_all_numbers_are_used_the_missing_ones_are_counted() -> None:
    with pytest.raises(coding.SerialsExhausted) as caught:
        coding.allot(count=99 * 999 + 5, subdistrict_code="110108027", own=[], last_serial={}, taken=[])
    assert (caught.value.parent_code, caught.value.needed) == ("110108027", 5)
