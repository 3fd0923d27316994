"""Runs one command: hand over to the system user, make the database available, load the command's own code."""

from __future__ import annotations

import argparse
import importlib
import os
from collections.abc import Callable, Sequence

from urbangrid.config.command import parser, places
from urbangrid.config.command.privileges import hand_over

AS_ROOT = {"test", "prove", "requirements", "bundle"}
"""Commands that work on the checkout, not on an installation."""


def main(argv: Sequence[str]) -> int:
    """Run the command line ``argv``; gives the exit code."""
    args = parser.parse(argv)
    if places.is_root() and args.command not in AS_ROOT:
        hand_over(args, list(argv))
    function: Callable[[argparse.Namespace], int]
    if not args.database:
        function = _load(args.target)
        return function(args)
    from urbangrid.config.command import installation, loading, up  # loads the database driver: not for every command

    place = installation.find(args)
    with up.database_available(place):
        os.environ.update(place.environment())
        loading.load()
        function = _load(args.target)
        return function(args)


def _load(target: str) -> Callable[[argparse.Namespace], int]:
    module, _colon, name = target.partition(":")
    function: Callable[[argparse.Namespace], int] = getattr(importlib.import_module(module), name)
    return function
