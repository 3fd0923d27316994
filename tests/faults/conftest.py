"""One installation for all tests of this folder; each test leaves it well."""

from __future__ import annotations

import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults import disk
from tests.faults.installation import Platform, installed, is_installed_here

logging.getLogger("httpx").setLevel(logging.WARNING)  # it names every request

DATA_MEGABYTES, FILES_MEGABYTES = 512, 24


@pytest.fixture(scope="package")
def platform() -> Iterator[Platform]:
    """The running platform, on small disks of its own where this machine allows it."""
    if not is_installed_here():
        pytest.skip("nothing is installed here by ./urbangrid")
    folder = Path(tempfile.mkdtemp(prefix="ug-disk-"))
    folder.chmod(0o755)
    try:
        with ExitStack() as stack:
            small = stack.enter_context(disk.mounted(folder / "data", megabytes=DATA_MEGABYTES))
            if small:
                assert stack.enter_context(disk.mounted(folder / "data" / "files", megabytes=FILES_MEGABYTES))
            made = stack.enter_context(installed(data=folder / "data" if small else None))
            made.on_small_disks = small
            yield made
            verified = made.command("audit", "verify")  # of everything that all the faults went through
            assert verified.returncode == 0, verified.stdout
    finally:
        shutil.rmtree(folder)
