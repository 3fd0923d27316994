"""One step of ``bench`` in a process of its own: ``python -m urbangrid.config.bench_step STEP ARGUMENTS``."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module

import django

from urbangrid.config.command import installation, preparation

STEPS = ("fill", "measure", "queue", "browsers", "phones", "live", "uploads", "pages", "sheets")
"""Each is ``main`` of the module ``bench_STEP``."""


def main(argv: list[str]) -> int:
    """Load the platform, then the step; ``prepare`` makes the keys, tables and static files that loading needs."""
    if argv[0] == "prepare":
        args = argparse.Namespace(data=argv[1])
        installation.find(args).make_folders()
        return preparation.run(args)
    if argv[0] not in STEPS:
        raise SystemExit(f"no step {argv[0]}")
    django.setup()
    done: int = import_module(f"urbangrid.config.bench_{argv[0]}").main(argv[1:])
    return done


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
