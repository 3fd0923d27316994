from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "urbangrid.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from urbangrid.audit import sources
        from urbangrid.cases import health_checks, sealing
        from urbangrid.core import health

        health.declare(*health_checks.CHECKS)
        sources.declare(sealing.RECORDS)
