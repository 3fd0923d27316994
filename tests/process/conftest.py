"""The made city under each model, as random days are played in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from urbangrid.cases import processes
from urbangrid.cases.proof import world
from urbangrid.catalog import cache
from urbangrid.core import platforms, presets
from urbangrid.core.models import Platform
from urbangrid.demo import town
from urbangrid.organizations import queries as organizations

SEED = 20_261_121
SINCE = datetime(2025, 1, 2, 1, 0, tzinfo=UTC)
MODELS = presets.codes(processes.PRESETS)


def forget() -> None:
    for one in (cache.clear, platforms.forget, organizations.forget):
        one()


@pytest.fixture
def made(db: None, settings: Any, tmp_path: Path) -> Iterator[Callable[[str], world.World]]:
    """``made("model_b")``: the made city under a model."""
    settings.FILES_ROOT, settings.DATA = tmp_path / "files", tmp_path
    forget()

    def build(model: str) -> world.World:
        town.build(lambda _text: None, SINCE, model)
        return world.read(Platform.objects.filter(parent=None).get())

    yield build
    forget()
