from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "urbangrid.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.core.signals import request_started

        from urbangrid.core import health, health_checks, tracing
        from urbangrid.core.connections import drop_dead

        tracing.install()
        health.declare(*health_checks.CHECKS)
        request_started.connect(drop_dead, dispatch_uid="urbangrid.core.connections")
