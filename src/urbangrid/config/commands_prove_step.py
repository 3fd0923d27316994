"""Random days under one model, in a process of its own: ``python -m urbangrid.config.commands_prove_step MODEL SEED STEPS``."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import django
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from urbangrid.cases.proof.walk import Counts

SINCE = datetime(2025, 1, 2, 1, 0, tzinfo=UTC)
"""The made city has been in force from here."""
TOLD_EVERY = 1_000


def main(argv: list[str]) -> int:
    """Build the city, play, say what came of it; 1 for a contradiction."""
    django.setup()
    from django.db import transaction

    from urbangrid.cases.proof import walk, world
    from urbangrid.core.models import Platform
    from urbangrid.demo import town

    letter, seed, steps = argv[0], int(argv[1]), int(argv[2])
    with transaction.atomic():
        town.build(lambda _text: None, SINCE, f"model_{letter}")
    made = world.read(Platform.objects.filter(parent=None).get())
    began = time.monotonic()
    counts, broken = walk.prove(made, seed, steps, _progress(letter, began))
    _tell(letter, counts.moves, counts.done, began)
    if broken is None:
        return 0
    print(broken.text(), flush=True)
    return 1


def _progress(letter: str, began: float) -> Callable[[Counts], None]:
    """A line now and then."""
    told = [0]

    def tell(counts: Counts) -> None:
        if counts.moves - told[0] >= TOLD_EVERY:
            told[0] = counts.moves
            _tell(letter, counts.moves, counts.done, began)

    return tell


def _tell(letter: str, moves: int, done: int, began: float) -> None:
    rate = moves / max(time.monotonic() - began, 0.001)
    values = {"model": letter, "moves": moves, "done": done, "refused": moves - done, "rate": rate}
    print(_("模式 %(model)s：%(moves)d 步（办成 %(done)d，被拒 %(refused)d），每秒 %(rate).0f 步") % values, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
