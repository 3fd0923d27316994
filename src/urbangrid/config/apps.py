"""Wires what lower packages ask of upper ones (architecture §4)."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class WiringConfig(AppConfig):
    name = "urbangrid.config"
    label = "config"

    def ready(self) -> None:
        from urbangrid.audit import retention
        from urbangrid.cases import callers, queues
        from urbangrid.cases.actions import claiming
        from urbangrid.config import health_checks, operations_health, purges
        from urbangrid.core import health
        from urbangrid.organizations import signin
        from urbangrid.service_requests import queries as requests

        health.declare(*health_checks.CHECKS, *operations_health.CHECKS)
        signin.waiting_for = queues.waiting
        signin.on_leave = claiming.release_all
        callers.of_case = requests.callers_of
        retention.declare(*purges.KINDS)
        if settings.DEMONSTRATION:
            from urbangrid.demo import accounts

            signin.demonstration = accounts.offered
