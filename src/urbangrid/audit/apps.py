from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "urbangrid.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from urbangrid.audit import checks, sources
        from urbangrid.core import health

        sources.declare(sources.AUDIT_ROWS)
        health.declare(*checks.CHECKS)
