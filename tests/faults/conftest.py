"""One installation for all tests of this folder; each test leaves it well."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from tests.faults.installation import Platform, installed, is_installed_here

logging.getLogger("httpx").setLevel(logging.WARNING)  # it names every request


@pytest.fixture(scope="package")
def platform() -> Iterator[Platform]:
    """The running platform."""
    if not is_installed_here():
        pytest.skip("nothing is installed here by ./urbangrid")
    with installed() as made:
        yield made
