"""The published picture of a case's life is the one that the code follows."""

from __future__ import annotations

import os

from urbangrid.cases.document import case_life
from urbangrid.config.command import places

PAGE = places.CHECKOUT / "docs" / "case-life.md"


def test_the_diagram_is_drawn_from_the_code() -> None:
    drawn = case_life()
    if os.environ.get("UPDATE_GOLDEN") == "1":
        PAGE.write_text(drawn, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == drawn, "run the test with UPDATE_GOLDEN=1"
