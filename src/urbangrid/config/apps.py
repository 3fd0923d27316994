"""Wires what lower packages ask of upper ones (architecture §4)."""

from __future__ import annotations

import gc

from django.apps import AppConfig
from django.conf import settings

COLLECT_AFTER = (50_000, 20, 100)
"""Python looks for cycles after so many new objects, not after 700: an action makes thousands, almost all of them gone with its last
line, and each look walks the platform's own code again (a fifth of the processor time of the pages' tests)."""


class WiringConfig(AppConfig):
    name = "urbangrid.config"
    label = "config"

    def ready(self) -> None:
        gc.set_threshold(*COLLECT_AFTER)
        from urbangrid.audit import retention
        from urbangrid.cases import callers, queues
        from urbangrid.cases.actions import claiming, leaving
        from urbangrid.config import health_checks, operations_health, purges
        from urbangrid.core import health
        from urbangrid.organizations import attending, signin
        from urbangrid.service_requests import queries as requests

        health.declare(*health_checks.CHECKS, *operations_health.CHECKS)
        signin.waiting_for = queues.waiting
        signin.on_leave = claiming.release_all
        attending.passes_on = leaving.pass_on
        callers.of_case = requests.callers_of
        retention.declare(*purges.KINDS)
        if settings.DEMONSTRATION:
            from urbangrid.demo import accounts

            signin.demonstration = accounts.offered
