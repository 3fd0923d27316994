"""Long outside steps (apt, pip, npm) with a sign of life: nobody should wonder whether the command hangs."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from urbangrid.config.command.words import _, refuse, say

SILENCE_SECONDS = 10
OUTPUT_SHOWN = 2000
"""Characters of the end of a failed step's output."""


def run(command: Sequence[str], failure: str, *, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> None:
    """Run a step to its end, saying every ten seconds how long it has taken; refuses with ``failure`` and its output."""
    began = time.monotonic()
    with tempfile.TemporaryFile() as output:
        with subprocess.Popen(command, cwd=cwd, env=env, stdout=output, stderr=subprocess.STDOUT) as process:
            while True:
                try:
                    process.wait(SILENCE_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    say(_("  …… 仍在进行，已用 {seconds:.0f} 秒"), seconds=time.monotonic() - began)
        if process.returncode != 0:
            output.seek(0)
            shown = output.read().decode(errors="replace")[-OUTPUT_SHOWN:]
            refuse("{failure}\n{output}", failure=failure, output=shown)
