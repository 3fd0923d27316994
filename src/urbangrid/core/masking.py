"""Numbers that lead to a person, covered in words that leave the platform on paper or in a file (case-rules 24). Plain Python."""

from __future__ import annotations

import re
from typing import Final

_NUMBER: Final = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"(?P<card>[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[0-9Xx])"  # identity card, GB 11643
    r"|(?P<mobile>(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4})"
    r"|(?P<line>0\d{2,3}[- ]\d{7,8})"
    r")(?![0-9A-Za-z])"
)
SHOWN_AT_END: Final = 2
"""Digits that stay at the end, so that who knows the number recognises it; of at least eight covered ones no other is found."""


def masked(text: str) -> str:
    """``text`` with telephone and identity card numbers covered but for their beginning (three digits) and end (two).

    Case numbers, component codes (16 and 17 digits), house numbers and dates stay: they are no numbers of persons.
    """
    return _NUMBER.sub(_cover, text)


def _cover(found: re.Match[str]) -> str:
    digits = [place for place, sign in enumerate(found[0]) if sign.isalnum()]
    covered = set(digits[3:-SHOWN_AT_END])
    return "".join("*" if place in covered else sign for place, sign in enumerate(found[0]))
