"""Instants that survive a jump of the wall clock: time of day together with the seconds since this machine started.

Standard library only: the supervisor writes stamps before anything else is loaded.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _boot() -> str:
    """The kernel's name for the time since it started; empty where it gives none."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


def stamp() -> dict[str, Any]:
    """This instant of this machine: ``at`` (UTC, ISO 8601), ``boot`` (id), ``up`` (seconds since then, sleep included).

    The machine's own clock is asked and not ``core.clock``: the machine is what is being watched.
    """
    up = time.clock_gettime(time.CLOCK_BOOTTIME)
    return {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "boot": _boot(), "up": round(up, 3)}


def moment(made: Mapping[str, Any]) -> datetime:
    """The time of day of a stamp. Raises ValueError or KeyError for what is no stamp."""
    found = datetime.fromisoformat(made["at"])
    if found.tzinfo is None:
        raise ValueError("a stamp has a zone of time")
    return found


def age_seconds(made: Mapping[str, Any]) -> float:
    """Seconds since a stamp: by the running time where the machine did not start anew in between, else by the clock."""
    now = stamp()
    if made.get("boot") and made["boot"] == now["boot"]:
        return max(float(now["up"]) - float(made["up"]), 0.0)
    return max((moment(now) - moment(made)).total_seconds(), 0.0)


def jump_seconds(before: Mapping[str, Any], after: Mapping[str, Any]) -> float:
    """By how much the clock was set between two stamps: 0 when it only ran; after a new start only steps back are seen."""
    passed = (moment(after) - moment(before)).total_seconds()
    if before.get("boot") and before["boot"] == after.get("boot"):
        return passed - (float(after["up"]) - float(before["up"]))
    return min(passed, 0.0)
