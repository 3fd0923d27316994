"""Which kinds of request this release handles."""

from __future__ import annotations

from collections.abc import Mapping

from urbangrid.cases.actions import granting_end, granting_time, granting_unit, joint
from urbangrid.cases.actions.granting_base import Handler

HANDLERS: Mapping[str, Handler] = {
    "extension": granting_time.EXTENSION,
    "suspension": granting_time.SUSPENSION,
    "deferral": granting_time.SUSPENSION,
    "send_back": granting_unit.SEND_BACK,
    "responsibility": granting_unit.RESPONSIBILITY,
    "difficult": granting_unit.DIFFICULT,
    "void": granting_end.VOID,
    "reopen": granting_end.REOPEN,
    "appeal": granting_end.APPEAL,
    "assist_back": joint.ASSIST_BACK,
}
"""The kinds of ``cases.requests.KINDS``, each with what it checks and does."""
