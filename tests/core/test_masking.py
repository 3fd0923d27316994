"""Numbers of persons are covered, numbers of things stay."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from urbangrid.core.masking import masked


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("请打13912345678找我", "请打139******78找我"),
        ("139-1234-5678。", "139-****-**78。"),
        ("+86 13912345678", "+86 1********78"),
        ("座机 010-66666666 转 8", "座机 010-******66 转 8"),
        ("身份证11010519491231002X", "身份证110*************2X"),
        ("样1120-00001 东门大街46号", "样1120-00001 东门大街46号"),
        ("部件代码 9901020103000387", "部件代码 9901020103000387"),
        ("2026-11-20 09:40，12319", "2026-11-20 09:40，12319"),
    ],
)
def test_numbers_of_persons_are_covered_and_others_stay(said: str, shown: str) -> None:
    assert masked(said) == shown


def naive_mobiles(text: str) -> list[str]:
    """Every run of exactly eleven digits that begins as a mobile number does, found letter by letter."""
    found, run = [], ""
    for sign in text + "。":
        if sign in "0123456789":
            run += sign
            continue
        if len(run) == 11 and run[0] == "1" and run[1] in "3456789":
            found.append(run)
        run = ""
    return found


@given(st.text(alphabet="的路号，1356780 -", max_size=60))
def test_no_mobile_number_survives_whatever_stands_around_it(text: str) -> None:
    assert naive_mobiles(masked(text)) == []
    assert len(masked(text)) == len(text)
