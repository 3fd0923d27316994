"""Rules for every test: known requirement ids, and a record of which of them this run proved."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from tests.support.city import acting, city
from tests.support.desk import desk
from tests.support.record import pytest_runtest_logreport, pytest_runtest_makereport, pytest_sessionfinish
from tests.support.screen import screen
from urbangrid.config.command import places, requirements

__all__ = ["acting", "city", "desk", "pytest_runtest_logreport", "pytest_runtest_makereport", "pytest_sessionfinish", "screen"]

REAL_DATA = Path(os.environ.get("URBANGRID_REAL_DATA", places.CHECKOUT.parent / "shared" / "data"))


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of the real data sets; tests that need one are skipped with a reason where it is absent."""
    if not REAL_DATA.is_dir():
        pytest.skip("no real data: set URBANGRID_REAL_DATA to their folder")
    return REAL_DATA


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a requirement id that docs/requirements.csv does not have."""
    ids = {str(mark.args[0]) for item in items for mark in item.iter_markers("requirement")}
    if wrong := requirements.unknown(ids, requirements.load()):
        raise pytest.UsageError(f"not in docs/requirements.csv: {', '.join(wrong)}")


def pytest_collection_finish() -> None:
    """What is loaded now lives as long as the run: no look for cycles walks it again, as in a web process (``config.wsgi``)."""
    gc.collect()
    gc.freeze()
