"""``python -m urbangrid``: the command line, once ``./urbangrid`` has prepared the environment."""

from __future__ import annotations

import sys

from urbangrid.config.command.main import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
