from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "urbangrid.core"
    label = "core"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from urbangrid.core import health, health_checks, tracing

        tracing.install()
        health.declare(*health_checks.CHECKS)
