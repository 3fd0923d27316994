from django.apps import AppConfig


class CasesConfig(AppConfig):
    name = "urbangrid.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from urbangrid.audit import sources
        from urbangrid.cases import sealing

        sources.declare(sealing.RECORDS)
