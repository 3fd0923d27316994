"""Messages of the command line: gettext without Django, since much is said before Django can be loaded."""

from __future__ import annotations

import gettext
import os
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

_catalogue = gettext.translation(
    "django", Path(__file__).parents[1] / "locale", languages=[os.environ.get("URBANGRID_LANGUAGE") or "zh_Hans"], fallback=True
)
"""Of the installation, like its pages: half the servers of China speak English to their administrators without being asked to."""


def _(message: str) -> str:
    """The Chinese message, or its translation where the installation speaks another language (URBANGRID_LANGUAGE)."""
    return _catalogue.gettext(message)


def say(message: str, **values: object) -> None:
    """One line of progress for the person at the terminal, at once."""
    print(message.format(**values) if values else message, flush=True)


class Refused(SystemExit):
    """The command stops with exit code 1; the sentence was printed."""

    def __init__(self, sentence: str) -> None:
        super().__init__(1)
        self.sentence = sentence


def refuse(message: str, **values: object) -> NoReturn:
    """Stop with a sentence that says what happened and who acts next; exit code 1. Raises Refused."""
    sentence = message.format(**values) if values else message
    print(sentence, file=sys.stderr, flush=True)
    raise Refused(sentence)


def table(rows: Sequence[Sequence[str]]) -> None:
    """Rows in aligned columns; Chinese signs take two places on a terminal."""
    widths = [max(_width(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
        print("  " + "  ".join(cells).rstrip(), flush=True)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)
