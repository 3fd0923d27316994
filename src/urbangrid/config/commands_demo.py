"""``demo reset``: what only the command line knows of it, whether the platform runs."""

from __future__ import annotations

import argparse

from urbangrid.config.command import installation
from urbangrid.config.command.words import _, refuse
from urbangrid.demo import commands


def reset(args: argparse.Namespace) -> int:
    """A clock that is put on must reach every process at once: it is read at their start, so none may run meanwhile."""
    phase = installation.find(args).state().get("phase")
    if args.clock is not None and phase in ("starting", "running"):
        refuse(_("平台正在运行，没有改动：演示时钟只在停止时拨动。请先运行 ./urbangrid down，重置后再运行 ./urbangrid up"))
    return commands.reset(args)
